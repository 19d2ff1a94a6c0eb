// What of the entries' memory is written, and when: what changed by itself with time is not, what an entry cost is.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { NO_CODE_MEMORY } from '@mortise/access/code-memory.ts';
import { decodeLockouts } from '@mortise/access/entry-memory-cbor.ts';
import { NO_LOCKOUT, type Lockout } from '@mortise/access/lockout.ts';
import { changedEntryParts, decodeEntryMemory, entriesFrom, memoryFor, NO_ENTRIES, withMemory, type LockEntries } from './entry-memory.ts';

const OWED: Lockout = { debtMs: 9000, waitMs: 6000, forgivenMs: 3000, atMs: 1000 };
const BEFORE: LockEntries = { ...NO_ENTRIES, lockouts: { ...NO_ENTRIES.lockouts, near: OWED } };
const after = (lockout: Partial<Lockout>): LockEntries => withMemory(BEFORE, 'near', { ...memoryFor(BEFORE, 'near'), lockout: { ...OWED, ...lockout } });

test('a lock that knows of no entry has nothing to remember, and finds that again', () => {
  assert.deepEqual([decodeEntryMemory({}), NO_ENTRIES.proofs], [NO_ENTRIES, []]);
  assert.deepEqual(decodeEntryMemory({ lockouts: new Uint8Array(3) }), undefined);
});

test('nothing is written for time that passed, and one write for each part that an entry changed', () => {
  assert.deepEqual(changedEntryParts(BEFORE, BEFORE, 5000), {});
  assert.deepEqual(changedEntryParts(BEFORE, after({ debtMs: 5000, waitMs: 2000, forgivenMs: 0, atMs: 5000 }), 5000), {}, 'by itself');
  for (const changed of [{ debtMs: 9001 }, { waitMs: 6001 }, { forgivenMs: 3001 }] satisfies Partial<Lockout>[]) {
    const parts = changedEntryParts(BEFORE, after(changed), 1000);
    const { atMs: _, ...kept } = { ...OWED, ...changed };
    assert.deepEqual([Object.keys(parts), parts.lockouts && decodeLockouts(parts.lockouts)], [['lockouts'], { keypad: NO_LOCKOUT, finger: NO_LOCKOUT, card: NO_LOCKOUT, near: kept, relay: NO_LOCKOUT }]);
  }
  assert.deepEqual(Object.keys(changedEntryParts(BEFORE, { ...BEFORE, codes: { ...NO_CODE_MEMORY } }, 1000)), ['codes']);
});

test('what is stored is what is owed then, and a new life owes it from its own beginning on', () => {
  const parts = changedEntryParts(NO_ENTRIES, BEFORE, 3000);
  assert.deepEqual(parts.lockouts && decodeLockouts(parts.lockouts)?.near, { debtMs: 7000, waitMs: 4000, forgivenMs: 1000 });
  const found = decodeEntryMemory(parts);
  assert.deepEqual(found && entriesFrom(found, 50_000).lockouts.near, { debtMs: 7000, waitMs: 4000, forgivenMs: 1000, atMs: 50_000 });
});
