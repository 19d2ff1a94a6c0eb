// Bolt × door, and what starts the time anew.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isRelockDue, mayRelock, nextRelock, NO_RELOCK, type RelockFacts } from './relock.ts';

const PHASES = [
  'unknown', 'jammed', 'thrown', 'withdrawn', 'handled', 'throwing', 'withdrawing', 'turning', 'drifting', 'unlatching', 'unlatched', 'latching',
  'secured', 'released', 'pulsing', 'pulsed', 'releasing', 'securing',
] as const;
const DOORS = ['closed', 'open', 'none'] as const;
const policy = { relockDelayMs: 5000, relockOnClose: false };
const closed: RelockFacts = { phase: 'withdrawn', door: 'closed', closedNow: false, isKept: false, policy };

test('the time runs in two cells of bolts and two of coils only, and not while the way out is kept or it is held', () => {
  const running = PHASES.flatMap((phase) => DOORS.filter((door) => mayRelock({ phase, door, isKept: false, policy })).map((door) => `${phase} ${door}`));
  assert.deepEqual(running, ['withdrawn closed', 'withdrawn none', 'released closed', 'released none']);
  for (const phase of PHASES) for (const door of DOORS) assert.equal(mayRelock({ phase, door, isKept: true, policy }), false);
});

test('a policy without a delay never relocks, not even on closing', () => {
  for (const phase of PHASES) {
    for (const door of DOORS) {
      const facts = { phase, door, closedNow: true, isKept: false, policy: { relockDelayMs: 0, relockOnClose: true } };
      assert.deepEqual(nextRelock(NO_RELOCK, facts, 0), NO_RELOCK);
    }
  }
});

test('it goes on while nothing changes, ends when the door opens, and starts anew when it closes', () => {
  const started = nextRelock(NO_RELOCK, closed, 1000);
  assert.deepEqual(started, { kind: 'waiting', dueMs: 6000 });
  assert.deepEqual(nextRelock(started, closed, 4000), started);
  const opened = nextRelock(started, { ...closed, door: 'open' }, 5000);
  assert.deepEqual(opened, NO_RELOCK);
  assert.equal(isRelockDue(opened, 100_000), false);
  assert.deepEqual(nextRelock(opened, { ...closed, closedNow: true }, 60_000), { kind: 'waiting', dueMs: 65_000 });
});

test('by another policy, closing the door locks at once', () => {
  const facts = { ...closed, closedNow: true, policy: { relockDelayMs: 5000, relockOnClose: true } };
  assert.deepEqual(nextRelock(NO_RELOCK, facts, 60_000), { kind: 'waiting', dueMs: 60_000 });
});

test('a relock that is being decided is not begun twice, and falls away when the door opens', () => {
  assert.deepEqual(nextRelock({ kind: 'deciding' }, closed, 9000), { kind: 'deciding' });
  assert.deepEqual(nextRelock({ kind: 'deciding' }, { ...closed, door: 'open' }, 9000), NO_RELOCK);
  assert.equal(isRelockDue({ kind: 'deciding' }, 9000), false);
});

test('it is due at its time, not before', () => {
  const started = nextRelock(NO_RELOCK, closed, 0);
  assert.equal(isRelockDue(started, 4999), false);
  assert.equal(isRelockDue(started, 5000), true);
});
