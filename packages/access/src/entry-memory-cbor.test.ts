import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { decodeCbor, encodeCbor, type Cbor } from '@mortise/base/cbor.ts';
import { NO_CODE_MEMORY, recordCode, type CodeMemory } from './code-memory.ts';
import { CODE, CODE_KEY, NOON, person } from './entries.fixture.ts';
import { decodeCodeMemory, decodeLockouts, encodeCodeMemory, encodeLockouts, type KeptLockouts } from './entry-memory-cbor.ts';
import { LOCKOUT_POLICIES, LOCK_SOURCES, NO_LOCKOUT } from './lockout.ts';

const LOCKOUTS: KeptLockouts = {
  keypad: { debtMs: 16 * 14_400_000, waitMs: 4 * 14_400_000, forgivenMs: 3 * 14_400_000 }, finger: { debtMs: 1, waitMs: 2, forgivenMs: 3 }, card: { debtMs: 4, waitMs: 5, forgivenMs: 6 },
  near: NO_LOCKOUT, relay: { debtMs: 7, waitMs: 8, forgivenMs: 9 },
};
const used = (memory: CodeMemory, keyId: Uint8Array, index: number): CodeMemory => {
  const recorded = recordCode(memory, keyId, { ...CODE, kind: 'once', index }, NOON);
  assert.ok(recorded.ok);
  return recorded.value;
};
const CODES: CodeMemory = { ...used(used(NO_CODE_MEMORY, CODE_KEY.keyId, 0), person('key'), 3), forgotten: NOON };

test('what was stored comes back, each source as itself', () => {
  assert.deepEqual(decodeLockouts(encodeLockouts(LOCKOUTS)), LOCKOUTS);
  assert.deepEqual(decodeCodeMemory(encodeCodeMemory(CODES)), CODES);
  assert.deepEqual(decodeCodeMemory(encodeCodeMemory(NO_CODE_MEMORY)), NO_CODE_MEMORY);
});

test('any bytes, and every cut, are answered, and never taken for less than was stored', () => {
  for (const [bytes, decode] of [[encodeLockouts(LOCKOUTS), decodeLockouts], [encodeCodeMemory(CODES), decodeCodeMemory]] as const) {
    for (let at = 0; at < bytes.length; at += 1) assert.equal(decode(bytes.subarray(0, at)), undefined);
    fc.assert(fc.property(fc.uint8Array({ maxLength: 80 }), (any) => assert.equal(decode(any), undefined)));
  }
  assert.equal(decodeCodeMemory(new Uint8Array(65_537)), undefined);
});

test('what is out of bounds is refused whole', () => {
  const lockouts = (source: number, value: Cbor): boolean => {
    const parts = decodeCbor(encodeLockouts(LOCKOUTS));
    assert.ok(Array.isArray(parts));
    return decodeLockouts(encodeCbor(parts.with(source + 1, value))) !== undefined;
  };
  for (const [index, source] of LOCK_SOURCES.entries()) {
    const most = 16 * LOCKOUT_POLICIES[source].unitMs;
    assert.ok(lockouts(index, [most, most, most]), 'the control');
    for (const value of [[most + 1, 0, 0], [0, most + 1, 0], [0, 0, most + 1], [-1, 0, 0], [0, 0], [0, 0, 0, 0], [0.5, 0, 0], null, 0] satisfies Cbor[]) assert.ok(!lockouts(index, value), JSON.stringify(value));
  }
  assert.ok(!lockouts(-1, 2), 'another version');
  const codes = (entries: Cbor, ...rest: readonly Cbor[]): boolean => decodeCodeMemory(encodeCbor([1, entries, ...rest])) !== undefined;
  const [id, good] = [person('key'), [person('key'), 99_999_999, NOON]];
  assert.ok(codes([good], 0), 'the control');
  const bad: readonly Cbor[] = [[good, good], [[id, 100_000_000, NOON]], [[id, -1, NOON]], [[id.subarray(1), 0, NOON]], [[id, 0, -1]], [[id, 0]], [[id, 0, NOON, 0]], [1], null, Array.from({ length: 1025 }, (_, index) => [id, index, NOON])];
  for (const entries of bad) assert.ok(!codes(entries, 0));
  assert.ok(codes(Array.from({ length: 1024 }, (_, index) => [id, index, NOON]), 0), 'the control');
  assert.deepEqual([codes([good]), codes([good], -1), codes([good], 0, 0), decodeCodeMemory(encodeCbor([2, [], 0]))], [false, false, false, undefined]);
});
