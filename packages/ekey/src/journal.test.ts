// The key's own journal: six thousand records and more, nothing given up but by the hub's word, two policies for when it is full; and the bag for locks.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { utf8, type Bytes } from '@mortise/base/bytes.ts';
import { identifierOf, type LockId } from '@mortise/base/identifiers.ts';
import { encodeFromLock, encodeToLock, NO_SESSION } from '@mortise/courier/link-message.ts';
import { encodeCbor } from '@mortise/base/cbor.ts';
import type { BufferPolicy } from '@mortise/courier/key-orders.ts';
import { verifyEntries, GENESIS } from '@mortise/journal/chain.ts';
import { bytesOf, EMPTY_BAG, isAcknowledged, MAX_BAG_BYTES, postForLock, postFromLock, withoutPosts } from './bag.ts';
import { freeEntries, KEPT_FROM_NOISE, MAX_KEY_ENTRIES, note, RESERVED_ENTRIES } from './journal-keeper.ts';
import { standingRefusal } from './may-open.ts';
import { updated, type Fixture } from './update.fixture.ts';

const nothingTaken = (all: Fixture): void => {
  all.hub.takes = false;
  all.hub.acknowledges = false;
};

/** Openings, until the key opens nothing any more. */
const fill = ({ world, run }: Fixture): void => {
  for (let turn = 0; turn < 2 * MAX_KEY_ENTRIES && standingRefusal(world.state, world.now) === undefined; turn += 1) {
    const { state, effects } = note({ crypto: world.crypto, now: world.now, entropy: world.crypto.sha256(utf8(`fill ${turn}`)) }, world.state, { kind: 'operation', allowed: true, reason: 'contact-opened', verb: 'unlock' });
    world.take(state, effects);
    if (turn % 16 === 0) run(3);
  }
  run(3);
};

for (const policy of ['stop', 'overwrite'] as const satisfies readonly BufferPolicy[]) {
  test(`policy ${policy}: at least 6,000 records; full, it opens nothing until the hub has them; none is lost`, () => {
    const all = updated({ buffer: policy, revalidateBy: undefined });
    const { hub, world, run } = all;
    const before = world.state.journal.last.seq;
    nothingTaken(all);
    fill(all);
    const made = world.state.journal.last.seq - before;
    assert.ok(made >= 6000, `${made} records`);
    assert.deepEqual([standingRefusal(world.state, world.now), world.signal.name, freeEntries(world.state.journal)], ['buffer-full', 'buffer-full', RESERVED_ENTRIES]);
    world.restart();
    assert.equal(standingRefusal(world.state, world.now), 'buffer-full', 'also after a restart');
    hub.takes = true;
    hub.acknowledges = true;
    hub.link();
    run(5000);
    hub.unlink();
    run(5000);
    assert.equal(world.signal.name, 'idle', 'acknowledged, it opens again');
    assert.equal(hub.records.length, world.state.journal.last.seq, 'every one came home');
    assert.deepEqual(verifyEntries(world.crypto, world.state.keyId, GENESIS, world.history), { ok: true, value: world.state.journal.last });
    assert.equal(world.state.journal.entries.length > MAX_KEY_ENTRIES / 2, policy === 'overwrite', 'the one keeps what it may, the other does not');
  });
}

test('under overwrite a hub that lost what it had gets again what is still there, and an old word counts for nothing', () => {
  const all = updated({ buffer: 'overwrite', revalidateBy: undefined });
  const { hub, world, run } = all;
  const had = hub.known.seq;
  const old = hub.ack(world.state.keyId, 2, hub.at(-3_600_000));
  hub.link();
  run(300);
  hub.say('journal-ack', old);
  run(50);
  assert.ok(world.state.journal.acknowledged >= had);
  hub.say('journal-ack', hub.ack(world.state.keyId, 0));
  run(50);
  assert.deepEqual([world.state.journal.acknowledged < had, world.state.journal.acknowledged], [true, world.state.journal.from.seq]);
  hub.unlink();
  const journals = hub.said.filter(({ type }) => type === 'journal').length;
  hub.link();
  run(300);
  assert.ok(hub.said.filter(({ type }) => type === 'journal').length > journals, 'it is said again');
});

test('a key that is refused by noise again and again keeps room for what counts', () => {
  const all = updated({ revalidateBy: undefined });
  const { hub, world, run } = all;
  nothingTaken(all);
  fill(all);
  hub.link();
  for (let turn = 0; turn < 2000; turn += 1) {
    hub.say('orders', utf8('noise'));
    run(1000);
  }
  assert.ok(freeEntries(world.state.journal) >= KEPT_FROM_NOISE, String(freeEntries(world.state.journal)));
});

// ---- the bag -----------------------------------------------------------------------------------------------------------------

const lock = (name: number): LockId => identifierOf<LockId>(new Uint8Array(16).fill(name));
const batch = (after: number, count: number): Bytes => encodeCbor([1, [after, new Uint8Array(32)], Array.from({ length: count }, () => [new Uint8Array(60), new Uint8Array(200)]), new Uint8Array(160)]);
const said = (type: 'journal' | 'status' | 'statement' | 'time-ask', body: Bytes): Bytes => encodeFromLock({ type, session: NO_SESSION, seq: 1, expires: 0, body });

test('of a lock’s journal what a later batch says again is kept once; its status is the newest', () => {
  let { bag } = postFromLock(EMPTY_BAG, lock(1), said('journal', batch(0, 5)));
  for (const [of, message] of [[1, batch(0, 8)], [1, batch(8, 4)], [2, batch(0, 5)], [1, batch(2, 3)]] as const) ({ bag } = postFromLock(bag, lock(of), said('journal', message)));
  for (const body of [1, 2]) ({ bag } = postFromLock(bag, lock(1), said('status', Uint8Array.of(body))));
  assert.deepEqual(bag.fromLocks.map(({ type, lockId, body }) => `${type} ${lockId === lock(1) ? 1 : 2} ${body.length}`), [
    `journal 1 ${batch(0, 8).length}`, `journal 1 ${batch(8, 4).length}`, `journal 2 ${batch(0, 5).length}`, `journal 1 ${batch(2, 3).length}`, 'status 1 1',
  ]);
  const after = withoutPosts(bag, (post) => isAcknowledged(post, lock(1), 8));
  assert.deepEqual(after.bag.fromLocks.map(({ number }) => number).length, 3, 'what the hub has to 8 goes: 0 to 8 and 2 to 5');
  assert.equal(after.puts.length, 2);
});

test('full, the bag takes no more, either way, and loses nothing; what is no message for a lock is refused', () => {
  let [bag, taken] = [EMPTY_BAG, 0];
  for (let number = 0; number < 200; number += 1) {
    const change = postFromLock(bag, lock(number), said('journal', new Uint8Array(60_000).fill(number)));
    bag = change.bag;
    if (change.code === 'accepted') taken += 1;
  }
  assert.ok(bytesOf(bag.fromLocks) <= MAX_BAG_BYTES && taken === bag.fromLocks.length && taken > 60);
  const post = (type: 'roster' | 'adopt' | 'time-bound', body: Bytes) => encodeToLock({ type, session: NO_SESSION, seq: 1, expires: 0, body });
  assert.deepEqual([
    postForLock(EMPTY_BAG, lock(1), post('adopt', utf8('x'))).code, postForLock(EMPTY_BAG, lock(1), utf8('x')).code, postFromLock(EMPTY_BAG, lock(1), utf8('x')).code, postFromLock(EMPTY_BAG, lock(1), said('time-ask', utf8('x'))).code,
  ], ['type-wrong', 'malformed', 'malformed', 'type-wrong']);
  const once = postForLock(EMPTY_BAG, lock(1), post('time-bound', utf8('a')));
  const twice = postForLock(once.bag, lock(1), post('time-bound', utf8('b')));
  assert.deepEqual([once.code, postForLock(once.bag, lock(1), post('time-bound', utf8('a'))).code, twice.bag.forLocks.length, twice.puts.length], ['accepted', 'known', 1, 2]);
});
