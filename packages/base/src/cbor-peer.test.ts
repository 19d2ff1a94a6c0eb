// Our codec against cborg, which many use, and against the examples of the standard: what both write is the same, and of any bytes both take the same
// and refuse the same, but for what our form leaves out on purpose.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decode, encode, rfc8949EncodeOptions } from 'cborg';
import fc from 'fast-check';
import { equalBytes, fromHex, hex, type Bytes } from './bytes.ts';
import { MAX_CBOR_DEPTH, asMap, decodeCbor, encodeBriefly, encodeCbor, type Cbor } from './cbor.ts';

const STRICT = {
  strict: true, useMaps: true, rejectDuplicateMapKeys: true,
  allowUndefined: false, allowIndefinite: false, allowNaN: false, allowInfinity: false, allowBigInt: false,
} as const;

/** The peer's strict reading: what it takes is deterministic when encoding it again gives the same bytes. */
const peerDecode = (bytes: Bytes): { readonly value: unknown } | undefined => {
  try {
    const value: unknown = decode(bytes, STRICT);
    return equalBytes(encode(value, rfc8949EncodeOptions), bytes) ? { value } : undefined;
  } catch (error) {
    return peerRefused(error);
  }
};

const peerRefused = (_error: unknown): undefined => undefined;

/** What ours leaves out: keys that are neither whole numbers nor text. */
const hasOurKeys = (value: unknown): boolean => {
  if (Array.isArray(value)) return value.every(hasOurKeys);
  if (!(value instanceof Map)) return true;
  return [...value].every(([key, item]) => (typeof key === 'string' || Number.isSafeInteger(key)) && hasOurKeys(item));
};

const text = fc.oneof(fc.string({ maxLength: 40 }), fc.string({ unit: 'grapheme', maxLength: 40 }), fc.constantFrom('a\ufeff', '\u0000', '\u{10ffff}', '\uffff'));
const key = fc.oneof(fc.integer({ min: -300, max: 70_000 }), fc.maxSafeInteger(), text);
const leaf = fc.oneof(fc.constant(null), fc.boolean(), fc.maxSafeInteger(), fc.double({ noNaN: true, noDefaultInfinity: true }), fc.float({ noNaN: true, noDefaultInfinity: true }), text, fc.uint8Array({ maxLength: 300 }));
const values = fc.letrec<{ value: Cbor }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    leaf,
    fc.array(tie('value'), { maxLength: 30 }),
    fc.uniqueArray(fc.tuple(key, tie('value')), { maxLength: 30, selector: ([of]) => of }).map((pairs) => new Map(pairs)),
  ),
})).value;

test('both write the same', () => {
  fc.assert(fc.property(values, (given) => {
    const encoded = encodeCbor(given);
    assert.equal(hex(encoded), hex(encode(given, rfc8949EncodeOptions)));
    const read = decodeCbor(encoded);
    assert.ok(read !== undefined, 'what we write we read');
    assert.deepEqual(encodeCbor(read), encoded);
  }), { numRuns: 1000 });
});

// Where what is written is longer than the desk that it is first written on, 2048 bytes, it ends within an item of each kind.
test('both write the same around the length that is written at once', (t) => {
  const unordered = new Map('zyxwvutsrqponmlkjihgfedcba'.split('').map((name, index) => [name.repeat((index % 3) + 1), index * 100]));
  const lasts: readonly Cbor[] = [7, 300, 70_000, 2 ** 33, -1 - 2 ** 33, 1.5, 1.1, 'last', 'ö'.repeat(9), new Uint8Array(20).fill(9), ['a', [null, true]], unordered];
  let [shorter, longer] = [0, 0];
  for (const last of lasts) {
    for (let before = 1900; before < 2060; before += 1) {
      const given = [new Uint8Array(before).fill(before), last, last];
      const encoded = encodeCbor(given);
      assert.equal(hex(encoded), hex(encode(given, rfc8949EncodeOptions)));
      assert.deepEqual(encodeBriefly(given), encoded);
      if (encoded.length > 2048) longer += 1;
      else shorter += 1;
    }
  }
  assert.ok(shorter > 0 && longer > 0);
  t.diagnostic(`${shorter} written at once, ${longer} twice`);
});

test('what was written stays, whatever is written next', () => {
  const [kept, soonGone] = [encodeCbor(['kept']), encodeBriefly(['soon gone'])];
  encodeCbor(['something else']);
  encodeBriefly(['something else']);
  assert.deepEqual([decodeCbor(kept), decodeCbor(soonGone)], [['kept'], ['soon gone']]);
});

/** The peer writes most of the smallest numbers of the two-byte form in four (RFC 8949 §4.2.1 wants the shortest), so that it is no judge of them. */
const holdsTiny = (value: unknown): boolean => {
  if (typeof value === 'number') return value !== 0 && Math.abs(value) < 2 ** -14 && Math.f16round(value) === value;
  if (value instanceof Map) return [...value].flat().some(holdsTiny);
  return Array.isArray(value) && value.some(holdsTiny);
};

const sameVerdict = (bytes: Bytes): boolean => {
  const [ours, theirs] = [decodeCbor(bytes), peerDecode(bytes)];
  if (holdsTiny(ours) || holdsTiny(theirs?.value)) return false;
  const wanted = theirs !== undefined && hasOurKeys(theirs.value);
  assert.equal(ours !== undefined, wanted, hex(bytes));
  if (wanted) assert.deepEqual(ours, theirs.value);
  return wanted;
};

test('of random bytes both take the same', (t) => {
  let taken = 0;
  fc.assert(fc.property(fc.uint8Array({ maxLength: 24 }), (bytes) => {
    if (sameVerdict(bytes)) taken += 1;
  }), { numRuns: 20_000 });
  assert.ok(taken > 500);
  t.diagnostic(`20,000 random inputs, ${taken} taken by both`);
});

test('of encodings with a byte changed, a bit turned, cut or longer both take the same', (t) => {
  let [taken, tried] = [0, 0];
  fc.assert(fc.property(values, fc.nat(), fc.nat({ max: 255 }), (given, place, byte) => {
    const whole = encodeCbor(given);
    const at = place % whole.length;
    const variants = [whole.with(at, byte), whole.with(at, (whole[at] ?? 0) ^ (1 << (byte & 7))), whole.subarray(0, at), Uint8Array.of(...whole, byte)];
    taken += variants.filter(sameVerdict).length;
    tried += variants.length;
  }), { numRuns: 1500 });
  assert.ok(taken > 100);
  t.diagnostic(`${tried} changed encodings, ${taken} taken by both`);
});

test('every pair of first bytes, with what could follow', () => {
  const tails = [[], [0], [0, 0], [0x61, 0x61], [0, 0, 0, 0], [0, 0, 0, 0, 0, 0, 0, 0], [0xff], [1, 1, 1, 1, 1, 1, 1, 1]];
  for (let first = 0; first < 256; first += 1) {
    for (let second = 0; second < 256; second += 1) sameVerdict(Uint8Array.of(first, second, ...(tails[second % tails.length] ?? [])));
    for (const tail of tails) sameVerdict(Uint8Array.of(first, ...tail));
  }
});

// RFC 8949, appendix A: what is within our form, and what is not.
const EXAMPLES: readonly (readonly [string, Cbor])[] = [
  ['00', 0], ['01', 1], ['0a', 10], ['17', 23], ['1818', 24], ['1819', 25], ['1864', 100], ['1903e8', 1000], ['1a000f4240', 1_000_000], ['1b000000e8d4a51000', 1_000_000_000_000],
  ['20', -1], ['29', -10], ['3863', -100], ['3903e7', -1000], ['fb3ff199999999999a', 1.1], ['f93e00', 1.5], ['fb7e37e43c8800759c', 1.0e300],
  ['f90001', 5.960464477539063e-8], ['f90400', 0.00006103515625], ['fbc010666666666666', -4.1], ['fa7f7fffff', 3.4028234663852886e38], ['f4', false], ['f5', true], ['f6', null],
  ['40', new Uint8Array(0)], ['4401020304', Uint8Array.of(1, 2, 3, 4)], ['60', ''], ['6161', 'a'], ['6449455446', 'IETF'], ['62225c', '"\\'], ['62c3bc', '\u00fc'], ['63e6b0b4', '\u6c34'], ['64f0908591', '\u{10151}'],
  ['80', []], ['83010203', [1, 2, 3]], ['8301820203820405', [1, [2, 3], [4, 5]]], ['98190102030405060708090a0b0c0d0e0f101112131415161718181819', Array.from({ length: 25 }, (_, at) => at + 1)],
  ['a0', new Map()], ['a201020304', new Map([[1, 2], [3, 4]])], ['a26161016162820203', new Map<string, Cbor>([['a', 1], ['b', [2, 3]]])], ['826161a161626163', ['a', new Map([['b', 'c']])]],
];
const BEYOND = [
  '1bffffffffffffffff', '3bffffffffffffffff', 'c249010000000000000000', 'f90000', 'f98000', 'f93c00', 'f97bff', 'fa47c35000', 'f9c400', 'f97c00', 'f97e00', 'f9fc00', 'fa7f800000', 'fb7ff0000000000000', 'f7', 'f0', 'f8ff', '63efbbbf',
  'c074323031332d30332d32315432303a30343a30305a', 'd74401020304', '5f42010243030405ff', '7f657374726561646d696e67ff', '9fff', '9f018202039f0405ffff', 'bf61610161629f0203ffff',
];

test('the examples of the standard', () => {
  for (const [written, value] of EXAMPLES) {
    assert.equal(hex(encodeCbor(value)), written);
    assert.deepEqual(decodeCbor(fromHex(written) ?? assert.fail('hex')), value, written);
  }
  for (const written of BEYOND) assert.equal(decodeCbor(fromHex(written) ?? assert.fail('hex')), undefined, written);
});

test('keys are put in order, and taken in no other: whole numbers, negative ones, text by length', () => {
  const written = 'aa00f601f61818f61a00010000f620f63863f660f66162f6626161f663efbfbff6';
  const keys = ['\uffff', 'aa', 'b', '', -100, -1, 65_536, 24, 1, 0];
  assert.equal(hex(encodeCbor(new Map(keys.map((each) => [each, null])))), written);
  assert.deepEqual([...(asMap(decodeCbor(fromHex(written) ?? assert.fail('hex')))?.keys() ?? [])], keys.toReversed());
  for (const swapped of ['a201f600f6', 'a220f600f6', 'a26161f600f6', 'a2626161f66162f6', 'a23863f620f6', 'a201f601f6', 'a26161f66161f6', 'a201010101']) assert.equal(decodeCbor(fromHex(swapped) ?? assert.fail('hex')), undefined, swapped);
  for (const other of ['a140f6', 'a180f6', 'a1a0f6', 'a1f5f6', 'a1f6f6', 'a1f93e00f6', 'a1fb43e0000000000001f6']) assert.equal(decodeCbor(fromHex(other) ?? assert.fail('hex')), undefined, other);
});

test('depth is bounded', () => {
  for (const step of ['81', 'a101']) {
    assert.notEqual(decodeCbor(fromHex(`${step.repeat(MAX_CBOR_DEPTH)}00`) ?? assert.fail('hex')), undefined);
    assert.equal(decodeCbor(fromHex(`${step.repeat(MAX_CBOR_DEPTH + 1)}00`) ?? assert.fail('hex')), undefined);
  }
});

test('what was read holds no view into what it was read from', () => {
  const given = encodeCbor([new Uint8Array(3), new Uint8Array(100)]);
  const read = decodeCbor(given);
  given.fill(0xff);
  assert.deepEqual(read, [new Uint8Array(3), new Uint8Array(100)]);
});
