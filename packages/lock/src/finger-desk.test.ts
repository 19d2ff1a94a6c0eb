// Slots of the sensor and the roster's fingers: what is learnt is told once, and what no roster names is forgotten once.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { lockWith, PIN, type Hands } from './entries.fixture.ts';
import type { World } from './world.conformance.ts';

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

test('without a sensor nothing is forgotten', () => {
  const hands = lockWith({ pins: { [PIN]: {} }, fingers: { 7: {} } });
  const slots = forgotten(hands.world);
  hands.type(PIN);
  hands.enrol({});
  assert.deepEqual([slots, hands.world.state.fingers.slots], [[], undefined]);
});
