import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { DATES, isRecurrence, MAX_DURATION_S, MONTHS, WEEKDAYS, type RecurrenceNumbers } from './recurrence.ts';
import { anyRule, PATTERNS } from './reference.fixture.ts';

const [MONDAY, SUNDAY, JANUARY, DECEMBER] = [1, 1 << 6, 1 << 7, 1 << 18];
const [FIRST, LAST] = [1, 2 ** 30];

const numbers = (pattern: number, mask: number, ordinal: number, rest: Partial<RecurrenceNumbers> = {}): RecurrenceNumbers => ({ durationS: 3600, mask, pattern, interval: 1, ordinal, ...rest });

/** Of each pattern: masks in form and out of it, at an ordinal in form; the ordinals in form. */
const FORMS: readonly { readonly pattern: number; readonly good: readonly number[]; readonly bad: readonly number[]; readonly at: number; readonly ordinals: readonly (readonly [number, number])[] }[] = [
  { pattern: 1, good: [0], bad: [MONDAY, JANUARY, LAST], at: 0, ordinals: [[0, 0]] },
  { pattern: 2, good: [MONDAY, SUNDAY, WEEKDAYS], bad: [0, JANUARY, MONDAY | JANUARY, LAST], at: 0, ordinals: [[0, 0]] },
  { pattern: 3, good: [MONDAY, SUNDAY, WEEKDAYS], bad: [0, JANUARY, MONDAY | JANUARY, LAST], at: 1, ordinals: [[-5, -1], [1, 5]] },
  { pattern: 4, good: [0, MONDAY, WEEKDAYS], bad: [JANUARY, MONDAY | JANUARY, DATES], at: 1, ordinals: [[-31, -1], [1, 31]] },
  { pattern: 5, good: [MONDAY | JANUARY, SUNDAY | DECEMBER, WEEKDAYS | MONTHS], bad: [0, MONDAY, WEEKDAYS, JANUARY, MONTHS, MONDAY | JANUARY | (1 << 19)], at: 1, ordinals: [[-5, -1], [1, 5]] },
  { pattern: 6, good: [JANUARY, DECEMBER, MONTHS, MONDAY | JANUARY, WEEKDAYS | MONTHS], bad: [0, MONDAY, WEEKDAYS, JANUARY | (1 << 19)], at: 1, ordinals: [[-31, -1], [1, 31]] },
  { pattern: 7, good: [MONDAY, SUNDAY, WEEKDAYS], bad: [0, JANUARY, MONDAY | JANUARY, LAST], at: 1, ordinals: [[-53, -1], [1, 53]] },
  { pattern: 8, good: [MONDAY | JANUARY, SUNDAY | DECEMBER, WEEKDAYS | MONTHS], bad: [0, MONDAY, WEEKDAYS, JANUARY, MONTHS, MONDAY | JANUARY | (1 << 19)], at: 1, ordinals: [[-5, -1], [1, 5]] },
];

for (const { pattern, good, bad, at, ordinals } of FORMS) {
  test(`pattern ${pattern}: masks and ordinals in form and out of it`, () => {
    for (const mask of good) assert.ok(isRecurrence(numbers(pattern, mask, at)), `mask ${mask}`);
    for (const mask of [...bad, -1, 0.5, 2 ** 31, 2 ** 32, 2 ** 32 + (good[0] ?? 0), NaN]) assert.ok(!isRecurrence(numbers(pattern, mask, at)), `mask ${mask}`);
    const isGood = (ordinal: number): boolean => ordinals.some(([from, to]) => ordinal >= from && ordinal <= to);
    for (let ordinal = -60; ordinal <= 60; ordinal += 1) {
      if (pattern !== 4 || ordinal !== 0) assert.equal(isRecurrence(numbers(pattern, good[0] ?? 0, ordinal)), isGood(ordinal), `ordinal ${ordinal}`);
    }
    assert.ok(!isRecurrence(numbers(pattern, good[0] ?? 0, at + 0.5)));
  });
}

test('pattern 4 without an ordinal takes dates, and needs one', () => {
  for (const mask of [FIRST, LAST, DATES]) assert.ok(isRecurrence(numbers(4, mask, 0)));
  for (const mask of [0, -1, 2 ** 31, 2 ** 31 + 1]) assert.ok(!isRecurrence(numbers(4, mask, 0)));
});

test('there are eight patterns', () => {
  for (const pattern of [-1, 0, 9, 255, 1.5, NaN]) assert.ok(!isRecurrence(numbers(pattern, 0, 0)), `${pattern}`);
});

test('an interval is 1 to 255', () => {
  for (const interval of [1, 2, 254, 255]) assert.ok(isRecurrence(numbers(1, 0, 0, { interval })));
  for (const interval of [-1, 0, 1.5, 256, NaN, Infinity]) assert.ok(!isRecurrence(numbers(1, 0, 0, { interval })));
});

test('an occurrence lasts from a second to 366 days', () => {
  assert.equal(MAX_DURATION_S, 31_622_400);
  for (const durationS of [1, 86_400, MAX_DURATION_S]) assert.ok(isRecurrence(numbers(1, 0, 0, { durationS })));
  for (const durationS of [-1, 0, 0.5, MAX_DURATION_S + 1, 2 ** 32 - 1, NaN]) assert.ok(!isRecurrence(numbers(1, 0, 0, { durationS })));
});

test('any rule made in form is in form: what the comparisons are made on', () => {
  fc.assert(fc.property(fc.constantFrom(...PATTERNS), fc.infiniteStream(fc.nat(0x7fff_ffff)), (pattern, stream) => {
    const below = (limit: number): number => (stream.next().value ?? 0) % limit;
    assert.ok(isRecurrence(anyRule(pattern, below)));
  }), { numRuns: 2000 });
});
