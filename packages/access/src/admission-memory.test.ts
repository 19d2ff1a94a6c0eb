import assert from 'node:assert/strict';
import { test } from 'node:test';
import { uint } from '@mortise/base/bytes.ts';
import { instant, type Instant } from '@mortise/base/instant.ts';
import { admit, DAY_MS, MAX_ADMISSIONS, MAX_ADMISSIONS_OF_DELEGATE, NO_ADMISSIONS, type AdmissionMemory, type Admitted } from './admission-memory.ts';

const START = 1_800_000_000_000;
const at = (ms: number): Instant => instant(START + ms);
const one = (credential: number, { delegate = 1, until = 10 * DAY_MS, ...more }: { delegate?: number; until?: number; perDay?: number } = {}): Admitted =>
  ({ delegate: new Uint8Array(65).fill(delegate), credential: uint(credential, 4), until: at(until), ...more });
const enter = (memory: AdmissionMemory, admitted: Admitted, ms = 0): AdmissionMemory => {
  const result = admit(memory, admitted, at(ms));
  assert.ok(result.ok, result.ok ? '' : result.error);
  return result.value;
};
const code = (memory: AdmissionMemory, admitted: Admitted, ms = 0): string => {
  const result = admit(memory, admitted, at(ms));
  return result.ok ? 'in' : result.error;
};
const many = (count: number, changes: Parameters<typeof one>[1] = {}, start = NO_ADMISSIONS): AdmissionMemory =>
  new Map([...start, ...Array.from({ length: count }, (_, index) => [...enter(NO_ADMISSIONS, one(index, changes))]).flat()]);

test('an invitation lets one credential in, for ever', () => {
  const memory = enter(NO_ADMISSIONS, one(1));
  assert.deepEqual([code(memory, one(1)), code(memory, one(2)), code(memory, one(2), 9 * DAY_MS), code(memory, one(2, { delegate: 2 }))], ['in', 'invitation-used', 'invitation-used', 'in']);
});

test('a standing delegate’s credentials in a rolling day', () => {
  const two = { perDay: 2 };
  const memory = enter(enter(NO_ADMISSIONS, one(1, two)), one(2, two), 5000);
  assert.deepEqual([DAY_MS - 1, DAY_MS].map((ms) => code(memory, one(3, two), ms)), ['delegation-spent', 'in']);
  assert.equal(code(memory, one(1, two), DAY_MS - 1), 'in', 'one that it knows');
  const midnightly = enter(memory, one(3, two), DAY_MS);
  assert.equal(code(midnightly, one(4, two), DAY_MS + 4999), 'delegation-spent', 'no two days’ worth around midnight');
});

test('seen again with a later end, it is remembered for longer', () => {
  const memory = enter(NO_ADMISSIONS, one(1, { until: DAY_MS }));
  assert.equal([...enter(memory, one(1, { until: 2 * DAY_MS })).values()][0]?.until, at(2 * DAY_MS));
  assert.equal(enter(memory, one(1, { until: 100 })), memory, 'and not for less');
});

test('without room nobody new comes in while all may still open', () => {
  const perDay = 10_000;
  const own = many(MAX_ADMISSIONS_OF_DELEGATE, { perDay, until: 3 * DAY_MS });
  assert.equal(code(own, one(9999, { perDay }), 3 * DAY_MS), 'memory-full');
  assert.equal(enter(own, one(9999, { perDay }), 3 * DAY_MS + 1).size, MAX_ADMISSIONS_OF_DELEGATE, 'one that ended goes');
  assert.equal(code(own, one(9999, { perDay, delegate: 2 })), 'in', 'another delegate has its own room');
  const full = new Map([1, 2, 3, 4, 5].flatMap((delegate) => [...many(MAX_ADMISSIONS_OF_DELEGATE, { perDay, delegate })]));
  const whole: AdmissionMemory = new Map([...full, ...many(MAX_ADMISSIONS - full.size, { perDay, delegate: 6 })]);
  assert.deepEqual([whole.size, code(whole, one(1, { delegate: 7 }))], [MAX_ADMISSIONS, 'memory-full']);
});

test('what counts for the day is not forgotten within it, though it has ended', () => {
  const perDay = MAX_ADMISSIONS_OF_DELEGATE + 1;
  const own = many(MAX_ADMISSIONS_OF_DELEGATE, { perDay, until: 1000 });
  assert.equal(code(own, one(9999, { perDay }), 2000), 'memory-full');
  assert.equal(code(own, one(9999, { perDay }), DAY_MS), 'in');
});
