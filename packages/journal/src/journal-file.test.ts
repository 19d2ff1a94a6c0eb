import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { base64url } from '@mortise/base/bytes.ts';
import { nodeCrypto as crypto } from '@mortise/node/crypto.ts';
import { exampleEntries, exampleLock, exampleStatement } from './example-journal.ts';
import { MAX_LINE_LENGTH, encodeJournalHeader, encodeJournalLine, journalFileLines, parseJournalHeader, parseJournalLine, verifyJournalFile } from './journal-file.ts';

const lock = exampleLock(crypto, 'front door');
const other = exampleLock(crypto, 'back door');
const entries = [...exampleEntries(crypto, lock, 10, 4)];
const last = entries.at(-1)?.statement;
assert.ok(last !== undefined);
const newest = Uint8Array.from(last);
const header = { lockId: lock.lockId, identityKey: lock.identity.publicKey, statement: newest };
const lines = [...journalFileLines(header, entries)];
const file = lines.map((line) => `${line}\n`).join('');

const verify = (list: Iterable<string>): ReturnType<typeof verifyJournalFile> => verifyJournalFile(crypto, list);
const faultOf = (list: Iterable<string>): unknown => {
  const result = verify(list);
  return result.ok ? 'good' : [result.error.line, result.error.seq, result.error.code];
};

test('a file comes back as it was and verifies', () => {
  assert.deepEqual(parseJournalHeader(lines[0] ?? ''), header);
  const plain = entries.map((entry) => ({ ...entry, record: entry.record && Uint8Array.from(entry.record), statement: entry.statement && Uint8Array.from(entry.statement) }));
  assert.deepEqual(lines.slice(1).map((line) => parseJournalLine(line)), plain);
  const result = verify(lines);
  assert.deepEqual(result.ok && [result.value.entries, result.value.signed, result.value.statements], [10, 10, 3]);
});

test('line ends, blanks around lines and empty lines mean nothing', () => {
  assert.ok(verify(lines.flatMap((line) => [`  ${line} \t\r\n`, '', '\r\n'])).ok);
});

test('erased records travel as null', () => {
  const erased = entries.map((entry) => (entry.seq === 3 ? { ...entry, salt: undefined, record: undefined } : entry));
  const result = verify(journalFileLines(header, erased));
  assert.equal(result.ok && result.value.erased, 1);
});

test('the first bad line is named', () => {
  const changed = (index: number, line: string): readonly string[] => lines.map((old, position) => (position === index ? line : old));
  assert.equal(faultOf(lines), 'good');
  assert.deepEqual(faultOf([]), [0, 0, 'not-a-journal']);
  assert.deepEqual(faultOf(['{}']), [1, 0, 'not-a-journal']);
  assert.deepEqual(faultOf(lines.slice(1)), [1, 0, 'not-a-journal']);
  assert.deepEqual(faultOf(changed(0, (lines[0] ?? '').replace('journal-1', 'journal-2'))), [1, 0, 'not-a-journal']);
  assert.deepEqual(faultOf(changed(0, encodeJournalHeader({ ...header, identityKey: other.identity.publicKey }))), [1, 0, 'other-lock']);
  assert.deepEqual(faultOf(changed(0, encodeJournalHeader({ ...header, statement: exampleStatement(crypto, other, { seq: 10, head: new Uint8Array(32) }) }))), [1, 0, 'statement-forged']);
  assert.deepEqual(faultOf(changed(0, encodeJournalHeader({ ...header, statement: exampleStatement(crypto, lock, { seq: 10, head: new Uint8Array(32) }) }))), [11, 11, 'statement-mismatch']);
  assert.deepEqual(faultOf(changed(3, 'garbage')), [4, 3, 'malformed']);
  assert.deepEqual(faultOf(changed(3, '[]')), [4, 3, 'malformed']);
  assert.deepEqual(faultOf(changed(3, 'null')), [4, 3, 'malformed']);
  assert.deepEqual(faultOf(changed(3, `{"a":"${'x'.repeat(MAX_LINE_LENGTH)}"}`)), [4, 3, 'malformed']);
  assert.deepEqual(faultOf(lines.filter((_, index) => index !== 3)), [4, 3, 'record-missing']);
  assert.deepEqual(faultOf([...lines, lines[1] ?? '']), [12, 11, 'record-repeated']);
});

test('a file that was cut is told from one that is not yet signed', () => {
  for (let kept = 0; kept < 10; kept += 1) assert.deepEqual(faultOf(lines.slice(0, kept + 1)), [kept + 1, kept + 1, 'truncated'], `${kept} records`);
  const unsigned = verify([encodeJournalHeader({ lockId: lock.lockId, identityKey: lock.identity.publicKey }), ...lines.slice(1, 8)]);
  assert.deepEqual(unsigned.ok && [unsigned.value.entries, unsigned.value.signed, unsigned.value.unsigned], [7, 4, 3]);
});

test('the file of another lock passes only where none is expected', () => {
  const foreign = [...journalFileLines({ lockId: other.lockId, identityKey: other.identity.publicKey }, exampleEntries(crypto, other, 3))];
  assert.ok(verifyJournalFile(crypto, foreign).ok);
  assert.ok(verifyJournalFile(crypto, foreign, other.lockId).ok);
  const result = verifyJournalFile(crypto, foreign, lock.lockId);
  assert.deepEqual(result.ok ? result : result.error.code, 'other-lock');
});

test('an endless line is refused at once', () => {
  const start = performance.now();
  assert.deepEqual(faultOf([lines[0] ?? '', `x${' '.repeat(5_000_000)}x`]), [2, 1, 'malformed']);
  assert.ok(performance.now() - start < 1000);
});

test('a line has one written form', () => {
  const [, line = ''] = lines;
  const same = [line.replace('"seq":1', '"seq":1.0'), line.replace('"seq":1', '"seq":9,"seq":1'), line.replace('{', '{ '), line.replace('"leaf"', '"\\u006ceaf"'), line.replace('"seq":1,', '"seq":1,"note":"","')];
  for (const text of same) assert.equal(parseJournalLine(text), undefined, text);
  assert.ok(parseJournalLine(line) !== undefined, 'the control');
});

test('any text is answered or refused', () => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.json(), fc.constantFrom(...lines)), fc.string({ maxLength: 3 }), (text, more) => {
      parseJournalHeader(text + more);
      parseJournalLine(text + more);
      verify([lines[0] ?? '', text + more]);
    }),
  );
});

// Every byte of a small file gets three other values; a larger number of random edits insert and remove.
const BLANK = new Set([0x20, 0x09, 0x0a, 0x0d]);
const splitLines = (bytes: Uint8Array): readonly string[] => String.fromCharCode(...bytes).split('\n');

test('any single change of a byte is detected, or is of blanks between lines', (t) => {
  const small = new TextEncoder().encode([...journalFileLines({ ...header, statement: entries[3]?.statement ?? newest }, entries.slice(0, 4))].map((line) => `${line}\n`).join(''));
  let [detected, blank] = [0, 0];
  for (let at = 0; at < small.length; at += 1) {
    const old = small[at] ?? 0;
    for (const value of [old ^ 1, old ^ 0x20, old ^ 0x80, 0x0a, 0x20]) {
      if (value === old) continue;
      const good = verify(splitLines(small.with(at, value))).ok;
      if (good) assert.ok(BLANK.has(old) && BLANK.has(value), `byte ${at}: ${old} to ${value}`);
      if (good) blank += 1;
      else detected += 1;
    }
  }
  assert.ok(verify(splitLines(small)).ok, 'the control');
  t.diagnostic(`${small.length} bytes: ${detected} changes detected, ${blank} changed blanks only`);
});

test('any byte put in or taken out is detected, or is a blank around a line', (t) => {
  const bytes = new TextEncoder().encode(file);
  let [detected, blank] = [0, 0];
  fc.assert(
    fc.property(fc.nat(bytes.length - 1), fc.nat(255), fc.boolean(), (at, value, remove) => {
      const edited = [...bytes.subarray(0, at), ...(remove ? [] : [value]), ...bytes.subarray(remove ? at + 1 : at)];
      const good = verify(splitLines(Uint8Array.from(edited))).ok;
      assert.ok(!good || BLANK.has(remove ? (bytes[at] ?? 0) : value));
      if (good) blank += 1;
      else detected += 1;
    }),
    { numRuns: 1500 },
  );
  t.diagnostic(`${detected} edits detected, ${blank} of blanks only`);
});

test('a long journal verifies in bounded memory and reasonable time', (t) => {
  const count = 5000;
  const long = [...journalFileLines({ lockId: lock.lockId, identityKey: lock.identity.publicKey }, exampleEntries(crypto, lock, count))];
  const start = performance.now();
  assert.ok(verify(long).ok);
  t.diagnostic(`${Math.round(count / ((performance.now() - start) / 1000))} records/s, a statement each 32`);
});

test('the longest line is within its bound', () => {
  const [entry] = entries;
  assert.ok(entry !== undefined);
  const longest = encodeJournalLine({ ...entry, seq: Number.MAX_SAFE_INTEGER, record: new Uint8Array(1024), leaf: new Uint8Array(80), statement: new Uint8Array(256) });
  assert.ok(longest.length <= MAX_LINE_LENGTH && base64url(entry.leaf).length > 0);
});

test('a gap travels in the file, in one written form, and is told', () => {
  const at6 = entries[5] ?? assert.fail();
  const gap = { first: 5, last: 6, head: Uint8Array.from(at6.head) };
  const items = [...entries.slice(0, 4), gap, ...entries.slice(6)];
  const gapLines = [...journalFileLines(header, items)];
  assert.deepEqual(parseJournalLine(gapLines[5] ?? ''), gap);
  const result = verify(gapLines);
  assert.deepEqual(result.ok && [result.value.entries, result.value.end, result.value.missing, result.value.gaps], [8, 10, 2, [{ first: 5, last: 6 }]]);
  for (const line of ['{"gap":[5],"head":""}', '{"gap":[5,6,7],"head":""}', '{"gap":"5","head":""}', '{"gap":[5,6]}', '{"gap":[5,6.5],"head":""}', '{"gap":[5, 6],"head":""}']) {
    assert.equal(parseJournalLine(line), undefined, line);
  }
  assert.deepEqual(faultOf(gapLines.toSpliced(5, 1)), [6, 5, 'record-missing']);
});
