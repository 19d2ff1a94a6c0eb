import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  afterHit, afterMiss, FORGIVEN_AT_MOST, FULL_UNITS, keptLockout, lockoutAt, LOCKOUT_POLICIES, LOCK_SOURCES, MAX_ENTRY_UNITS, NO_LOCKOUT, startLockout, type KeptLockout, type Lockout,
  type LockoutPolicy,
} from './lockout.ts';

const [S, MIN, HOUR, DAY] = [1000, 60_000, 3_600_000, 86_400_000];
const PIN = LOCKOUT_POLICIES.keypad;
const fresh = startLockout(NO_LOCKOUT, 0);

// ---- the table as the specification ------------------------------------------------------------------------------------------------

/** Waits after the first, second … wrong entry of one unit, each made as soon as the wait before is over. */
const waits = (policy: LockoutPolicy, count: number, units = 1): readonly number[] => {
  const told: number[] = [];
  let lockout = fresh;
  for (let number = 0; number < count; number += 1) {
    lockout = afterMiss(policy, lockoutAt(lockout, lockout.atMs + lockout.waitMs), units);
    told.push(lockout.waitMs);
  }
  return told;
};

test('PINs and codes: four free, then a minute, growing until there is one guess in four hours', () => {
  const expected = [0, 0, 0, 0, MIN, 2 * MIN, 5 * MIN, 10 * MIN, 20 * MIN, 40 * MIN, HOUR, 2 * HOUR];
  assert.deepEqual(waits(PIN, 12), expected);
  // Meanwhile the waits themselves, 258 minutes before the thirteenth, have taken a unit and a little.
  assert.deepEqual(waits(PIN, 16).slice(12), [2 * HOUR, 2 * HOUR, 222 * MIN, 4 * HOUR]);
  assert.deepEqual(waits(PIN, 40).slice(20), Array.from({ length: 20 }, () => 4 * HOUR));
  for (const source of ['near', 'relay'] as const) assert.equal(LOCKOUT_POLICIES[source], PIN);
});

test('fingers and cards wait less: they are misread, or cannot be guessed', () => {
  assert.deepEqual(waits(LOCKOUT_POLICIES.finger, 12), [0, 0, 0, 0, 10 * S, 20 * S, 30 * S, MIN, 2 * MIN, 5 * MIN, 10 * MIN, 20 * MIN]);
  assert.equal(waits(LOCKOUT_POLICIES.finger, 60).at(-1), 30 * MIN);
  assert.deepEqual(waits(LOCKOUT_POLICIES.card, 12), [0, 0, 0, 0, S, S, 2 * S, 2 * S, 5 * S, 5 * S, 10 * S, 30 * S]);
  assert.equal(waits(LOCKOUT_POLICIES.card, 60).at(-1), MIN);
  for (const source of LOCK_SOURCES) assert.equal(LOCKOUT_POLICIES[source].waitsMs.length, FULL_UNITS, source);
});

test('every level has its wait, and above twelve units it is until they are twelve', () => {
  for (let level = 1; level <= FULL_UNITS + MAX_ENTRY_UNITS; level += 1) {
    const before = { ...fresh, debtMs: (level - 1) * PIN.unitMs };
    const after = afterMiss(PIN, before, 1);
    assert.deepEqual(after, { ...fresh, debtMs: level * PIN.unitMs, waitMs: Math.max(PIN.waitsMs[Math.min(level, 12) - 1] ?? NaN, (level - 12) * PIN.unitMs) }, `level ${level}`);
  }
  assert.deepEqual(afterMiss(PIN, fresh, 0), fresh, 'what was no guess costs nothing');
  assert.deepEqual(afterMiss(PIN, fresh, 4), { ...fresh, debtMs: 4 * PIN.unitMs });
  assert.equal(afterMiss(PIN, { ...fresh, debtMs: 12 * PIN.unitMs }, 4).waitMs, 16 * HOUR);
  assert.equal(afterMiss(PIN, { ...fresh, debtMs: 3.5 * PIN.unitMs }, 1).waitMs, MIN, 'a unit that is begun counts as one');
});

test('time takes debt, wait and what was forgiven, and never below nothing', () => {
  const lockout: Lockout = { debtMs: 5000, waitMs: 300, forgivenMs: 800, atMs: 100 };
  assert.deepEqual(lockoutAt(lockout, 400), { debtMs: 4700, waitMs: 0, forgivenMs: 500, atMs: 400 });
  assert.deepEqual(lockoutAt(lockout, 399).waitMs, 1);
  assert.deepEqual(lockoutAt(lockout, 1e9), { debtMs: 0, waitMs: 0, forgivenMs: 0, atMs: 1e9 });
  assert.deepEqual(lockoutAt(lockout, 40), { ...lockout, atMs: 40 }, 'a reading that went back takes nothing');
  assert.deepEqual(lockoutAt(lockoutAt(lockout, 200), 350), lockoutAt(lockout, 350));
});

test('a right entry forgives two units, and six in all until time gives some back', () => {
  const u = PIN.unitMs;
  const owing = (debt: number, forgiven = 0): Lockout => ({ ...fresh, debtMs: debt * u, forgivenMs: forgiven * u });
  assert.deepEqual(afterHit(PIN, owing(5)), owing(3, 1));
  assert.deepEqual(afterHit(PIN, owing(1)), owing(0, 0.5));
  assert.deepEqual(afterHit(PIN, owing(0)), owing(0), 'nothing to forgive, nothing used up');
  assert.deepEqual(afterHit(PIN, afterHit(PIN, afterHit(PIN, owing(12)))), owing(6, 3));
  assert.deepEqual(afterHit(PIN, owing(6, 3)), owing(6, 3), 'used up');
  assert.deepEqual(afterHit(PIN, owing(6, 2.75)), owing(5.5, 3));
  const later = lockoutAt(owing(6, 3), u);
  assert.deepEqual(afterHit(PIN, later), { ...owing(3, 3), atMs: u }, 'in four hours two come back');
});

// ---- restarts ------------------------------------------------------------------------------------------------------------------------

test('a power cut takes nothing away: the wait begins anew with what was left when it was stored', () => {
  const after = afterMiss(PIN, { ...fresh, debtMs: 11 * PIN.unitMs, atMs: 5_000_000 }, 1);
  const kept = keptLockout(after);
  assert.deepEqual(kept, { debtMs: 12 * PIN.unitMs, waitMs: 2 * HOUR, forgivenMs: 0 });
  for (const reading of [0, 17, 9_000_000_000]) assert.deepEqual(lockoutAt(startLockout(kept, reading), reading + HOUR).waitMs, HOUR);
  const stored = keptLockout(lockoutAt(after, 5_000_000 + HOUR));
  assert.equal(startLockout(stored, 3).waitMs, HOUR, 'one that stored in between need not begin at the whole of it');
  assert.deepEqual(keptLockout({ debtMs: 0.1, waitMs: 0.9, forgivenMs: 1.5, atMs: 0 }), { debtMs: 1, waitMs: 1, forgivenMs: 2 });
});

// ---- how many guesses there are in any time ----------------------------------------------------------------------------------------

type Guess = { readonly atMs: number; readonly units: number };
type Step = { readonly kind: 'wrong' | 'right' | 'restart' | 'store'; readonly units: number; readonly afterMs: number };

/** Somebody who does these steps, at true times of which the lock knows only what its running clock shows. */
const attack = (policy: LockoutPolicy, steps: readonly Step[]): readonly Guess[] => {
  let [trueMs, monotonicMs] = [0, 12_345];
  let stored: KeptLockout = NO_LOCKOUT;
  let lockout = startLockout(stored, monotonicMs);
  const guesses: Guess[] = [];
  for (const { kind, units, afterMs } of steps) {
    trueMs += afterMs;
    monotonicMs = kind === 'restart' ? units * 1000 : monotonicMs + afterMs;
    lockout = kind === 'restart' ? startLockout(stored, monotonicMs) : lockoutAt(lockout, monotonicMs);
    if ((kind === 'wrong' || kind === 'right') && lockout.waitMs === 0) {
      if (kind === 'wrong') guesses.push({ atMs: trueMs, units });
      lockout = kind === 'wrong' ? afterMiss(policy, lockout, units) : afterHit(policy, lockout);
      stored = keptLockout(lockout);
    }
    if (kind === 'store') stored = keptLockout(lockout);
  }
  return guesses;
};

/** The most that lies above `most(T)` in any time T from one guess to another. */
const excess = (guesses: readonly Guess[], most: (ms: number) => number): number => {
  let worst = -Infinity;
  for (const [first, { atMs }] of guesses.entries()) {
    let sum = 0;
    for (const guess of guesses.slice(first)) {
      sum += guess.units;
      worst = Math.max(worst, sum - most(guess.atMs - atMs));
    }
  }
  return worst;
};

const WITHOUT_RIGHT = (policy: LockoutPolicy) => (ms: number): number => FULL_UNITS + MAX_ENTRY_UNITS + ms / policy.unitMs;
const WITH_RIGHT = (policy: LockoutPolicy) => (ms: number): number => WITHOUT_RIGHT(policy)(ms) + FORGIVEN_AT_MOST + (2 * ms) / policy.unitMs;
const SLACK = 1e-6;

const pauses = (policy: LockoutPolicy): fc.Arbitrary<number> =>
  fc.oneof(fc.constantFrom(0, 1, ...policy.waitsMs, policy.unitMs, policy.unitMs / 2, policy.unitMs - 1), fc.nat(6 * policy.unitMs));
const stepsOf = (policy: LockoutPolicy, kinds: readonly Step['kind'][]): fc.Arbitrary<readonly Step[]> =>
  fc.array(fc.record({ kind: fc.constantFrom(...kinds), units: fc.integer({ min: 1, max: MAX_ENTRY_UNITS }), afterMs: pauses(policy) }), { minLength: 20, maxLength: 120 });

test('in no time are there more guesses than the page says, whatever is typed, waited or cut off', (t) => {
  let judged = 0;
  for (const source of LOCK_SOURCES) {
    const policy = LOCKOUT_POLICIES[source];
    fc.assert(fc.property(stepsOf(policy, ['wrong', 'wrong', 'wrong', 'restart', 'store']), (steps) => {
      const guesses = attack(policy, steps);
      judged += guesses.length;
      assert.ok(excess(guesses, WITHOUT_RIGHT(policy)) <= SLACK);
    }), { numRuns: 150 });
    fc.assert(fc.property(stepsOf(policy, ['wrong', 'wrong', 'right', 'restart', 'store']), (steps) => {
      const guesses = attack(policy, steps);
      judged += guesses.length;
      assert.ok(excess(guesses, WITH_RIGHT(policy)) <= SLACK);
    }), { numRuns: 150 });
  }
  assert.ok(judged > 5000, 'the control: much is judged');
  t.diagnostic(`${judged} guesses`);
});

/** Whoever types as soon as the lock listens, so many units at once, a right entry before each where they have one. */
const greedy = (durationMs: number, units: number, withRight: boolean): number => {
  let lockout = fresh;
  let sum = 0;
  while (lockout.atMs + lockout.waitMs < durationMs) {
    lockout = lockoutAt(lockout, lockout.atMs + Math.max(lockout.waitMs, S));
    lockout = withRight ? afterHit(PIN, lockout) : lockout;
    lockout = afterMiss(PIN, lockout, units);
    sum += units;
  }
  return sum;
};

test('a day and a year at the keypad: the numbers of docs/CODES.md', (t) => {
  const year = 365.25 * DAY;
  const [most, mostWithRight] = [WITHOUT_RIGHT(PIN), WITH_RIGHT(PIN)];
  assert.deepEqual([most(DAY), Math.floor(most(year)), mostWithRight(DAY), Math.floor(mostWithRight(year))], [22, 2207, 40, 6596]);
  const rows = [1, 4].map((units) => [greedy(DAY, units, false), greedy(year, units, false), greedy(DAY, units, true), greedy(year, units, true)]);
  for (const [day = NaN, whole = NaN, dayRight = NaN, wholeRight = NaN] of rows) {
    assert.ok(day <= 22 && whole <= 2207 && dayRight <= 40 && wholeRight <= 6596);
    assert.ok(whole > 2190 && wholeRight > 4000, `and the bound is near what can be had: ${whole} ${wholeRight}`);
  }
  t.diagnostic(`one unit at once, four at once: ${JSON.stringify(rows)} of 22, 2207, 40, 6596`);
});

test('a power cut before each try gives no more of them', () => {
  const cut = (steps: readonly Step[]): number => attack(PIN, steps).length;
  const wrong: Step = { kind: 'wrong', units: 1, afterMs: S };
  const plain = Array.from({ length: 10_000 }, () => wrong);
  const cuts = plain.flatMap((step) => [{ kind: 'restart', units: 1, afterMs: 0 } as const, step]);
  assert.ok(cut(cuts) <= cut(plain), `${cut(cuts)} with cuts, ${cut(plain)} without`);
  assert.equal(cut(cuts), 5, 'four free ones and that which brings the first wait');
});

test('a household that mistypes now and then never waits', () => {
  const typo: readonly Step[] = [{ kind: 'wrong', units: 2, afterMs: HOUR }, { kind: 'right', units: 1, afterMs: 5 * S }, { kind: 'right', units: 1, afterMs: 2 * HOUR }];
  const steps = Array.from({ length: 300 }, () => typo).flat();
  assert.equal(attack(PIN, steps).length, 300);
});
