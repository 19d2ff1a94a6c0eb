// The lock's signed word about how it is: signed by its identity key, said when something changes and by itself, one signature at a
// time, in an order that no restart turns back.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { required } from '@mortise/base/assert.ts';
import { utf8 } from '@mortise/base/bytes.ts';
import { instant } from '@mortise/base/instant.ts';
import { isAfter, openStatus, type Status } from '@mortise/courier/status.ts';
import { DEFAULT_DOOR_POLICY } from '@mortise/documents/door-policy.ts';
import { MECHANISMS } from './mechanism.ts';
import { ownedLock } from './site.conformance.ts';
import { STATUS_EVERY_MS } from './status-desk.ts';
import type { World } from './world.conformance.ts';

/** All that the lock said of itself, each opened with its identity key. */
const statuses = (world: World): readonly Status[] =>
  world.sent.filter(({ type }) => type === 'status').map(({ body }) => {
    const opened = openStatus(world.crypto, world.keys.identityKey, world.state.lockId, body);
    assert.ok(opened.ok, 'every status is signed by the lock');
    return opened.value;
  });
const last = (world: World): Status => required(statuses(world).at(-1), 'the lock said how it is');

const assertInOrder = (said: readonly Status[]): void => {
  for (const [index, status] of said.entries()) {
    const before = said[index - 1];
    assert.ok(before === undefined || isAfter(status, before), `status ${index} is after the one before`);
  }
};

test('what it senses, what it holds and when, in the order in which it was', () => {
  const { world, site } = ownedLock();
  for (const verb of ['unlock', 'lock', 'unlock'] as const) site.askAndWait({ verb });
  world.run(1000);
  const said = statuses(world);
  assertInOrder(said);
  assert.deepEqual([last(world).bolt, last(world).adopted, last(world).rosterVersion, last(world).seq], ['unlocked', true, 1, world.stored.entries.length]);
  assert.ok(said.some(({ bolt }) => bolt === 'moving') && said.some(({ bolt }) => bolt === 'locked'));
});

test('it says how it is built, until when it is held, and what needs somebody, as long as it is so', () => {
  const policy = { relockDelayMs: 0, door: { ...DEFAULT_DOOR_POLICY, ajarAfterMs: 5000, leftUnlockedAfterMs: 9000 } };
  const { world, site } = ownedLock({ policy }, 'powered', MECHANISMS.mortise);
  const more = () => {
    world.run(100);
    const { built, held, warnings, reserve } = last(world);
    return { built, held, warnings, reserve };
  };
  const nothing = { built: { mechanism: 'mortise', opening: 'stand' }, held: undefined, warnings: undefined, reserve: undefined };
  assert.deepEqual(more(), nothing);
  world.moveDoor(true);
  assert.deepEqual(more(), { ...nothing, warnings: ['forced'] });
  world.moveDoor(false);
  assert.deepEqual(more(), nothing);
  site.askAndWait({ verb: 'unlock' });
  world.run(9000);
  assert.deepEqual(more(), { ...nothing, warnings: ['leftUnlocked'] });
  world.moveDoor(true);
  assert.deepEqual(more(), nothing);
  world.input({ kind: 'tamper', active: true });
  world.run(5000);
  assert.deepEqual(more(), { ...nothing, warnings: ['ajar', 'tamper'] });
  world.moveDoor(false);
  world.input({ kind: 'tamper', active: false });
  const until = Math.floor(site.now() / 1000) + 60;
  site.askAndWait({ verb: 'holdUnlocked', until });
  assert.deepEqual(more(), { ...nothing, held: { until: instant(until * 1000) } });
  world.run(60_000);
  assert.deepEqual(more(), nothing);
  world.run(9000);
  assert.deepEqual(more(), { ...nothing, warnings: ['leftUnlocked'] }, 'since the hold ended');
  world.moveDoor(true);
  world.moveDoor(false);
  world.input({ kind: 'battery', mv: 4300 });
  assert.deepEqual(more(), { ...nothing, reserve: 20 });
  site.askAndWait({ verb: 'lock' });
  site.askAndWait({ verb: 'unlock' });
  assert.deepEqual(more(), { ...nothing, reserve: 19 });
});

test('it says so by itself, as often as it promises, and not without a link', () => {
  const { world } = ownedLock();
  world.run(100);
  const before = statuses(world).length;
  world.run(10 * STATUS_EVERY_MS);
  const regular = statuses(world).slice(before);
  assert.ok(regular.length >= 10 && regular.length <= 12, `${regular.length} in ten times ${STATUS_EVERY_MS} ms`);
  world.input({ kind: 'linkDown' });
  world.run(5 * STATUS_EVERY_MS);
  assert.equal(statuses(world).length, before + regular.length);
  world.input({ kind: 'linkUp' });
  world.run(10);
  assert.equal(statuses(world).length, before + regular.length + 1);
  assertInOrder(statuses(world));
});

test('one signature at a time: what happens meanwhile waits, and only the newest state is signed', () => {
  const { world, site } = ownedLock();
  // A door that opens beside a bolt sensed thrown would be an alarm, and a record.
  site.askAndWait({ verb: 'unlock' });
  const before = statuses(world).length;
  world.faults.signDelayMs = 500;
  for (let turn = 0; turn < 20; turn += 1) {
    world.moveDoor(turn % 2 === 0);
    site.say('status-ask', utf8(''));
    world.run(1);
    assert.ok(world.state.signatures.filter(({ after }) => after.kind === 'status').length <= 1);
  }
  world.moveDoor(true);
  world.run(2000);
  assert.deepEqual(statuses(world).slice(before).map(({ door }) => door), ['open', 'open'], 'the first, and the newest');
});

test('a signer that never answers makes no noise: nothing is signed beside it, and the lock sleeps', () => {
  const { world } = ownedLock();
  world.run(1000);
  world.faults.signDelayMs = undefined;
  world.moveDoor(true);
  world.run(10);
  let ticks = 0;
  world.watch = (_, event) => { ticks += event.kind === 'tick' ? 1 : 0; };
  world.run(5 * STATUS_EVERY_MS);
  assert.ok(ticks < 50, `${ticks} ticks`);
});

test('no status names an entry that is not durable, and none of a later life is before one of an earlier', () => {
  const { world } = ownedLock();
  for (let cut = 0; cut < 12; cut += 1) {
    world.faults.storeDelayMs = 7;
    world.turn(cut % 2 === 0 ? 'withdrawn' : 'thrown');
    const stop = world.nowMs + cut * 3;
    while (world.nowMs < stop) {
      world.run(1);
      assert.ok(last(world).seq <= world.stored.entries.length);
    }
    world.restart();
    world.run(30);
  }
  assertInOrder(statuses(world));
  world.faults.storeDelayMs = undefined;
  const before = statuses(world).length;
  world.restart();
  world.run(100);
  assert.equal(statuses(world).length, before, 'a life whose first entry is not durable says nothing of itself');
});
