import assert from 'node:assert/strict';
import { test } from 'node:test';
import { instant } from '@mortise/base/instant.ts';
import { zoneTableOf } from '@mortise/node/zone-table.ts';
import fc from 'fast-check';
import { activeUntil, MAX_FOLLOWED } from './active-until.ts';
import { DAY_S, type Recurrence } from './recurrence.ts';
import { secondsOf } from './reference.fixture.ts';
import { isActive, type Schedule } from './schedule.ts';
import { UTC, type ZoneTable } from './zone-table.ts';

const HOUR_S = 3600;
const daily = (durationS: number, interval = 1): Recurrence => ({ durationS, mask: 0, pattern: 1, interval, ordinal: 0 });
const from = (start: string, hours: number, rest: Partial<Schedule> = {}): Schedule => ({ startS: secondsOf(start), recurrence: daily(hours * HOUR_S), utc: true, ...rest });
const instantAt = (time: string) => instant(Temporal.Instant.from(time).epochMilliseconds);
const until = (schedules: readonly Schedule[], at: string, zone?: ZoneTable): string | number => {
  const end = activeUntil(schedules, instantAt(at), zone);
  return Number.isFinite(end) ? Temporal.Instant.fromEpochMilliseconds(end).toString() : end;
};
const zurich = ((): ZoneTable => {
  const table = zoneTableOf('Europe/Zurich', 2020, 2040);
  assert.ok(table.ok);
  return table.value;
})();

test('a window goes on until its end, or that of what follows on it', () => {
  const [morning, noon, evening] = [from('2026-06-01T08:00', 4), from('2026-06-01T12:00', 5), from('2026-06-01T20:00', 1)];
  assert.deepEqual(
    [[morning], [morning, evening], [evening, noon, morning], [{ ...morning, endS: secondsOf('2026-06-03T11:30') }], [noon], []].map((hours) => until(hours, '2026-06-03T10:00:00.250Z')),
    ['2026-06-03T12:00:00Z', '2026-06-03T12:00:00Z', '2026-06-03T17:00:00Z', '2026-06-03T11:30:00Z', '2026-06-03T10:00:00.25Z', '2026-06-03T10:00:00.25Z'],
  );
});

test('without an end it has none; all day, every day is followed for a bounded number of days', () => {
  assert.equal(until([{ startS: 0, utc: true }], '2026-06-03T10:00:00Z'), Infinity);
  assert.equal(until([from('2026-06-01T00:00', 24)], '2026-06-03T10:00:00Z'), Temporal.Instant.from('2026-06-03T00:00:00Z').add({ hours: 24 * MAX_FOLLOWED }).toString());
});

test('of what the wall clock shows: through both changes, and no further than the zone table', () => {
  const local = (start: string, hours: number): readonly Schedule[] => [from(start, hours, { utc: false })];
  // The last Sundays of March and October: an hour is left out, one is shown twice.
  assert.equal(until(local('2026-01-01T00:00', 6), '2026-03-28T23:30:00Z', zurich), '2026-03-29T04:00:00Z');
  assert.equal(until(local('2026-01-01T00:00', 6), '2026-10-24T22:30:00Z', zurich), '2026-10-25T05:00:00Z');
  assert.equal(until(local('2026-01-01T00:00', 6), '2026-03-28T23:30:00Z'), '2026-03-28T23:30:00Z', 'no zone, nothing is known');
  const cut = { ...zurich, untilS: secondsOf('2026-06-03T01:00') };
  assert.equal(until(local('2026-01-01T00:00', 6), '2026-06-03T00:30:00Z', cut), '2026-06-03T01:00:00Z');
  assert.equal(until([{ startS: 0, utc: false }], '2026-06-03T00:30:00Z', cut), '2026-06-03T01:00:00Z');
  assert.equal(until([{ startS: 0, utc: false }], '2026-06-03T02:30:00Z', cut), '2026-06-03T02:30:00Z', 'nor after it');
});

test('at any time around the changes of the clock: active from then until that, to the minute', () => {
  const schedule = fc.record({ startS: fc.integer({ min: 0, max: 95 }).map((quarter) => secondsOf('2026-01-01T00:00') + quarter * 900), hours: fc.integer({ min: 1, max: 24 }), utc: fc.boolean() })
    .map(({ startS, hours, utc }): Schedule => ({ startS, utc, recurrence: daily(hours * HOUR_S) }));
  const around = fc.tuple(fc.constantFrom('2026-03-28T12:00', '2026-10-24T12:00', '2026-06-03T12:00'), fc.integer({ min: 0, max: 2 * DAY_S })).map(([start, s]) => instant((secondsOf(start) + s) * 1000));
  let [told, known] = [0, 0];
  fc.assert(fc.property(fc.array(schedule, { minLength: 1, maxLength: 3 }), around, (hours, at) => {
    const [end, isOpen] = [activeUntil(hours, at, zurich), (ms: number) => hours.some((one) => isActive(one, instant(ms), one.utc ? UTC : zurich) === true)];
    for (let ms: number = at; ms < Math.min(end, at + 3 * DAY_S * 1000); ms += 60_000) assert.ok(isOpen(ms));
    told += Number(end > at);
    known += Number(end > at && !isOpen(end));
  }), { numRuns: 300, seed: 6 });
  assert.ok(told > 100 && known > told / 2, `${told} were active, of ${known} the very end is told`);
});
