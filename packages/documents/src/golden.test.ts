// Golden vectors of our own formats: a change of one byte is a change of format, and must be meant. Signatures are RFC 6979
// and all keys come from fixed names (example-site.ts), so that the bytes are the same everywhere.
// `node packages/documents/src/golden.test.ts --write` writes them anew.

import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { test } from 'node:test';
import { required } from '@mortise/base/assert.ts';
import { hex, type Bytes } from '@mortise/base/bytes.ts';
import { identifierOf, type DoorId } from '@mortise/base/identifiers.ts';
import { instant } from '@mortise/base/instant.ts';
import { nobleCrypto as crypto } from '@mortise/crypto/noble.ts';
import { UTC } from '@mortise/schedule/zone-table.ts';
import { lockAnswerToSign, lockDone, lockReadOffer, ownerHello, ownerOffer, ownerReadAnswer } from './adoption.ts';
import { adoptionStatementToSign } from './adoption-statement.ts';
import {
  exampleEntropy,
  exampleKey,
  exampleLock,
  exampleOffer,
  exampleSite,
  exampleTimeKey,
  exampleTrusted,
  ownerSetFields,
  rosterFields,
  signOwnerSet,
  signRoster,
  signWith,
} from './example-site.ts';
import type { Delegation } from './delegation.ts';
import { delegationPayload, delegationToSign } from './signed-delegation.ts';
import { assembleSigned } from './threshold.ts';
import { encodeSetupCode, encodeSetupQr, parseSetupCode } from './setup-code.ts';
import { ALL_RIGHTS, sealTrusted } from './trusted-entry.ts';
import { timeAnswerPayload, timeAnswerToSign } from './time.ts';

type Vector = { readonly [name: string]: string | readonly string[] };

const site = exampleSite();
const lock = exampleLock();
const privateKeys = (...names: readonly string[]): Vector =>
  Object.fromEntries(names.map((name) => [`privateKey of ${name}`, hex(exampleKey(name).privateKey.reveal())]));
const valueOf = <T>(result: { readonly ok: true; readonly value: T } | { readonly ok: false }): T =>
  required(result.ok ? result.value : undefined, 'the example is right');

const ownerSet = (): Vector => {
  const second = ownerSetFields([site.owner, site.kit, exampleKey('another owner')], { threshold: 2, sequence: 2, previous: site.ownerSet.hash });
  return {
    ...privateKeys('site owner', 'site kit', 'another owner'),
    siteId: site.ownerSet.siteId,
    first: hex(site.document),
    second: hex(signOwnerSet(second, [site.owner])),
  };
};

const roster = (): Vector => ({
  ...privateKeys('site owner', 'lock seal', 'phone', 'journal'),
  lockId: lock.lockId,
  roster: hex(signRoster(site.owner, rosterFields(site, lock))),
});

const DAILY = { startS: 0, recurrence: { durationS: 43_200, mask: 0, pattern: 1, interval: 1, ordinal: 0 }, utc: false } as const;
const PLACES = [{ kind: 'door', id: identifierOf<DoorId>(exampleEntropy('door').slice(0, 16)) }] as const;
const until = instant(Date.UTC(2030, 0, 1));

const signedBy = (signer: typeof site.owner, delegation: Delegation): Bytes =>
  assembleSigned([signWith(signer, delegationToSign(crypto, signer.publicKey, delegationPayload(crypto, delegation)))]);

const standing = (): Bytes => {
  const issue = { places: PLACES, kinds: ['document'], capabilities: 3, hours: [DAILY], longestS: 604_800, perDay: 5 } as const;
  return signedBy(site.owner, { kind: 'standing', siteId: site.ownerSet.siteId, delegate: exampleKey('hub').publicKey, until, issue, freshness: true, revocation: true });
};

const delegation = (): Vector => {
  const template = { id: exampleEntropy('grant').slice(0, 16), rules: [{ capabilities: 3, allow: 1 }], schedules: [DAILY] };
  const invitation = { kind: 'invitation', siteId: site.ownerSet.siteId, delegate: exampleKey('link').publicKey, from: instant(0), until, places: PLACES, template } as const;
  return { ...privateKeys('site owner', 'hub', 'link'), standing: hex(standing()), invitation: hex(signedBy(site.owner, invitation)) };
};

const rosterAccess = (): Vector => {
  const access = { door: PLACES[0].id, zoneTable: UTC, calendars: [{ id: 1, days: [20_000], untilDay: 21_000 }], delegations: [standing()] };
  return { ...privateKeys('site owner', 'lock seal'), lockId: lock.lockId, roster: hex(signRoster(site.owner, rosterFields(site, lock, { access }))) };
};

const DOOR_POLICY = { night: { relockDelayMs: 30_000, from: 1320, until: 360 }, ajarAfterMs: 120_000, leftUnlockedAfterMs: 900_000, latchMs: 4000, releaseMs: 7000, holdHours: [DAILY] };

const rosterDoor = (): Vector => {
  const entries = [{ kind: 'trusted', sealed: sealTrusted(crypto, lock.seal.publicKey, lock.lockId, exampleTrusted('phone', ALL_RIGHTS), exampleEntropy('entry')) }] as const;
  const policy = { ...rosterFields(site, lock).policy, door: DOOR_POLICY };
  return { ...privateKeys('site owner', 'lock seal'), lockId: lock.lockId, roster: hex(signRoster(site.owner, rosterFields(site, lock, { entries, policy }))) };
};

const time = (): Vector => {
  const key = exampleKey('time');
  const at = instant(Date.UTC(2026, 10, 23, 12));
  const nonce = exampleEntropy('nonce').subarray(0, 16);
  const payload = timeAnswerPayload({ lockId: lock.lockId, nonce, instant: at, errorMs: 50, lastSync: instant(at - 60_000) });
  const answer = signWith(key, timeAnswerToSign(crypto, key.publicKey, payload));
  return { ...privateKeys('site owner', 'time'), nonce: hex(nonce), certificate: hex(exampleTimeKey(site)), answer: hex(answer) };
};

const setupCode = (): Vector => {
  const label = { lockId: lock.lockId, secret: lock.setupSecret };
  return { lockId: lock.lockId, secret: hex(lock.setupSecret.reveal()), code: encodeSetupCode(crypto, label), qr: encodeSetupQr(crypto, label) };
};

const signAsLock = (message: Bytes): Bytes => crypto.p256.sign(lock.identity.privateKey.reveal(), message);

const adoption = (): Vector => {
  const entropy = { owner: exampleEntropy('adoption owner'), lock: exampleEntropy('adoption lock') };
  const { message: hello, state } = ownerHello(crypto, entropy.owner);
  const answering = valueOf(lockAnswerToSign(crypto, lock.introduction, hello, entropy.lock));
  const answer = answering.assemble(signAsLock(answering.message));
  const code = valueOf(parseSetupCode(crypto, encodeSetupCode(crypto, { lockId: lock.lockId, secret: lock.setupSecret })));
  const keyed = valueOf(ownerReadAnswer(crypto, state, code, answer));
  const { message: offer, documents } = valueOf(ownerOffer(crypto, keyed, exampleOffer(site, lock)));
  const opened = valueOf(lockReadOffer(crypto, answering.keyed, lock.setupSecret, offer));
  const statement = signWith(lock.identity, adoptionStatementToSign(crypto, lock.identity.publicKey, {
    lockId: lock.lockId, siteId: documents.ownerSet.siteId, ownerSetHash: documents.ownerSet.hash, rosterHash: documents.roster.hash,
    readerKey: lock.introduction.readerKey, sealKey: lock.introduction.sealKey, profile: 'powered' }));
  const done = lockDone(crypto, opened, { kind: 'accepted', statement });
  return {
    ...privateKeys('site owner', 'lock identity', 'lock seal'),
    entropyOfOwner: hex(entropy.owner), entropyOfLock: hex(entropy.lock), setupSecret: hex(lock.setupSecret.reveal()),
    hello: hex(hello), answer: hex(answer), offer: hex(offer), statement: hex(statement), done: hex(done),
  };
};

const folder = new URL('../../../vectors/documents/', import.meta.url);
const fileOf = (name: string): URL => new URL(`${name}.json`, folder);
const write = process.argv.includes('--write');

for (const [name, make] of Object.entries({ 'owner-set': ownerSet, roster, 'roster-access': rosterAccess, 'roster-door': rosterDoor, delegation, time, 'setup-code': setupCode, adoption })) {
  if (write) {
    mkdirSync(folder, { recursive: true });
    writeFileSync(fileOf(name), `${JSON.stringify(make(), null, 1)}\n`);
  }
  test(`${name} has the bytes of its golden vector`, () => {
    const golden: unknown = JSON.parse(readFileSync(fileOf(name), 'utf8'));
    assert.deepEqual(make(), golden);
  });
}
