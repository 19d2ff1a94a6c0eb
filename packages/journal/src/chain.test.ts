import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { concat, equalBytes } from '@mortise/base/bytes.ts';
import { nobleCrypto as crypto } from '@mortise/crypto/noble.ts';
import { GENESIS, MAX_LEAF_BYTES, append, decodeLeaf, encodeLeaf, verifyEntries, type ChainError, type KeptEntry } from './chain.ts';
import { exampleEntries, exampleLock } from './example-journal.ts';

const lock = exampleLock(crypto, 'front door');
const other = exampleLock(crypto, 'back door');
const entries = [...exampleEntries(crypto, lock, 8, 8)];
const [first, second] = entries;
assert.ok(first !== undefined && second !== undefined);

const verified = (list: readonly KeptEntry[]): ReturnType<typeof verifyEntries> => verifyEntries(crypto, lock.lockId, GENESIS, list);
const at = (index: number, change: (entry: KeptEntry) => KeptEntry): readonly KeptEntry[] =>
  entries.map((entry, position) => (position === index ? change(entry) : entry));
const refused = (list: readonly KeptEntry[], error: ChainError): void => assert.deepEqual(verified(list), { ok: false, error });
const flipped = (bytes: Uint8Array, index = 0): Uint8Array => bytes.map((byte, position) => (position === index ? byte ^ 1 : byte));

test('a chain verifies up to its head, whole and from the middle', () => {
  const end = { seq: 8, head: entries.at(-1)?.head };
  assert.deepEqual(verified(entries), { ok: true, value: end });
  assert.deepEqual(verifyEntries(crypto, lock.lockId, { seq: second.seq, head: second.head }, entries.slice(2)), { ok: true, value: end });
  assert.deepEqual(verified([]), { ok: true, value: GENESIS });
});

test('heads are what the contract says', () => {
  const leafHash = crypto.sha256(concat(Uint8Array.of(0), first.leaf));
  assert.deepEqual(first.head, crypto.sha256(concat(Uint8Array.of(2), new Uint8Array(32), leafHash)));
  assert.deepEqual(decodeLeaf(first.leaf)?.recordHash, crypto.sha256(concat(first.salt ?? new Uint8Array(0), first.record ?? new Uint8Array(0))));
});

test('each way to tamper is told apart', () => {
  refused(at(2, (entry) => ({ ...entry, record: flipped(entry.record ?? entry.leaf) })), { code: 'leaf-mismatch', seq: 3 });
  refused(at(2, (entry) => ({ ...entry, salt: flipped(entry.salt ?? entry.leaf) })), { code: 'leaf-mismatch', seq: 3 });
  refused(at(2, (entry) => ({ ...entry, leaf: flipped(entry.leaf, entry.leaf.length - 1) })), { code: 'head-mismatch', seq: 3 });
  refused(at(2, (entry) => ({ ...entry, head: flipped(entry.head) })), { code: 'head-mismatch', seq: 3 });
  refused(at(2, (entry) => ({ ...entry, leaf: entry.leaf.subarray(1) })), { code: 'malformed', seq: 3 });
  refused(entries.filter((entry) => entry.seq !== 3), { code: 'sequence-gap', seq: 3 });
  refused([first, first, ...entries.slice(1)], { code: 'sequence-gap', seq: 2 });
  refused([second, first, ...entries.slice(2)], { code: 'sequence-gap', seq: 1 });
  refused([...exampleEntries(crypto, other, 1)], { code: 'other-lock', seq: 1 });
});

test('an erased record leaves the chain whole; half of one does not', () => {
  assert.ok(verified(at(2, (entry) => ({ ...entry, salt: undefined, record: undefined }))).ok);
  refused(at(2, (entry) => ({ ...entry, salt: undefined })), { code: 'leaf-mismatch', seq: 3 });
  refused(at(2, (entry) => ({ ...entry, record: undefined })), { code: 'leaf-mismatch', seq: 3 });
});

test('a leaf that names another number than its place is refused', () => {
  const skipped = append(crypto, { lockId: lock.lockId, seq: 4, head: GENESIS.head }, Uint8Array.of(1), new Uint8Array(32), 'event');
  refused([{ ...skipped, seq: 1 }], { code: 'sequence-gap', seq: 1 });
});

test('leaves: round trip, bound, truncation, any bytes', () => {
  const longest = encodeLeaf({ lockId: lock.lockId, seq: Number.MAX_SAFE_INTEGER, kind: 'event', recordHash: new Uint8Array(32) });
  assert.ok(longest.length <= MAX_LEAF_BYTES);
  assert.equal(decodeLeaf(longest)?.seq, Number.MAX_SAFE_INTEGER);
  for (let length = 0; length < longest.length; length += 1) assert.equal(decodeLeaf(longest.subarray(0, length)), undefined);
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 100 }), (any) => {
      const leaf = decodeLeaf(any);
      assert.ok(leaf === undefined || equalBytes(encodeLeaf(leaf), any));
    }),
  );
});
