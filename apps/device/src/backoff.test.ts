import assert from 'node:assert/strict';
import test from 'node:test';
import * as fc from 'fast-check';
import { backoffMs } from './backoff.ts';

const limits = { firstMs: 200, longestMs: 15_000 };

test('doubles up to the longest wait', () => {
  assert.deepEqual([0, 1, 2, 6, 7, 1e9].map((tries) => backoffMs(limits, tries, 1)), [200, 400, 800, 12_800, 15_000, 15_000]);
});

test('is spread over the upper half of the wait, and bounded', () => {
  fc.assert(fc.property(fc.nat(), fc.double({ min: 0, max: 1, noNaN: true }), (tries, random) => {
    const whole = backoffMs(limits, tries, 1);
    const wait = backoffMs(limits, tries, random);
    return wait >= Math.floor(whole / 2) && wait <= whole;
  }));
});
