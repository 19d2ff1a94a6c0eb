// Each cell of the table of a bolt without a motor a second time, written by what a person would expect, and properties over it.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { moveBolt, SAID, TRANSITIONS, type BoltInput, type BoltPhase, type BoltState } from './bolt.ts';
import { HAND_TRANSITIONS } from './hand-bolt.ts';

const PHASES = ['unknown', 'jammed', 'thrown', 'withdrawn', 'throwing', 'withdrawing', 'turning', 'drifting'] as const;
const INPUTS = [
  'sensedThrown', 'sensedWithdrawn', 'sensedBetween', 'turnedToThrown', 'turnedToWithdrawn', 'driveThrow', 'driveWithdraw', 'deadline',
] as const;

const inPhase = (phase: BoltPhase): BoltState => {
  switch (phase) {
    case 'unknown': case 'jammed': case 'thrown': case 'withdrawn': return { phase };
    default: return { phase, deadlineMs: 3000 };
  }
};

// phase: what each input (in the order of INPUTS) leads to.
const EXPECTED: { readonly [Phase in BoltPhase]: readonly string[] } = {
  unknown: ['thrown block returned', 'withdrawn moved', 'unknown', 'unknown', 'unknown', 'unknown', 'turning withdraw', 'unknown'],
  jammed: ['thrown block returned', 'withdrawn moved', 'jammed', 'jammed', 'jammed', 'jammed', 'turning withdraw', 'jammed'],
  thrown: ['thrown', 'withdrawn moved', 'drifting', 'thrown', 'thrown', 'thrown already', 'withdrawing withdraw', 'thrown'],
  withdrawn: ['thrown block returned', 'withdrawn', 'throwing', 'withdrawn', 'withdrawn', 'withdrawn', 'withdrawn already', 'withdrawn'],
  throwing: ['thrown block returned', 'withdrawn', 'throwing', 'throwing', 'throwing', 'throwing', 'turning withdraw', 'unknown moved'],
  withdrawing: ['withdrawing', 'withdrawn reached', 'turning', 'withdrawing', 'withdrawing', 'withdrawing', 'withdrawing', 'thrown block notTurned'],
  turning: ['withdrawing', 'withdrawn reached', 'turning', 'turning', 'turning', 'turning', 'turning', 'unknown block notTurned'],
  drifting: ['thrown moved', 'withdrawn moved', 'drifting', 'drifting', 'drifting', 'drifting', 'turning withdraw', 'unknown moved'],
};

for (const phase of PHASES) {
  test(`bolt by hand, row ${phase}`, () => {
    const found = INPUTS.map((input) => {
      const { bolt, happenings } = moveBolt(inPhase(phase), input, 10_000, 10_000, HAND_TRANSITIONS);
      return [bolt.phase, ...happenings].join(' ');
    });
    assert.deepEqual(found, EXPECTED[phase]);
  });
}

test('a bolt without a motor never jams, is never thrown by command, and both tables have the same cells', () => {
  const happenings = PHASES.flatMap((phase) => INPUTS.flatMap((input) => HAND_TRANSITIONS[phase][input].slice(1)));
  assert.ok(!happenings.includes('jammed') && !happenings.includes('throw') && !happenings.includes('turned'));
  assert.deepEqual(Object.keys(HAND_TRANSITIONS), Object.keys(TRANSITIONS));
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
        const moved = moveBolt(bolt, input, at, 10_000, HAND_TRANSITIONS);
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
