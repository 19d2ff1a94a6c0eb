import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'node:test';
import { inTransaction, openDatabase } from './sqlite.ts';

const directory = mkdtempSync(join(tmpdir(), 'mortise-sqlite-'));
test.after(() => rmSync(directory, { recursive: true }));

const opened = (name: string, exclusive = true) => {
  const database = openDatabase(join(directory, name), { exclusive, busyTimeoutMs: 50 });
  assert.ok(database.ok);
  return database.value;
};

test('writes ahead and flushes every commit', () => {
  const database = opened('modes');
  assert.deepEqual({ ...database.prepare('PRAGMA journal_mode').get() }, { journal_mode: 'wal' });
  assert.deepEqual({ ...database.prepare('PRAGMA synchronous').get() }, { synchronous: 2 });
  database.close();
});

test('an exclusive database refuses a second opener, even before anything was written', () => {
  const database = opened('exclusive');
  const second = openDatabase(join(directory, 'exclusive'), { exclusive: true, busyTimeoutMs: 50 });
  assert.equal(!second.ok && second.error.code, 'database-busy');
  database.close();
  opened('exclusive').close();
});

test('a transaction that throws leaves nothing', () => {
  const database = opened('transaction');
  database.exec('CREATE TABLE t (a)');
  assert.throws(() => inTransaction(database, () => {
    database.exec('INSERT INTO t VALUES (1)');
    throw new RangeError('planted');
  }), RangeError);
  assert.deepEqual({ ...database.prepare('SELECT count(*) AS n FROM t').get() }, { n: 0 });
  inTransaction(database, () => database.exec('INSERT INTO t VALUES (1)'));
  assert.deepEqual({ ...database.prepare('SELECT count(*) AS n FROM t').get() }, { n: 1 });
  database.close();
});

test('a file that is no database, and one with torn pages, are refused and left as they were', () => {
  const path = join(directory, 'torn');
  const database = opened('torn');
  database.exec('CREATE TABLE t (a)');
  for (let i = 0; i < 200; i += 1) database.prepare('INSERT INTO t VALUES (?)').run('x'.repeat(500));
  database.close();
  const whole = readFileSync(path);
  const contents = { torn: Buffer.concat([whole.subarray(0, 4096), whole.subarray(4096).map((byte) => byte ^ 0x5a)]), text: Buffer.from('not a database at all, '.repeat(100)) };
  for (const [name, content] of Object.entries(contents)) {
    writeFileSync(path, content);
    const answer = openDatabase(path, { exclusive: true });
    assert.equal(!answer.ok && answer.error.code, 'database-corrupt', name);
    assert.ok(readFileSync(path).equals(content), name);
  }
});

test('a missing directory is said', () => {
  const answer = openDatabase(join(directory, 'no', 'such'), { exclusive: false });
  assert.equal(!answer.ok && answer.error.code, 'database-unreadable');
});
