// Slots of the sensor and the roster's fingers: what is learnt for whom, what is forgotten, and what goes on waiting when the roster changes.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { lockWith, PIN, type Hands } from './entries.fixture.ts';
import { MAX_FINGER_SLOTS } from './finger-desk.ts';
import { World } from './world.conformance.ts';

const BOB = new Uint8Array(16).fill(0xb0);

const sense = ({ world }: Hands, slots: readonly number[]): void => {
  world.input({ kind: 'fingerSlots', slots });
  world.run(50);
};
const awaited = ({ world }: Hands): number | undefined => world.state.fingers.enrolling?.slot;
const learnt = ({ world }: Hands): number => world.records().filter(({ reason }) => reason === 'finger-enrolled').length;
const forgotten = (world: World): number[] => {
  const slots: number[] = [];
  world.beforeEffect = (effect) => {
    if (effect.kind === 'fingerForget') slots.push(effect.slot);
  };
  return slots;
};

test('a finger that was learnt is told once; the next change of the sensor is not one of it', () => {
  const hands = lockWith({ pins: { [PIN]: {} }, fingers: { 7: {}, 9: { pseudonym: BOB } } });
  sense(hands, []);
  hands.type(PIN);
  sense(hands, [9]);
  assert.deepEqual([learnt(hands), awaited(hands)], [0, 7], 'another slot: the sensor still waits');
  sense(hands, [7, 9]);
  assert.deepEqual([learnt(hands), awaited(hands)], [1, undefined]);
  sense(hands, [7]);
  sense(hands, [7, 9]);
  assert.equal(learnt(hands), 1);
});

test('what waits for a finger goes on while the roster says whose it is, and ends when it says another’s or nobody’s', () => {
  const hands = lockWith({ pins: { [PIN]: {} }, fingers: { 7: {} } });
  sense(hands, []);
  hands.type(PIN);
  hands.enrol({ fingers: { 3: {}, 7: {}, 8: { pseudonym: BOB } } });
  assert.equal(awaited(hands), 7);
  hands.enrol({ pins: { [PIN]: {} }, fingers: { 7: { pseudonym: BOB }, 3: {} } });
  assert.deepEqual(hands.world.state.fingers, { slots: [], enrolling: undefined });
  sense(hands, [7]);
  assert.equal(learnt(hands), 0);
  hands.type(PIN);
  assert.equal(awaited(hands), 3);
  hands.enrol({});
  assert.equal(awaited(hands), undefined);
});

test('each slot that no roster names is forgotten, once, and the others stay', () => {
  const hands = lockWith({ fingers: { 1: {}, 2: {}, 3: {} } });
  const slots = forgotten(hands.world);
  sense(hands, [1, 2, 3]);
  assert.deepEqual(slots, [], 'control');
  hands.enrol({ fingers: { 2: {} } });
  assert.deepEqual([slots, hands.world.state.fingers.slots], [[1, 3], [2]]);
  hands.enrol({ fingers: { 2: {} } });
  assert.equal(slots.length, 2);
});

test('without a sensor, and at a lock of nobody, nothing is forgotten; of a sensor’s slots no more are read than it may have', () => {
  const without = lockWith({ pins: { [PIN]: {} }, fingers: { 7: {} } });
  const none = forgotten(without.world);
  without.type(PIN);
  without.enrol({});
  assert.deepEqual([none, without.world.state.fingers.slots], [[], undefined]);
  const world = new World();
  world.start();
  const ofNobody = forgotten(world);
  world.input({ kind: 'fingerSlots', slots: [1, 2] });
  assert.deepEqual([ofNobody, world.state.fingers.slots], [[], [1, 2]]);
  world.input({ kind: 'fingerSlots', slots: Array.from({ length: MAX_FINGER_SLOTS + 5 }, (_, slot) => slot) });
  assert.equal(world.state.fingers.slots?.length, MAX_FINGER_SLOTS);
});
