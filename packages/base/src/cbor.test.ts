import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { asList, asNumber, type Cbor, decodeCbor, encodeCbor } from './cbor.ts';
import { equalBytes } from './bytes.ts';

const leaf = fc.oneof(fc.constant(null), fc.boolean(), fc.integer(), fc.string({ maxLength: 20 }), fc.uint8Array({ maxLength: 20 }));
const values = fc.letrec<{ value: Cbor }>((tie) => ({
  value: fc.oneof({ maxDepth: 3 }, leaf, fc.array(tie('value'), { maxLength: 4 }), fc.array(fc.tuple(fc.integer({ min: -9, max: 99 }), tie('value')), { maxLength: 4 }).map((pairs) => new Map(pairs))),
})).value;

test('every value comes back', () => {
  fc.assert(fc.property(values, (given) => {
    assert.deepEqual(encodeCbor(decodeCbor(encodeCbor(given)) ?? null), encodeCbor(given));
  }));
});

test('any bytes are refused or are the one encoding of their value', (t) => {
  let [taken, refused] = [0, 0];
  fc.assert(fc.property(fc.uint8Array({ maxLength: 24 }), (bytes) => {
    const decoded = decodeCbor(bytes);
    if (decoded === undefined) refused += 1;
    else {
      taken += 1;
      assert.ok(equalBytes(encodeCbor(decoded), bytes));
    }
  }), { numRuns: 3000 });
  assert.ok(taken > 0 && refused > 0);
  t.diagnostic(`random bytes: ${taken} taken, ${refused} refused`);
});

test('a value cut at any byte is refused', () => {
  const whole = encodeCbor(new Map<number, Cbor>([[1, [1, 'two', new Uint8Array(3)]], [2, null]]));
  for (let length = 0; length < whole.length; length += 1) assert.equal(decodeCbor(whole.subarray(0, length)), undefined);
});

test('what is longer, deeper or looser than the form allows is refused', () => {
  assert.equal(decodeCbor(new Uint8Array(200_000).fill(0x81)), undefined, 'endless nesting');
  assert.equal(decodeCbor(encodeCbor(new Uint8Array(100)), 50), undefined, 'longer than the bound');
  for (const [name, bytes] of [['long form', [0x18, 5]], ['trailing byte', [5, 5]], ['indefinite', [0x9f, 0xff]], ['unsorted keys', [0xa2, 2, 0, 1, 0]], ['double key', [0xa2, 1, 0, 1, 0]], ['undefined', [0xf7]]] as const) {
    assert.equal(decodeCbor(Uint8Array.from(bytes)), undefined, name);
  }
});

test('an encoding is a plain Uint8Array on every machine', () => {
  for (const value of [0, 'text', [new Uint8Array(40)]]) assert.equal(Object.getPrototypeOf(encodeCbor(value)), Uint8Array.prototype);
});

test('a list is read whole, within its bounds, or not at all', () => {
  const digits = (value: Cbor | undefined): readonly number[] | undefined => asList(value, 1, 3, (item) => asNumber(item, 0, 9));
  assert.deepEqual(digits([1, 2, 3]), [1, 2, 3]);
  assert.deepEqual(digits([0]), [0]);
  for (const wrong of [[], [1, 2, 3, 4], [1, 10], [null, 1], 'text', new Map([[0, 1]]), undefined]) assert.equal(digits(wrong), undefined);
});
