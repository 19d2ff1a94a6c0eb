import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { isSchedule, type Schedule } from '@mortise/schedule/schedule.ts';
import { durationText, scheduleText } from './describe-schedule.ts';

const startS = Date.parse('2026-01-05T08:00:00Z') / 1000;
const DAY = 86_400;
const MONDAY_TO_FRIDAY = 0b001_1111;
const month = (number: number): number => 1 << (number + 6);

type Case = readonly [mask: number, pattern: 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8, interval: number, ordinal: number, says: string];

const CASES: readonly Case[] = [
  [0, 1, 1, 0, 'every day'],
  [0, 1, 3, 0, 'every 3 days'],
  [MONDAY_TO_FRIDAY, 2, 1, 0, 'every week on Monday to Friday'],
  [0b110_0001, 2, 2, 0, 'every 2 weeks on Monday, Saturday and Sunday'],
  [0b10, 3, 1, 2, 'every month on the 2nd Tuesday'],
  [0b10, 3, 1, -1, 'every month on the last Tuesday'],
  [0b1_0000_0000_0000_0000_0000_0000_0000_01, 4, 1, 0, 'every month on day 1 and 31'],
  [0, 4, 1, 31, 'every month on the 31st day'],
  [0b1_0000, 4, 1, 13, 'every month on the 13th day, if it is a Friday'],
  [0b100_0000 | month(3) | month(10), 5, 1, -1, 'every year in March and October on the last Sunday'],
  [month(12), 6, 1, -2, 'every year in December on the 2nd to last day'],
  [0b1, 7, 1, 22, 'every year in the 22nd week on Monday'],
  [0b1 | month(1), 8, 5, 1, 'every 5 years in the 1st week of January on Monday'],
];

for (const [mask, pattern, interval, ordinal, says] of CASES) {
  test(`pattern ${pattern}: ${says}`, () => {
    const schedule: Schedule = { startS, utc: true, recurrence: { durationS: 36_000, mask, pattern, interval, ordinal } };
    assert.ok(isSchedule(schedule), 'in form');
    assert.equal(scheduleText(schedule), `${says} at 08:00 for 10 h, from 2026-01-05 08:00:00 UTC`);
  });
}

test('a window, and local time', () => {
  assert.equal(scheduleText({ startS, endS: startS + DAY, utc: true }), 'from 2026-01-05 08:00:00 UTC until 2026-01-06 08:00:00 UTC');
  assert.equal(scheduleText({ startS: startS + 1, utc: false }), 'from 2026-01-05 08:00:01 local time');
});

test('durations', () => {
  assert.deepEqual([1, 60, 3600, DAY, 2 * DAY + 3661].map(durationText), ['1 s', '1 min', '1 h', '1 day', '2 days 1 h 1 min 1 s']);
});

test('any schedule in form has a sentence', () => {
  const numbers = fc.record({ durationS: fc.nat(DAY * 400), mask: fc.nat(0x7fff_ffff), pattern: fc.integer({ min: 1, max: 8 }), interval: fc.nat(300), ordinal: fc.integer({ min: -60, max: 60 }) });
  fc.assert(fc.property(numbers, fc.nat(), fc.boolean(), (recurrence, start, utc) => {
    const schedule = { startS: start, utc, recurrence };
    if (isSchedule(schedule)) assert.ok(scheduleText(schedule).length > 0);
  }), { numRuns: 500 });
});
