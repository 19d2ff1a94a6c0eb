import assert from 'node:assert/strict';
import { test } from 'node:test';
import { nodeCrypto as crypto } from '@mortise/node/crypto.ts';
import { append, type ChainPoint, type Entry } from './chain.ts';
import { exampleEntries, exampleLock, exampleRecord, exampleStatement, type ExampleLock } from './example-journal.ts';
import { encodeRecord } from './record.ts';
import { verifyStoredJournal, type JournalFaultCode, type StoredEntry, type StoredItem, type StoredJournal } from './stored-journal.ts';

const lock = exampleLock(crypto, 'front door');
const other = exampleLock(crypto, 'back door');
// Statements at 4, 8 and 10.
const entries = [...exampleEntries(crypto, lock, 10, 4)];
const stored: StoredJournal = { lockId: lock.lockId, identityKey: lock.identity.publicKey };

const verify = (list: Iterable<StoredItem>, end?: ChainPoint): ReturnType<typeof verifyStoredJournal> =>
  verifyStoredJournal(crypto, end === undefined ? stored : { ...stored, end }, list);
const at = (seq: number, change: (entry: StoredEntry) => Partial<StoredEntry>): readonly StoredEntry[] =>
  entries.map((entry) => (entry.seq === seq ? { ...entry, ...change(entry) } : entry));
const without = (...seqs: readonly number[]): readonly StoredEntry[] => entries.filter(({ seq }) => !seqs.includes(seq));
const flipped = (bytes: Uint8Array | undefined, index: number): Uint8Array =>
  (bytes ?? new Uint8Array(0)).map((byte, position, all) => (position === (index + all.length) % all.length ? byte ^ 1 : byte));

/** What someone who holds the store but not the key can do best: alter a record and chain everything after it anew. */
const rechained = (from: number, of: ExampleLock): readonly StoredEntry[] => {
  const list = entries.slice(0, from - 1);
  let last: ChainPoint = list.at(-1) ?? { seq: 0, head: new Uint8Array(32) };
  for (const original of entries.slice(from - 1)) {
    const record = encodeRecord({ ...exampleRecord(crypto, of, original.seq), reason: 'manual' });
    const entry: Entry = append(crypto, { lockId: of.lockId, ...last }, record, new Uint8Array(32), 'event');
    list.push({ ...entry, statement: original.statement });
    last = entry;
  }
  return list;
};

test('a whole journal verifies and says what it saw', () => {
  const last = exampleRecord(crypto, lock, 10).instant;
  const counts = { lockId: lock.lockId, entries: 10, end: 10, missing: 0, gaps: [], signed: 10, unsigned: 0, statements: 3, erased: 0, last };
  assert.deepEqual(verify(entries), { ok: true, value: counts });
  assert.deepEqual(verify(entries.slice(0, 6)), { ok: true, value: { ...counts, entries: 6, end: 6, signed: 4, unsigned: 2, statements: 1, last: exampleRecord(crypto, lock, 6).instant } });
  assert.deepEqual(verify([]), { ok: true, value: { ...counts, entries: 0, end: 0, signed: 0, statements: 0, last: undefined } });
});

test('erased records are counted and are no fault', () => {
  const erased = at(10, () => ({ salt: undefined, record: undefined }));
  const summary = verify(erased);
  assert.ok(summary.ok);
  assert.deepEqual([summary.value.erased, summary.value.last, summary.value.signed], [1, undefined, 10]);
});

test('each way to tamper is named with the first bad record', (t) => {
  const older = entries[3]?.statement;
  const faults: readonly (readonly [string, Iterable<StoredEntry>, JournalFaultCode, number])[] = [
    ['an altered record', at(6, ({ record }) => ({ record: flipped(record, 9) })), 'record-altered', 6],
    ['an altered salt', at(6, ({ salt }) => ({ salt: flipped(salt, 9) })), 'record-altered', 6],
    ['an altered leaf', at(6, ({ leaf }) => ({ leaf: flipped(leaf, -1) })), 'leaf-altered', 6],
    ['a leaf cut short', at(6, ({ leaf }) => ({ leaf: leaf.subarray(1) })), 'leaf-altered', 6],
    ['an altered head', at(6, ({ head }) => ({ head: flipped(head, 0) })), 'leaf-altered', 6],
    ['one deleted', without(6), 'record-missing', 6],
    ['the first deleted', without(1), 'record-missing', 1],
    ['two swapped', [...entries.slice(0, 4), ...entries.slice(4, 6).toReversed(), ...entries.slice(6)], 'record-missing', 5],
    ['one doubled', [...entries.slice(0, 4), ...entries.slice(3)], 'record-repeated', 5],
    ['all chained anew from 6', rechained(6, lock), 'statement-mismatch', 5],
    ['all chained anew from 9', rechained(9, lock), 'statement-mismatch', 9],
    ['an older statement', at(8, () => ({ statement: older })), 'statement-mismatch', 8],
    ['a forged statement', at(8, () => ({ statement: exampleStatement(crypto, other, entries[7] ?? { seq: 0, head: new Uint8Array(32) }) })), 'statement-forged', 8],
    ['an altered statement', at(8, ({ statement }) => ({ statement: flipped(statement, -1) })), 'statement-forged', 8],
    ['another lock’s journal', exampleEntries(crypto, other, 10, 4), 'other-lock', 1],
    ['another lock’s record chained in', rechained(6, other), 'other-lock', 6],
  ];
  for (const [name, list, code, seq] of faults) {
    const result = verify(list);
    assert.deepEqual(result.ok ? result : [result.error.code, result.error.seq], [code, seq], name);
    t.diagnostic(`${name}: ${result.ok ? '' : result.error.says}`);
  }
  assert.ok(verify(entries).ok, 'the control');
});

test('fewer entries than the store says, or another last one, are a fault', () => {
  const end = entries.at(-1);
  assert.ok(end !== undefined);
  assert.ok(verify(entries, end).ok);
  const cut = verify(entries.slice(0, 8), end);
  assert.deepEqual(cut.ok ? cut : [cut.error.code, cut.error.seq], ['truncated', 9]);
  const another = verify(entries, { seq: 10, head: new Uint8Array(32) });
  assert.deepEqual(another.ok ? another : another.error.code, 'leaf-altered');
});

test('a lock id that is not of the key is refused', () => {
  const result = verifyStoredJournal(crypto, { lockId: lock.lockId, identityKey: other.identity.publicKey }, entries);
  assert.deepEqual(result.ok ? result : result.error.code, 'other-lock');
});

/** The entries with those of `ranges` taken out and noted as gaps, as a keeper does that never had them. */
const gapped = (...ranges: readonly (readonly [number, number])[]): readonly StoredItem[] =>
  entries.flatMap((entry): readonly StoredItem[] => {
    const range = ranges.find(([first, last]) => entry.seq >= first && entry.seq <= last);
    if (range === undefined) return [entry];
    return entry.seq === range[1] ? [{ first: range[0], last: range[1], head: entry.head }] : [];
  });

test('a gap between signatures is told as a gap, and what follows still counts', () => {
  const summary = verify(gapped([5, 6]), entries.at(-1));
  assert.deepEqual(summary.ok && { ...summary.value, last: 0 }, {
    lockId: lock.lockId, entries: 8, end: 10, missing: 2, gaps: [{ first: 5, last: 6 }], signed: 10, unsigned: 0, statements: 3, erased: 0, last: 0,
  });
  const two = verify(gapped([1, 2], [5, 7]));
  assert.deepEqual(two.ok && [two.value.entries, two.value.missing, two.value.gaps], [5, 5, [{ first: 1, last: 2 }, { first: 5, last: 7 }]]);
});

test('records that were taken out are no gap', (t) => {
  const anchor = entries[5] ?? assert.fail();
  const faults: readonly (readonly [string, readonly StoredItem[], JournalFaultCode, number])[] = [
    ['no gap is noted', without(5, 6), 'record-missing', 5],
    ['the gap begins where no signature stands', gapped([6, 7]), 'gap-unproven', 6],
    ['two gaps in a row', gapped([5, 5], [6, 6]), 'gap-unproven', 6],
    ['the gap is the end', gapped([5, 10]), 'gap-unproven', 11],
    ['no signature follows', gapped([5, 6]).filter((item) => !('seq' in item) || item.seq < 8), 'gap-unproven', 7],
    ['another head', gapped([5, 6]).map((item) => ('first' in item ? { ...item, head: flipped(item.head, 0) } : item)), 'leaf-altered', 7],
    ['a head that is none', gapped([5, 6]).map((item) => ('first' in item ? { ...item, head: item.head.subarray(1) } : item)), 'malformed', 5],
    ['the gap is too short', gapped([5, 6]).map((item) => ('first' in item ? { ...item, last: 5 } : item)), 'record-missing', 6],
    ['the gap is too long', gapped([5, 6]).map((item) => ('first' in item ? { ...item, last: 7 } : item)), 'record-repeated', 8],
    ['the gap comes later', gapped([5, 6]).map((item) => ('first' in item ? { ...item, first: 6 } : item)), 'record-missing', 5],
    ['the gap is backwards', gapped([5, 6]).map((item) => ('first' in item ? { ...item, last: 4 } : item)), 'malformed', 5],
    ['a record stands in its own gap', [...entries.slice(0, 4), ...entries.slice(4, 6), { first: 5, last: 6, head: anchor.head }, ...entries.slice(6)], 'record-repeated', 7],
  ];
  for (const [name, list, code, seq] of faults) {
    const result = verify(list);
    assert.deepEqual(result.ok ? result : [result.error.code, result.error.seq], [code, seq], name);
    t.diagnostic(`${name}: ${result.ok ? '' : result.error.says}`);
  }
});

test('a made-up record behind a gap is found by the signature that covers it', () => {
  const made = rechained(7, lock);
  const items = [...entries.slice(0, 4), ...gapped([5, 6]).filter((item) => 'first' in item), ...made.slice(6)];
  const result = verify(items);
  assert.deepEqual(result.ok ? result : [result.error.code, result.error.seq], ['statement-mismatch', 7]);
});
