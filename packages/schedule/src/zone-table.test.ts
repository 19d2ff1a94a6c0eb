import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { equalBytes } from '@mortise/base/bytes.ts';
import { encodeCbor, type Cbor } from '@mortise/base/cbor.ts';
import { instant } from '@mortise/base/instant.ts';
import { decodeZoneTable, encodeZoneTable, LAST_SECOND, localSecondsAt, MAX_OFFSET_S, MAX_TRANSITIONS, MAX_ZONE_TABLE_BYTES, UTC, type ZoneTable } from './zone-table.ts';

const HOUR = 3600;
const table: ZoneTable = { initialOffsetS: HOUR, transitions: [{ fromS: 1000, offsetS: 2 * HOUR }, { fromS: 2000, offsetS: -HOUR }], untilS: 3000 };

const at = (unixMs: number, zone = table): number | undefined => localSecondsAt(zone, instant(unixMs));

test('an offset holds from its transition to the millisecond before the next', () => {
  assert.equal(at(0), HOUR);
  assert.equal(at(999_999), 999 + HOUR);
  assert.equal(at(1_000_000), 1000 + 2 * HOUR);
  assert.equal(at(1_999_999), 1999 + 2 * HOUR);
  assert.equal(at(2_000_000), 2000 - HOUR);
});

test('a table says nothing from its end on', () => {
  assert.equal(at(2_999_999), 2999 - HOUR);
  assert.equal(at(3_000_000), undefined);
  assert.equal(at(0, { ...table, transitions: [], untilS: 0 }), undefined);
});

test('UTC is known at every instant', () => {
  assert.equal(at(0, UTC), 0);
  assert.equal(at(LAST_SECOND * 1000 + 999, UTC), LAST_SECOND);
});

const many = (count: number, offsetS: number): ZoneTable => ({ initialOffsetS: offsetS, transitions: Array.from({ length: count }, (_, index) => ({ fromS: LAST_SECOND - count + index, offsetS: index % 2 === 0 ? offsetS : -offsetS })), untilS: LAST_SECOND + 1 });

test('every table within its bounds comes back from its bytes', () => {
  assert.deepEqual([MAX_TRANSITIONS, MAX_OFFSET_S, MAX_ZONE_TABLE_BYTES], [256, 86_399, 4096]);
  for (const each of [UTC, table, many(1, MAX_OFFSET_S), many(MAX_TRANSITIONS, -MAX_OFFSET_S), { ...UTC, untilS: 0 }, { ...UTC, transitions: [{ fromS: 0, offsetS: 0 }], untilS: 1 }]) {
    const bytes = encodeZoneTable(each);
    assert.ok(bytes.length <= MAX_ZONE_TABLE_BYTES);
    assert.deepEqual(decodeZoneTable(bytes), each);
  }
});

test('a table out of its bounds is not written', () => {
  const wrong: readonly ZoneTable[] = [
    many(MAX_TRANSITIONS + 1, HOUR), { ...table, initialOffsetS: MAX_OFFSET_S + 1 }, { ...table, initialOffsetS: -MAX_OFFSET_S - 1 }, { ...table, initialOffsetS: 0.5 },
    { ...table, untilS: 2000 }, { ...table, untilS: LAST_SECOND + 2 }, { ...UTC, untilS: -1 }, { ...table, transitions: table.transitions.toReversed() },
    { ...table, transitions: [{ fromS: 5, offsetS: 0 }, { fromS: 5, offsetS: 1 }] }, { ...table, transitions: [{ fromS: -1, offsetS: 0 }] }, { ...table, transitions: [{ fromS: 5, offsetS: MAX_OFFSET_S + 1 }] },
  ];
  for (const each of wrong) assert.throws(() => encodeZoneTable(each), { name: 'InvariantError', message: 'a zone table within its bounds' }, JSON.stringify(each).slice(0, 90));
});

test('other bytes are refused', () => {
  const others: readonly Cbor[] = [
    null, 1, [], [1, 0, 5], [1, 0, 5, [], 0], [2, 0, 5, []], [1, null, 5, []], [1, 0, null, []], [1, 0, 5, null], [1, 0, 5, [1]], [1, 0, 5, [1, null]],
    [1, 0, 5, ['1', 1]], [1, '0', 5, []], new Map<number, Cbor>([[0, 1]]),
  ];
  for (const value of others) assert.equal(decodeZoneTable(encodeCbor(value)), undefined, JSON.stringify(value));
  assert.deepEqual(decodeZoneTable(encodeCbor([1, 0, 5, [1, 1]])), { initialOffsetS: 0, transitions: [{ fromS: 1, offsetS: 1 }], untilS: 5 }, 'control');
});

test('a table cut at any byte is refused', () => {
  const whole = encodeZoneTable(table);
  for (let length = 0; length < whole.length; length += 1) assert.equal(decodeZoneTable(whole.subarray(0, length)), undefined);
});

test('altered bytes and noise are refused, or are the one form of another table', (t) => {
  const truth = encodeZoneTable(table);
  let [taken, refused] = [0, 0];
  const read = (bytes: Uint8Array): void => {
    const decoded = decodeZoneTable(bytes);
    if (decoded === undefined) refused += 1;
    else {
      taken += 1;
      assert.ok(equalBytes(encodeZoneTable(decoded), bytes));
    }
  };
  for (let place = 0; place < truth.length; place += 1)
    for (let value = 0; value < 256; value += 1) read(truth.with(place, value));
  fc.assert(fc.property(fc.uint8Array({ maxLength: 40 }), read), { numRuns: 2000 });
  assert.ok(taken > 0 && refused > 0);
  t.diagnostic(`zone tables: ${taken} taken, ${refused} refused`);
});
