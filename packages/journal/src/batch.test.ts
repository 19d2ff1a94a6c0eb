import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { InvariantError } from '@mortise/base/assert.ts';
import { decodeCbor, encodeCbor, type Cbor } from '@mortise/base/cbor.ts';
import { nodeCrypto as crypto } from '@mortise/node/crypto.ts';
import { MAX_BATCH_BYTES, MAX_BATCH_ENTRIES, encodeBatch, mergeBatch, openBatch, unprovenRange, type Batch, type BatchError, type OpenedBatch } from './batch.ts';
import { GENESIS, append, type ChainPoint, type Entry } from './chain.ts';
import { exampleEntries, exampleLock, exampleStatement, type ExampleLock } from './example-journal.ts';
import { MAX_RECORD_BYTES } from './record.ts';

const lock = exampleLock(crypto, 'front door');
const entropy = crypto.sha256(Uint8Array.of(1));

const entriesOf = (of: ExampleLock, count: number): readonly Entry[] =>
  [...exampleEntries(crypto, of, count)].map(({ seq, leaf, salt, record, head }) => {
    assert.ok(salt !== undefined && record !== undefined);
    return { seq, leaf: Uint8Array.from(leaf), salt, record: Uint8Array.from(record), head };
  });

const entries = entriesOf(lock, 12);
const pointAt = (seq: number): ChainPoint => (seq === 0 ? GENESIS : { seq, head: entries[seq - 1]?.head ?? GENESIS.head });

const batchOf = (from: number, to: number, change: Partial<Batch> = {}): Batch => ({
  lockId: lock.lockId,
  from: pointAt(from),
  entries: entries.slice(from, to),
  journalKey: lock.journal.publicKey,
  statement: exampleStatement(crypto, lock, pointAt(to)),
  ...change,
});

const open = (bytes: Uint8Array): ReturnType<typeof openBatch> =>
  openBatch(crypto, lock.journal.privateKey.reveal(), lock.identity.publicKey, bytes);
const opened = (from: number, to: number): OpenedBatch => {
  const batch = open(encodeBatch(crypto, batchOf(from, to), entropy));
  assert.ok(batch.ok);
  return batch.value;
};
const refused = (bytes: Uint8Array, error: BatchError): void => assert.deepEqual(open(bytes), { ok: false, error });

test('a batch opens to what was put in', () => {
  const batch = open(encodeBatch(crypto, batchOf(3, 9), entropy));
  assert.ok(batch.ok);
  assert.deepEqual(batch.value.entries, entries.slice(3, 9));
  assert.deepEqual([batch.value.from, batch.value.to], [pointAt(3), pointAt(9)]);
});

test('no plain record is in the bytes', () => {
  const bytes = encodeBatch(crypto, batchOf(0, 4), entropy).toHex();
  for (const { record, salt } of entries.slice(0, 4)) assert.ok(!bytes.includes(record.subarray(8, 24).toHex()) && !bytes.includes(salt.toHex()));
  assert.ok(bytes.includes(entries[0]?.leaf.toHex() ?? '?'), 'the control: leaves are in plain');
});

test('the largest batch fits its bound', () => {
  let last: ChainPoint = GENESIS;
  const largest = Array.from({ length: MAX_BATCH_ENTRIES }, () => {
    const entry = append(crypto, { lockId: lock.lockId, ...last }, new Uint8Array(MAX_RECORD_BYTES), new Uint8Array(32), 'event');
    last = entry;
    return entry;
  });
  const bytes = encodeBatch(crypto, batchOf(0, 1, { entries: largest, statement: exampleStatement(crypto, lock, last) }), entropy);
  assert.ok(bytes.length <= MAX_BATCH_BYTES);
  assert.ok(open(bytes).ok);
  assert.throws(() => encodeBatch(crypto, batchOf(0, 0), entropy), InvariantError);
});

test('what is wrong is named with its record', () => {
  const [, second] = entries;
  assert.ok(second !== undefined);
  const swap = (change: Partial<Entry>): readonly Entry[] => entries.slice(0, 4).map((entry) => (entry.seq === 2 ? { ...entry, ...change } : entry));
  const wrong: readonly (readonly [string, Partial<Batch>, BatchError])[] = [
    ['an altered record', { entries: swap({ record: second.record.map((byte) => byte ^ 1) }) }, { code: 'leaf-mismatch', seq: 2 }],
    ['an altered leaf', { entries: swap({ leaf: second.leaf.map((byte, index) => (index === second.leaf.length - 1 ? byte ^ 1 : byte)) }) }, { code: 'leaf-mismatch', seq: 2 }],
    ['a leaf that is none', { entries: swap({ leaf: second.leaf.subarray(1) }) }, { code: 'malformed', seq: 2 }],
    ['a record left out', { entries: entries.slice(0, 4).filter(({ seq }) => seq !== 2) }, { code: 'seal-refused', seq: 2 }],
    ['records of another lock', { entries: entriesOf(exampleLock(crypto, 'back door'), 4) }, { code: 'other-lock', seq: 1 }],
    ['sealed to another key', { journalKey: exampleLock(crypto, 'back door').journal.publicKey }, { code: 'seal-refused', seq: 1 }],
    ['an older statement', { statement: exampleStatement(crypto, lock, pointAt(3)) }, { code: 'statement-mismatch', seq: 4 }],
    ['another lock’s statement', { statement: exampleStatement(crypto, exampleLock(crypto, 'back door'), pointAt(4)) }, { code: 'statement-invalid', seq: 4 }],
    ['another start', { from: { seq: 0, head: new Uint8Array(32).fill(1) } }, { code: 'statement-mismatch', seq: 4 }],
  ];
  for (const [name, change, error] of wrong) assert.deepEqual(open(encodeBatch(crypto, batchOf(0, 4, change), entropy)), { ok: false, error }, name);
  assert.ok(open(encodeBatch(crypto, batchOf(0, 4), entropy)).ok, 'the control');
});

test('two sealed records cannot be swapped', () => {
  const value = decodeCbor(encodeBatch(crypto, batchOf(0, 2), entropy));
  assert.ok(Array.isArray(value) && Array.isArray(value[2]));
  const [a, b]: readonly Cbor[] = value[2];
  refused(encodeCbor([value[0], value[1], [b ?? null, a ?? null], value[3]]), { code: 'seal-refused', seq: 1 });
});

test('any changed or missing byte is refused', (t) => {
  const bytes = encodeBatch(crypto, batchOf(0, 2), entropy);
  for (let at = 0; at < bytes.length; at += 1) {
    assert.equal(open(bytes.map((byte, index) => (index === at ? byte ^ 0x10 : byte))).ok, false, `byte ${at}`);
    assert.equal(open(bytes.subarray(0, at)).ok, false, `cut at ${at}`);
  }
  t.diagnostic(`${bytes.length} bytes changed and cut`);
});

test('any bytes are refused', () => {
  fc.assert(fc.property(fc.uint8Array({ maxLength: 400 }), (any) => !open(any).ok));
});

const fresh = (known: number, from: number, to: number): unknown => {
  const merge = mergeBatch(pointAt(known), opened(from, to));
  return merge.kind === 'merged' ? merge.fresh.map(({ seq }) => seq) : merge;
};

test('batches merge by what is new in them', () => {
  assert.deepEqual(fresh(0, 0, 3), [1, 2, 3]);
  assert.deepEqual(fresh(3, 0, 3), [], 'a resend');
  assert.deepEqual(fresh(3, 1, 5), [4, 5], 'an overlap');
  assert.deepEqual(fresh(3, 3, 5), [4, 5]);
  assert.deepEqual(fresh(9, 0, 3), [], 'an old one');
  assert.deepEqual(fresh(3, 4, 5), { kind: 'gap', missingFrom: 4 });
});

test('another history is a fork, at the start, inside and at the end', () => {
  const forked = { seq: 3, head: new Uint8Array(32) };
  for (const [from, to] of [[3, 5], [1, 5], [0, 3]] as const) assert.deepEqual(mergeBatch(forked, opened(from, to)), { kind: 'fork', seq: 3 });
});

test('whatever is resent in whatever order, the merged journal is the lock’s, once', () => {
  const spans = fc.array(fc.tuple(fc.nat(11), fc.integer({ min: 1, max: 5 })), { maxLength: 8 });
  fc.assert(
    fc.property(spans, (list) => {
      const stored: Entry[] = [];
      for (const [from, length] of [...list, [0, 12] as const]) {
        const merge = mergeBatch(pointAt(stored.length), opened(from, Math.min(12, from + length)));
        if (merge.kind === 'merged') stored.push(...merge.fresh);
        else assert.equal(merge.kind, 'gap');
      }
      assert.deepEqual(stored, entries);
    }),
    { numRuns: 20 },
  );
});

test('a courier reads which entries a batch holds, without opening it', () => {
  const whole = encodeBatch(crypto, batchOf(3, 9), entropy);
  assert.deepEqual(unprovenRange(whole), { after: 3, to: 9 });
  for (let length = 0; length < whole.length; length += 7) assert.equal(unprovenRange(whole.slice(0, length)), undefined);
  fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), (any) => unprovenRange(any) === undefined));
});
