// The browser's own check of a lock's journal: chain and signatures of the whole file, and whether what this page shows is what the
// records say. The hub is not believed in this; it only carries the file.

import type { ActivityItem } from '@mortise/api/activity.ts';
import { base64url, type Bytes } from '@mortise/base/bytes.ts';
import type { LockId } from '@mortise/base/identifiers.ts';
import { ok, type Result } from '@mortise/base/result.ts';
import type { Crypto } from '@mortise/crypto/crypto.ts';
import { parseJournalLine, verifyJournalFile, type JournalFileFault } from '@mortise/journal/journal-file.ts';
import { decodeRecord, type JournalRecord } from '@mortise/journal/record.ts';
import { isGap, type JournalSummary } from '@mortise/journal/stored-journal.ts';

export type CheckedJournal = { readonly summary: JournalSummary; readonly records: ReadonlyMap<number, JournalRecord> };

const recordsOf = (lines: readonly string[]): ReadonlyMap<number, JournalRecord> => {
  const records = new Map<number, JournalRecord>();
  for (const line of lines) {
    const item = parseJournalLine(line);
    if (item === undefined || isGap(item) || item.record === undefined) continue;
    const record = decodeRecord(item.record);
    if (record !== undefined) records.set(item.seq, record);
  }
  return records;
};

/** Verifies a journal file's text as that of `lockId`, up to the first fault. */
export const checkJournal = (crypto: Crypto, text: string, lockId: LockId): Result<CheckedJournal, JournalFileFault> => {
  const lines = text.split('\n');
  const verified = verifyJournalFile(crypto, lines, lockId);
  return verified.ok ? ok({ summary: verified.value, records: recordsOf(lines) }) : verified;
};

/** Whether a record says what the item tells. Who it names is the hub's word: records hold no names. */
export const saysSame = (record: JournalRecord, item: ActivityItem): boolean =>
  record.instant === item.at && record.clock === item.clock && record.kind === item.kind && record.reason === item.reason
  && (record.verb ?? null) === item.verb && (record.allowed ?? null) === item.allowed && (record.rule ?? null) === item.rule
  && (record.interface ?? null) === item.interface && text(record.credential) === item.credential && text(record.requestId) === item.requestId
  && record.sensed.bolt === item.sensed.bolt && record.sensed.door === item.sensed.door && (record.sensed.batteryMv ?? null) === item.sensed.batteryMv;

const text = (bytes: Bytes | undefined): string | null => (bytes === undefined ? null : base64url(bytes));
