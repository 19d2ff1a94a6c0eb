// What leaves the lock: entries sealed one by one to the roster's journal key, and one signed head statement over the last.
// A batch opens whole and verified, or not at all. Resent and overlapping batches merge without doubling anything.
// Form: CBOR [1, [seq, head] before the first entry, [[leaf, sealed], …], statement].

import { assert } from '@mortise/base/assert.ts';
import { concat, equalBytes, uint, utf8, type Bytes } from '@mortise/base/bytes.ts';
import { asArray, asBytes, asList, asNumber, decodeCbor, encodeCbor, type Cbor } from '@mortise/base/cbor.ts';
import { identifierBytes, type LockId } from '@mortise/base/identifiers.ts';
import { err, ok, type Result } from '@mortise/base/result.ts';
import type { Crypto } from '@mortise/crypto/crypto.ts';
import { openSealed, sealTo } from '@mortise/crypto/seal.ts';
import { HASH_BYTES, MAX_LEAF_BYTES, SALT_BYTES, headAfter, lockIdOf, verifyEntry, type ChainError, type ChainPoint, type Entry } from './chain.ts';
import { openHeadStatement } from './head-statement.ts';
import { MAX_RECORD_BYTES } from './record.ts';

export const MAX_BATCH_ENTRIES = 32;
/** Leaves room for the link message around it. */
export const MAX_BATCH_BYTES = 61_440;

export type Batch = {
  readonly lockId: LockId;
  /** Where the chain stood before the first entry. */
  readonly from: ChainPoint;
  /** 1 to MAX_BATCH_ENTRIES. */
  readonly entries: readonly Entry[];
  /** The roster's journal key, 65 bytes. */
  readonly journalKey: Bytes;
  /** The head statement at the last entry. */
  readonly statement: Bytes;
};

/** `to` is where the chain stands after the last entry, as `statement` says. */
export type OpenedBatch = {
  readonly lockId: LockId;
  readonly from: ChainPoint;
  readonly to: ChainPoint;
  readonly entries: readonly Entry[];
  readonly statement: Bytes;
};

/**
 * `malformed`: no batch; `seal-refused`: not sealed to this key or altered; `statement-invalid`: not signed by this lock;
 * `statement-mismatch`: signed, but over another point; the rest as ChainError. `seq` is the record that is wrong (0: none).
 */
export type BatchError = {
  readonly code: ChainError['code'] | 'seal-refused' | 'statement-invalid' | 'statement-mismatch';
  readonly seq: number;
};

/** The batch's bytes. `entropy` is 32 fresh bytes; each entry's seal derives its own from it. */
export const encodeBatch = (crypto: Crypto, batch: Batch, entropy: Bytes): Bytes => {
  assert(batch.entries.length >= 1 && batch.entries.length <= MAX_BATCH_ENTRIES, 'a batch has 1 to 32 entries');
  const entries = batch.entries.map((entry) => [entry.leaf, sealEntry(crypto, batch, entry, entropy)]);
  const bytes = encodeCbor([VERSION, [batch.from.seq, batch.from.head], entries, batch.statement]);
  assert(bytes.length <= MAX_BATCH_BYTES, 'a batch is bounded by its entries');
  return bytes;
};

/** Takes any bytes. `identityKey` is the key of the lock that the batch is said to come from. */
export const openBatch = (
  crypto: Crypto,
  journalPrivateKey: Bytes,
  identityKey: Bytes,
  bytes: Bytes,
): Result<OpenedBatch, BatchError> => {
  const wire = decodeWire(bytes);
  if (wire === undefined) return err({ code: 'malformed', seq: 0 });
  const lockId = lockIdOf(crypto, identityKey);
  const entries = openEntries(crypto, { privateKey: journalPrivateKey, publicKey: crypto.p256.publicKey(journalPrivateKey) }, lockId, wire);
  if (!entries.ok) return entries;
  const last = entries.value.at(-1) ?? wire.from;
  const statement = openHeadStatement(crypto, identityKey, lockId, wire.statement);
  if (!statement.ok) return err({ code: 'statement-invalid', seq: last.seq });
  if (!samePoint(statement.value, last)) return err({ code: 'statement-mismatch', seq: last.seq });
  return ok({ lockId, from: wire.from, to: { seq: last.seq, head: last.head }, entries: entries.value, statement: wire.statement });
};

/** Numbers before the first and of the last entry of a batch that is not opened: nobody's word. Undefined: no batch. Takes any bytes. */
export const unprovenRange = (bytes: Bytes): { readonly after: number; readonly to: number } | undefined => {
  const wire = decodeWire(bytes);
  return wire && { after: wire.from.seq, to: wire.from.seq + wire.entries.length };
};

/** `fresh` follow what is known, perhaps none; `gap`: entries before the batch are missing; `fork`: another history. */
export type Merge =
  | { readonly kind: 'merged'; readonly fresh: readonly Entry[] }
  | { readonly kind: 'gap'; readonly missingFrom: number }
  | { readonly kind: 'fork'; readonly seq: number };

/**
 * What an opened batch adds to a journal that is known up to `known`. A fork shows where the batch passes `known.seq`; a
 * batch that ends before it adds nothing and is not compared (its entries are stored: compare there).
 */
export const mergeBatch = (known: ChainPoint, batch: OpenedBatch): Merge => {
  if (batch.from.seq > known.seq) return { kind: 'gap', missingFrom: known.seq + 1 };
  const here = [batch.from, ...batch.entries].find((point) => point.seq === known.seq);
  if (here !== undefined && !samePoint(here, known)) return { kind: 'fork', seq: known.seq };
  return { kind: 'merged', fresh: batch.entries.filter((entry) => entry.seq > known.seq) };
};

const VERSION = 1;
const MAX_SEALED_BYTES = MAX_RECORD_BYTES + 256;

type Wire = { readonly from: ChainPoint; readonly entries: readonly WireEntry[]; readonly statement: Bytes };
type WireEntry = { readonly leaf: Bytes; readonly sealed: Bytes };

const samePoint = (a: ChainPoint, b: ChainPoint): boolean => a.seq === b.seq && equalBytes(a.head, b.head);

// Ties the seal to its place, so that a courier cannot swap two sealed records.
const sealContext = (lockId: LockId, seq: number): Bytes => concat(utf8('mortise-journal-entry'), identifierBytes(lockId), uint(seq, 6));

const sealEntry = (crypto: Crypto, batch: Batch, entry: Entry, entropy: Bytes): Bytes =>
  sealTo(crypto, batch.journalKey, sealContext(batch.lockId, entry.seq), encodeCbor([entry.salt, entry.record]), entropy);

type JournalKey = { readonly privateKey: Bytes; readonly publicKey: Bytes };

const openEntries = (crypto: Crypto, key: JournalKey, lockId: LockId, wire: Wire): Result<readonly Entry[], BatchError> => {
  const entries: Entry[] = [];
  let point = wire.from;
  for (const each of wire.entries) {
    const entry = openEntry(crypto, key, lockId, point, each);
    if (!entry.ok) return entry;
    entries.push(entry.value);
    point = { seq: entry.value.seq, head: entry.value.head };
  }
  return ok(entries);
};

const openEntry = (
  crypto: Crypto,
  key: JournalKey,
  lockId: LockId,
  previous: ChainPoint,
  wire: WireEntry,
): Result<Entry, BatchError> => {
  const seq = previous.seq + 1;
  const opened = openSealed(crypto, key.privateKey, key.publicKey, sealContext(lockId, seq), wire.sealed);
  if (opened === undefined) return err({ code: 'seal-refused', seq });
  const [salt, record] = asArray(decodeCbor(opened, MAX_SEALED_BYTES), 2) ?? [];
  const entry = saltedEntry(seq, wire.leaf, asBytes(salt, SALT_BYTES), asBytes(record), headAfter(crypto, previous.head, wire.leaf));
  if (entry === undefined) return err({ code: 'malformed', seq });
  const verified = verifyEntry(crypto, lockId, previous, entry);
  return verified.ok ? ok(entry) : verified;
};

const saltedEntry = (seq: number, leaf: Bytes, salt: Bytes | undefined, record: Bytes | undefined, head: Bytes): Entry | undefined =>
  salt === undefined || record === undefined || record.length > MAX_RECORD_BYTES ? undefined : { seq, leaf, salt, record, head };

const decodeWire = (bytes: Bytes): Wire | undefined => {
  const items = asArray(decodeCbor(bytes, MAX_BATCH_BYTES), 4);
  const from = readPoint(asArray(items?.[1], 2));
  const entries = asList(items?.[2], 1, MAX_BATCH_ENTRIES, readWireEntry);
  const statement = asBytes(items?.[3]);
  if (items?.length !== 4 || items[0] !== VERSION || from === undefined) return undefined;
  return entries === undefined || statement === undefined ? undefined : { from, entries, statement };
};

const readPoint = (items: readonly Cbor[] | undefined): ChainPoint | undefined => {
  const seq = asNumber(items?.[0]);
  const head = asBytes(items?.[1], HASH_BYTES);
  return items?.length !== 2 || seq === undefined || head === undefined ? undefined : { seq, head };
};

const readWireEntry = (value: Cbor): WireEntry | undefined => {
  const items = asArray(value, 2);
  const leaf = asBytes(items?.[0]);
  const sealed = asBytes(items?.[1]);
  if (items?.length !== 2 || leaf === undefined || sealed === undefined) return undefined;
  return leaf.length <= MAX_LEAF_BYTES && sealed.length <= MAX_SEALED_BYTES ? { leaf, sealed } : undefined;
};
