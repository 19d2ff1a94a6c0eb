// A passive lock that is adopted on the installer's bench: its real store and machine, in this process, with a cable in the place of a network; and at
// the hub, as the app ends an adoption. Afterwards it has a door of its own, and opens to documents.

import { door as doorSchema } from '@mortise/api/locks.ts';
import { z } from '@mortise/api/schema.ts';
import { assert, required } from '@mortise/base/assert.ts';
import { base64url, utf8, type Bytes } from '@mortise/base/bytes.ts';
import { parseIdentifier, type DoorId, type LockId } from '@mortise/base/identifiers.ts';
import { instant } from '@mortise/base/instant.ts';
import { decodeAdoptBody, encodeAdoptBody } from '@mortise/courier/link-body.ts';
import { NO_SESSION } from '@mortise/courier/link-message.ts';
import { ownerHello, ownerReadAnswer, ownerReadDone } from '@mortise/documents/adoption.ts';
import { exampleKey } from '@mortise/documents/example-site.ts';
import { openRoster, rosterPayload, rosterToSign } from '@mortise/documents/roster.ts';
import { parseSetupCode } from '@mortise/documents/setup-code.ts';
import type { LockEvent } from '@mortise/lock/events.ts';
import { step } from '@mortise/lock/step.ts';
import { view } from '@mortise/lock/view.ts';
import { nodeCrypto as crypto } from '@mortise/node/crypto.ts';
import { makeDirectory } from '@mortise/node/directory.ts';
import { freshEntropy } from '@mortise/node/entropy.ts';
import { prepareOffer } from '@mortise/wallet/adopt.ts';
import { signedBy } from '@mortise/wallet/owner-signature.ts';
import { beginLife, forgetSetupSecret, lifePaths } from '../../apps/controller/src/life.ts';
import { parsed } from '../../apps/hub/src/testing/owner.fixture.ts';
import type { Scene } from '../../apps/hub/src/testing/lending.fixture.ts';

export type Fitted = { readonly lockId: LockId; readonly doorId: DoorId; readonly identityKey: Bytes };

/** The lock whose directory this is; no process of it may run. */
export const onBench = (data: string) => {
  makeDirectory(data);
  const paths = lifePaths(data);
  const begun = beginLife({ crypto }, paths, 'passive');
  assert(begun.ok, 'the lock lives');
  const { secrets, store } = begun.value;
  let { state } = begun.value;
  const answers: Bytes[] = [];
  const input = (event: LockEvent): void => {
    const change = step({ crypto }, state, { now: { monotonicMs: Math.floor(performance.now()), rtcMs: Number.NaN }, entropy: freshEntropy(), event });
    state = change.state;
    for (const effect of change.effects) {
      if (effect.kind === 'store') {
        assert(store.commit([effect.write]).ok, 'the store takes it');
        input({ kind: 'stored', id: effect.id });
      }
      if (effect.kind === 'sign') input({ kind: 'signed', id: effect.id, signature: crypto.p256.sign(secrets[effect.key].privateKey.reveal(), effect.message) });
      if (effect.kind === 'send' && effect.message.type === 'adopt') answers.push(required(decodeAdoptBody(effect.message.body), 'an answer').bytes);
      if (effect.kind === 'linkCredentials') forgetSetupSecret(paths, secrets);
    }
  };
  const setupText = required(view(crypto, state).setup, 'a lock without an owner shows its code').text;
  input({ kind: 'bolt', position: 'thrown' });
  input({ kind: 'started' });
  input({ kind: 'linkUp' });
  const ask = (stepNumber: number, bytes: Bytes): Bytes => {
    input({ kind: 'link', message: { type: 'adopt', session: new Uint8Array(8).fill(1), seq: 0, expires: 0, body: encodeAdoptBody({ step: stepNumber, bytes }) } });
    return required(answers.pop(), 'the lock answers');
  };
  const install = (roster: Bytes): void => input({ kind: 'link', message: { type: 'roster', session: NO_SESSION, seq: 0, expires: 0, body: roster } });
  return { ask, install, setupText, rosterVersion: () => view(crypto, state).rosterVersion, close: () => store.close() };
};

/** Adopts it, makes its door at the hub, and gives it the roster by which it judges documents; `isTold` false: the hub alone has that. */
export const fitPassiveLock = async (scene: Scene, data: string, { isTold = true }: { readonly isTold?: boolean } = {}): Promise<Fitted> => {
  const bench = onBench(data);
  const { site, browser } = scene.owner;
  const code = parseSetupCode(crypto, bench.setupText);
  assert(code.ok, 'the code on its label');
  const hello = ownerHello(crypto, freshEntropy());
  const keyed = ownerReadAnswer(crypto, hello.state, code.value, bench.ask(1, hello.message));
  assert(keyed.ok, 'it is the lock of that code');
  const { hub } = scene.test;
  const until = instant(scene.clock.now + 400 * 86_400_000);
  const offer = prepareOffer(crypto, keyed.value, {
    ownerSets: [site.document], owner: site.owner, issuer: exampleKey('issuer'), phones: [{ credentialKey: exampleKey('phone').publicKey }], zone: 'Europe/Zurich',
    policy: { relockDelayMs: 0, relockOnClose: false, jamTimeoutMs: 3000 }, journalKey: hub.keys.journal.publicKey, timeKey: { key: hub.keys.time.publicKey, driftPpm: 50, until },
    linkCertificate: utf8('none: this lock has no network'), brokerCa: utf8('none'),
  }, freshEntropy());
  assert(offer.ok, 'our own offer holds');
  const done = ownerReadDone(crypto, offer.value, bench.ask(3, offer.value.message));
  assert(done.ok, 'the lock is adopted');
  const { lockId, lock } = keyed.value;
  const { roster } = offer.value;
  const { door } = parsed(z.object({ door: doorSchema }), await browser.send('POST', '/api/locks', {
    lockId, identityKey: base64url(lock.identityKey), roster: base64url(roster), statement: base64url(done.value.signed), doorName: 'Cabinet', model: 'Mortise virtual cylinder', firmware: '0.1.0',
  }));
  const doorId = required(parseIdentifier<DoorId>(door.id), 'a door id');
  const next = withDoor(scene, { lockId, roster, doorId });
  if (isTold) bench.install(next);
  assert(bench.rosterVersion() === (isTold ? 2 : 1), 'the lock takes the roster that it is given');
  bench.close();
  const put = await browser.send('PUT', `/api/locks/${lockId}/roster`, { document: base64url(next) });
  assert(put.status === 200, 'so does the hub');
  return { lockId, doorId, identityKey: lock.identityKey };
};

const withDoor = (scene: Scene, { lockId, roster, doorId }: { readonly lockId: LockId; readonly roster: Bytes; readonly doorId: DoorId }): Bytes => {
  const { owner, ownerSet } = scene.owner.site;
  const opened = openRoster(crypto, roster, { siteId: ownerSet.siteId, lockId, ownerKeys: ownerSet.keys }, undefined);
  assert(opened.ok, 'the roster that we signed opens');
  const { hash, signer: _signer, ...fields } = opened.value;
  const payload = rosterPayload(crypto, { ...fields, version: 2, previous: hash, access: { ...scene.access, door: doorId } });
  return signedBy(crypto, owner, rosterToSign(crypto, owner.publicKey, payload));
};
