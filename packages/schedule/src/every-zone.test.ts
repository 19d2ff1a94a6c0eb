import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DAY_S } from './recurrence.ts';
import { changesOf, compareAt, compareSpan, compareWall, FIRST_S, noCount, SPAN_COUNT, zoneTable, ZONES } from './zone-comparison.fixture.ts';
import { decodeZoneTable, encodeZoneTable } from './zone-table.ts';

const INSTANTS_A_ZONE = 3;

const words = (counts: Readonly<Record<string, number>>): string => Object.entries(counts).map(([what, count]) => `${what} ${count.toLocaleString('en-US')}`).join(', ');

const tables = ZONES.map((zoneId) => ({ zoneId, table: zoneTable(zoneId), changes: changesOf(zoneTable(zoneId)) }));
const changes = tables.reduce((sum, each) => sum + each.changes.length, 0);

test('there are zones, with transitions, gaps and overlaps', () => {
  assert.ok(ZONES.length > 400 && changes > 4000);
  const all = tables.flatMap((each) => each.changes);
  assert.ok(all.some(({ before, after }) => after > before) && all.some(({ before, after }) => after < before));
  assert.ok(all.every(({ before, after }) => after !== before));
});

test('every zone\'s table comes back from its bytes', (t) => {
  const sizes = tables.map(({ table }) => {
    assert.deepEqual(decodeZoneTable(encodeZoneTable(table)), table);
    return encodeZoneTable(table).length;
  });
  t.diagnostic(`${sizes.length} zone tables of 2020 to 2040, the longest ${Math.max(...sizes)} bytes`);
});

test('the wall clock of every zone is Temporal\'s: at each transition and every fourth week from 2020 to 2040', (t) => {
  const count = noCount();
  for (const [index, { zoneId, table, changes: own }] of tables.entries()) {
    for (const { fromS } of own) for (const second of [fromS - 1, fromS, fromS + 1]) compareWall(zoneId, table, second, count);
    for (let second = FIRST_S + 3671 * index; second < table.untilS; second += 28 * DAY_S) compareWall(zoneId, table, second, count);
  }
  t.diagnostic(`${ZONES.length} zones, ${changes} transitions, ${words({ 'wall clocks compared': count.walls })}`);
});

test('schedules of all eight patterns agree with Temporal around every transition of every zone', (t) => {
  const count = noCount();
  for (const [index, { zoneId, table, changes: own }] of tables.entries())
    for (const [turn, change] of own.entries()) compareSpan(zoneId, table, change, (index + turn) % SPAN_COUNT, 1 + ((index + turn) % 3), count);
  t.diagnostic(`around ${changes} transitions: ${words(count)}`);
  assert.ok(count.active > count.comparisons / 10 && count.active < count.comparisons * 0.9);
  assert.ok(count.fixedWrong > 0 && count.elapsedWrong > 0 && count.stretchedWrong > 0 && count.cutUnknown > 0, 'controls: simpler readers would have been wrong');
});

test('and at instants anywhere in every zone', (t) => {
  const count = noCount();
  let state = 20_260_601;
  const below = (limit: number): number => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * limit);
  };
  for (const { zoneId, table } of tables)
    for (let times = 0; times < INSTANTS_A_ZONE; times += 1) {
      compareAt(zoneId, table, FIRST_S + below(table.untilS - FIRST_S), () => ({ from: -below(7200), durationS: 1 + below(7200), interval: 1 + below(5) }), count);
    }
  t.diagnostic(`anywhere: ${words({ schedules: count.schedules, comparisons: count.comparisons, active: count.active })}`);
  assert.ok(count.active > 0 && count.active < count.comparisons);
});
