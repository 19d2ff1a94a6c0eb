// The hash chain of a lock's journal (CONTRACTS: journal). leaf = CBOR [1, lockId, seq, class, SHA-256(salt ‖ record)];
// leafHash = SHA-256(00 ‖ leaf); head = SHA-256(02 ‖ previous head ‖ leafHash). The first entry has seq 1 and follows GENESIS.
// A salt and record may be erased later: leaves and heads still verify.

import { assert } from '@mortise/base/assert.ts';
import { briefly } from '@mortise/base/brief.ts';
import { equalBytes, type Bytes } from '@mortise/base/bytes.ts';
import { asArray, asBytes, asNumber, decodeCbor, encodeCbor } from '@mortise/base/cbor.ts';
import { identifierBytes, identifierOf, type LockId } from '@mortise/base/identifiers.ts';
import { err, ok, type Result } from '@mortise/base/result.ts';
import type { Crypto } from '@mortise/crypto/crypto.ts';
import { MAX_RECORD_BYTES, RECORD_KINDS, type RecordKind } from './record.ts';

export const SALT_BYTES = 32;
export const HASH_BYTES = 32;
/** A leaf has 63 to 71 bytes; what is longer is none. */
export const MAX_LEAF_BYTES = 80;

/** Where a chain stands: the number of its last entry and the head after it. */
export type ChainPoint = { readonly seq: number; readonly head: Bytes };

/** Before the first entry. */
export const GENESIS: ChainPoint = { seq: 0, head: new Uint8Array(HASH_BYTES) };

/** Where the chain stands after an entry. */
export const pointOf = ({ seq, head }: ChainPoint): ChainPoint => ({ seq, head });

/** One entry; `head` is the head after it. */
export type Entry = { readonly seq: number; readonly leaf: Bytes; readonly salt: Bytes; readonly record: Bytes; readonly head: Bytes };

/** An entry as it is kept: salt and record are undefined once they were erased. */
export type KeptEntry = Omit<Entry, 'salt' | 'record'> & { readonly salt: Bytes | undefined; readonly record: Bytes | undefined };

export type Leaf = { readonly lockId: LockId; readonly seq: number; readonly kind: RecordKind; readonly recordHash: Bytes };

/**
 * `sequence-gap`: not the number that follows; `malformed`: the leaf is none; `other-lock`: the leaf names another lock;
 * `head-mismatch`: leaf or head was altered; `leaf-mismatch`: salt or record was altered. `seq` is the number that was due.
 */
export type ChainError = {
  readonly code: 'leaf-mismatch' | 'sequence-gap' | 'head-mismatch' | 'other-lock' | 'malformed';
  readonly seq: number;
};

/** lockId = first 16 bytes of SHA-256 of the identity key (65 bytes): a journal proves whose it is. */
export const lockIdOf = (crypto: Crypto, identityKey: Bytes): LockId => identifierOf<LockId>(crypto.sha256(identityKey).subarray(0, 16));

/** The entry that follows `last`. `salt` is 32 fresh bytes; `kind` is the record's. */
export const append = (
  crypto: Crypto,
  last: ChainPoint & { readonly lockId: LockId },
  record: Bytes,
  salt: Bytes,
  kind: RecordKind,
): Entry => {
  assert(salt.length === SALT_BYTES, 'a salt has 32 bytes');
  assert(record.length <= MAX_RECORD_BYTES, 'a journal record is bounded');
  const seq = last.seq + 1;
  const leaf = encodeLeaf({ lockId: last.lockId, seq, kind, recordHash: recordHash(crypto, salt, record) });
  return { seq, leaf, salt, record, head: headAfter(crypto, last.head, leaf) };
};

/** Verifies that `entries` follow `start` in this lock's chain; answers where the chain stands after them. */
export const verifyEntries = (
  crypto: Crypto,
  lockId: LockId,
  start: ChainPoint,
  entries: readonly KeptEntry[],
): Result<ChainPoint, ChainError> => {
  let point = start;
  for (const entry of entries) {
    const next = verifyEntry(crypto, lockId, point, entry);
    if (!next.ok) return next;
    point = next.value;
  }
  return ok(point);
};

/** One step of `verifyEntries`, for those that stream. */
export const verifyEntry = (crypto: Crypto, lockId: LockId, previous: ChainPoint, entry: KeptEntry): Result<ChainPoint, ChainError> => {
  const seq = previous.seq + 1;
  const refuse = (code: ChainError['code']): Result<ChainPoint, ChainError> => err({ code, seq });
  if (entry.seq !== seq) return refuse('sequence-gap');
  const leaf = decodeLeaf(entry.leaf);
  if (leaf === undefined) return refuse('malformed');
  if (leaf.lockId !== lockId) return refuse('other-lock');
  if (!equalBytes(headAfter(crypto, previous.head, entry.leaf), entry.head)) return refuse('head-mismatch');
  if (leaf.seq !== seq) return refuse('sequence-gap');
  if (!holdsRecord(crypto, leaf, entry)) return refuse('leaf-mismatch');
  return ok({ seq, head: entry.head });
};

/** SHA-256(02 ‖ previous head ‖ SHA-256(00 ‖ leaf)). */
export const headAfter = (crypto: Crypto, previousHead: Bytes, leaf: Bytes): Bytes =>
  crypto.sha256(briefly(HEAD, previousHead, crypto.sha256(briefly(LEAF, leaf))));

export const encodeLeaf = (leaf: Leaf): Bytes =>
  encodeCbor([LEAF_VERSION, identifierBytes(leaf.lockId), leaf.seq, RECORD_KINDS.indexOf(leaf.kind) + 1, leaf.recordHash]);

/** Takes any bytes; undefined when they are not exactly a leaf of this version. */
export const decodeLeaf = (bytes: Bytes): Leaf | undefined => {
  const items = asArray(decodeCbor(bytes, MAX_LEAF_BYTES), 5);
  const lock = asBytes(items?.[1], 16);
  const seq = asNumber(items?.[2], 1);
  const kind = RECORD_KINDS[(asNumber(items?.[3], 1) ?? 0) - 1];
  const hash = asBytes(items?.[4], HASH_BYTES);
  if (items?.length !== 5 || items[0] !== LEAF_VERSION || lock === undefined) return undefined;
  if (seq === undefined || kind === undefined || hash === undefined) return undefined;
  return { lockId: identifierOf<LockId>(lock), seq, kind, recordHash: hash };
};

const LEAF_VERSION = 1;
const LEAF = Uint8Array.of(0);
const HEAD = Uint8Array.of(2);

const recordHash = (crypto: Crypto, salt: Bytes, record: Bytes): Bytes => crypto.sha256(briefly(salt, record));

// Erased is both or none: a record without its salt proves nothing.
const holdsRecord = (crypto: Crypto, leaf: Leaf, entry: KeptEntry): boolean => {
  if (entry.salt === undefined || entry.record === undefined) return entry.salt === entry.record;
  return entry.salt.length === SALT_BYTES && equalBytes(recordHash(crypto, entry.salt, entry.record), leaf.recordHash);
};
