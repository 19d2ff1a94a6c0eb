// What a lock remembers of entries: what is written when, and what a start makes of it.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { NO_CODE_MEMORY, type CodeMemory } from '@mortise/access/code-memory.ts';
import { decodeCodeMemory, decodeLockouts } from '@mortise/access/entry-memory-cbor.ts';
import { LOCK_SOURCES, NO_LOCKOUT, startLockout, type Lockout } from '@mortise/access/lockout.ts';
import { required } from '@mortise/base/assert.ts';
import { instant } from '@mortise/base/instant.ts';
import { changedEntryParts, decodeEntryMemory, entriesFrom, memoryFor, NO_ENTRIES, withMemory, type LockEntries } from './entry-memory.ts';

const OWED: Lockout = { debtMs: 30_000, waitMs: 20_000, forgivenMs: 10_000, atMs: 1000 };
const USED: CodeMemory = { used: new Map([[`${'ab'.repeat(16)}:7`, instant(5)]]), forgotten: instant(0) };
const owing = (change: Partial<Lockout>): LockEntries => withMemory(NO_ENTRIES, 'keypad', { lockout: { ...OWED, ...change }, codes: NO_CODE_MEMORY, proofs: [] });

test('nothing is remembered at first, and memory of one source is of no other', () => {
  assert.deepEqual(NO_ENTRIES, { lockouts: Object.fromEntries(LOCK_SOURCES.map((source) => [source, startLockout(NO_LOCKOUT, 0)])), codes: NO_CODE_MEMORY, proofs: [] });
  assert.deepEqual(LOCK_SOURCES.map((source) => memoryFor(owing({}), source).lockout.debtMs), [30_000, 0, 0, 0, 0]);
});

test('each number of a lockout that is another than it would be by itself is written, and nothing that time alone did', () => {
  const before = owing({});
  assert.deepEqual(changedEntryParts(before, before, 9000), {});
  assert.deepEqual(changedEntryParts(before, owing({ debtMs: 28_000, waitMs: 18_000, forgivenMs: 8000, atMs: 3000 }), 9000), {}, 'the same, seen two seconds later');
  for (const change of [{ debtMs: 30_001 }, { waitMs: 20_001 }, { forgivenMs: 10_001 }] satisfies readonly Partial<Lockout>[]) {
    const { lockouts, ...others } = changedEntryParts(before, owing(change), 1000);
    assert.deepEqual(others, {});
    assert.deepEqual(decodeLockouts(required(lockouts, 'it is written'))?.keypad, { debtMs: 30_000, waitMs: 20_000, forgivenMs: 10_000, ...change });
  }
});

test('codes are written when another was used, and only then', () => {
  const { codes, ...others } = changedEntryParts(NO_ENTRIES, { ...NO_ENTRIES, codes: USED }, 0);
  assert.deepEqual([decodeCodeMemory(required(codes, 'it is written')), others], [USED, {}]);
  assert.deepEqual(changedEntryParts({ ...NO_ENTRIES, codes: USED }, { ...NO_ENTRIES, codes: USED }, 0), {});
});

test('a start finds what was written, its waits begun anew and no first factors; what is damaged is not taken for nothing', () => {
  const { lockouts } = changedEntryParts(NO_ENTRIES, owing({}), 1000);
  const { codes } = changedEntryParts(NO_ENTRIES, { ...NO_ENTRIES, codes: USED }, 0);
  assert.ok(lockouts !== undefined && codes !== undefined);
  assert.deepEqual(decodeEntryMemory({}), NO_ENTRIES);
  const found = decodeEntryMemory({ lockouts, codes });
  assert.deepEqual(found, { ...owing({ atMs: 0 }), codes: USED });
  assert.deepEqual(found && entriesFrom(found, 500).lockouts.keypad, { ...OWED, atMs: 500 });
  assert.deepEqual([decodeEntryMemory({ lockouts: lockouts.subarray(1), codes }), decodeEntryMemory({ lockouts, codes: codes.subarray(1) })], [undefined, undefined]);
});
