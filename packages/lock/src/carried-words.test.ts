// What the hub signs and anybody carries: acknowledgements of the journal, and instants that have passed. An old one, one of another
// hand or of another lock changes nothing; beside each stands the one that counts.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { instantOf, clockQuality } from '@mortise/access/clock.ts';
import { utf8 } from '@mortise/base/bytes.ts';
import { instant, type Instant } from '@mortise/base/instant.ts';
import { journalAckToSign } from '@mortise/courier/journal-ack.ts';
import { identifierOf, type LockId } from '@mortise/base/identifiers.ts';
import { deriveKeyPair } from '@mortise/crypto/entropy.ts';
import { ownedLock, type Site } from './site.conformance.ts';
import type { World } from './world.conformance.ts';

/** A lock with records that nobody has acknowledged, all of which were sent. */
const owing = (): { readonly world: World; readonly site: Site; readonly last: number } => {
  const { world, site } = ownedLock();
  site.acknowledges = false;
  world.turn('withdrawn');
  world.run(30_000);
  assert.ok(world.state.journal.held.length > 0);
  return { world, site, last: world.state.journal.last.seq };
};

const heldCount = ({ state }: World): number => state.journal.held.length;

test('only the hub’s signed word for this lock lets records go', () => {
  const { world, site, last } = owing();
  const held = heldCount(world);
  const stranger = deriveKeyPair(site.crypto, site.crypto.sha256(utf8('a courier')), 'key');
  const other = journalAckToSign(site.crypto, site.timeKey.publicKey, { lockId: identifierOf<LockId>(new Uint8Array(16)), seq: last, instant: site.now() });
  for (const wrong of [site.ack(last, site.now(), stranger), site.ack(last, site.now(), site.owner), site.sign(site.timeKey, other), utf8('7'), site.timeBound(site.now())]) {
    site.say('journal-ack', wrong);
    assert.equal(heldCount(world), held);
  }
  site.acknowledge(last);
  assert.equal(heldCount(world), 0, 'control');
});

test('an old acknowledgement that is carried again takes nothing back', () => {
  const { world, site, last } = owing();
  const old = site.ack(2, instant(site.now() - 1000));
  site.acknowledge(last);
  site.say('journal-ack', old);
  assert.deepEqual([heldCount(world), world.state.journal.acknowledged], [0, last]);
  site.say('journal-ack', site.ack(2));
  assert.equal(world.state.journal.acknowledged, 2, 'control: said now it is a hub that lost what it had');
});

test('after a restart an acknowledgement counts of what an earlier run sent, and none of what was written since', () => {
  const { world, site, last } = owing();
  const ack = site.ack(last);
  const tooMuch = site.ack(last + 1, instant(site.now() + 1));
  world.restart();
  world.input({ kind: 'linkDown' });
  world.run(100);
  assert.ok(world.state.journal.last.seq > last, 'the start is recorded');
  site.say('journal-ack', tooMuch);
  assert.notEqual(world.state.journal.acknowledged, last + 1);
  site.say('journal-ack', site.ack(last, instant(site.now() + 2)));
  assert.equal(world.state.journal.acknowledged, last);
  site.say('journal-ack', ack);
  assert.equal(world.state.journal.acknowledged, last, 'the same, said before');
});

const clockOf = ({ state, nowMs, bootMs }: World): { readonly quality: string; readonly now: Instant; readonly floor: Instant } => {
  const reading = { monotonicMs: nowMs - bootMs, rtcMs: 0 };
  return { quality: clockQuality(state.clock, reading), now: instantOf(state.clock, reading), floor: state.clock.floor };
};

test('an instant that has passed raises the floor, and is kept over a restart; it never lowers it and never sets the clock', () => {
  const { world, site } = ownedLock();
  const before = clockOf(world);
  const bound = instant(before.now - 10);
  site.say('time-bound', site.timeBound(bound));
  assert.deepEqual(clockOf(world), { ...before, floor: bound });
  site.say('time-bound', site.timeBound(instant(bound - 100_000)));
  assert.deepEqual(clockOf(world), { ...before, floor: bound }, 'an old courier');
  world.run(100);
  world.restart();
  assert.equal(clockOf(world).floor, bound);
});

test('a clock that is behind an instant that has passed is moved up when it lags a little, and lost when it was wrong', () => {
  const { world, site } = ownedLock();
  site.tellsTime = false;
  const near = instant(clockOf(world).now + 30_000);
  site.say('time-bound', site.timeBound(near));
  assert.deepEqual([clockOf(world).quality, clockOf(world).now], ['synced', near]);
  const far = instant(near + 3_600_000);
  site.say('time-bound', site.timeBound(far));
  assert.deepEqual([clockOf(world).quality, clockOf(world).now], ['lost', far]);
});

test('an instant by any other key changes nothing', () => {
  const { world, site } = ownedLock();
  const before = clockOf(world);
  const stranger = deriveKeyPair(site.crypto, site.crypto.sha256(utf8('a courier')), 'key');
  const at = instant(before.now + 1000);
  for (const wrong of [site.timeBound(at, stranger), site.timeBound(at, site.owner), site.ack(1, at), utf8('x')]) site.say('time-bound', wrong);
  assert.deepEqual(clockOf(world), before);
  site.say('time-bound', site.timeBound(at));
  assert.equal(clockOf(world).floor, at, 'control');
});
