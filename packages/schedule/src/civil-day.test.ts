import assert from 'node:assert/strict';
import { test } from 'node:test';
import { civilDay, daysInMonth, daysInYear, newYear, weekday, weekNumber } from './civil-day.ts';

const EPOCH = new Temporal.PlainDate(1970, 1, 1);

const agrees = (number: number): void => {
  const day = EPOCH.add({ days: number });
  assert.deepEqual(civilDay(number), { number, year: day.year, month: day.month, date: day.day });
  assert.equal(weekday(number) + 1, day.dayOfWeek);
  assert.equal(number - newYear(day.year) + 1, day.dayOfYear);
  assert.equal(daysInMonth(day.year, day.month), day.daysInMonth);
  assert.equal(daysInYear(day.year), day.daysInYear);
};

test('each day from 1969 to 2110 has the date that Temporal gives it', (t) => {
  const [first, last] = [-365, 51_499];
  for (let number = first; number <= last; number += 1) agrees(number);
  t.diagnostic(`${last - first + 1} days compared`);
});

test('so have the ends of each month around each century, to the end of the years', () => {
  for (let year = 1600; year <= 9999; year += year % 100 === 1 ? 98 : 1)
    for (let month = 1; month <= 12; month += 1) {
      const first = EPOCH.until(new Temporal.PlainDate(year, month, 1), { largestUnit: 'day' }).days;
      for (const number of [first - 1, first]) agrees(number);
    }
});

test('weeks begin on Monday, and the week of 1970-01-01 is week 0', () => {
  assert.deepEqual([-4, -3, 3, 4, 10, 11].map(weekNumber), [-1, 0, 0, 1, 1, 2]);
  assert.deepEqual([-4, -3, 0, 3, 4].map(weekday), [6, 0, 3, 6, 0]);
});
