// What holds for a bolt without a motor beside what holds for all (bolt-tables.test.ts): nothing drives it, and being freed ends.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { moveBolt, SAID, type BoltInput, type BoltState } from './bolt.ts';
import { HAND_TRANSITIONS } from './hand-bolt.ts';

const PHASES = ['unknown', 'jammed', 'thrown', 'withdrawn', 'throwing', 'withdrawing', 'turning', 'drifting'] as const;
const INPUTS = [
  'sensedThrown', 'sensedWithdrawn', 'sensedBetween', 'turnedToThrown', 'turnedToWithdrawn', 'driveThrow', 'driveWithdraw', 'deadline',
] as const;

test('a bolt without a motor never jams, is never thrown by command', () => {
  const happenings = PHASES.flatMap((phase) => INPUTS.flatMap((input) => HAND_TRANSITIONS[phase][input].slice(1)));
  assert.ok(!happenings.includes('jammed') && !happenings.includes('throw') && !happenings.includes('turned'));
});

test('property: only what is sensed is said; freed means a drive before, and it ends by opening, by a block, or not yet', () => {
  const reached = new Set<string>();
  let opened = 0;
  fc.assert(
    fc.property(fc.array(fc.constantFrom<BoltInput>(...INPUTS), { maxLength: 40 }), (inputs) => {
      let bolt: BoltState = { phase: 'unknown' };
      let [sensed, isFree] = ['nothing', false];
      for (const [at, input] of inputs.entries()) {
        reached.add(`${bolt.phase} × ${input}`);
        const moved = moveBolt(HAND_TRANSITIONS, bolt, input, at, () => 10_000);
        bolt = moved.bolt;
        if (input.startsWith('sensed')) sensed = input;
        if (moved.happenings.includes('withdraw')) isFree = true;
        if (moved.happenings.includes('reached')) assert.ok(isFree, 'what was opened had been freed');
        opened += moved.happenings.includes('reached') ? 1 : 0;
        if (moved.happenings.includes('block')) isFree = false;
        const said = SAID[bolt.phase];
        if (said === 'locked') assert.equal(sensed, 'sensedThrown');
        if (said === 'unlocked') assert.equal(sensed, 'sensedWithdrawn');
        if (bolt.phase === 'thrown') assert.equal(isFree, false, 'a bolt at rest in its thrown end is blocked');
      }
    }),
    { numRuns: 3000 },
  );
  // Nothing leads to `jammed`: a store that says so would be another lock's.
  assert.equal(reached.size, (PHASES.length - 1) * INPUTS.length);
  console.log(`bolt by hand: ${reached.size} cells reached, opened ${opened} times`);
});
