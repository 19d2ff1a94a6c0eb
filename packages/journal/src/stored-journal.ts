// Checking a whole journal as it is kept (by the hub, in a file): entry by entry, in bounded memory, up to the first fault.
// The chain ties each entry to the one before, head statements tie the chain to the lock's identity key. Entries after the
// last statement are chained but not yet signed: whoever wrote the store could have written them. Where the store says that records
// are missing, the chain goes on from the head that it notes, and counts only if signatures of the lock stand on both sides.

import { unreachable } from '@mortise/base/assert.ts';
import { equalBytes, type Bytes } from '@mortise/base/bytes.ts';
import type { LockId } from '@mortise/base/identifiers.ts';
import type { Instant } from '@mortise/base/instant.ts';
import { err, ok, type Result } from '@mortise/base/result.ts';
import type { Crypto } from '@mortise/crypto/crypto.ts';
import { GENESIS, HASH_BYTES, lockIdOf, verifyEntry, type ChainError, type ChainPoint, type KeptEntry } from './chain.ts';
import { openHeadStatement } from './head-statement.ts';
import type { Gap } from './journal-gap.ts';
import { decodeRecord } from './record.ts';

/** An entry with the head statement at it, where a batch ended there. */
export type StoredEntry = KeptEntry & { readonly statement: Bytes | undefined };

/** A journal as it is kept, in the order of its numbers. */
export type StoredItem = StoredEntry | Gap;

export const isGap = (item: StoredItem): item is Gap => 'first' in item;

/** Records `first` to `last`. */
export type RecordRange = Pick<Gap, 'first' | 'last'>;

/** More gaps are counted in `missing`, and not named. */
export const MAX_NAMED_GAPS = 32;

/** Where a check stands. A value: it can be kept and gone on from. */
export type JournalCheck = {
  readonly lockId: LockId;
  readonly identityKey: Bytes;
  readonly point: ChainPoint;
  /** Up to where the lock signed; 0: nothing. */
  readonly signed: number;
  /** Entries since then. */
  readonly unsigned: number;
  /** The first gaps, at most MAX_NAMED_GAPS. */
  readonly gaps: readonly RecordRange[];
  readonly missing: number;
  /** The last record of the last gap; 0: there is none. */
  readonly gapEnd: number;
  readonly statements: number;
  /** Entries whose salt and record were erased. */
  readonly erased: number;
  readonly lastRecord: Bytes | undefined;
};

export type JournalSummary = {
  readonly lockId: LockId;
  readonly entries: number;
  /** The number of the last one. */
  readonly end: number;
  /** How many of the numbers up to `end` have no entry, and where: the first gaps, at most MAX_NAMED_GAPS. */
  readonly missing: number;
  readonly gaps: readonly RecordRange[];
  readonly signed: number;
  readonly unsigned: number;
  readonly statements: number;
  readonly erased: number;
  /** The last entry's instant, by the lock's clock; undefined when it was erased or is of a later version. */
  readonly last: Instant | undefined;
};

export type JournalFaultCode =
  | 'not-a-journal' // no journal of a version that we know, or nothing of it can be read
  | 'malformed' // an entry cannot be read
  | 'record-missing' // a later record stands in its place: deleted or moved
  | 'record-repeated' // an earlier record stands in its place: doubled or moved
  | 'record-altered' // record or salt do not match the leaf
  | 'leaf-altered' // leaf or head do not match the chain
  | 'other-lock' // the journal or a record belongs to another lock
  | 'statement-forged' // a statement that this lock's identity key did not sign
  | 'statement-mismatch' // signed by the lock, over another history
  | 'gap-unproven' // a gap that no keeper leaves: the lock's signatures do not stand on both sides of it
  | 'truncated'; // the lock signed more than there is

/** The first bad record. `seq` 0: the journal as a whole. `says` is a sentence for people, in English. */
export type JournalFault = { readonly seq: number; readonly code: JournalFaultCode; readonly says: string };

/** Begins a check. `identityKey` (65 bytes) is what the store says; a lockId that is not its hash is `other-lock`. */
export const beginJournalCheck = (crypto: Crypto, lockId: LockId, identityKey: Bytes): Result<JournalCheck, JournalFault> => {
  if (lockIdOf(crypto, identityKey) !== lockId) {
    return fault(0, 'other-lock', `The identity key is not that of lock ${lockId}.`);
  }
  return ok({ lockId, identityKey, point: GENESIS, signed: 0, unsigned: 0, gaps: [], missing: 0, gapEnd: 0, statements: 0, erased: 0, lastRecord: undefined });
};

/** Checks what follows: an entry, or a gap. */
export const checkItem = (crypto: Crypto, check: JournalCheck, item: StoredItem): Result<JournalCheck, JournalFault> =>
  isGap(item) ? checkGap(check, item) : checkEntry(crypto, check, item);

/** Checks the entry that follows. */
export const checkEntry = (crypto: Crypto, check: JournalCheck, entry: StoredEntry): Result<JournalCheck, JournalFault> => {
  const next = verifyEntry(crypto, check.lockId, check.point, entry);
  if (!next.ok) return chainFault(next.error, entry);
  const signature = entry.statement === undefined ? ok(0) : checkStatement(crypto, check, next.value, entry.statement);
  if (!signature.ok) return signature;
  return ok({
    ...check,
    point: next.value,
    signed: Math.max(check.signed, signature.value),
    unsigned: signature.value === 0 ? check.unsigned + 1 : 0,
    statements: check.statements + (signature.value === 0 ? 0 : 1),
    erased: check.erased + (entry.record === undefined ? 1 : 0),
    lastRecord: entry.record,
  });
};

/** What a check that met no fault has seen, unless what it ends with hangs on a gap alone. */
export const endCheck = (check: JournalCheck): Result<JournalSummary, JournalFault> =>
  check.gapEnd > 0 && check.signed <= check.gapEnd
    ? fault(check.gapEnd + 1, 'gap-unproven', `Nothing that the lock signed follows the gap that ends with record ${check.gapEnd}: what stands there may be anybody’s.`)
    : ok(summaryOf(check));

const summaryOf = (check: JournalCheck): JournalSummary => ({
  lockId: check.lockId,
  entries: check.point.seq - check.missing,
  end: check.point.seq,
  missing: check.missing,
  gaps: check.gaps,
  signed: check.signed,
  unsigned: check.unsigned,
  statements: check.statements,
  erased: check.erased,
  last: check.lastRecord === undefined ? undefined : decodeRecord(check.lastRecord)?.instant,
});

/** `end` is where the store says elsewhere that the journal stands; fewer entries, or another head there, are a fault. */
export type StoredJournal = { readonly lockId: LockId; readonly identityKey: Bytes; readonly end?: ChainPoint };

/** Checks a stored journal from its first entry on. Stops reading at the first fault. */
export const verifyStoredJournal = (
  crypto: Crypto,
  lock: StoredJournal,
  items: Iterable<StoredItem>,
): Result<JournalSummary, JournalFault> => {
  let check = beginJournalCheck(crypto, lock.lockId, lock.identityKey);
  if (!check.ok) return check;
  for (const item of items) {
    check = checkItem(crypto, check.value, item);
    if (!check.ok) return check;
  }
  return checkEnd(check.value, lock.end ?? check.value.point);
};

export const fault = (seq: number, code: JournalFaultCode, says: string): { readonly ok: false; readonly error: JournalFault } =>
  err({ seq, code, says });

const checkEnd = (check: JournalCheck, end: ChainPoint): Result<JournalSummary, JournalFault> => {
  const { seq, head } = check.point;
  if (seq < end.seq) return fault(seq + 1, 'truncated', `The journal ends after record ${seq}, but it had ${end.seq}: the end was cut off.`);
  if (seq === end.seq && !equalBytes(head, end.head)) return fault(seq, 'leaf-altered', `Record ${seq} is not the one that was stored last.`);
  return endCheck(check);
};

// Keepers leave a gap between batches only, and each of those ends with a signature.
const checkGap = (check: JournalCheck, { first, last, head }: Gap): Result<JournalCheck, JournalFault> => {
  const due = check.point.seq + 1;
  if (first !== due) return sequenceFault(due, first);
  if (last < first || head.length !== HASH_BYTES) return fault(due, 'malformed', `The gap that is noted at record ${due} cannot be read.`);
  if (check.signed !== check.point.seq) {
    return fault(due, 'gap-unproven', `Record ${due} is missing, and the lock has not signed the record before it: nobody who keeps a journal leaves such a gap.`);
  }
  const gaps = check.gaps.length < MAX_NAMED_GAPS ? [...check.gaps, { first, last }] : check.gaps;
  return ok({ ...check, point: { seq: last, head }, gaps, missing: check.missing + last - first + 1, gapEnd: last, lastRecord: undefined });
};

const checkStatement = (crypto: Crypto, check: JournalCheck, at: ChainPoint, bytes: Bytes): Result<number, JournalFault> => {
  const statement = openHeadStatement(crypto, check.identityKey, check.lockId, bytes);
  if (!statement.ok) {
    return fault(at.seq, 'statement-forged', `The signed statement at record ${at.seq} was not signed by this lock, or was altered.`);
  }
  if (statement.value.seq !== at.seq) {
    return fault(at.seq, 'statement-mismatch', `The signed statement at record ${at.seq} is the one of record ${statement.value.seq}.`);
  }
  if (equalBytes(statement.value.head, at.head)) return ok(at.seq);
  // The chain fits, the signature does not cover it: the records since the last good signature were chained anew.
  const first = at.seq - check.unsigned;
  return fault(first, 'statement-mismatch', `${recordRange(first, at.seq)} altered: the lock signed another history.`);
};

const recordRange = (first: number, last: number): string =>
  first === last ? `Record ${first} was` : `One or more of records ${first} to ${last} were`;

const chainFault = (error: ChainError, entry: StoredEntry): Result<never, JournalFault> => {
  const { seq } = error;
  switch (error.code) {
    case 'sequence-gap':
      return sequenceFault(seq, entry.seq);
    case 'malformed':
      return fault(seq, 'leaf-altered', `The leaf of record ${seq} cannot be read: it was altered.`);
    case 'other-lock':
      return fault(seq, 'other-lock', `Record ${seq} belongs to another lock, or its leaf was altered.`);
    case 'head-mismatch':
      return fault(seq, 'leaf-altered', `Record ${seq} does not follow the record before it: its leaf or head was altered.`);
    case 'leaf-mismatch':
      return fault(seq, 'record-altered', `Record ${seq} was altered: it is not what the lock wrote down.`);
    default:
      return unreachable(error.code);
  }
};

const sequenceFault = (due: number, found: number): Result<never, JournalFault> => {
  if (found > due) return fault(due, 'record-missing', `Record ${due} is missing: record ${found} stands in its place (deleted or moved).`);
  if (found < due) return fault(due, 'record-repeated', `Record ${found} stands where record ${due} is due (doubled or moved).`);
  return fault(due, 'leaf-altered', `The leaf of record ${due} carries another number: it was altered.`);
};
