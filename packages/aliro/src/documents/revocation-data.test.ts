import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { Tagged, encodeCbor, type Cbor } from '@mortise/base/cbor.ts';
import { decodeForeignCbor } from '@mortise/base/foreign-cbor.ts';
import { filled } from '../conformance/document.fixture.ts';
import { readRevocationData, revocationDataCbor, type RevocationData } from './revocation-data.ts';

const codeOf = (value: Cbor): string => {
  const read = readRevocationData(value);
  return read.ok ? 'read' : read.error.code;
};

const hash = fc.uint8Array({ minLength: 32, maxLength: 32 });
const id = fc.uint8Array({ maxLength: 16 });
const record = { noNullPrototype: true } as const;
const entry = fc.oneof(
  fc.record({ credential: hash, accessId: id, expiryS: fc.nat() }, { ...record, requiredKeys: ['credential'] }),
  fc.record({ accessId: id, expiryS: fc.nat() }, { ...record, requiredKeys: ['accessId'] }),
);
const revocationData = fc.record({
  change: fc.constantFrom('overwrite' as const, 'append' as const),
  add: fc.array(entry, { maxLength: 5 }),
  remove: fc.array(entry, { maxLength: 5 }),
  extensions: fc.constantFrom([], [{ vendor: 7, id: 1, version: 2, data: filled(3, 3) }]),
}, { ...record, requiredKeys: ['change'] });

test('what is written is read', () => {
  fc.assert(fc.property(revocationData, (given) => {
    assert.deepEqual(readRevocationData(decodeForeignCbor(encodeCbor(revocationDataCbor(given)), 65_536) ?? null), { ok: true, value: given });
  }), { numRuns: 200 });
});

const data = (...entries: readonly (readonly [number, Cbor])[]): Cbor => new Map([[0, 1], [1, 0], ...entries]);
const ENTRY: Cbor = new Map([[1, filled(2, 2)]]);
const added = (...entries: readonly (readonly [number, Cbor])[]): Cbor => data([2, [new Map(entries)]]);

test('every field in its form, on both sides of its bounds', () => {
  const many = (count: number): Cbor => Array.from({ length: count }, () => ENTRY);
  const cases: readonly (readonly [string, Cbor, string])[] = [
    ['a version and a mode', data(), 'read'],
    ['version 0', data([0, 0]), 'revocation-data-version'],
    ['version 42', data([0, 42]), 'revocation-data-version'],
    ['version 42 and nonsense', data([0, 42], [1, 'x']), 'revocation-data-version'],
    ['no version', new Map([[1, 0]]), 'revocation-data-malformed'],
    ['a version in text', data([0, '1']), 'revocation-data-malformed'],
    ['no mode', new Map([[0, 1]]), 'revocation-data-malformed'],
    ['append', data([1, 1]), 'read'],
    ['mode 2', data([1, 2]), 'revocation-data-malformed'],
    ['a negative mode', data([1, -1]), 'revocation-data-malformed'],
    ['a mode in text', data([1, 'append']), 'revocation-data-malformed'],
    ['an unknown key', data([5, 0]), 'revocation-data-malformed'],
    ['an array', [1, 0], 'revocation-data-malformed'],
    ['nobody', data([2, []], [3, []]), 'read'],
    ['1024 to add', data([2, many(1024)]), 'read'],
    ['1025 to add', data([2, many(1025)]), 'revocation-data-malformed'],
    ['1024 to remove', data([3, many(1024)]), 'read'],
    ['1025 to remove', data([3, many(1025)]), 'revocation-data-malformed'],
    ['a list that is none', data([2, 0]), 'revocation-data-malformed'],
    ['a removal that is none', data([3, [ENTRY, 0]]), 'revocation-data-malformed'],
    ['a hash', added([0, filled(32, 1)]), 'read'],
    ['a hash of 31 bytes', added([0, filled(31, 1)]), 'revocation-data-malformed'],
    ['a hash of 33 bytes', added([0, filled(33, 1)], [1, filled(1, 1)]), 'revocation-data-malformed'],
    ['an id of 16', added([1, filled(16, 1)]), 'read'],
    ['an id of 17', added([1, filled(17, 1)]), 'revocation-data-malformed'],
    ['an id of 17 beside a hash', added([0, filled(32, 1)], [1, filled(17, 1)]), 'revocation-data-malformed'],
    ['neither', added([2, new Tagged(1, 5)]), 'revocation-data-malformed'],
    ['an end', added([1, filled(1, 1)], [2, new Tagged(1, 0)]), 'read'],
    ['a negative end', added([1, filled(1, 1)], [2, new Tagged(1, -1)]), 'revocation-data-malformed'],
    ['an end without its tag', added([1, filled(1, 1)], [2, 5]), 'revocation-data-malformed'],
    ['an end in a date’s tag', added([1, filled(1, 1)], [2, new Tagged(0, '2026-01-01T00:00:00Z')]), 'revocation-data-malformed'],
    ['an entry with more', added([1, filled(1, 1)], [3, 0]), 'revocation-data-malformed'],
    ['extensions', data([4, new Map([[1, [[0, 0, filled(0, 0)]]]])]), 'read'],
    ['an extension out of form', data([4, new Map([[1, [[0, 0]]]])]), 'revocation-data-malformed'],
  ];
  for (const [name, value, code] of cases) assert.equal(codeOf(value), code, name);
});

test('our own data are within their bounds', () => {
  const wrong: readonly RevocationData[] = [{ change: 'append', add: [{}] }, { change: 'append', remove: [{ credential: filled(31, 0) }] }, { change: 'append', add: Array.from({ length: 1025 }, () => ({ accessId: filled(1, 1) })) }];
  for (const one of wrong) assert.throws(() => revocationDataCbor(one), { name: 'InvariantError' });
});
