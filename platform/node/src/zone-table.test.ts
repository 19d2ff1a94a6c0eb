import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MAX_TRANSITIONS, UTC } from '@mortise/schedule/zone-table.ts';
import { zoneTableOf } from './zone-table.ts';

const secondsOf = (text: string): number => Temporal.Instant.from(text).epochMilliseconds / 1000;

test('a table has the offset of its start and the transitions up to its end', () => {
  assert.deepEqual(zoneTableOf('Europe/Zurich', 2026, 2027), {
    ok: true,
    value: { initialOffsetS: 3600, transitions: [{ fromS: secondsOf('2026-03-29T01:00Z'), offsetS: 7200 }, { fromS: secondsOf('2026-10-25T01:00Z'), offsetS: 3600 }], untilS: secondsOf('2027-01-01T00:00Z') },
  });
});

test('offsets of quarter hours, changes of half an hour, and none', () => {
  const table = (zoneId: string) => {
    const made = zoneTableOf(zoneId, 2026, 2027);
    assert.ok(made.ok);
    return [made.value.initialOffsetS, ...made.value.transitions.map(({ offsetS }) => offsetS)];
  };
  assert.deepEqual(table('Asia/Kathmandu'), [20_700]);
  assert.deepEqual(table('Australia/Lord_Howe'), [39_600, 37_800, 39_600]);
  assert.deepEqual(table('America/St_Johns'), [-12_600, -9000, -12_600]);
  assert.deepEqual(table('UTC'), [0]);
});

test('a transition is in the table of its year, and the next year begins with its offset', () => {
  // Liberia went from 44 minutes and 30 seconds west to UTC on 1972-01-07.
  const liberia = (fromYear: number, untilYear: number) => {
    const made = zoneTableOf('Africa/Monrovia', fromYear, untilYear);
    assert.ok(made.ok);
    return [made.value.initialOffsetS, made.value.transitions.length];
  };
  assert.deepEqual([liberia(1970, 1972), liberia(1970, 1973), liberia(1973, 1974)], [[-2670, 0], [-2670, 1], [0, 0]]);
});

test('names that are no zone of the database', () => {
  for (const zoneId of ['', 'Mars/Olympus', '+01:00', '2026-01-01T00:00Z[Europe/Zurich]', 'Europe/Zurich ', '../UTC', '-UTC']) assert.deepEqual(zoneTableOf(zoneId, 2026, 2027), { ok: false, error: { code: 'zone-unknown' } }, zoneId);
});

test('years that are no span', () => {
  for (const [from, until] of [[2026, 2026], [2027, 2026], [1969, 2026], [2026, 10_000], [2026.5, 2028], [2026, 2028.5], [NaN, 2026]] as const) assert.deepEqual(zoneTableOf('UTC', from, until), { ok: false, error: { code: 'years-wrong' } });
  assert.deepEqual(zoneTableOf('UTC', 1970, 9999), { ok: true, value: { ...UTC, untilS: secondsOf('9999-01-01T00:00Z') } });
});

test('a table that would hold more transitions than it may', () => {
  const full = zoneTableOf('Europe/Zurich', 2026, 2026 + MAX_TRANSITIONS / 2);
  assert.equal(full.ok && full.value.transitions.length, MAX_TRANSITIONS);
  assert.deepEqual(zoneTableOf('Europe/Zurich', 2026, 2027 + MAX_TRANSITIONS / 2), { ok: false, error: { code: 'too-many-transitions' } });
});
