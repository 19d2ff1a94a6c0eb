// Which journals this browser has checked itself, and how far. Checks run one after the other, off the first paint.

import { signal } from '@preact/signals';
import { STREAMS } from '@mortise/api/routes.ts';
import type { ActivityItem } from '@mortise/api/activity.ts';
import { parseIdentifier, type LockId } from '@mortise/base/identifiers.ts';
import { nobleCrypto } from '@mortise/crypto/noble.ts';
import type { JournalFileFault } from '@mortise/journal/journal-file.ts';
import { fetchText, type Failure } from './client.ts';
import { checkJournal, saysSame, type CheckedJournal } from './journal-check.ts';
import { doors } from './live.ts';

export type Verification =
  | { readonly kind: 'checking' }
  | { readonly kind: 'checked'; readonly journal: CheckedJournal; readonly tookMs: number; readonly at: number }
  | { readonly kind: 'bad'; readonly fault: JournalFileFault; readonly at: number }
  | { readonly kind: 'failed'; readonly failure: Failure; readonly at: number };

export const verifications = signal<ReadonlyMap<string, Verification>>(new Map());

const set = (lockId: string, verification: Verification): void => {
  verifications.value = new Map([...verifications.value, [lockId, verification]]);
};

/** Longer journals are checked when asked for, not by the way. */
export const BY_THE_WAY_RECORDS = 4000;

const check = async (lockId: LockId): Promise<Verification> => {
  const text = await fetchText(STREAMS.journal, { lockId });
  const started = performance.now();
  if (!text.ok) return { kind: 'failed', failure: text.error, at: Date.now() };
  const journal = checkJournal(nobleCrypto, text.value, lockId);
  if (!journal.ok) return { kind: 'bad', fault: journal.error, at: Date.now() };
  return { kind: 'checked', journal: journal.value, tookMs: performance.now() - started, at: Date.now() };
};

/** Fetches and checks a lock's whole journal now. */
export const verifyLock = async (lockId: string): Promise<void> => {
  const id = parseIdentifier<LockId>(lockId);
  if (id === undefined || verifications.value.get(lockId)?.kind === 'checking') return;
  set(lockId, { kind: 'checking' });
  set(lockId, await check(id));
};

const reaches = (verification: Verification | undefined, seq: number): boolean =>
  verification !== undefined && (verification.kind !== 'checked' || verification.journal.summary.end >= seq);

/** Checks by the way when a shown record is not covered yet and the journal is short enough. */
export const verifyFor = (item: ActivityItem): void => {
  const records = doors.value?.find(({ lock }) => lock.lockId === item.lockId)?.lock.journal.entries ?? 0;
  if (records > BY_THE_WAY_RECORDS || reaches(verifications.value.get(item.lockId), item.seq)) return;
  void verifyLock(item.lockId);
};

/** What can be said about one shown record. `here`: this browser checked chain, signature and content. */
export type Proof = 'here' | 'unsigned' | 'checking' | 'hub' | 'differs' | 'broken';

export const proofOf = (item: ActivityItem): Proof => {
  const verification = verifications.value.get(item.lockId);
  if (verification?.kind === 'checking') return 'checking';
  if (verification?.kind === 'bad') return item.seq < verification.fault.seq ? 'hub' : 'broken';
  const record = verification?.kind === 'checked' ? verification.journal.records.get(item.seq) : undefined;
  if (verification?.kind !== 'checked' || record === undefined) return 'hub';
  if (!saysSame(record, item)) return 'differs';
  return item.seq <= verification.journal.summary.signed ? 'here' : 'unsigned';
};
