// The lock's signed statement of one operation, handed to the credential that asked (CONTRACTS: tag 97 says that the bolt is
// driven; what was sensed is the receipt). Form: CBOR [1, record, salt, leaf, previous head, head statement]. The previous
// head ties the leaf to the signed head; the ids tie it to the request, so that an old receipt does not pass for a new one.

import { equalBytes, type Bytes } from '@mortise/base/bytes.ts';
import { asArray, asBytes, decodeCbor, encodeCbor } from '@mortise/base/cbor.ts';
import type { LockId } from '@mortise/base/identifiers.ts';
import { err, ok, type Result } from '@mortise/base/result.ts';
import type { Crypto } from '@mortise/crypto/crypto.ts';
import { HASH_BYTES, MAX_LEAF_BYTES, SALT_BYTES, verifyEntry, type ChainPoint, type Entry } from './chain.ts';
import { MAX_STATEMENT_BYTES, openHeadStatement, unprovenHeadStatement } from './head-statement.ts';
import { MAX_RECORD_BYTES, decodeRecord, type JournalRecord } from './record.ts';

export const MAX_RECEIPT_BYTES = 2048;

/** What the wallet asked for. `credential` is SHA-256 of its public key (32 bytes); the ids have 16. */
export type ExpectedReceipt = { readonly requestId: Bytes; readonly transactionId: Bytes; readonly credential: Bytes };

export type Receipt = { readonly seq: number; readonly record: JournalRecord };

/**
 * `malformed`: no receipt, or a record that this version does not know; `signature-invalid`: not signed by this lock;
 * `record-mismatch`: the signed head does not cover the record; `other-lock`; `other-request`: a receipt of something else.
 */
export type ReceiptError = {
  readonly code: 'malformed' | 'signature-invalid' | 'record-mismatch' | 'other-lock' | 'other-request';
};

/** `statement` is the head statement at `entry`; `previousHead` the head before it. */
export const encodeReceipt = (entry: Entry, previousHead: Bytes, statement: Bytes): Bytes =>
  encodeCbor([VERSION, entry.record, entry.salt, entry.leaf, previousHead, statement]);

/** Takes any bytes. */
export const verifyReceipt = (
  crypto: Crypto,
  identityKey: Bytes,
  lockId: LockId,
  bytes: Bytes,
  expected: ExpectedReceipt,
): Result<Receipt, ReceiptError> => {
  const parts = decodeParts(bytes);
  if (parts === undefined) return err({ code: 'malformed' });
  const statement = openHeadStatement(crypto, identityKey, lockId, parts.statement);
  return statement.ok ? readReceipt(crypto, lockId, parts, statement.value, expected) : statement;
};

/**
 * What a receipt says where the lock is known by its id only, as to an electronic key: all but the signature is checked. So it is what was told
 * over the link, and no proof. Takes any bytes.
 */
export const unprovenReceipt = (crypto: Crypto, lockId: LockId, bytes: Bytes, expected: ExpectedReceipt): Result<Receipt, ReceiptError> => {
  const parts = decodeParts(bytes);
  const statement = parts && unprovenHeadStatement(parts.statement);
  if (parts === undefined || statement === undefined) return err({ code: 'malformed' });
  return statement.lockId === lockId ? readReceipt(crypto, lockId, parts, statement, expected) : err({ code: 'other-lock' });
};

const readReceipt = (crypto: Crypto, lockId: LockId, parts: Parts, { seq, head }: ChainPoint, expected: ExpectedReceipt): Result<Receipt, ReceiptError> => {
  const entry = { seq, leaf: parts.leaf, salt: parts.salt, record: parts.record, head };
  const chained = verifyEntry(crypto, lockId, { seq: seq - 1, head: parts.previousHead }, entry);
  if (!chained.ok) return err({ code: 'record-mismatch' });
  const record = decodeRecord(parts.record);
  if (record === undefined) return err({ code: 'malformed' });
  return answers(record, expected) ? ok({ seq, record }) : err({ code: 'other-request' });
};

const VERSION = 1;

type Parts = Omit<Entry, 'seq' | 'head'> & { readonly previousHead: Bytes; readonly statement: Bytes };

const decodeParts = (bytes: Bytes): Parts | undefined => {
  const items = asArray(decodeCbor(bytes, MAX_RECEIPT_BYTES), 6);
  const [record, salt, leaf] = [bounded(asBytes(items?.[1]), MAX_RECORD_BYTES), asBytes(items?.[2], SALT_BYTES), bounded(asBytes(items?.[3]), MAX_LEAF_BYTES)];
  const [previousHead, statement] = [asBytes(items?.[4], HASH_BYTES), bounded(asBytes(items?.[5]), MAX_STATEMENT_BYTES)];
  if (items?.length !== 6 || items[0] !== VERSION || record === undefined || salt === undefined) return undefined;
  if (leaf === undefined || previousHead === undefined || statement === undefined) return undefined;
  return { record, salt, leaf, previousHead, statement };
};

const bounded = (bytes: Bytes | undefined, max: number): Bytes | undefined => (bytes !== undefined && bytes.length <= max ? bytes : undefined);

const answers = (record: JournalRecord, expected: ExpectedReceipt): boolean =>
  same(record.requestId, expected.requestId) &&
  same(record.transactionId, expected.transactionId) &&
  same(record.credential, expected.credential);

const same = (found: Bytes | undefined, wanted: Bytes): boolean => found !== undefined && equalBytes(found, wanted);
