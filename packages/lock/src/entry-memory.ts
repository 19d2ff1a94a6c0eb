// What the lock remembers of PINs, codes, cards and fingers: how long each source is not listened to, which codes that open once have opened,
// and who showed the first of two factors. The first two are stored before an entry is answered; the third is forgotten with the power.

import { NO_CODE_MEMORY, type CodeMemory } from '@mortise/access/code-memory.ts';
import { decodeCodeMemory, decodeLockouts, encodeCodeMemory, encodeLockouts, type KeptLockouts } from '@mortise/access/entry-memory-cbor.ts';
import type { EntryMemory } from '@mortise/access/entry-request.ts';
import { keptLockout, LOCK_SOURCES, lockoutAt, NO_LOCKOUT, startLockout, type KeptLockout, type Lockout, type LockSource } from '@mortise/access/lockout.ts';
import type { Proof } from '@mortise/access/second-factor.ts';
import type { MemoryParts } from './memory-parts.ts';

export type Lockouts = { readonly [S in LockSource]: Lockout };
export type LockEntries = { readonly lockouts: Lockouts; readonly codes: CodeMemory; readonly proofs: readonly Proof[] };

const ofEach = <T>(value: (source: LockSource) => T): { readonly [S in LockSource]: T } =>
  ({ keypad: value('keypad'), finger: value('finger'), card: value('card'), near: value('near'), relay: value('relay') });

const started = (kept: { readonly [S in LockSource]: KeptLockout }): Lockouts => ofEach((source) => startLockout(kept[source], 0));

export const NO_ENTRIES: LockEntries = { lockouts: started(ofEach(() => NO_LOCKOUT)), codes: NO_CODE_MEMORY, proofs: [] };

/** As a start finds it, its waits begun anew. Takes any bytes; undefined: a part is damaged. */
export const decodeEntryMemory = ({ lockouts, codes }: MemoryParts): LockEntries | undefined => {
  const [kept, used] = [lockouts === undefined ? ofEach(() => NO_LOCKOUT) : decodeLockouts(lockouts), codes === undefined ? NO_CODE_MEMORY : decodeCodeMemory(codes)];
  return kept === undefined || used === undefined ? undefined : { lockouts: started(kept), codes: used, proofs: [] };
};

/** The same at the start of a life, whose clock need not begin at 0: waits begin anew from there. */
export const entriesFrom = (entries: LockEntries, nowMs: number): LockEntries =>
  ({ ...entries, lockouts: ofEach((source) => startLockout(keptLockout(entries.lockouts[source]), nowMs)) });

/** What a decision for an entry from `source` may see and change. */
export const memoryFor = ({ lockouts, codes, proofs }: LockEntries, source: LockSource): EntryMemory => ({ lockout: lockouts[source], codes, proofs });

export const withMemory = ({ lockouts }: LockEntries, source: LockSource, { lockout, codes, proofs }: EntryMemory): LockEntries =>
  ({ lockouts: { ...lockouts, [source]: lockout }, codes, proofs });

/** What must be written to get from one to the other at `nowMs`; that time took something away by itself need not be. */
export const changedEntryParts = (before: LockEntries, after: LockEntries, nowMs: number): MemoryParts => ({
  ...(LOCK_SOURCES.some((source) => isOtherwise(before.lockouts[source], after.lockouts[source], nowMs)) ? { lockouts: encodeLockouts(keptOf(after, nowMs)) } : {}),
  ...(before.codes === after.codes ? {} : { codes: encodeCodeMemory(after.codes) }),
});

const keptOf = ({ lockouts }: LockEntries, nowMs: number): KeptLockouts => ofEach((source) => keptLockout(lockoutAt(lockouts[source], nowMs)));

const isOtherwise = (one: Lockout, other: Lockout, nowMs: number): boolean => {
  const [left, right] = [lockoutAt(one, nowMs), lockoutAt(other, nowMs)];
  return left.debtMs !== right.debtMs || left.waitMs !== right.waitMs || left.forgivenMs !== right.forgivenMs;
};
