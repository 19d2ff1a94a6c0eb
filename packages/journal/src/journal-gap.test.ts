import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { contradicts, leftOf, type Gap } from './journal-gap.ts';

const headOf = (seq: number): Uint8Array => new Uint8Array(32).fill(seq);
const gap = (first: number, last: number): Gap => ({ first, last, head: headOf(last) });
const batch = (first: number, last: number, head = headOf) => ({
  from: { seq: first - 1, head: head(first - 1) },
  to: { seq: last, head: head(last) },
  entries: Array.from({ length: last - first + 1 }, (_, index) => {
    const seq = first + index;
    return { seq, head: head(seq), leaf: headOf(0), salt: headOf(0), record: headOf(0) };
  }),
});

test('a batch leaves of a gap what it does not fill', () => {
  const cases = [
    [batch(1, 4), [gap(5, 9)]], [batch(10, 12), [gap(5, 9)]], [batch(5, 9), []], [batch(1, 20), []],
    [batch(3, 6), [gap(7, 9)]], [batch(7, 12), [gap(5, 6)]], [batch(6, 7), [gap(5, 5), gap(8, 9)]],
  ] as const;
  for (const [points, left] of cases) assert.deepEqual(leftOf(gap(5, 9), points), left);
});

test('whatever comes in whatever order: a number is either filled or in a gap', () => {
  fc.assert(fc.property(fc.array(fc.tuple(fc.integer({ min: 1, max: 40 }), fc.integer({ min: 0, max: 12 })), { maxLength: 12 }), (fills) => {
    let gaps: readonly Gap[] = [gap(5, 30)];
    const filled = new Set<number>();
    for (const [first, more] of fills) {
      gaps = gaps.flatMap((each) => leftOf(each, batch(first, first + more)));
      for (let seq = first; seq <= first + more; seq += 1) filled.add(seq);
    }
    for (let seq = 5; seq <= 30; seq += 1) assert.equal(gaps.filter(({ first, last }) => first <= seq && seq <= last).length, filled.has(seq) ? 0 : 1);
    assert.ok(gaps.every((each) => each.head[0] === each.last), 'each gap has the head after its last record');
  }));
});

test('another history behind the gap is seen where the batch reaches it', () => {
  const other = (seq: number): Uint8Array => headOf(seq + 100);
  assert.deepEqual([batch(8, 9), batch(10, 12)].map((points) => contradicts(gap(5, 9), points)), [false, false]);
  assert.deepEqual([batch(8, 9, other), batch(10, 12, other), batch(6, 8, other)].map((points) => contradicts(gap(5, 9), points)), [true, true, false]);
});
