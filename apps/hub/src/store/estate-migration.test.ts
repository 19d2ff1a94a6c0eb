// A hub of before the estate is brought up to date: no record, head, gap or alert is lost or changed, and its records can be searched.

import assert from 'node:assert/strict';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import { Kysely } from 'kysely';
import { Migrator } from 'kysely/migration';
import { base64url, utf8 } from '@mortise/base/bytes.ts';
import { exampleKey, exampleLock } from '@mortise/documents/example-site.ts';
import { decodeRecord } from '@mortise/journal/record.ts';
import { temporaryDirectory } from '../testing/hub.fixture.ts';
import { journalOf } from '../testing/lock.fixture.ts';
import { knownPoint } from './journal-store.ts';
import { migrations, SQLITE_TYPES } from './migrations.ts';
import { nodeSqliteDialect } from './node-sqlite.ts';
import { openStore } from './open-store.ts';

const lock = exampleLock();
/** More than are read at once. */
const RECORDS = 1203;

/** A database as it was, with a journal, a gap in it, and an alert. */
const before = async (path: string): Promise<void> => {
  const raw = new DatabaseSync(path);
  const database = new Kysely<unknown>({ dialect: nodeSqliteDialect(raw) });
  const former = Object.fromEntries(Object.entries(migrations(SQLITE_TYPES)).filter(([name]) => name < '0005'));
  const { error } = await new Migrator({ db: database, provider: { getMigrations: () => Promise.resolve(former) } }).migrateToLatest();
  assert.equal(error, undefined);
  const bytes = utf8('bytes');
  raw.prepare("insert into door values ('door', 'Front door', 1)").run();
  raw.prepare('insert into lock values (?, ?, ?, ?, ?, ?, ?, ?, 1)').run(lock.lockId, 'door', bytes, bytes, bytes, 'virtual', '0.1.0', bytes);
  const insert = raw.prepare('insert into journal values (?, ?, ?, ?, ?, ?, ?, ?, 7)');
  raw.exec('begin');
  for (const { seq, leaf, salt = null, record = null, head, statement = null } of journalOf(lock, exampleKey('journal').publicKey, RECORDS).entries) {
    if (seq !== 5) insert.run(lock.lockId, seq, seq, leaf, seq === 9 ? null : salt, seq === 9 ? null : record, head, statement);
    if (seq === RECORDS) raw.prepare('insert into journal_head values (?, ?, ?)').run(lock.lockId, seq, head);
    if (seq === 5) raw.prepare('insert into journal_gap values (?, 5, 5, ?)').run(lock.lockId, head);
  }
  raw.prepare("insert into evidence (lock_id, code, seq, batch, received_at) values (?, 'journal-gap', 5, ?, 7)").run(lock.lockId, bytes);
  raw.exec('commit');
  await database.destroy();
};

const sameIn = (path: string, table: string, columns: string): string => {
  const raw = new DatabaseSync(path);
  try {
    return JSON.stringify(raw.prepare(`select ${columns} from ${table}`).all().map((row) => Object.values(row).map((value) => (value instanceof Uint8Array ? base64url(value) : value))));
  } finally {
    raw.close();
  }
};

const KEPT = [
  ['journal', 'lock_id, seq, position, leaf, salt, record, head, statement, received_at'], ['journal_head', 'lock_id, seq, head'], ['journal_gap', 'lock_id, first_seq, last_seq, head'],
  ['evidence', 'id, lock_id, code, seq, batch, received_at'], ['door', 'id, name, created_at'],
] as const;

void test('the journals of before are kept to the byte, and what is searched by stands beside each record', async () => {
  const data = temporaryDirectory();
  const path = join(data, 'hub.sqlite');
  try {
    await before(path);
    const was = KEPT.map(([table, columns]) => sameIn(path, table, columns));
    const opened = await openStore(data);
    assert.ok(opened.ok);
    const { database, close } = opened.value;
    const rows = await database.selectFrom('journal').select(['seq', 'record', 'at', 'clock', 'about_lock', 'credential', 'transaction_id']).orderBy('seq').execute();
    assert.equal(rows.length, RECORDS - 1);
    for (const { seq, record, at, clock, about_lock, credential, transaction_id } of rows) {
      const said = record === null ? undefined : decodeRecord(record);
      assert.deepEqual([at, clock, about_lock, credential, transaction_id], said === undefined ? [null, null, null, null, null]
        : [said.instant, said.clock, null, said.credential === undefined ? null : base64url(said.credential), said.transactionId === undefined ? null : base64url(said.transactionId)], String(seq));
    }
    assert.equal(rows.find(({ seq }) => seq === 9)?.record, null, 'what was erased stays so');
    assert.equal((await knownPoint(database, lock.lockId)).seq, RECORDS);
    await close();
    assert.deepEqual(KEPT.map(([table, columns]) => sameIn(path, table, columns)), was);
  } finally {
    rmSync(data, { recursive: true });
  }
});
