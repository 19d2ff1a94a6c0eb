// The phone's side of a near link against the real lock: it opens, carries, and stays sane whatever the air brings; and what a guest
// brought in and took out reaches lock and hub though they never speak.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { revocationName } from '@mortise/access/revocation-document.ts';
import { required } from '@mortise/base/assert.ts';
import { hex, utf8, type Bytes } from '@mortise/base/bytes.ts';
import { identifierOf, type GrantId } from '@mortise/base/identifiers.ts';
import { decodeFromLock, encodeFromLock, encodeToLock, NO_SESSION, type ToLockType } from '@mortise/courier/link-message.ts';
import { encodeNearFrame, sitePrefixOf, type NearFrame } from '@mortise/courier/near-frame.ts';
import { packetsOf } from '@mortise/courier/near-packet.ts';
import { deriveKeyPair, type KeyPair } from '@mortise/crypto/entropy.ts';
import { nobleCrypto } from '@mortise/crypto/noble.ts';
import { Home } from './home.conformance.ts';
import { MAX_GIVEN, MAX_NEAR_FRAMES, meetLock, stepNear, type NearContact, type NearEffect } from './near-contact.ts';
import { codeOf } from './operation.fixture.ts';
import type { OperationOutcome } from './operation-outcome.ts';
import { AIR_MS, CourierHub, idNamed, Visit } from './visit.conformance.ts';

const grant = (name: string): GrantId => identifierOf<GrantId>(idNamed(name));
const personOf = (home: Home, name: string): KeyPair => deriveKeyPair(home.world.crypto, home.entropy(), name);

/** A lock that opens to documents, whose link is down for good. */
const remoteHut = (): Home => {
  const home = new Home();
  home.welcome();
  home.world.input({ kind: 'linkDown' });
  return home;
};

const sensed = (outcome: OperationOutcome): string => (outcome.kind === 'sensed' ? `${outcome.receipt.record.verb} ${outcome.receipt.record.sensed.bolt}` : codeOf(outcome));

test('the lock greets, the ring fills, the bolt moves; nothing but the opening is said before the ring is full', () => {
  const home = remoteHut();
  const visit = new Visit(home, home.phone);
  assert.deepEqual(visit.met, [`${home.world.state.lockId} ${hex(sitePrefixOf(home.founded.ownerSet.siteId))}`]);
  visit.begin('unlock', 1500);
  home.world.run(1400);
  assert.deepEqual([visit.sent, visit.phases], [1, ['reaching', 'ready']]);
  home.world.run(3000);
  assert.deepEqual(visit.phases, ['reaching', 'ready', 'asking', 'proving', 'moving']);
  assert.deepEqual(visit.outcomes.map(sensed), ['unlock unlocked']);
  assert.equal(sensed(visit.operate('lock')), 'lock locked', 'and again over the same connection');
  assert.equal(sensed(visit.operate('syncOnly')), 'syncOnly locked');
  assert.equal(sensed(visit.operate('endHold')), 'endHold locked', 'what drives nothing is proven by its decision');
  assert.deepEqual([home.world.drives, visit.closes], [['withdraw', 'throw'], 0]);
});

test('a ring that takes long does not use up the lock’s two seconds', () => {
  const home = remoteHut();
  assert.equal(sensed(new Visit(home, home.phone).operate('unlock', 6000)), 'unlock unlocked');
});

test('the operation under way is one; a second one waits for nothing', () => {
  const home = remoteHut();
  const visit = new Visit(home, home.phone);
  visit.begin('unlock', 100);
  visit.begin('lock', 100);
  home.world.run(5000);
  assert.deepEqual([visit.outcomes.map(sensed), home.world.drives], [['unlock unlocked'], ['withdraw']]);
});

test('a connection that is lost ends the operation as far as it had come', () => {
  const early = remoteHut();
  const first = new Visit(early, early.phone);
  first.begin('unlock', 1000);
  early.world.run(500);
  first.put({ kind: 'lost' });
  assert.deepEqual(first.outcomes, [{ kind: 'notDone', why: { code: 'link-lost' } }]);
  const late = remoteHut();
  const second = new Visit(late, late.phone);
  second.begin('unlock');
  late.world.run(AIR_MS * 9);
  second.put({ kind: 'lost' });
  second.leave();
  late.world.run(3000);
  assert.deepEqual([second.outcomes, late.world.drives], [[{ kind: 'notConfirmed', why: { code: 'link-lost' } }], ['withdraw']]);
});

test('a lock that is not the one that was meant gets no signature', () => {
  const home = remoteHut();
  const other = personOf(home, 'another lock');
  const visit = new Visit(home, home.phone);
  visit.put({ kind: 'operate', request: { site: home.siteKey(home.phone), lock: { identityKey: other.publicKey }, command: { verb: 'unlock' }, entropy: home.entropy() } });
  visit.put({ kind: 'operation', input: { kind: 'ringFull' } });
  home.world.run(3000);
  assert.deepEqual([visit.outcomes.map(({ kind }) => kind), home.world.drives], [['notDone'], []]);
  assert.equal(sensed(visit.operate('unlock')), 'unlock unlocked', 'control: the right one does');
});

// ---- couriers ----------------------------------------------------------------------------------------------------------------

test('with the link down a guest opens, brings an older guest’s revocation in and the records out; another phone brings back that they have arrived', () => {
  const home = remoteHut();
  const hub = new CourierHub(home);
  const [older, guest] = [personOf(home, 'older guest'), personOf(home, 'guest')];
  const [lentBefore, lentNow] = [home.lend(older, { grantId: grant('before'), remote: false }), home.lend(guest, { grantId: grant('now'), remote: false })];
  assert.equal(sensed(new Visit(home, older, [lentBefore]).operate('unlock')), 'unlock unlocked', 'control: the lock has not heard that it was taken back');
  home.world.turn('thrown');
  const revocation = home.takeBack(idNamed('before'));
  hub.wanted.push(['revocation', revocation]);

  const visit = new Visit(home, guest, [lentNow]);
  visit.put({ kind: 'bring', messages: hub.courier([]) });
  assert.equal(sensed(visit.operate('unlock')), 'unlock unlocked', 'a document that the lock has never seen');
  home.world.turn('thrown');
  home.world.run(500);
  visit.leave();
  const again = new Visit(home, older, [lentBefore]).operate('unlock');
  assert.deepEqual([again.kind, again.kind === 'refused' ? again.receipt?.record.reason : ''], ['refused', 'revoked']);

  const before = home.world.state.journal.held.length;
  const answers = hub.courier(visit.carried);
  assert.ok(hub.records.some(({ reason, rule }) => reason === 'revocations-accepted' && rule === `revocation:${revocationName(home.world.crypto, revocation)}`), 'the hub knows by the lock’s own word that it has arrived');
  assert.deepEqual(hub.records.filter(({ kind }) => kind === 'operation').map(({ grant: id }) => id?.length), [16, 16]);
  const other = new Visit(home, home.phone);
  other.put({ kind: 'bring', messages: answers });
  other.operate('syncOnly');
  assert.equal(home.world.state.journal.acknowledged, hub.known.seq);
  assert.ok(home.world.state.journal.held.length < before && before > 0);
  hub.courier(other.carried);
  assert.deepEqual(hub.records.map(({ reason, rule }) => `${reason} ${rule}`), home.world.records().slice(0, hub.records.length).map(({ reason, rule }) => `${reason} ${rule}`), 'each record once, in order');
  assert.ok(hub.records.some(({ reason }) => reason === 'revoked'), 'and the attempt of the one whose key was taken back');
});

test('a list that a lock hands on is kept for the shell like all that is carried, and ends nothing', () => {
  const home = remoteHut();
  const visit = new Visit(home, home.phone);
  const handed = encodeFromLock({ type: 'revocation', session: NO_SESSION, seq: 1, expires: 0, body: home.takeBack(idNamed('any')) });
  const { packets } = packetsOf(encodeNearFrame({ kind: 'carry', message: handed }), 0);
  let [contact, effects]: readonly [NearContact, readonly NearEffect[]] = [meetLock(), []];
  for (const bytes of packets) {
    const step = stepNear(home.world.crypto, contact, { kind: 'packet', bytes });
    [contact, effects] = [step.state, [...effects, ...step.effects]];
  }
  assert.deepEqual([contact.isOver, contact.isCarrying, effects], [false, true, [{ kind: 'carried', message: handed }]]);
  assert.equal(sensed(visit.operate('unlock')), 'unlock unlocked', 'control');
});

test('a phone that is online at the door sets a clock that was lost, by the hub’s answer to the lock’s own nonce', () => {
  const home = remoteHut();
  const { world } = home;
  world.state = { ...world.state, clock: { ...world.state.clock, basis: 'none' } };
  const hub = new CourierHub(home);
  const guest = personOf(home, 'guest');
  const lent = home.lend(guest, { remote: false });
  const refused = new Visit(home, guest, [lent]).operate('unlock');
  assert.equal(refused.kind === 'refused' ? refused.receipt?.record.reason : '', 'clock-lost');
  const visit = new Visit(home, home.phone);
  visit.begin('syncOnly');
  world.run(300);
  visit.put({ kind: 'bring', messages: hub.courier(visit.carried) });
  world.run(300);
  assert.equal(sensed(new Visit(home, guest, [lent]).operate('unlock')), 'unlock unlocked');
});

test('nothing is given before the lock begins to carry, and nothing but what couriers bring', () => {
  const home = remoteHut();
  const hub = new CourierHub(home);
  const message = (type: ToLockType): Bytes => encodeToLock({ type, session: NO_SESSION, seq: 1, expires: 0, body: utf8('x') });
  const visit = new Visit(home, personOf(home, 'stranger'));
  visit.put({ kind: 'bring', messages: hub.courier([]) });
  visit.operate('unlock');
  assert.deepEqual([visit.gave, visit.carried], [[], []], 'a stranger carries nothing');
  const owner = new Visit(home, home.phone);
  const good = hub.courier([]);
  owner.put({ kind: 'bring', messages: [message('adopt'), message('relay'), message('status-ask'), utf8('garbage'), ...good] });
  owner.operate('syncOnly');
  assert.deepEqual([owner.gave, owner.isOpen, owner.state.bag], [good, true, []]);
  owner.put({ kind: 'bring', messages: Array.from({ length: MAX_GIVEN + 50 }, () => message('time-bound')) });
  home.world.run(2000);
  assert.deepEqual([owner.gave.length, owner.isOpen], [MAX_GIVEN, true], 'no more than a lock takes');
});

test('an operation that begins as soon as the last one is sensed is not ended by the last one’s end', () => {
  const home = remoteHut();
  const visit = new Visit(home, home.phone);
  visit.ended = () => {
    visit.ended = () => undefined;
    visit.begin('lock');
  };
  visit.begin('unlock');
  home.world.run(8000);
  assert.deepEqual(visit.outcomes.map(sensed), ['unlock unlocked', 'lock locked']);
  home.world.moveDoor(true);
  assert.equal(visit.operate('lock').kind, 'refused', 'the control: what is said of a later one counts');
});

// ---- any bytes ---------------------------------------------------------------------------------------------------------------

const frame = (value: NearFrame, counter: number): readonly Bytes[] => packetsOf(encodeNearFrame(value), counter).packets;

const feed = (packets: readonly Bytes[], from: NearContact = meetLock()): { readonly state: NearContact; readonly effects: readonly NearEffect[] } => {
  let state = from;
  const effects: NearEffect[] = [];
  for (const bytes of packets) {
    const step = stepNear(nobleCrypto, state, { kind: 'packet', bytes });
    state = step.state;
    effects.push(...step.effects);
  }
  return { state, effects };
};

test('what is no packet, no frame, or not for a lock to say closes the connection, once', () => {
  const wrong: readonly (readonly Bytes[])[] = [
    [new Uint8Array(0)], [Uint8Array.of(0x85, 1)], frame({ kind: 'took', seq: 1 }, 0), packetsOf(utf8('garbage'), 0).packets, frame({ kind: 'carry', message: utf8('garbage') }, 0),
  ];
  for (const packets of wrong) {
    const { state, effects } = feed([...packets, ...packets]);
    assert.deepEqual([effects, state.isOver], [[{ kind: 'close' }], true]);
  }
  assert.deepEqual(feed(frame({ kind: 'closed', code: 'too-late' }, 0)).effects, [], 'a word about no operation counts for nothing');
});

test('a lock that says more than any lock has to say is left', () => {
  let counter = 0;
  let told: { readonly state: NearContact; readonly effects: readonly NearEffect[] } = { state: meetLock(), effects: [] };
  for (let count = 0; count <= MAX_NEAR_FRAMES; count += 1) {
    assert.equal(told.state.isOver, false);
    told = feed(frame({ kind: 'closed', code: 'x' }, counter), told.state);
    counter = (counter + 1) % 128;
  }
  assert.equal(told.state.isOver, true);
});

test('any packets are taken or end it', () => {
  fc.assert(fc.property(fc.array(fc.oneof(fc.uint8Array({ maxLength: 260 }), fc.nat({ max: 127 }).chain((counter) => fc.uint8Array({ minLength: 1, maxLength: 40 }).map((rest) => Uint8Array.of(0x80 | counter, ...rest)))), { maxLength: 12 }), (packets) => {
    const { effects } = feed(packets);
    assert.ok(effects.filter(({ kind }) => kind === 'close').length <= 1);
  }), { numRuns: 500 });
});

test('whatever the air does to a visit, the phone says that a bolt was sensed only when the lock signed it, and both go on', () => {
  let opened = 0;
  fc.assert(fc.property(fc.array(fc.constantFrom('pass', 'pass', 'pass', 'pass', 'pass', 'pass', 'drop', 'double', 'flip', 'cut'), { maxLength: 60 }), fc.nat(), (fates, seed) => {
    const home = remoteHut();
    const hub = new CourierHub(home);
    const visit = new Visit(home, home.phone);
    visit.put({ kind: 'bring', messages: hub.courier([]) });
    let index = -1;
    visit.air = (packet) => {
      index += 1;
      const at = (seed + index * 7) % packet.length;
      switch (fates[index]) {
        case 'drop':
          return [];
        case 'double':
          return [packet, packet];
        case 'flip':
          return [packet.with(at, (packet[at] ?? 0) ^ (1 << (seed % 8)))];
        case 'cut':
          return [packet.slice(0, at)];
        default:
          return [packet];
      }
    };
    const outcome = visit.operate('unlock');
    if (outcome.kind === 'sensed') {
      assert.deepEqual(home.world.drives, ['withdraw']);
      opened += 1;
    }
    if (outcome.kind === 'notDone') assert.deepEqual(home.world.drives, []);
    for (const message of visit.carried) assert.ok(required(decodeFromLock(message), 'a link message').seq > 0);
    assert.equal(sensed(new Visit(home, home.phone).operate('lock')), 'lock locked', 'the lock still works');
  }), { numRuns: 25 });
  assert.ok(opened > 0, 'control: some visits open');
});
