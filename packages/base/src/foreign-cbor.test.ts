import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { concat, equalBytes, fromHex, hex, type Bytes } from './bytes.ts';
import { Tagged, asArray, asBoolean, asMap, asTagged, bytesHead, decodeCbor, encodeCbor, type Cbor } from './cbor.ts';
import { MAX_FOREIGN_DEPTH, decodeForeignCbor, type Spans } from './foreign-cbor.ts';

const bytes = (text: string): Bytes => fromHex(text.replaceAll(' ', '')) ?? assert.fail('hex');
const decoded = (text: string): Cbor | undefined => decodeForeignCbor(bytes(text), 4096);

const key = fc.oneof(fc.integer({ min: -300, max: 70_000 }), fc.string({ maxLength: 40 }));
const leaf = fc.oneof(fc.constant(null), fc.boolean(), fc.maxSafeInteger(), fc.string({ maxLength: 40 }), fc.uint8Array({ maxLength: 300 }));
const values = fc.letrec<{ value: Cbor }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 3 },
    leaf,
    fc.array(tie('value'), { maxLength: 4 }),
    fc.uniqueArray(fc.tuple(key, tie('value')), { maxLength: 4, selector: ([of]) => of }).map((pairs) => new Map(pairs)),
    fc.tuple(fc.nat({ max: 70_000 }), tie('value')).map(([tag, value]) => new Tagged(tag, value)),
  ),
})).value;

test('every value comes back, tags too', () => {
  fc.assert(fc.property(values, (given) => {
    const encoded = encodeCbor(given);
    const value = decodeForeignCbor(encoded, encoded.length);
    assert.ok(value !== undefined);
    assert.ok(equalBytes(encodeCbor(value), encoded));
  }), { numRuns: 500 });
});

test('without tags and unsorted keys it takes what the strict decoder takes, and the same', () => {
  let both = 0;
  const mayHoldFloat = /f[9ab]/;
  fc.assert(fc.property(fc.uint8Array({ maxLength: 12 }), (given) => {
    const strict = decodeCbor(given);
    const foreign = decodeForeignCbor(given, given.length);
    if (strict !== undefined && !mayHoldFloat.test(hex(given))) assert.deepEqual(foreign, strict);
    if (foreign !== undefined && strict !== undefined) both += 1;
    if (foreign !== undefined) assert.equal(encodeCbor(foreign).length, given.length, 'no bytes are left over, none are in a long form');
  }), { numRuns: 5000 });
  assert.ok(both > 100);
});

test('keys in any order, no key twice', () => {
  assert.deepEqual(decoded('a2 02 61 62 01 61 61'), new Map([[2, 'b'], [1, 'a']]));
  assert.deepEqual(decoded('a2 01 f4 61 31 f5'), new Map<number | string, Cbor>([[1, false], ['1', true]]));
  for (const twice of ['a2 01 f6 01 f6', 'a2 61 31 f6 61 31 f6', 'a2 20 f6 20 f6']) assert.equal(decoded(twice), undefined, twice);
});

test('keys are numbers or text', () => {
  for (const other of ['40', '80', 'a0', 'f5', 'c1 01', 'f6']) assert.equal(decoded(`a1 ${other} 01`), undefined, other);
});

test('integers in their shortest form, both sides of each boundary', () => {
  const forms: readonly (readonly [string, number | undefined])[] = [
    ['17', 23], ['18 17', undefined], ['18 18', 24], ['18 ff', 255], ['19 00 ff', undefined], ['19 01 00', 256], ['19 ff ff', 65_535],
    ['1a 00 00 ff ff', undefined], ['1a 00 01 00 00', 65_536], ['1a ff ff ff ff', 0xffff_ffff], ['1b 00 00 00 00 ff ff ff ff', undefined],
    ['1b 00 00 00 01 00 00 00 00', 0x1_0000_0000], ['1b 00 1f ff ff ff ff ff ff', Number.MAX_SAFE_INTEGER], ['1b 00 20 00 00 00 00 00 00', undefined],
    ['1b ff ff ff ff ff ff ff ff', undefined], ['20', -1], ['38 17', undefined], ['38 18', -25], ['1c', undefined], ['1d', undefined], ['1e', undefined], ['1f', undefined],
  ];
  for (const [written, value] of forms) assert.equal(decoded(written), value, written);
});

test('definite lengths only, and no simple values but false, true and null', () => {
  for (const loose of ['5f 41 00 ff', '7f 61 61 ff', '9f 01 ff', 'bf 01 01 ff', 'df 01', 'f7', 'f8 20', 'f8 14', 'f9 3c 00', 'fa 3f 80 00 00', 'fb 3f f0 00 00 00 00 00 00', 'ff', 'e0', 'f3', '']) {
    assert.equal(decoded(loose), undefined, loose);
  }
  assert.deepEqual(['f4', 'f5', 'f6'].map(decoded), [false, true, null]);
});

test('lengths that the data do not have', () => {
  for (const short of ['41', '61', '81', 'a1', 'a1 01', 'c0', '18', '19 00', '1a 00 00', '42 00', '62 61', '9a ff ff ff ff 01', '5a ff ff ff ff 01', 'bb 00 1f ff ff ff ff ff ff 01 01']) {
    assert.equal(decoded(short), undefined, short);
  }
  assert.equal(decoded('01 01'), undefined, 'a byte too many');
});

test('text is UTF-8, short or long', () => {
  assert.equal(decoded('62 c3 a9'), 'é');
  for (const wrong of ['61 ff', '61 80', '62 c3 28', '63 ed a0 80', '62 c0 80', '63 ef bb bf']) assert.equal(decoded(wrong), undefined, wrong);
  for (const length of [0, 1, 31, 32, 33, 34, 200]) {
    const text = 'x'.repeat(length);
    assert.equal(decodeForeignCbor(encodeCbor(text), 4096), text);
    assert.equal(decodeForeignCbor(encodeCbor(`${text}é`), 4096), `${text}é`);
    const broken = encodeCbor(`${text}\u007f`);
    assert.equal(decodeForeignCbor(broken.with(broken.length - 1, 0x80), 4096), undefined);
  }
});

test('depth is bounded, arrays, maps and tags alike', () => {
  for (const step of ['81', 'a1 01', 'c1']) {
    assert.notEqual(decoded(step.repeat(MAX_FOREIGN_DEPTH) + '00'), undefined, step);
    assert.equal(decoded(step.repeat(MAX_FOREIGN_DEPTH + 1) + '00'), undefined, step);
  }
  assert.equal(decodeForeignCbor(new Uint8Array(60_000).fill(0x81), 65_536), undefined);
});

test('size is bounded', () => {
  const whole = encodeCbor(new Uint8Array(50));
  assert.notEqual(decodeForeignCbor(whole, whole.length), undefined);
  assert.equal(decodeForeignCbor(whole, whole.length - 1), undefined);
});

test('a value cut at any byte is refused', () => {
  const whole = encodeCbor(new Map<number, Cbor>([[1, [1, 'two', new Uint8Array(300), new Tagged(24, new Uint8Array(3))]], [2, null], [70_000, -1]]));
  for (let length = 0; length < whole.length; length += 1) assert.equal(decodeForeignCbor(whole.subarray(0, length), 4096), undefined);
});

test('a tagged byte string knows what it was read from, another tagged item does not', () => {
  const value = asArray(decoded('82 d8 18 42 01 02 c0 61 61'));
  const [embedded, date] = value ?? [];
  assert.ok(embedded instanceof Tagged && date instanceof Tagged);
  assert.equal(hex(embedded.encoded ?? new Uint8Array(0)), 'd818420102');
  assert.equal(date.encoded, undefined);
  assert.deepEqual([asTagged(date, 0), asTagged(date, 1), asTagged('a', 0)], ['a', undefined, undefined]);
});

test('spans say what the arrays and maps of one depth were read from', () => {
  const spans: Spans = { depth: 1, of: new Map() };
  const value = asArray(decodeForeignCbor(bytes('84 a1 01 81 02 80 03 81 04'), 100, spans)) ?? [];
  assert.deepEqual(value.map((item) => spans.of.get(item)).map((span) => span && hex(span)), ['a1018102', '80', undefined, '8104']);
  assert.equal(spans.of.size, 3);
});

test('readers of values', () => {
  assert.deepEqual([asBoolean(true), asBoolean(false), asBoolean(0)], [true, false, undefined]);
  const map = new Map([[1, 2], [3, 4]]);
  assert.deepEqual([asMap(map), asMap(map, 2), asMap(map, 1), asMap([])], [map, map, undefined, undefined]);
});

test('the head of a byte string is the codec’s', () => {
  for (const length of [0, 1, 23, 24, 255, 256, 65_535, 65_536]) {
    const content = new Uint8Array(length);
    assert.ok(equalBytes(concat(bytesHead(length), content), encodeCbor(content)), String(length));
  }
});
