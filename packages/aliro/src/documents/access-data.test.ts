import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { Tagged, encodeCbor, type Cbor } from '@mortise/base/cbor.ts';
import { decodeForeignCbor } from '@mortise/base/foreign-cbor.ts';
import { accessDataCbor, readAccessData, type AccessData } from './access-data.ts';
import { readSchedule, scheduleCbor } from './access-schedule.ts';
import { FROM, filled } from '../conformance/document.fixture.ts';
import { readAccessExtensions, readExtensions } from './extension.ts';

const codeOf = (value: Cbor): string => {
  const read = readAccessData(value);
  return read.ok ? 'read' : read.error.code;
};

const uint16 = fc.nat({ max: 0xffff });
const uint32 = fc.nat({ max: 0xffff_ffff });
const record = { noNullPrototype: true } as const;
const rule = fc.record({ capabilities: uint16, allow: uint16, deny: uint16 }, { ...record, requiredKeys: ['capabilities'] });
const schedule = fc.record({
  startS: fc.nat({ max: 2_000_000_000 }), endS: fc.integer({ min: 2_000_000_001, max: 4_000_000_000 }),
  recurrence: fc.constantFrom(
    { durationS: 60, mask: 0, pattern: 1, interval: 1, ordinal: 0 } as const,
    { durationS: 60, mask: 3, pattern: 2, interval: 255, ordinal: 0 } as const,
    { durationS: 60, mask: 1, pattern: 3, interval: 1, ordinal: -5 } as const,
  ),
  utc: fc.boolean(),
}, { ...record, requiredKeys: ['startS', 'utc'] });
const extension = fc.record({ vendor: fc.constantFrom(1, 0xff_ffff), id: uint32, version: uint32, data: fc.uint8Array({ maxLength: 20 }) }, record);
const accessData = fc.record({
  id: fc.uint8Array({ maxLength: 16 }),
  rules: fc.array(rule, { minLength: 1, maxLength: 8 }),
  schedules: fc.array(schedule, { minLength: 1, maxLength: 8 }),
  readerRuleIds: fc.array(uint16, { maxLength: 16 }),
  extensions: fc.array(extension, { maxLength: 4 }),
  accessExtensions: fc.array(extension.chain((plain) => fc.boolean().map((critical) => ({ ...plain, critical }))), { maxLength: 4 }),
}, { ...record, requiredKeys: [] });

const byVendor = <T extends { readonly vendor: number }>(list: readonly T[]): readonly T[] => list.toSorted((a, b) => a.vendor - b.vendor);

test('what is written is read', () => {
  fc.assert(fc.property(accessData, (given) => {
    const read = readAccessData(decodeForeignCbor(encodeCbor(accessDataCbor(given)), 65_536) ?? null);
    const { extensions, accessExtensions } = given;
    const expected = { ...given, ...(extensions && { extensions: byVendor(extensions) }), ...(accessExtensions && { accessExtensions: byVendor(accessExtensions) }) };
    assert.deepEqual(read, { ok: true, value: expected });
  }), { numRuns: 200 });
});

const data = (...entries: readonly (readonly [number | string, Cbor])[]): Cbor => new Map([[0, 1], ...entries]);
const repeated = <T>(count: number, value: T): readonly T[] => Array.from({ length: count }, () => value);
const RULE: Cbor = new Map([[0, 1]]);
const SCHEDULE: Cbor = new Map([[0, 1]]);

test('every field in its form, on both sides of its bounds', () => {
  const cases: readonly (readonly [string, Cbor, string])[] = [
    ['a version alone', data(), 'read'],
    ['version 0', data([0, 0]), 'access-data-version'],
    ['version 2', data([0, 2]), 'access-data-version'],
    ['version 42 and nonsense', data([0, 42], [9, 9]), 'access-data-version'],
    ['no version', new Map([[1, filled(1, 1)]]), 'access-data-malformed'],
    ['a version in text', data([0, '1']), 'access-data-malformed'],
    ['a negative version', data([0, -1]), 'access-data-malformed'],
    ['an array', [1], 'access-data-malformed'],
    ['null', null, 'access-data-malformed'],
    ['an unknown key', data([7, 0]), 'access-data-malformed'],
    ['a negative key', data([-1, 0]), 'access-data-malformed'],
    ['a key in text', data(['1', 0]), 'access-data-malformed'],
    ['an empty id', data([1, filled(0, 0)]), 'read'],
    ['an id of 16', data([1, filled(16, 0)]), 'read'],
    ['an id of 17', data([1, filled(17, 0)]), 'access-data-malformed'],
    ['an id in text', data([1, 'x']), 'access-data-malformed'],
    ['no rules', data([2, []]), 'access-data-malformed'],
    ['8 rules', data([2, repeated(8, RULE)]), 'read'],
    ['9 rules', data([2, repeated(9, RULE)]), 'access-data-malformed'],
    ['rules that are none', data([2, 0]), 'access-data-malformed'],
    ['a rule that is none', data([2, [RULE, 0]]), 'access-data-malformed'],
    ['a rule of nothing', data([2, [new Map()]]), 'access-data-malformed'],
    ['a rule with all', data([2, [new Map([[0, 0xffff], [1, 0xffff], [2, 0xffff]])]]), 'read'],
    ['capabilities of 17 bits', data([2, [new Map([[0, 0x1_0000]])]]), 'access-data-malformed'],
    ['an allow of 17 bits', data([2, [new Map([[0, 1], [1, 0x1_0000]])]]), 'access-data-malformed'],
    ['a deny of 17 bits', data([2, [new Map([[0, 1], [2, 0x1_0000]])]]), 'access-data-malformed'],
    ['a rule with more', data([2, [new Map([[0, 1], [3, 1]])]]), 'access-data-malformed'],
    ['no schedules', data([3, []]), 'access-data-malformed'],
    ['8 schedules', data([3, repeated(8, SCHEDULE)]), 'read'],
    ['9 schedules', data([3, repeated(9, SCHEDULE)]), 'access-data-malformed'],
    ['a schedule that is none', data([3, [[1]]]), 'access-data-malformed'],
    ['no reader rules', data([4, []]), 'read'],
    ['16 reader rules', data([4, repeated(16, 0xffff)]), 'read'],
    ['17 reader rules', data([4, repeated(17, 0)]), 'access-data-malformed'],
    ['a reader rule of 17 bits', data([4, [0x1_0000]]), 'access-data-malformed'],
    ['a reader rule in text', data([4, ['1']]), 'access-data-malformed'],
    ['extensions', data([5, new Map([[1, [[0, 0, filled(0, 0)]]]])]), 'read'],
    ['an extension out of form', data([5, new Map([[1, [[0, 0]]]])]), 'access-data-malformed'],
    ['access extensions', data([6, new Map([[1, [[0, 0, 0, filled(0, 0)]]]])]), 'read'],
    ['an access extension out of form', data([6, new Map([[1, [[0, 0, filled(0, 0)]]]])]), 'access-data-malformed'],
  ];
  for (const [name, value, code] of cases) assert.equal(codeOf(value), code, name);
});

test('schedules', () => {
  const isRead = (...entries: readonly (readonly [number, Cbor])[]): boolean => readSchedule(new Map([[0, 100], ...entries])) !== undefined;
  const daily: Cbor = [60, 0, 1, 1, 0];
  assert.deepEqual(readSchedule(new Map<number, Cbor>([[0, 100], [1, 200], [2, daily], [3, 1]])), { startS: 100, endS: 200, recurrence: { durationS: 60, mask: 0, pattern: 1, interval: 1, ordinal: 0 }, utc: true });
  assert.deepEqual(readSchedule(new Map([[0, 100]])), { startS: 100, utc: false });
  assert.equal(isRead([3, 0]), true);
  assert.equal(isRead([3, 2]), false, 'a reserved flag');
  assert.equal(isRead([3, true]), false);
  assert.equal(isRead([0, -1]), false);
  assert.equal(isRead([1, 101]), true);
  assert.equal(isRead([1, 99]), false, 'over before it starts');
  assert.equal(isRead([1, 'x']), false);
  assert.equal(isRead([2, daily]), true);
  for (const wrong of [[60, 0, 1, 1], [60, 0, 1, 1, 0, 0], [60, 0, 9, 1, 0], ['60', 0, 1, 1, 0], [60, 0, 1, 0, 0], 0, []]) assert.equal(isRead([2, wrong]), false);
  assert.equal(isRead([4, 0]), false);
  assert.equal(readSchedule(new Map([[1, 100]])), undefined);
  assert.deepEqual(scheduleCbor({ startS: FROM / 1000, utc: false }), new Map([[0, FROM / 1000], [3, 0]]));
});

test('extensions: vendors of 24 bits, lists of at most 8, data of at most 4096 bytes', () => {
  const one = [0, 0, filled(0, 0)];
  const critical = [0, ...one];
  const vendors = (count: number): Cbor => new Map(Array.from({ length: count }, (_, index) => [index + 1, [one]]));
  const cases: readonly (readonly [string, Cbor, boolean])[] = [
    ['none', new Map(), true],
    ['an empty list', new Map([[1, []]]), true],
    ['8 vendors', vendors(8), true],
    ['9 vendors', vendors(9), false],
    ['8 extensions', new Map([[1, repeated(8, one)]]), true],
    ['9 extensions', new Map([[1, repeated(9, one)]]), false],
    ['the last vendor', new Map([[0xff_ffff, [one]]]), true],
    ['beyond the last vendor', new Map([[0x100_0000, [one]]]), false],
    ['a vendor in text', new Map([['1', [one]]]), false],
    ['4096 bytes', new Map([[1, [[0, 0, filled(4096, 0)]]]]), true],
    ['4097 bytes', new Map([[1, [[0, 0, filled(4097, 0)]]]]), false],
    ['32 bits', new Map([[1, [[0xffff_ffff, 0xffff_ffff, filled(0, 0)]]]]), true],
    ['an id of 33 bits', new Map([[1, [[0x1_0000_0000, 0, filled(0, 0)]]]]), false],
    ['a version of 33 bits', new Map([[1, [[0, 0x1_0000_0000, filled(0, 0)]]]]), false],
    ['data in text', new Map([[1, [[0, 0, 'x']]]]), false],
    ['one part more', new Map([[1, [[0, 0, filled(0, 0), 0]]]]), false],
    ['no parts', new Map([[1, [0]]]), false],
    ['no list', new Map([[1, 0]]), false],
    ['no map', [], false],
    ['a tag', new Tagged(1, 1), false],
  ];
  for (const [name, value, expected] of cases) assert.equal(readExtensions(value) !== undefined, expected, name);
  assert.equal(readExtensions(new Map([[0, [one]]])), undefined, 'vendor 0 has none');
  assert.equal(readAccessExtensions(new Map([[0, [critical]]]))?.length, 1, 'of access extensions it may');
  assert.equal(readExtensions(undefined), undefined);
});

test('criticality: bit 0 set is not critical', () => {
  const criticalOf = (flags: Cbor): boolean | undefined => readAccessExtensions(new Map([[1, [[flags, 2, 3, filled(1, 4)]]]]))?.[0]?.critical;
  assert.deepEqual([0, 1, 2, 3, 0xfe, 0xff, 0x100, -1, 'x'].map(criticalOf), [true, false, true, false, true, false, undefined, undefined, undefined]);
  assert.deepEqual(readAccessExtensions(new Map([[1, [[0, 2, 3, filled(1, 4)]]]])), [{ vendor: 1, id: 2, version: 3, data: filled(1, 4), critical: true }]);
});

test('our own data are within their bounds', () => {
  const wrong: readonly AccessData[] = [
    { id: filled(17, 0) }, { rules: [] }, { rules: repeated(9, { capabilities: 1 }) }, { rules: [{ capabilities: 0x1_0000 }] }, { schedules: [] },
    { readerRuleIds: repeated(17, 1) }, { extensions: [{ vendor: 0, id: 1, version: 1, data: filled(0, 0) }] }, { schedules: [{ startS: -1, utc: true }] },
  ];
  for (const one of wrong) assert.throws(() => accessDataCbor(one), { name: 'InvariantError' });
});
