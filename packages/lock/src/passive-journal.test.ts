// The ring of a passive lock: what it holds, what it drops, and that nobody who touches and lifts, however often, washes it out. The count of
// what was not recorded outlives power cuts, and is told when there is room.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { utf8 } from '@mortise/base/bytes.ts';
import { verifyEntries, pointOf } from '@mortise/journal/chain.ts';
import { REASONS } from '@mortise/base/reasons.ts';
import { required } from '@mortise/base/assert.ts';
import { Secret } from '@mortise/base/secret.ts';
import { restore } from './birth.ts';
import { passiveLock, type Contacts } from './contact.conformance.ts';
import { decodeMissed, encodeMissed, type MemoryParts } from './memory-parts.ts';
import { PASSIVE_HELD_ENTRIES, PASSIVE_NOISE_ENTRIES } from './profile.ts';
import { SETUP_SECRET } from './world.conformance.ts';

/** More than the share, by far. */
const TOUCHES = 700;

const isWhole = ({ world, site }: Contacts): void => {
  const [anchor, ...rest] = world.stored.entries;
  assert.ok(verifyEntries(site.crypto, world.state.lockId, pointOf(required(anchor, 'an anchor')), rest).ok);
};

/** A stranger who says nonsense and lifts. */
const nonsense = (contacts: Contacts): void => {
  contacts.touch({ silent: true }).sayBytes(utf8('garbage'));
  contacts.world.run(15);
};

test('the ring holds a thousand records and more that nobody has acknowledged; the oldest go, and the chain shows it', () => {
  const contacts = passiveLock();
  const { world } = contacts;
  const first = contacts.lastSeq() + 1;
  assert.equal(world.state.journal.held.length, 0);
  contacts.visit([contacts.guests.issue()]);
  contacts.touch();
  for (let turn = 0; turn < 1000; turn += 1) {
    world.turn(turn % 2 === 0 ? 'thrown' : 'withdrawn');
    world.run(10);
  }
  assert.ok(world.state.journal.held.length >= 1000);
  assert.equal(world.state.journal.held[0]?.seq, first, 'none is gone');
  for (let turn = 0; turn < 100; turn += 1) {
    world.turn(turn % 2 === 0 ? 'thrown' : 'withdrawn');
    world.run(10);
  }
  assert.equal(world.state.journal.held.length, PASSIVE_HELD_ENTRIES);
  contacts.lift();
  isWhole(contacts);
  assert.equal(world.state.journal.held.length, PASSIVE_HELD_ENTRIES, 'as a restart finds it');
  assert.equal(world.stored.entries.length, PASSIVE_HELD_ENTRIES + 1, 'and the one before them');
  const { via } = contacts.visit([], { verb: 'syncOnly', phone: contacts.site.phone });
  const given = contacts.entriesOf(via).map(({ seq }) => seq);
  assert.deepEqual(given, Array.from({ length: given.length }, (_, index) => (given[0] ?? 0) + index));
  assert.ok(given.length >= 1000, `${given.length} went home in one contact`);
});

test('hundreds of touches of strangers leave their share of the ring and a count, and every genuine record', () => {
  const contacts = passiveLock();
  const { world, guests, site } = contacts;
  contacts.visit([guests.issue()]);
  world.position = 'thrown';
  const genuine = world.records().filter(({ kind, reason }) => kind === 'operation' || reason === 'granted-document').length;
  const before = world.records().length;
  for (let touch = 0; touch < TOUCHES; touch += 1) nonsense(contacts);
  contacts.lift();
  isWhole(contacts);
  const noise = world.records().filter(({ reason }) => reason === 'protocol-error').length;
  assert.ok(noise <= PASSIVE_NOISE_ENTRIES && world.state.journal.noise.length === PASSIVE_NOISE_ENTRIES);
  assert.ok(world.records().length - before <= PASSIVE_NOISE_ENTRIES + 2, 'found otherwise once, and no more');
  assert.equal(world.records().filter(({ kind, reason }) => kind === 'operation' || reason === 'granted-document').length, genuine);
  assert.equal(world.state.journal.missed, TOUCHES - noise);
  const over = contacts.visit([guests.issue({ until: guests.at(-1000) })]);
  assert.deepEqual([over.run.outcome, over.run.closed, over.records], [{ kind: 'completed', readerStatus: REASONS['grant-expired'].readerStatus }, 'refused', []], 'who is refused hears why');
  assert.equal(contacts.visit([guests.issue()]).run.receipt?.record.sensed.bolt, 'unlocked', 'control: it opens all the same');
  contacts.acknowledge();
  contacts.touch();
  world.run(100);
  contacts.touch();
  const told = world.records().filter(({ reason }) => reason === 'refusals-suppressed');
  assert.deepEqual(told.map(({ rule }) => rule), [`count:${TOUCHES - noise + 1}`], 'told once, when there is room');
  assert.equal(decodeMissed(world.stored.memory.missed), 0);
  assert.equal(contacts.visit([], { phone: site.issuer, verb: 'unlock' }).records[0]?.reason, 'credential-unknown', 'and noise is recorded again');
  console.log(`passive ring: ${TOUCHES} touches of strangers, ${noise} recorded, ${TOUCHES - noise} counted`);
});

test('within one contact the minute’s bound holds too, and what it kept out is not lost with the power', () => {
  const contacts = passiveLock();
  const { world, site } = contacts;
  const before = contacts.lastSeq();
  const via = contacts.touch();
  for (let count = 0; count < 15; count += 1) {
    site.ask({ verb: 'unlock', phone: site.issuer, via });
    world.run(300);
  }
  for (let count = 0; count < 15; count += 1) {
    const again = site.connect();
    site.ask({ verb: 'unlock', phone: site.issuer, via: again });
    world.run(300);
    again.leave();
  }
  assert.equal(contacts.recordsAfter(before).length, 20);
  contacts.touch();
  world.run(100);
  assert.deepEqual(contacts.recordsAfter(before + 20).map(({ reason, rule }) => [reason, rule]), [['refusals-suppressed', 'count:10']]);
});

test('the count’s part: missing is none, damaged is refused', () => {
  const contacts = passiveLock();
  const { world } = contacts;
  const { configuration = new Uint8Array(0), memory, entries, acknowledged } = world.stored;
  const restored = (parts: MemoryParts): string => {
    const result = restore({ crypto: world.crypto }, world.keys, new Secret(SETUP_SECRET), { configuration, memory: parts, entries, acknowledged }, 'passive');
    return result.ok ? `restored ${result.value.journal.missed} ${result.value.keptRevocations.length}` : result.error.code;
  };
  assert.equal(restored(memory), 'restored 0 0', 'a store of before');
  assert.equal(restored({ ...memory, missed: encodeMissed(12) }), 'restored 12 0');
  for (const part of ['missed', 'revocations'] as const) {
    assert.equal(restored({ ...memory, [part]: new Uint8Array(0) }), 'memory-refused');
    assert.equal(restored({ ...memory, [part]: utf8('garbage') }), 'memory-refused');
  }
  assert.equal(decodeMissed(encodeMissed(3).slice(0, 2)), undefined);
});

test('the same store in another profile goes on: nothing is dropped that fits', () => {
  const { world } = passiveLock();
  const { configuration = new Uint8Array(0), memory, entries, acknowledged } = world.stored;
  const stored = { configuration, memory, entries, acknowledged };
  const powered = restore({ crypto: world.crypto }, world.keys, new Secret(SETUP_SECRET), stored);
  assert.ok(powered.ok && powered.value.journal.held.length === world.state.journal.held.length);
});

test('a record that no key was let in to fetch waits: strangers are given nothing', () => {
  const contacts = passiveLock();
  const { guests, site } = contacts;
  for (const [documents, phone] of [[[], guests.second], [[guests.issue({ until: guests.at(-1000) })], guests.guest]] as const) {
    const { via } = contacts.visit(documents, { phone });
    assert.deepEqual(via.carried.map(({ type }) => type), ['time-ask']);
  }
  assert.ok(contacts.visit([], { verb: 'syncOnly', phone: site.phone }).via.bodies('journal').length > 0, 'control');
});
