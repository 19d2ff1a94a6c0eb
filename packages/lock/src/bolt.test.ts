// Each cell of the bolt's table stands here a second time, written by what a person would expect, and properties over it.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { isOverdue, MOVEMENT_MS, moveBolt, SAID, TRANSITIONS, type BoltInput, type BoltPhase, type BoltState } from './bolt.ts';

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
  unknown: ['thrown settled', 'withdrawn settled', 'unknown', 'turning', 'turning', 'throwing throw', 'withdrawing withdraw', 'unknown'],
  jammed: ['thrown settled', 'withdrawn settled', 'jammed', 'turning', 'turning', 'throwing throw', 'withdrawing withdraw', 'jammed'],
  thrown: ['thrown', 'withdrawn moved', 'drifting', 'thrown', 'turning', 'thrown already', 'withdrawing withdraw', 'thrown'],
  withdrawn: ['thrown moved', 'withdrawn', 'drifting', 'turning', 'withdrawn', 'throwing throw', 'withdrawn already', 'withdrawn'],
  throwing: [
    'thrown reached', 'throwing', 'throwing', 'throwing turned', 'turning overruled', 'throwing', 'withdrawing overruled withdraw', 'jammed jammed',
  ],
  withdrawing: [
    'withdrawing', 'withdrawn reached', 'withdrawing', 'turning overruled', 'withdrawing turned', 'throwing overruled throw', 'withdrawing', 'jammed jammed',
  ],
  turning: ['thrown turned', 'withdrawn turned', 'turning', 'turning', 'turning', 'throwing turned throw', 'withdrawing turned withdraw', 'unknown turned'],
  drifting: ['thrown moved', 'withdrawn moved', 'drifting', 'turning', 'turning', 'throwing moved throw', 'withdrawing moved withdraw', 'unknown moved'],
};

for (const phase of PHASES) {
  test(`bolt, row ${phase}`, () => {
    const said = INPUTS.map((input) => {
      const { bolt, happenings } = moveBolt(inPhase(phase), input, 10_000);
      return [bolt.phase, ...happenings].join(' ');
    });
    assert.deepEqual(said, EXPECTED[phase]);
  });
}

test('a movement has its time from its start, and a repeated command does not stretch it', () => {
  const started = moveBolt({ phase: 'thrown' }, 'driveWithdraw', 1000).bolt;
  assert.deepEqual(started, { phase: 'withdrawing', deadlineMs: 1000 + MOVEMENT_MS });
  assert.deepEqual(moveBolt(started, 'driveWithdraw', 3000).bolt, started);
  assert.equal(isOverdue(started, 3999), false);
  assert.equal(isOverdue(started, 4000), true);
});

const cells = fc.array(fc.constantFrom<BoltInput>(...INPUTS), { maxLength: 40 });

test('property: locked or unlocked is said only while the sensor last said that very place', () => {
  const reached = new Set<string>();
  fc.assert(
    fc.property(cells, (inputs) => {
      let bolt: BoltState = { phase: 'unknown' };
      let sensed = 'nothing';
      for (const [at, input] of inputs.entries()) {
        reached.add(`${bolt.phase} × ${input}`);
        bolt = moveBolt(bolt, input, at).bolt;
        if (input.startsWith('sensed')) sensed = input;
        const said = SAID[bolt.phase];
        if (said === 'locked') assert.equal(sensed, 'sensedThrown');
        if (said === 'unlocked') assert.equal(sensed, 'sensedWithdrawn');
      }
    }),
    { numRuns: 2000 },
  );
  assert.equal(reached.size, PHASES.length * INPUTS.length);
  console.log(`bolt: ${reached.size} of ${PHASES.length * INPUTS.length} cells reached`);
});

test('the motor is commanded by a drive input only, and in the direction asked', () => {
  for (const phase of PHASES) {
    for (const input of INPUTS) {
      const [, ...happenings] = TRANSITIONS[phase][input];
      if (happenings.includes('throw')) assert.equal(input, 'driveThrow');
      if (happenings.includes('withdraw')) assert.equal(input, 'driveWithdraw');
    }
  }
});

test('a jam is never said to be locked, in whatever direction', () => {
  for (const phase of ['throwing', 'withdrawing'] as const) {
    assert.equal(SAID[moveBolt(inPhase(phase), 'deadline', 3000).bolt.phase], 'unknown');
  }
});
