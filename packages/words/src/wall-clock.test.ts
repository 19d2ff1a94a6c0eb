import assert from 'node:assert/strict';
import { test } from 'node:test';
import { dayAfter, instantOfWall, wallTime, weekdayOf } from './wall-clock.ts';

const ZONE = 'Europe/Zurich';
const at = (day: string, time: string, which?: 'first' | 'last'): string => new Date(instantOfWall({ day, time }, ZONE, which) ?? NaN).toISOString();

test('a day and a time mean an instant in the zone, summer and winter', () => {
  assert.equal(at('2026-06-01', '09:00'), '2026-06-01T07:00:00.000Z');
  assert.equal(at('2026-12-01', '09:00'), '2026-12-01T08:00:00.000Z');
  assert.deepEqual(wallTime(Date.parse('2026-06-01T07:00:30Z'), ZONE), { day: '2026-06-01', time: '09:00' });
  assert.deepEqual(wallTime(Date.parse('2026-05-31T22:00:00Z'), ZONE), { day: '2026-06-01', time: '00:00' });
});

test('a time that the spring night leaves out means the one that is shown instead', () => {
  assert.equal(at('2026-03-29', '02:30'), '2026-03-29T01:30:00.000Z');
  assert.deepEqual(wallTime(Date.parse('2026-03-29T01:30:00Z'), ZONE), { day: '2026-03-29', time: '03:30' });
});

test('a time that the autumn night shows twice means the first or the last of both', () => {
  assert.equal(at('2026-10-25', '02:30'), '2026-10-25T00:30:00.000Z');
  assert.equal(at('2026-10-25', '02:30', 'last'), '2026-10-25T01:30:00.000Z');
  assert.equal(at('2026-10-25', '12:00', 'last'), '2026-10-25T11:00:00.000Z', 'the control');
});

test('every hour of a year goes there and back, in zones of all kinds', () => {
  for (const zone of ['Europe/Zurich', 'America/St_Johns', 'Asia/Kathmandu', 'Australia/Lord_Howe', 'UTC']) {
    for (let ms = Date.parse('2026-01-01T00:00:00Z'); ms < Date.parse('2027-01-01T00:00:00Z'); ms += 29 * 3_600_000) {
      const wall = wallTime(ms, zone);
      assert.ok([instantOfWall(wall, zone), instantOfWall(wall, zone, 'last')].includes(ms), `${zone} ${ms}`);
    }
  }
});

test('what is no day or no time means nothing; days are counted over the end of a month', () => {
  assert.deepEqual([{ day: '', time: '09:00' }, { day: '2026-02-40', time: '09:00' }, { day: '2026-02-04', time: '25:00' }].map((wall) => instantOfWall(wall, ZONE)), [undefined, undefined, undefined]);
  assert.equal(dayAfter('2026-02-28', 1), '2026-03-01');
  assert.deepEqual(['2026-05-31', '2026-06-01'].map(weekdayOf), [7, 1]);
});
