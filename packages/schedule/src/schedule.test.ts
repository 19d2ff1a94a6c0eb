import assert from 'node:assert/strict';
import { test } from 'node:test';
import { instant } from '@mortise/base/instant.ts';
import { zoneTableOf } from '@mortise/node/zone-table.ts';
import { DAY_S, MAX_DURATION_S, WEEKDAYS, type Recurrence } from './recurrence.ts';
import { secondsOf } from './reference.fixture.ts';
import { isActive, isSchedule, type Schedule, type ScheduleNumbers } from './schedule.ts';
import { LAST_SECOND, type ZoneTable } from './zone-table.ts';

const daily = (durationS: number, interval = 1): Recurrence => ({ durationS, mask: 0, pattern: 1, interval, ordinal: 0 });
const utc = (start: string, rest: Partial<Schedule> = {}): Schedule => ({ startS: secondsOf(start), utc: true, ...rest });

const zoneOf = (zoneId: string, untilYear = 2040): ZoneTable => {
  const table = zoneTableOf(zoneId, 2020, untilYear);
  assert.ok(table.ok);
  return table.value;
};
const zurich = zoneOf('Europe/Zurich');

const active = (schedule: Schedule, time: string, zone?: ZoneTable): boolean | undefined => isActive(schedule, instant(Temporal.Instant.from(time).epochMilliseconds), zone);

/** The whole hours and half hours of a UTC day at which a schedule is active. */
const halfHours = (schedule: Schedule, date: string, zone: ZoneTable): readonly string[] =>
  Array.from({ length: 48 }, (_, index) => Temporal.PlainTime.from('00:00').add({ minutes: 30 * index }).toString().slice(0, 5)).filter((time) => active(schedule, `${date}T${time}Z`, zone));

// ---- windows to the second ---------------------------------------------------------------------------------------------------

test('a window begins with its first second and ends before its end', () => {
  const window = utc('2026-06-01T08:00', { endS: secondsOf('2026-06-01T17:00') });
  assert.equal(active(window, '2026-06-01T07:59:59.999Z'), false);
  assert.equal(active(window, '2026-06-01T08:00:00Z'), true);
  assert.equal(active(window, '2026-06-01T16:59:59.999Z'), true);
  assert.equal(active(window, '2026-06-01T17:00:00Z'), false);
});

test('a window without an end stays open', () => {
  assert.equal(active(utc('2026-06-01T08:00'), '2026-06-01T07:59:59Z'), false);
  assert.equal(active(utc('2026-06-01T08:00'), '9999-12-31T23:59:59.999Z'), true);
});

test('an occurrence begins with its first second and ends before its last', () => {
  const hour = utc('2026-06-01T08:00', { recurrence: daily(3600, 2) });
  for (const [time, expected] of [
    ['2026-06-01T07:59:59Z', false], ['2026-06-01T08:00:00Z', true], ['2026-06-01T08:59:59Z', true], ['2026-06-01T09:00:00Z', false],
    ['2026-06-02T08:00:00Z', false], ['2026-06-03T07:59:59Z', false], ['2026-06-03T08:00:00Z', true], ['2026-06-03T08:59:59.999Z', true], ['2026-06-03T09:00:00Z', false],
  ] as const) assert.equal(active(hour, time), expected, time);
});

test('an occurrence of one second', () => {
  const second = utc('2026-06-01T23:59:59', { recurrence: daily(1) });
  assert.deepEqual(['2026-06-02T23:59:58.999Z', '2026-06-02T23:59:59Z', '2026-06-03T00:00:00Z'].map((time) => active(second, time)), [false, true, false]);
});

test('occurrences over midnight belong to the day on which they begin', () => {
  const night = utc('2026-06-05T22:00', { recurrence: { durationS: 8 * 3600, mask: 0b001_0000, pattern: 2, interval: 1, ordinal: 0 } });
  for (const [time, expected] of [
    ['2026-06-05T21:59:59Z', false], ['2026-06-05T22:00:00Z', true], ['2026-06-06T05:59:59Z', true], ['2026-06-06T06:00:00Z', false],
    ['2026-06-06T22:00:00Z', false], ['2026-06-12T05:00:00Z', false], ['2026-06-13T05:59:59Z', true],
  ] as const) assert.equal(active(night, time), expected, time);
});

test('the whole day, every day, leaves no gap', () => {
  const always = utc('2026-06-01T08:00', { recurrence: daily(DAY_S) });
  for (const time of ['2026-06-02T07:59:59Z', '2026-06-02T08:00:00Z', '2026-06-02T08:00:01Z']) assert.equal(active(always, time), true);
  const almost = utc('2026-06-01T08:00', { recurrence: daily(DAY_S - 1) });
  assert.deepEqual(['2026-06-02T07:59:58Z', '2026-06-02T07:59:59Z', '2026-06-02T08:00:00Z'].map((time) => active(almost, time)), [true, false, true]);
});

test('occurrences longer than their interval overlap', () => {
  const long = utc('2026-06-01T08:00', { recurrence: daily(50 * 3600, 3) });
  for (const [time, expected] of [['2026-06-03T09:59:59Z', true], ['2026-06-03T10:00:00Z', false], ['2026-06-04T07:59:59Z', false], ['2026-06-04T08:00:00Z', true]] as const) assert.equal(active(long, time), expected, time);
  const overlapping = utc('2026-06-01T08:00', { recurrence: daily(50 * 3600, 2) });
  assert.equal(active(overlapping, '2026-06-03T09:00:00Z'), true);
  assert.equal(active(overlapping, '2030-01-01T00:00:00Z'), true);
});

test('the longest occurrence lasts to its last second, and none before the start counts', () => {
  // Every fourth year on the 29th of February, for 366 days.
  const recurrence: Recurrence = { durationS: MAX_DURATION_S, mask: 1 << 8, pattern: 6, interval: 4, ordinal: 29 };
  const year = utc('2020-01-01T12:00', { recurrence });
  for (const [time, expected] of [
    ['2020-02-29T11:59:59Z', false], ['2020-02-29T12:00:00Z', true], ['2021-03-01T11:59:59Z', true], ['2021-03-01T12:00:00Z', false], ['2024-02-29T12:00:00Z', true],
  ] as const) assert.equal(active(year, time), expected, time);
  assert.equal(active({ ...year, startS: secondsOf('2020-02-29T12:00') }, '2020-02-29T12:00:00Z'), true, 'the first day counts');
  assert.equal(active({ ...year, startS: secondsOf('2020-03-01T12:00') }, '2020-03-01T12:00:00Z'), false, 'the day before the start does not');
  assert.equal(active({ ...year, startS: secondsOf('2020-02-29T12:00') }, '2020-02-29T11:00:00Z'), false);
});

test('the end cuts an occurrence, and none begins after it', () => {
  const cut = utc('2026-06-01T08:00', { endS: secondsOf('2026-06-03T08:30'), recurrence: daily(3600) });
  for (const [time, expected] of [['2026-06-02T08:59:59Z', true], ['2026-06-03T08:29:59.999Z', true], ['2026-06-03T08:30:00Z', false], ['2026-06-04T08:00:00Z', false]] as const) assert.equal(active(cut, time), expected, time);
});

test('1970 and 9999 are years like others', () => {
  assert.equal(active({ startS: 0, utc: true, recurrence: daily(1) }, '1970-01-01T00:00:00Z'), true);
  const last = { startS: LAST_SECOND, utc: true, recurrence: daily(1) };
  assert.deepEqual([active(last, '9999-12-31T23:59:58Z'), active(last, '9999-12-31T23:59:59.999Z')], [false, true]);
});

// ---- the wall clock ------------------------------------------------------------------------------------------------------------

const wall = (start: string, durationS: number): Schedule => ({ startS: secondsOf(start), utc: false, recurrence: daily(durationS) });

test('a local window is of the wall clock: an hour earlier by UTC in summer', () => {
  const office = wall('2026-01-01T08:00', 3600);
  assert.deepEqual(halfHours(office, '2026-01-15', zurich), ['07:00', '07:30']);
  assert.deepEqual(halfHours(office, '2026-07-15', zurich), ['06:00', '06:30']);
  // The control: what a reader with one offset would say.
  const fixed: ZoneTable = { ...zurich, transitions: [] };
  assert.deepEqual(halfHours(office, '2026-07-15', fixed), ['07:00', '07:30']);
});

test('start and end of a local schedule are of the wall clock too', () => {
  const summer: Schedule = { startS: secondsOf('2026-07-01T08:00'), endS: secondsOf('2026-12-01T08:00'), utc: false };
  assert.deepEqual(['2026-07-01T05:59:59Z', '2026-07-01T06:00:00Z', '2026-12-01T06:59:59Z', '2026-12-01T07:00:00Z'].map((time) => active(summer, time, zurich)), [false, true, true, false]);
});

test('times that the clock skips in spring are never shown', () => {
  assert.deepEqual(halfHours(wall('2026-03-01T02:00', 3600), '2026-03-29', zurich), [], 'the whole window lies in the gap');
  assert.deepEqual(halfHours(wall('2026-03-01T02:30', 3600), '2026-03-29', zurich), ['01:00'], 'only the part after the gap is left');
  assert.deepEqual(halfHours(wall('2026-03-01T01:00', 3 * 3600), '2026-03-29', zurich), ['00:00', '00:30', '01:00', '01:30', '23:00', '23:30'], 'two hours of three, then the next day begins');
  // A reader that measured elapsed seconds from 01:00 would go on to 03:00Z, when the wall shows 05:00.
  assert.equal(active(wall('2026-03-01T01:00', 3 * 3600), '2026-03-29T02:00Z', zurich), false);
});

test('times that the clock shows twice in autumn count twice', () => {
  assert.deepEqual(halfHours(wall('2026-10-01T02:00', 1800), '2026-10-25', zurich), ['00:00', '01:00'], 'an occurrence that is interrupted');
  assert.deepEqual(halfHours(wall('2026-10-01T02:00', 3600), '2026-10-25', zurich), ['00:00', '00:30', '01:00', '01:30']);
  // A reader that measured elapsed seconds from the first 02:00 would have ended at 01:00Z.
  assert.equal(active(wall('2026-10-01T02:00', 3600), '2026-10-25T01:30Z', zurich), true);
});

test('a day that the wall never shows has no occurrence', () => {
  // Samoa skipped 2011-12-30 whole.
  const samoa = zoneTableOf('Pacific/Apia', 2011, 2013);
  assert.ok(samoa.ok);
  const fridays: Schedule = { startS: secondsOf('2011-12-02T00:00'), utc: false, recurrence: { durationS: DAY_S, mask: 0b001_0000, pattern: 2, interval: 1, ordinal: 0 } };
  assert.deepEqual(['2011-12-24T09:59:59Z', '2011-12-30T09:59:59Z', '2011-12-30T10:00:00Z', '2012-01-05T10:00:00Z'].map((time) => active(fridays, time, samoa.value)), [true, false, false, true]);
});

test('UTC schedules ask no zone', () => {
  const schedule = utc('2026-06-01T08:00', { recurrence: daily(3600) });
  for (const zone of [undefined, zurich, { ...zurich, untilS: 0 }]) assert.deepEqual(['2026-07-01T08:30Z', '2026-07-01T06:30Z'].map((time) => active(schedule, time, zone)), [true, false]);
});

test('what cannot be told is not told', () => {
  const schedule = wall('2026-01-01T08:00', 3600);
  assert.equal(active(schedule, '2026-06-01T06:30Z'), undefined, 'no zone');
  const short = zoneOf('Europe/Zurich', 2030);
  assert.equal(active(schedule, '2029-12-31T23:59:59.999Z', short), false);
  assert.equal(active(schedule, '2030-01-01T00:00Z', short), undefined, 'the table does not reach');
  // The control: a reader that went on with the last offset would be wrong in the summer of 2030.
  const stretched: ZoneTable = { ...short, untilS: LAST_SECOND };
  assert.deepEqual([active(schedule, '2030-07-01T06:30Z', stretched), active(schedule, '2030-07-01T06:30Z', zurich)], [false, true]);
});

// ---- form ------------------------------------------------------------------------------------------------------------------------

test('times are whole seconds to the end of 9999, and an end is after its start', () => {
  const form = (startS: number, endS?: number): ScheduleNumbers => ({ startS, utc: false, ...(endS === undefined ? {} : { endS }) });
  for (const good of [form(0), form(LAST_SECOND), form(0, 1), form(5, 6), form(5, LAST_SECOND)]) assert.ok(isSchedule(good), JSON.stringify(good));
  for (const bad of [form(-1), form(0.5), form(NaN), form(LAST_SECOND + 1), form(5, 5), form(5, 4), form(5, 0), form(5, 6.5), form(5, LAST_SECOND + 1), form(LAST_SECOND, LAST_SECOND), form(5, Infinity)]) assert.ok(!isSchedule(bad), JSON.stringify(bad));
});

test('a schedule is in form when its recurrence is', () => {
  assert.ok(isSchedule({ startS: 0, utc: true, recurrence: daily(1) }));
  for (const recurrence of [{ ...daily(1), pattern: 9 }, daily(0), { ...daily(1), mask: WEEKDAYS }]) assert.ok(!isSchedule({ startS: 0, utc: true, recurrence }));
  assert.ok(!isSchedule({ startS: -1, utc: true, recurrence: daily(1) }));
});

test('a schedule out of form is our own mistake', () => {
  assert.throws(() => isActive({ startS: 0, utc: true, recurrence: daily(MAX_DURATION_S + 1) }, instant(0)), { name: 'InvariantError', message: 'a schedule in form' });
});
