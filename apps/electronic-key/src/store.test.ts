import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import test from 'node:test';
import { identifierOf, type LockId } from '@mortise/base/identifiers.ts';
import { utf8 } from '@mortise/base/bytes.ts';
import type { Entry } from '@mortise/journal/chain.ts';
import { openStore, type Store } from './store.ts';

const directory = mkdtempSync(join(tmpdir(), 'mortise-key-store-'));
test.after(() => rmSync(directory, { recursive: true }));
const keyId = identifierOf<LockId>(new Uint8Array(16).fill(7));

let count = 0;
const freshPath = (): string => join(directory, `store-${(count += 1)}.sqlite`);
const open = (path: string): Store => {
  const store = openStore(path, keyId);
  assert.ok(store.ok, store.ok ? '' : store.error.code);
  return store.value;
};
const entry = (seq: number): Entry => ({ seq, leaf: Uint8Array.of(seq), salt: Uint8Array.of(2), record: Uint8Array.of(3), head: Uint8Array.of(4) });
const entries = (from: number, to: number): readonly Entry[] => Array.from({ length: to - from + 1 }, (_, index) => entry(from + index));

/** What stands in it, in short. */
const told = (store: Store): string => {
  const read = store.read();
  assert.ok(read.ok);
  const { values, entries: held, acknowledged } = read.value;
  return `${[...values.keys()].toSorted().join(',')} ${held.map(({ seq }) => seq).join(',')} ${acknowledged}`;
};

test('what was written is read: values by name, taken away by null; the journal from where it is kept; the acknowledgement also backwards', () => {
  const path = freshPath();
  const store = open(path);
  assert.equal(told(store), '  0');
  store.commit([{ put: [['pin', utf8('a')], ['clock', utf8('b')]], append: entries(1, 5) }, { put: [['pin', null], ['clock', utf8('c')]], acknowledged: 4 }]);
  assert.equal(told(store), 'clock 1,2,3,4,5 4');
  store.commit([{ keepFrom: 4 }]);
  assert.equal(told(store), 'clock 3,4,5 4', 'and the one before');
  store.commit([{ acknowledged: 2 }]);
  store.close();
  const again = open(path);
  assert.equal(told(again), 'clock 3,4,5 2', 'a hub that lost what it had says less');
  const read = again.read();
  assert.deepEqual(read.ok && read.value.values.get('clock'), utf8('c'));
  again.close();
});

test('a commit that was torn is there whole or not at all', () => {
  const path = freshPath();
  const store = open(path);
  store.commit([{ put: [['orders', utf8('old')]], append: [entry(1)] }]);
  const before = readFileSync(`${path}-wal`).length;
  store.commit([{ put: [['orders', utf8('new')], ['item.1', new Uint8Array(3000)]], append: [entry(2)], acknowledged: 1 }]);
  const [main, log] = [readFileSync(path), readFileSync(`${path}-wal`)];
  store.close();
  const left = freshPath();
  const found = (rest: Uint8Array): string => {
    writeFileSync(left, main);
    writeFileSync(`${left}-wal`, rest);
    const torn = open(left);
    const text = told(torn);
    torn.close();
    return text;
  };
  assert.equal(found(log), 'item.1,orders 1,2 1', 'control');
  let cuts = 0;
  for (let length = before; length < log.length; length += 331 + (length % 97)) {
    assert.equal(found(log.subarray(0, length)), 'orders 1 0', `cut at ${length}`);
    cuts += 1;
  }
  console.log(`key store: ${cuts} torn writes, each there not at all`);
});

test('one process at a time; another key’s store, a newer one and one with a hole are refused and left alone', () => {
  const path = freshPath();
  const store = open(path);
  store.commit([{ append: entries(1, 5) }]);
  const second = openStore(path, keyId);
  assert.equal(!second.ok && second.error.code, 'database-busy');
  store.close();
  const other = openStore(path, identifierOf<LockId>(new Uint8Array(16)));
  assert.equal(!other.ok && other.error.code, 'store-other-key');
  for (const [sql, code] of [['PRAGMA user_version = 2', 'store-version'], ['DELETE FROM ekey', 'store-corrupt'], ['DELETE FROM entry WHERE seq = 3', 'store-corrupt'], ['DROP TABLE value', 'database-unreadable']] as const) {
    const copy = freshPath();
    writeFileSync(copy, readFileSync(path));
    const raw = new DatabaseSync(copy);
    raw.exec(sql);
    raw.close();
    const bytes = readFileSync(copy);
    const opened = openStore(copy, keyId);
    const answer = opened.ok ? opened.value.read() : opened;
    if (opened.ok) opened.value.close();
    assert.equal(!answer.ok && answer.error.code, code, sql);
    assert.ok(readFileSync(copy).equals(bytes), sql);
  }
});
