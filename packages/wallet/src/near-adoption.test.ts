// The owner's machine at a new lock, over both wires: adoption, then the first opening on the same connection; and bytes that are none.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { required } from '@mortise/base/assert.ts';
import { utf8, type Bytes } from '@mortise/base/bytes.ts';
import { instant } from '@mortise/base/instant.ts';
import { Secret } from '@mortise/base/secret.ts';
import { deriveKeyPair } from '@mortise/crypto/entropy.ts';
import { decodeFromLock } from '@mortise/courier/link-message.ts';
import { ADOPTION_STEP } from '@mortise/documents/adoption-message.ts';
import { ownerHello, ownerReadAnswer, ownerReadDone } from '@mortise/documents/adoption.ts';
import { encodeSetupCode, parseSetupCode } from '@mortise/documents/setup-code.ts';
import { SETUP_SECRET, World } from '@mortise/lock/world.conformance.ts';
import { HOUSEHOLD_POLICY, prepareOffer } from './adopt.ts';
import { value } from './home.conformance.ts';
import { meetLock, stepNear, type NearContact, type NearEffect, type NearInput } from './near-contact.ts';
import { hearWire, newWire, sayOnWire, type NearWire, type WireKind } from './near-wire.ts';
import type { OperationOutcome } from './operation-outcome.ts';
import { foundSite } from './own.ts';

/** An owner's phone at a new lock that never had a link; the lock's end of the wire is the other side of the same module. */
class Bench {
  readonly world: World;
  readonly founded;
  readonly phone;
  readonly effects: NearEffect[] = [];
  readonly sizes: number[] = [];
  outcome: OperationOutcome | undefined;
  #state: NearContact;
  #wire: NearWire;
  #entropy = 0;

  constructor(by: WireKind) {
    this.world = new World('a new lock', by === 'contact' ? 'passive' : 'powered');
    const { crypto } = this.world;
    this.founded = foundSite(crypto, crypto.sha256(utf8('a site')));
    this.phone = deriveKeyPair(crypto, crypto.sha256(utf8('a phone')), 'phone');
    [this.#state, this.#wire] = [meetLock(by), newWire(by)];
    this.world.hearNear = (_connection, frame) => {
      const { wire, pieces } = sayOnWire(this.#wire, frame);
      this.#wire = wire;
      for (const bytes of pieces) this.world.later(1, () => this.put({ kind: 'packet', bytes }));
    };
    this.world.wake();
    this.world.input({ kind: 'nearOpened', connection: 1 });
    this.world.run(50);
  }

  entropy(): Bytes {
    this.#entropy += 1;
    return this.world.crypto.sha256(utf8(`phone ${this.#entropy}`));
  }

  put(input: NearInput): void {
    const { state, effects } = stepNear(this.world.crypto, this.#state, input);
    this.#state = state;
    effects.forEach((effect) => this.#carryOut(effect));
  }

  ask(step: number, bytes: Bytes): Bytes {
    this.put({ kind: 'adopt', step, bytes });
    this.world.run(300);
    const said = this.effects.findLast((effect) => effect.kind === 'adoption');
    return said?.kind === 'adoption' && said.step === step + 1 ? said.bytes : new Uint8Array(0);
  }

  #carryOut(effect: NearEffect): void {
    const { crypto } = this.world;
    this.effects.push(effect);
    if (effect.kind === 'send') this.world.later(1, () => this.#toLock(effect.packet));
    else if (effect.kind === 'sign') this.put({ kind: 'operation', input: { kind: 'signed', signature: crypto.p256.sign(this.phone.privateKey.reveal(), effect.message) } });
    else if (effect.kind === 'done') this.outcome = effect.outcome;
  }

  #toLock(packet: Bytes): void {
    this.sizes.push(packet.length);
    const heard = required(hearWire(this.#wire, packet), 'the phone keeps to the form');
    this.#wire = heard.wire;
    for (const bytes of heard.frames) this.world.input({ kind: 'nearFrame', connection: 1, bytes });
  }
}

for (const by of ['radio', 'contact'] as const) {
  test(`${by}: an owner adopts a lock that has no link, and opens it on the same connection`, () => {
    const bench = new Bench(by);
    const { world, founded, phone } = bench;
    const { crypto } = world;
    assert.deepEqual(bench.effects[0], { kind: 'met', lockId: world.state.lockId, sitePrefix: undefined });
    const code = value(parseSetupCode(crypto, encodeSetupCode(crypto, { lockId: world.state.lockId, secret: new Secret(SETUP_SECRET) })));
    const greeted = ownerHello(crypto, bench.entropy());
    const keyed = value(ownerReadAnswer(crypto, greeted.state, code, bench.ask(ADOPTION_STEP.hello, greeted.message)));
    assert.equal(keyed.lock.profile, world.profile);
    const offer = value(prepareOffer(crypto, keyed, {
      ownerSets: [founded.document], owner: founded.owner, issuer: founded.issuer, phones: [{ credentialKey: phone.publicKey }], zone: 'Europe/Zurich', policy: HOUSEHOLD_POLICY,
      journalKey: deriveKeyPair(crypto, bench.entropy(), 'journal').publicKey, timeKey: { key: founded.owner.publicKey, driftPpm: 100, until: instant(4e12) },
      linkCertificate: new Uint8Array(0), brokerCa: new Uint8Array(0),
      ...(by === 'radio' && { network: { version: 1, hub: { host: 'hub.example', port: 8883 }, brokerCa: 'authority', wifi: undefined } }),
    }, bench.entropy()));
    value(ownerReadDone(crypto, offer, bench.ask(ADOPTION_STEP.offer, offer.message)));
    assert.deepEqual(world.networks.map(({ hub }) => hub.host), by === 'radio' ? ['hub.example'] : []);
    const site = { siteId: founded.ownerSet.siteId, readerIssuerKey: founded.issuer.publicKey, credentialKey: phone.publicKey };
    bench.put({ kind: 'operate', request: { site, lock: { identityKey: keyed.lock.identityKey }, command: { verb: 'unlock' }, entropy: bench.entropy() } });
    bench.put({ kind: 'operation', input: { kind: 'ringFull' } });
    world.run(5000);
    assert.equal(bench.outcome?.kind === 'sensed' ? bench.outcome.receipt.record.sensed.bolt : bench.outcome, 'unlocked');
    const carried = bench.effects.flatMap((effect) => (effect.kind === 'carried' ? [decodeFromLock(effect.message)?.type] : []));
    assert.ok(carried.includes('statement') && carried.includes('journal'), String(carried));
    if (by === 'contact') assert.ok(Math.max(...bench.sizes) > 1000, 'a frame goes whole');
  });
}

test('contact: bytes out of form end it; a frame may come in any pieces', () => {
  const crypto = new World().crypto;
  const hello = utf8('no frame');
  const { pieces: [whole = new Uint8Array(0)] } = sayOnWire(newWire('contact'), hello);
  let wire = newWire('contact');
  const frames: Bytes[] = [];
  for (const byte of whole) {
    const heard = required(hearWire(wire, Uint8Array.of(byte)), 'in form');
    wire = heard.wire;
    frames.push(...heard.frames);
  }
  assert.deepEqual(frames, [hello]);
  assert.equal(hearWire(newWire('contact'), Uint8Array.of(5, 1, 2, 0)), undefined);
  const { state, effects } = stepNear(crypto, meetLock('contact'), { kind: 'packet', bytes: whole });
  assert.deepEqual([state.isOver, effects.map(({ kind }) => kind)], [true, ['close']]);
});
