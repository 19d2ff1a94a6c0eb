import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { PlainTerms } from '@mortise/management/plain-terms.ts';
import { counted, listed } from './lists.ts';
import { datesWords, daysWords, hoursWords, limitsWords, placesWords, spanWords, termsLine, untilWords } from './terms.ts';
import { instantOfWall } from './wall-clock.ts';

const ZONE = 'Europe/Zurich';
const at = (day: string, time: string): number => instantOfWall({ day, time }, ZONE) ?? NaN;
const NOW = at('2026-05-29', '14:31');
const terms = (over: Partial<PlainTerms> = {}): PlainTerms => ({
  places: ['d.AAAAAAAAAAAAAAAAAAAAAAAAAA'], verbs: ['unlock', 'lock'], from: at('2026-06-01', '00:00'), until: at('2026-06-15', '00:00'),
  hours: [], uses: null, minutesAfterFirstUse: null, freshForS: 86_400, holidays: null, remote: false, ...over,
});

test('days are named by what people call them', () => {
  const table: readonly (readonly [readonly number[], string])[] = [
    [[1, 2, 3, 4, 5], 'weekdays'], [[6, 7], 'weekends'], [[1, 2, 3, 4, 5, 6, 7], 'every day'], [[1], 'Mondays'], [[1, 5], 'Mondays and Fridays'], [[1, 3, 5], 'Mondays, Wednesdays and Fridays'],
  ];
  assert.deepEqual(table.map(([days]) => daysWords(days)), table.map(([, words]) => words));
});

test('hours are said with their days, over midnight too', () => {
  const window = (from: string, until: string, days = [1, 2, 3, 4, 5]) => ({ days, from, until });
  assert.equal(hoursWords([]), 'at any hour');
  assert.equal(hoursWords([window('09:00', '17:00')]), 'on weekdays from 9:00 to 17:00');
  assert.equal(hoursWords([window('22:00', '06:00', [5])]), 'on Fridays from 22:00 to 6:00 the next morning');
  assert.equal(hoursWords([window('06:00', '00:00', [1, 2, 3, 4, 5, 6, 7])]), 'every day from 6:00 to midnight');
  assert.equal(hoursWords([window('00:00', '00:00', [6])]), 'on Saturdays, all day');
  assert.equal(hoursWords([window('09:00', '12:00', [1]), window('13:00', '17:00', [2])]), 'on Mondays from 9:00 to 12:00 and on Tuesdays from 13:00 to 17:00');
});

test('dates need a time only where they are not whole days', () => {
  const table: readonly (readonly [[string, string], [string, string], string])[] = [
    [['2026-06-01', '00:00'], ['2026-06-15', '00:00'], 'from 1 to 14 June'],
    [['2026-06-01', '00:00'], ['2026-06-14', '23:59'], 'from 1 to 14 June'],
    [['2026-06-28', '00:00'], ['2026-07-04', '23:59'], 'from 28 June to 4 July'],
    [['2026-05-29', '00:00'], ['2026-05-29', '23:59'], 'on Friday 29 May'],
    [['2026-05-29', '14:00'], ['2026-05-29', '18:00'], 'on Friday 29 May from 14:00 to 18:00'],
    [['2026-05-29', '14:00'], ['2026-05-29', '23:59'], 'on Friday 29 May from 14:00'],
    [['2026-05-29', '14:00'], ['2026-06-01', '00:00'], 'from Friday 29 May 14:00 to Sunday 31 May'],
    [['2026-05-29', '00:00'], ['2026-05-31', '08:30'], 'from Friday 29 May to Sunday 31 May 8:30'],
    [['2026-05-29', '14:00'], ['2026-05-31', '08:30'], 'from Friday 29 May 14:00 to Sunday 31 May 8:30'],
    [['2026-05-29', '14:00'], ['2027-05-29', '14:00'], 'from Friday 29 May 14:00 to Saturday 29 May 2027 14:00'],
  ];
  assert.deepEqual(table.map(([from, until]) => datesWords({ from: at(...from), until: at(...until) }, NOW, ZONE)), table.map(([, , words]) => words));
});

test('a key that has begun is said by its end alone', () => {
  assert.equal(untilWords({ from: at('2026-05-01', '09:00'), until: at('2026-05-31', '18:00') }, NOW, ZONE), 'until Sunday 31 May 18:00');
  assert.equal(untilWords({ from: at('2026-05-01', '09:00'), until: at('2026-06-01', '00:00') }, NOW, ZONE), 'until Sunday 31 May');
  assert.equal(untilWords(terms(), NOW, ZONE), 'from 1 to 14 June', 'the control: this one has not');
});

test('limits, each in a few words, and all in one line', () => {
  const limited = terms({ uses: 20, minutesAfterFirstUse: 90, holidays: 3, remote: true, hours: [{ days: [1, 2, 3, 4, 5], from: '09:00', until: '17:00' }] });
  assert.deepEqual(limitsWords(limited, () => 'School holidays'), ['at most 20 times', 'for 90 minutes after the first opening', 'not on the days of School holidays', 'also from afar']);
  assert.deepEqual(limitsWords({ ...limited, uses: null, minutesAfterFirstUse: null, holidays: null, remote: false, verbs: ['unlock', 'unlatch', 'hold'] }, () => ''), ['may draw the latch', 'may keep it unlocked']);
  assert.equal(termsLine(terms({ uses: 1, hours: limited.hours }), { calendarName: String, now: NOW, zone: ZONE }), 'On weekdays from 9:00 to 17:00, from 1 to 14 June, once. Zurich time.');
  assert.deepEqual([1, 30, 60, 120, 1440, 10_080].map(spanWords), ['a minute', '30 minutes', 'an hour', '2 hours', 'a day', 'a week']);
});

test('lists of names say how many more there are', () => {
  assert.equal(placesWords([], String), 'a door');
  assert.equal(placesWords(['a', 'b'], (place) => place.toUpperCase()), 'A and B');
  assert.equal(placesWords(['a', 'b', 'c', 'd', 'e', 'f'], String), 'a, b, c and 3 more');
  assert.equal(listed(['a', 'b', 'c'], 4), 'a, b and c');
  assert.deepEqual([counted(1, 'lock'), counted(2, 'key'), counted(0, 'copy', 'copies')], ['1 lock', '2 keys', '0 copies']);
});
