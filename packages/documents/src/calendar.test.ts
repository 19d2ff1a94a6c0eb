import assert from 'node:assert/strict';
import { test } from 'node:test';
import { instant } from '@mortise/base/instant.ts';
import { UTC, type ZoneTable } from '@mortise/schedule/zone-table.ts';
import { asCalendars, calendarsCbor, isHoliday, type Calendar } from './calendar.ts';

const DAY = 86_400_000;
const calendar: Calendar = { id: 1, days: [20_000, 20_002], untilDay: 20_003 };
const on = (ms: number, zone: ZoneTable | undefined = UTC): boolean | undefined => isHoliday(calendar, instant(ms), zone);

test('a day is a holiday from its first to its last millisecond', () => {
  const first = 20_000 * DAY;
  assert.deepEqual([first - 1, first, first + DAY - 1, first + DAY].map((ms) => on(ms)), [false, true, true, false]);
});

test('days are the wall clock’s', () => {
  const east: ZoneTable = { ...UTC, initialOffsetS: 7200 };
  assert.deepEqual([-2 * 3_600_000 - 1, -2 * 3_600_000, 22 * 3_600_000 - 1, 22 * 3_600_000].map((ms) => on(20_000 * DAY + ms, east)), [false, true, true, false]);
});

test('where the calendar or the zone ends nobody knows', () => {
  assert.deepEqual([20_003 * DAY - 1, 20_003 * DAY].map((ms) => on(ms)), [true, undefined]);
  assert.equal(isHoliday(calendar, instant(20_000 * DAY), undefined), undefined);
  assert.equal(on(20_000 * DAY, { ...UTC, untilS: 20_000 * 86_400 }), undefined);
});

test('calendars are read as they are written, within their bounds', () => {
  const most = Array.from({ length: 8 }, (_, index): Calendar => ({ id: index + 248, days: Array.from({ length: 128 }, (_day, day) => day), untilDay: 128 }));
  for (const calendars of [[], [calendar], most]) assert.deepEqual(asCalendars(calendarsCbor(calendars)), calendars);
  const bad = [
    null, [[1, 5]], [[1, 5, [], 0]], [[0, 5, []]], [[256, 5, []]], [[1, 5, [5]]], [[1, 5, [3, 3]]], [[1, 5, [3, 2]]], [[1, 5, [-1]]], [[1, 5, [0.5]]], [[1, -1, []]],
    [[1, 5, []], [1, 6, []]], [[1, 200, Array.from({ length: 129 }, (_, day) => day)]], Array.from({ length: 9 }, (_, index) => [index + 1, 5, []]), [[1, 3_000_000, []]],
  ];
  for (const value of bad) assert.equal(asCalendars(value), undefined, JSON.stringify(value).slice(0, 60));
});
