// A journal as text that anyone can keep, carry and check: JSON Lines. The first line is {format, lockId, identityKey,
// statement?}, each other line an entry {seq, leaf, salt, record, head, statement?}; bytes are base64url; erased salt and
// record are null. Where records are missing stands {gap: [first, last], head} instead. Each line has one written form, so a
// changed byte is a changed meaning. The header's statement is the newest that the exporter knew: a file that stops before it was cut.

import { base64url, equalBytes, fromBase64url, type Bytes } from '@mortise/base/bytes.ts';
import { parseIdentifier, type LockId } from '@mortise/base/identifiers.ts';
import { err, ok, type Result } from '@mortise/base/result.ts';
import type { Crypto } from '@mortise/crypto/crypto.ts';
import { openHeadStatement, type HeadStatement } from './head-statement.ts';
import type { Gap } from './journal-gap.ts';
import { beginJournalCheck, checkItem, endCheck, fault, isGap } from './stored-journal.ts';
import type { JournalCheck, JournalFault, JournalSummary, StoredEntry, StoredItem } from './stored-journal.ts';

export const JOURNAL_FORMAT = 'mortise-journal-1';
/** The longest entry has about 2100 characters; who reads a file need not hold more than this of a line. */
export const MAX_LINE_LENGTH = 4096;

export type JournalHeader = { readonly lockId: LockId; readonly identityKey: Bytes; readonly statement?: Bytes };

/** The first bad record of a file; `line` counts from 1. */
export type JournalFileFault = JournalFault & { readonly line: number };

/** The first line, without its line end. */
export const encodeJournalHeader = (header: JournalHeader): string =>
  JSON.stringify({
    format: JOURNAL_FORMAT,
    lockId: header.lockId,
    identityKey: base64url(header.identityKey),
    statement: text(header.statement),
  });

/** The line of one entry or gap, without its line end. */
export const encodeJournalLine = (item: StoredItem): string => (isGap(item) ? encodeGap(item) : encodeEntry(item));

const encodeGap = ({ first, last, head }: Gap): string => JSON.stringify({ gap: [first, last], head: base64url(head) });

const encodeEntry = (entry: StoredEntry): string =>
  JSON.stringify({
    seq: entry.seq,
    leaf: base64url(entry.leaf),
    salt: text(entry.salt) ?? null,
    record: text(entry.record) ?? null,
    head: base64url(entry.head),
    statement: text(entry.statement),
  });

/** The whole file, line by line, each without its line end. */
export function* journalFileLines(header: JournalHeader, items: Iterable<StoredItem>): Generator<string> {
  yield encodeJournalHeader(header);
  for (const item of items) yield encodeJournalLine(item);
}

/** Takes any text; undefined when it is not exactly a header of this version. */
export const parseJournalHeader = (line: string): JournalHeader | undefined => {
  const json = parseObject(line);
  const lockId = parseIdentifier<LockId>(json?.['lockId']);
  const identityKey = bytesOf(json?.['identityKey']);
  const statement = bytesOf(json?.['statement']);
  if (lockId === undefined || identityKey === undefined) return undefined;
  const header = statement === undefined ? { lockId, identityKey } : { lockId, identityKey, statement };
  return encodeJournalHeader(header) === line ? header : undefined;
};

/** Takes any text; undefined when it is not exactly an entry or a gap. */
export const parseJournalLine = (line: string): StoredItem | undefined => {
  const json = parseObject(line);
  const item = json === undefined ? undefined : 'gap' in json ? gapOf(json) : entryOf(json);
  return item !== undefined && encodeJournalLine(item) === line ? item : undefined;
};

const gapOf = (json: Record<string, unknown>): Gap | undefined => {
  const range: readonly unknown[] = Array.isArray(json['gap']) ? json['gap'] : [];
  const [[first, last], head] = [range, bytesOf(json['head'])];
  return isPlace(first) && isPlace(last) && head !== undefined ? { first, last, head } : undefined;
};

const entryOf = (json: Record<string, unknown>): StoredEntry | undefined => {
  const seq = json['seq'];
  const [leaf, head] = [bytesOf(json['leaf']), bytesOf(json['head'])];
  if (!isPlace(seq) || leaf === undefined || head === undefined) return undefined;
  return { seq, leaf, salt: bytesOf(json['salt']), record: bytesOf(json['record']), head, statement: bytesOf(json['statement']) };
};

const isPlace = (value: unknown): value is number => typeof value === 'number' && Number.isSafeInteger(value);

/**
 * Verifies a file from its lines (with or without line ends; empty lines do not count), in bounded memory, up to the first
 * fault. With `expected`, a file of another lock is refused: without it, the file proves only that some lock wrote it.
 */
export const verifyJournalFile = (
  crypto: Crypto,
  lines: Iterable<string>,
  expected?: LockId,
): Result<JournalSummary, JournalFileFault> => {
  let number = 0;
  let file: FileCheck | undefined;
  for (const raw of lines) {
    number += 1;
    const line = trimmed(raw);
    if (line === '') continue;
    const next = file === undefined ? beginFile(crypto, line, expected) : checkLine(crypto, file, line);
    if (!next.ok) return err({ line: number, ...next.error });
    file = next.value;
  }
  const summary = endFile(file);
  return summary.ok ? summary : err({ line: number, ...summary.error });
};

type FileCheck = { readonly check: JournalCheck; readonly newest: HeadStatement | undefined };

const beginFile = (crypto: Crypto, line: string, expected: LockId | undefined): Result<FileCheck, JournalFault> => {
  const header = parseJournalHeader(line);
  if (header === undefined) return fault(0, 'not-a-journal', `The first line is not the header of a ${JOURNAL_FORMAT} file.`);
  if (expected !== undefined && header.lockId !== expected) {
    return fault(0, 'other-lock', `This is the journal of lock ${header.lockId}, not of ${expected}.`);
  }
  const check = beginJournalCheck(crypto, header.lockId, header.identityKey);
  if (!check.ok) return check;
  if (header.statement === undefined) return ok({ check: check.value, newest: undefined });
  const newest = openHeadStatement(crypto, header.identityKey, header.lockId, header.statement);
  return newest.ok
    ? ok({ check: check.value, newest: newest.value })
    : fault(0, 'statement-forged', 'The signed statement in the first line was not signed by this lock, or was altered.');
};

const checkLine = (crypto: Crypto, file: FileCheck, line: string): Result<FileCheck, JournalFault> => {
  const due = file.check.point.seq + 1;
  const item = parseJournalLine(line);
  if (item === undefined) return fault(due, 'malformed', `The line where record ${due} is due cannot be read.`);
  const check = checkItem(crypto, file.check, item);
  if (!check.ok) return check;
  return reaches(check.value, file.newest);
};

// Where the chain comes to the header's statement, it must be the history that the lock signed.
const reaches = (check: JournalCheck, newest: HeadStatement | undefined): Result<FileCheck, JournalFault> => {
  const { seq, head } = check.point;
  if (seq !== newest?.seq) return ok({ check, newest });
  if (equalBytes(head, newest.head)) return ok({ check: { ...check, signed: seq, unsigned: 0 }, newest });
  return fault(seq - check.unsigned + 1, 'statement-mismatch', `The records up to ${seq} are not what the lock signed in the first line's statement.`);
};

const endFile = (file: FileCheck | undefined): Result<JournalSummary, JournalFault> => {
  if (file === undefined) return fault(0, 'not-a-journal', 'The file is empty.');
  const last = file.check.point.seq;
  const signed = file.newest?.seq ?? 0;
  if (signed <= last) return endCheck(file.check);
  return fault(last + 1, 'truncated', `The file ends after record ${last}, but the lock had signed ${signed}: the end was cut off.`);
};

// Only what stands around a line may differ: a carriage return, blanks, the line end.
// A line past its bound is none anyway, and is not looked at.
const trimmed = (line: string): string =>
  line.length > MAX_LINE_LENGTH ? line : line.replace(/^[ \t\r\n]+/, '').replace(/[ \t\r\n]+$/, '');

const parseObject = (line: string): Record<string, unknown> | undefined => {
  if (line.length > MAX_LINE_LENGTH) return undefined;
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === 'object' && value !== null ? { ...value } : undefined;
  } catch (error) {
    return notJson(error);
  }
};

// JSON.parse reports every malformed text by throwing; there is nothing to tell apart.
const notJson = (_error: unknown): undefined => undefined;

const text = (bytes: Bytes | undefined): string | undefined => (bytes === undefined ? undefined : base64url(bytes));
const bytesOf = (value: unknown): Bytes | undefined => (typeof value === 'string' ? fromBase64url(value) : undefined);
