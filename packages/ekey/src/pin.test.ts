// The key's PIN: asked for where orders say so, kept as a keyed verifier, each try counted before it is judged, waits that outlive the power.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { utf8 } from '@mortise/base/bytes.ts';
import { FIRST_WAIT_MS, LONGEST_WAIT_MS, pinBackOffMs } from './pin-desk.ts';
import { updated, type Fixture } from './update.fixture.ts';

const MINUTE_MS = 60_000;
const withPin = (): Fixture => {
  const all = updated({ pin: { minutes: 5, epoch: 1 } });
  assert.equal(all.world.signal.name, 'pin-to-choose');
  all.world.input({ kind: 'pinChosen', digits: '2468' });
  all.run(20);
  assert.equal(all.world.signal.name, 'idle');
  return all;
};

const type = ({ world, run }: Fixture, digits: string): string => {
  world.input({ kind: 'pin', digits });
  run(20);
  return world.signal.name;
};

test('the PIN unlocks for as long as orders say; what is stored holds no digit of it', () => {
  const all = withPin();
  const { world, run } = all;
  run(5 * MINUTE_MS);
  assert.equal(world.signal.name, 'pin-needed');
  assert.deepEqual([type(all, '1111'), type(all, '24680'), type(all, 'abcd')], ['pin-wrong', 'pin-wrong', 'pin-wrong']);
  run(FIRST_WAIT_MS + 5000);
  assert.equal(type(all, '2468'), 'idle');
  const text = [...world.stored.values.values()].map((bytes) => bytes.toHex()).join(' ');
  assert.ok(!text.includes(utf8('2468').toHex()));
  assert.deepEqual(world.told().filter((told) => told.startsWith('pin')), ['pin-set', 'pin-wrong tries:1', 'pin-wrong tries:2', 'pin-wrong tries:3']);
});

test('wrong tries make it wait longer and longer, also the right one', () => {
  assert.deepEqual([0, 2, 3, 4, 5, 100].map(pinBackOffMs), [0, 0, MINUTE_MS, 2 * MINUTE_MS, 4 * MINUTE_MS, LONGEST_WAIT_MS]);
  const all = withPin();
  all.run(5 * MINUTE_MS);
  for (let tries = 0; tries < 3; tries += 1) type(all, '1111');
  assert.equal(type(all, '2468'), 'pin-blocked');
  all.run(FIRST_WAIT_MS);
  assert.equal(type(all, '2468'), 'idle', 'the control');
});

test('taking the power away saves no try, at whatever moment, and tells nothing', () => {
  const all = withPin();
  const { world, run } = all;
  run(5 * MINUTE_MS);
  for (let tries = 1; tries <= 3; tries += 1) {
    world.input({ kind: 'pin', digits: '1111' });
    assert.equal(world.signal.name, 'pin-needed', 'before the try is durable nothing is told');
    run(2);
    world.restart();
    run(20);
    assert.equal(world.state.pin.wrong, tries);
  }
  assert.equal(type(all, '2468'), 'pin-blocked', 'the wait outlives the power');
  run(FIRST_WAIT_MS + 5000);
  assert.equal(type(all, '2468'), 'idle');
});

test('only the holder chooses anew: after the old PIN, or when orders forget it', () => {
  const all = withPin();
  const { hub, world, run } = all;
  run(5 * MINUTE_MS);
  world.input({ kind: 'pinChosen', digits: '9999' });
  run(20);
  assert.equal(type(all, '2468'), 'idle', 'locked, no PIN is chosen');
  world.input({ kind: 'pinChosen', digits: '9999' });
  run(20);
  run(5 * MINUTE_MS);
  assert.equal(type(all, '9999'), 'idle', 'unlocked, one is');
  hub.order([hub.ownTimeKey()], { pin: { minutes: 5, epoch: 2 } });
  hub.link();
  run(500);
  hub.unlink();
  run(5000);
  assert.equal(world.signal.name, 'pin-to-choose');
  world.restart();
  assert.equal(world.state.pin.verifier, undefined);
});

test('nobody is asked where orders do not ask', () => {
  const all = updated();
  assert.equal(type(all, '1111'), 'idle');
  all.world.input({ kind: 'pinChosen', digits: '1111' });
  all.run(20);
  assert.deepEqual([all.world.state.pin.verifier, all.world.told().filter((told) => told.startsWith('pin'))], [undefined, []]);
});
