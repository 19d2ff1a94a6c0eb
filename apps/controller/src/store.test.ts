import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import test from 'node:test';
import { fromUtf8, utf8 } from '@mortise/base/bytes.ts';
import { identifierOf, type LockId } from '@mortise/base/identifiers.ts';
import type { Entry } from '@mortise/journal/chain.ts';
import { MAX_KEPT_ENTRIES } from '@mortise/lock/events.ts';
import { openStore, type Store } from './store.ts';

const directory = mkdtempSync(join(tmpdir(), 'mortise-store-'));
test.after(() => rmSync(directory, { recursive: true }));
const lockId = identifierOf<LockId>(new Uint8Array(16).fill(7));

let files = 0;
const freshPath = (): string => join(directory, `lock-${(files += 1)}.sqlite`);

const open = (path: string): Store => {
  const store = openStore(path, lockId);
  assert.ok(store.ok);
  return store.value;
};
const entry = (seq: number): Entry => ({ seq, leaf: utf8(`leaf ${seq}`), salt: utf8(`salt ${seq}`), record: utf8(`record ${seq}`), head: utf8(`head ${seq}`) });
const entries = (from: number, to: number): Entry[] => Array.from({ length: to - from + 1 }, (_, index) => entry(from + index));

test('a new store is empty; what was committed is read by the next life', () => {
  const path = freshPath();
  const first = open(path);
  assert.deepEqual(first.read(), { ok: true, value: { configuration: undefined, memory: {}, entries: [], acknowledged: 0 } });
  assert.equal(first.commit([{ configuration: utf8('a'), memory: { issuers: utf8('i'), uses: utf8('none') } }, { memory: { uses: utf8('one') }, append: [entry(1)] }, { append: [entry(2)], configuration: utf8('b'), acknowledged: 1 }]).ok, true);
  first.close();
  const second = open(path);
  assert.deepEqual(second.read(), { ok: true, value: { configuration: utf8('b'), memory: { issuers: utf8('i'), uses: utf8('one') }, entries: [entry(1), entry(2)], acknowledged: 1 } });
  second.close();
});

test('the parts of a passive lock are kept as the others are', () => {
  const path = freshPath();
  const first = open(path);
  first.commit([{ configuration: utf8('a'), memory: { uses: utf8('none'), revocations: utf8('lists'), missed: utf8('12') }, append: [entry(1)] }]);
  first.close();
  const second = open(path);
  const read = second.read();
  assert.deepEqual(read.ok && read.value.memory, { uses: utf8('none'), revocations: utf8('lists'), missed: utf8('12') });
  second.close();
});

test('of several writes in one commit, all or none are kept', () => {
  const store = open(freshPath());
  store.commit([{ append: [entry(1)] }]);
  // The same number twice is our bug, and it must not get in.
  assert.throws(() => store.commit([{ configuration: utf8('half'), memory: { uses: utf8('half') } }, { append: [entry(2)] }, { append: [entry(2)] }]));
  assert.deepEqual(store.read(), { ok: true, value: { configuration: undefined, memory: {}, entries: [entry(1)], acknowledged: 0 } });
  store.close();
});

test('acknowledged entries go; the last ones, the unacknowledged and the one before them stay', () => {
  const store = open(freshPath());
  store.commit([{ append: entries(1, 1000) }, { acknowledged: 300 }]);
  const first = (): number | undefined => {
    const read = store.read();
    return read.ok ? read.value.entries[0]?.seq : undefined;
  };
  assert.equal(first(), 300);
  store.commit([{ acknowledged: 1000 }]);
  assert.equal(first(), 1000 - MAX_KEPT_ENTRIES + 1);
  store.commit([{ acknowledged: 10 }]);
  const read = store.read();
  assert.equal(read.ok && read.value.acknowledged, 1000);
  store.close();
});

test('the power fails while a write is on its way to the disk: cut anywhere, or with a block of it lost, it is there whole or not at all', () => {
  const path = freshPath();
  const store = open(path);
  store.commit([{ configuration: utf8('a'), memory: { missed: utf8('1') }, append: [entry(1)] }]);
  const written = readFileSync(`${path}-wal`).length;
  store.commit([{ configuration: utf8('b'), memory: { missed: utf8('2') }, append: [entry(2)], acknowledged: 1 }]);
  const [main, log] = [readFileSync(path), readFileSync(`${path}-wal`)];
  store.close();
  assert.ok(log.length > written);
  const left = freshPath();
  const found = (rest: Uint8Array): string => {
    writeFileSync(left, main);
    writeFileSync(`${left}-wal`, rest);
    const again = open(left);
    const read = again.read();
    again.close();
    assert.ok(read.ok);
    const { configuration, memory, acknowledged } = read.value;
    return [fromUtf8(configuration ?? new Uint8Array(0)), fromUtf8(memory.missed ?? new Uint8Array(0)), read.value.entries.length, acknowledged].join(' ');
  };
  assert.equal(found(log), 'b 2 2 1', 'control');
  let cuts = 0;
  for (let length = written; length < log.length; length += 1 + (length % 7)) {
    assert.equal(found(log.subarray(0, length)), 'a 1 1 0', `cut at ${length}`);
    cuts += 1;
  }
  for (let block = Math.ceil(written / 512) * 512; block + 512 <= log.length; block += 512) {
    // A block that holds the same bytes as it held before is no loss.
    if (log.subarray(block, block + 512).every((byte) => byte === 0)) continue;
    assert.equal(found(Uint8Array.from(log).fill(0, block, block + 512)), 'a 1 1 0', `block at ${block} lost`);
    cuts += 1;
  }
  console.log(`store: ${cuts} torn writes, each there not at all`);
});

test('one controller at a time', () => {
  const path = freshPath();
  const store = open(path);
  const second = openStore(path, lockId);
  assert.equal(!second.ok && second.error.code, 'database-busy');
  store.close();
  open(path).close();
});

test('the store of another lock is refused', () => {
  const path = freshPath();
  open(path).close();
  assert.deepEqual(openStore(path, identifierOf<LockId>(new Uint8Array(16))), { ok: false, error: { code: 'store-other-lock' } });
});

const tamper = (sql: string): string => {
  const path = freshPath();
  const store = open(path);
  store.commit([{ configuration: utf8('a'), append: entries(1, 5), acknowledged: 2 }]);
  store.close();
  const raw = new DatabaseSync(path);
  raw.exec(`PRAGMA ignore_check_constraints = 1; ${sql}`);
  raw.close();
  return path;
};

test('what cannot be believed is refused and not overwritten', () => {
  const cases = [
    ['PRAGMA user_version = 3', 'store-version'], ['DELETE FROM lock', 'store-corrupt'], ['DROP TABLE lock', 'database-unreadable'], ['DROP TABLE memory', 'database-unreadable'],
    ["INSERT INTO memory VALUES ('more', x'00')", 'store-corrupt'],
    ['DELETE FROM entry WHERE seq = 3', 'store-corrupt'], ['DELETE FROM entry WHERE seq <= 3', 'store-corrupt'], ['DELETE FROM entry', 'store-corrupt'],
  ] as const;
  for (const [sql, code] of cases) {
    const path = tamper(sql);
    const before = readFileSync(path);
    const opened = openStore(path, lockId);
    const answer = opened.ok ? opened.value.read() : opened;
    if (opened.ok) opened.value.close();
    assert.equal(!answer.ok && answer.error.code, code, sql);
    assert.ok(readFileSync(path).equals(before), sql);
  }
  console.log(`tampered stores refused: ${cases.length}`);
});

test('a store from before locks remembered documents gets an empty place for it, once, and keeps all else', () => {
  const path = tamper('DROP TABLE memory; PRAGMA user_version = 1');
  const store = open(path);
  const read = store.read();
  assert.deepEqual(read.ok && { ...read.value, entries: read.value.entries.length }, { configuration: utf8('a'), memory: {}, entries: 5, acknowledged: 2 });
  assert.equal(store.commit([{ memory: { admissions: utf8('x') } }]).ok, true);
  store.close();
  const again = open(path);
  const later = again.read();
  assert.deepEqual(later.ok && later.value.memory, { admissions: utf8('x') });
  again.close();
});

test('a file that is no database is refused and left alone', () => {
  const path = freshPath();
  writeFileSync(path, 'x'.repeat(5000));
  const opened = openStore(path, lockId);
  assert.equal(!opened.ok && opened.error.code, 'database-corrupt');
  assert.equal(readFileSync(path, 'utf8'), 'x'.repeat(5000));
});
