// Each cell of the door's table a second time, and properties over walks of it: an alarm only where it is one, told once, over when the door is closed.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { DOOR, DOOR_INPUTS, DOOR_PHASES, DOOR_SAID, isDoorOverdue, moveDoor, NO_DOOR, type DoorInput, type DoorPhase } from './door.ts';

// In the order of DOOR_INPUTS: opened, openedLocked, openedHeld, closed, deadline, holdBegan, holdEnded; `.`: stays.
const GRID: { readonly [P in DoorPhase]: string } = {
  none: 'open|open|held|closed|.|.|.',
  closed: 'open|forced forced|held|.|.|.|.',
  open: '.|.|held|closed|ajar ajar|held|.',
  held: '.|.|.|closed|.|.|open',
  ajar: '.|.|.|closed recovered|.|held recovered|.',
  forced: '.|.|.|closed recovered|.|.|.',
};

for (const phase of DOOR_PHASES) {
  test(`door, row ${phase}`, () => {
    assert.deepEqual(DOOR_INPUTS.map((input) => DOOR[phase][input].join(' ')), GRID[phase].split('|').map((cell) => cell.replace('.', phase)));
  });
}

test('property: what is said is what its sensor said; an alarm is told once and is over when it is closed; each cell is reached 100 times', () => {
  const reached = new Map<string, number>();
  fc.assert(
    fc.property(fc.array(fc.constantFrom<DoorInput>(...DOOR_INPUTS), { minLength: 20, maxLength: 60 }), (inputs) => {
      let door = NO_DOOR;
      let [sensed, isAlarm]: [string, boolean] = ['none', false];
      for (const [at, input] of inputs.entries()) {
        reached.set(`${door.phase} × ${input}`, (reached.get(`${door.phase} × ${input}`) ?? 0) + 1);
        const moved = moveDoor(door, input, at, 10);
        door = moved.door;
        if (input === 'closed') sensed = 'closed';
        if (input.startsWith('opened')) sensed = 'open';
        assert.equal(DOOR_SAID[door.phase], sensed);
        for (const happening of moved.happenings) {
          assert.equal(isAlarm, happening === 'recovered', `${happening} at ${input}`);
          isAlarm = happening !== 'recovered';
        }
        assert.equal(isAlarm, door.phase === 'ajar' || door.phase === 'forced');
      }
    }),
    { numRuns: 3000 },
  );
  const least = Math.min(...reached.values());
  console.log(`door: ${reached.size} cells, each reached at least ${least} times`);
  assert.deepEqual([reached.size, least >= 100], [DOOR_PHASES.length * DOOR_INPUTS.length, true]);
});

test('its time runs from when it was opened, is not stretched by hearing so again, and does not run where the owners let it stand', () => {
  const { door } = moveDoor(NO_DOOR, 'opened', 1000, 500);
  assert.deepEqual(door, { phase: 'open', sinceMs: 1000, deadlineMs: 1500 });
  assert.deepEqual(moveDoor(door, 'opened', 1400, 500).door, door);
  assert.deepEqual([isDoorOverdue(door, 1499), isDoorOverdue(door, 1500), isDoorOverdue(NO_DOOR, 1e9)], [false, true, false]);
  assert.deepEqual(moveDoor(NO_DOOR, 'opened', 1000, 0).door, { phase: 'open', sinceMs: 1000 });
  assert.deepEqual(moveDoor(NO_DOOR, 'closed', 7, 500).door, { phase: 'closed', sinceMs: 7 });
});
