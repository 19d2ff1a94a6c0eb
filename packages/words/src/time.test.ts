import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ago, clockTime, dayKey, dayName, dayTime, endedWhen, endTime, inWords, isZone, secondsUntil, when, zoneName } from './time.ts';

const ZONE = 'Europe/Zurich';
const at = (iso: string): number => Date.parse(iso);
const NOW = at('2026-05-29T12:31:00Z'); // 14:31 in Zurich

test('a time is said in the zone of the site, with the day only where it is needed', () => {
  const table: readonly (readonly [string, string])[] = [
    ['2026-05-29T12:06:00Z', 'at 14:06'],
    ['2026-05-28T20:31:00Z', 'yesterday at 22:31'],
    ['2026-05-22T14:00:00Z', 'on Friday 22 May at 16:00'],
    ['2025-12-31T23:30:00Z', 'on Thursday 1 January at 00:30'],
    ['2024-02-29T08:00:00Z', 'on Thursday 29 February 2024 at 09:00'],
  ];
  assert.deepEqual(table.map(([iso]) => when(at(iso), NOW, ZONE)), table.map(([, words]) => words));
});

test('midnight is 00:00, and a day ends at the midnight of the zone, not of UTC', () => {
  assert.equal(clockTime(at('2026-05-28T22:00:00Z'), ZONE), '00:00');
  assert.equal(dayName(at('2026-05-28T22:00:00Z'), NOW, ZONE), 'Today');
  assert.equal(dayName(at('2026-05-28T21:59:59Z'), NOW, ZONE), 'Yesterday');
  assert.equal(dayKey(at('2026-05-28T22:00:00Z'), ZONE), '2026-05-29');
});

test('an end at midnight is the end of the day before, never 0:00 of the next', () => {
  const ends: readonly (readonly [string, string])[] = [
    ['2026-05-29T15:00:00Z', '17:00'], ['2026-05-29T22:00:00Z', 'the end of today'], ['2026-05-30T22:00:00Z', 'the end of tomorrow'], ['2026-06-04T22:00:00Z', 'the end of Thursday'],
    ['2026-06-05T22:00:00Z', 'the end of Friday 5 June'], ['2027-01-31T23:00:00Z', 'the end of Sunday 31 January 2027'], ['2026-06-05T22:01:00Z', 'Saturday 6 June 0:01'],
  ];
  assert.deepEqual(ends.map(([iso]) => endTime(at(iso), NOW, ZONE)), ends.map(([, words]) => words));
  assert.equal(dayTime(at('2026-05-30T22:00:00Z'), NOW, ZONE), 'Sunday 0:00', 'the control: a beginning stays what it is');
  const passed: readonly (readonly [string, string])[] = [
    ['2026-05-28T22:00:00Z', 'at the end of yesterday'], ['2026-05-22T22:00:00Z', 'at the end of Friday 22 May'], ['2026-05-28T21:59:00Z', 'yesterday at 23:59'],
  ];
  assert.deepEqual(passed.map(([iso]) => endedWhen(at(iso), NOW, ZONE)), passed.map(([, words]) => words));
  assert.equal(endTime(at('2026-09-06T04:00:00Z'), NOW, 'America/Santiago'), 'the end of Saturday 5 September', 'the night has no midnight there: its clock goes from 23:59 to 1:00');
});

test('yesterday holds across both changes of the clock', () => {
  assert.equal(dayName(at('2026-03-28T12:00:00Z'), at('2026-03-29T12:00:00Z'), ZONE), 'Yesterday');
  assert.equal(dayName(at('2026-10-24T12:00:00Z'), at('2026-10-25T12:00:00Z'), ZONE), 'Yesterday');
});

test('an age is coarse, so that a page does not count aloud', () => {
  const table: readonly (readonly [number, string])[] = [
    [-3, 'just now'], [4, 'just now'], [5, '5\u00a0s ago'], [44, '40\u00a0s ago'], [61, '1\u00a0min ago'], [3599, '59\u00a0min ago'], [3600, 'at 13:31'],
  ];
  assert.deepEqual(table.map(([s]) => ago(NOW - s * 1000, NOW, ZONE)), table.map(([, words]) => words));
});

test('zones have the name of their city, and an unknown one is told from a known one', () => {
  assert.deepEqual(['Europe/Zurich', 'America/Argentina/Buenos_Aires', 'UTC'].map(zoneName), ['Zurich time', 'Buenos Aires time', 'UTC']);
  assert.deepEqual(['Europe/Zurich', 'Europe/Atlantis', ''].map(isZone), [true, false, false]);
  assert.deepEqual([0, 8_000, 119_000, 301_000, 7_140_000, 7_200_000, 12_000_000].map((ms) => inWords(NOW + ms, NOW)), ['in 0\u00a0s', 'in 8\u00a0s', 'in 119\u00a0s', 'in 5\u00a0min', 'in 119\u00a0min', 'in 2\u00a0h', 'in 3\u00a0h\u00a020']);
  assert.equal(secondsUntil(NOW - 1, NOW), 0);
  assert.equal(secondsUntil(NOW + 1, NOW), 1);
});
