// The answer is the lock's own, at any instant, and the next opening is an instant at which the lock opens and before which it does not.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { instant, type Instant } from '@mortise/base/instant.ts';
import { nobleCrypto as crypto } from '@mortise/crypto/noble.ts';
import type { ZoneTable } from '@mortise/schedule/zone-table.ts';
import { terms } from './lending.fixture.ts';
import { questionOf, wouldOpen, type DoorDays } from './would-open.ts';

const at = (text: string): Instant => instant(Date.parse(text));
/** Zurich in 2026. */
const ZURICH: ZoneTable = { initialOffsetS: 3600, transitions: [{ fromS: Date.UTC(2026, 2, 29, 1) / 1000, offsetS: 7200 }, { fromS: Date.UTC(2026, 9, 25, 1) / 1000, offsetS: 3600 }], untilS: Date.UTC(2027, 0, 1) / 1000 };
const WEEKDAYS = { startS: 9 * 3600, recurrence: { durationS: 8 * 3600, mask: 0b1_1111, pattern: 2, interval: 1, ordinal: 0 }, utc: false } as const;
const day = (text: string): number => Date.parse(text) / 86_400_000;
const days: DoorDays = { zone: 'Europe/Zurich', zoneTable: ZURICH, calendars: [{ id: 1, days: [day('2026-06-08')], untilDay: day('2027-01-01') }] };

const ask = (changes: Parameters<typeof terms>[0], when: string, where = days): string => {
  const opening = wouldOpen(crypto, questionOf(crypto, terms({ from: at('2026-06-01T00:00:00Z'), until: at('2026-06-14T22:00:00Z'), ...changes }), where), at(when));
  if (opening.opens) return 'yes';
  return `${opening.reason}${opening.next === undefined ? '' : `, ${new Date(opening.next).toISOString().slice(0, 16)}`}`;
};

test('within dates and hours it opens; else it says why, and when next', () => {
  const table: readonly (readonly [Parameters<typeof terms>[0], string, string])[] = [
    [{}, '2026-06-02T03:00:00Z', 'yes'],
    [{ hours: [WEEKDAYS] }, '2026-06-02T07:00:00Z', 'yes'],
    [{ hours: [WEEKDAYS] }, '2026-06-02T06:59:59Z', 'outside-hours, 2026-06-02T07:00'],
    [{ hours: [WEEKDAYS] }, '2026-06-06T08:00:00Z', 'outside-hours, 2026-06-08T07:00'],
    [{ hours: [WEEKDAYS], holidays: 1 }, '2026-06-06T08:00:00Z', 'outside-hours, 2026-06-09T07:00'],
    [{ holidays: 1 }, '2026-06-08T10:00:00Z', 'holiday, 2026-06-08T22:00'],
    [{}, '2026-05-20T10:00:00Z', 'grant-not-yet, 2026-06-01T00:00'],
    [{}, '2026-06-15T10:00:00Z', 'grant-expired'],
    [{ hours: [WEEKDAYS] }, '2026-06-13T10:00:00Z', 'outside-hours'],
    [{ holidays: 9 }, '2026-06-02T10:00:00Z', 'holiday'],
    [{ freshForS: 3600, uses: 1, minutesAfterFirstUse: 1 }, '2026-06-02T10:00:00Z', 'yes'],
    [{ verbs: ['lock'] }, '2026-06-02T10:00:00Z', 'right-missing'],
  ];
  assert.deepEqual(table.map(([changes, when]) => ask(changes, when)), table.map(([, , says]) => says));
});

test('both nights of the clock: hours go by the wall', () => {
  const night = { startS: 2 * 3600 + 1800, recurrence: { ...WEEKDAYS.recurrence, durationS: 3600, mask: 0b111_1111 }, utc: false };
  const all = { from: at('2026-01-01T00:00:00Z'), until: at('2026-12-30T00:00:00Z') };
  assert.equal(ask({ ...all, hours: [night] }, '2026-03-28T12:00:00Z'), 'outside-hours, 2026-03-29T01:00', '02:30 is left out, and 03:00 is shown in its place');
  assert.equal(ask({ ...all, hours: [night] }, '2026-10-24T12:00:00Z'), 'outside-hours, 2026-10-25T00:30');
  assert.equal(ask({ ...all, hours: [WEEKDAYS] }, '2026-10-23T12:00:00Z'), 'yes');
  assert.equal(ask({ ...all, hours: [WEEKDAYS] }, '2026-10-24T12:00:00Z'), 'outside-hours, 2026-10-26T08:00', 'an hour later by UTC, the same on the wall');
});

test('beyond the table of the zone nobody can tell', () => {
  const long = { from: at('2026-12-01T00:00:00Z'), until: at('2027-12-01T00:00:00Z'), hours: [WEEKDAYS] };
  assert.equal(ask(long, '2027-02-01T10:00:00Z'), 'zone-unknown');
  assert.equal(ask(long, '2026-12-02T10:00:00Z'), 'yes', 'the control');
});
