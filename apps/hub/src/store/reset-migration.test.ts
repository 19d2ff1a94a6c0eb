// A hub of before orders could be withdrawn is brought up to date: of an order that waits there it is not known whether it was sent, so that its withdrawal promises nothing.

import assert from 'node:assert/strict';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { test } from 'node:test';
import { Kysely } from 'kysely';
import { Migrator } from 'kysely/migration';
import { utf8 } from '@mortise/base/bytes.ts';
import { exampleLock } from '@mortise/documents/example-site.ts';
import { temporaryDirectory } from '../testing/hub.fixture.ts';
import { migrations, SQLITE_TYPES } from './migrations.ts';
import { nodeSqliteDialect } from './node-sqlite.ts';
import { openStore } from './open-store.ts';
import { putReset, resetOf, withdrawReset } from './removal-store.ts';

const { lockId } = exampleLock();
const UNTIL = 1000;

/** A database as it was, with an order that waits. */
const before = async (path: string): Promise<void> => {
  const raw = new DatabaseSync(path);
  const database = new Kysely<unknown>({ dialect: nodeSqliteDialect(raw) });
  const former = Object.fromEntries(Object.entries(migrations(SQLITE_TYPES)).filter(([name]) => name < '0012'));
  const { error } = await new Migrator({ db: database, provider: { getMigrations: () => Promise.resolve(former) } }).migrateToLatest();
  assert.equal(error, undefined);
  const bytes = utf8('bytes');
  raw.prepare("insert into person values ('ada', 'Ada', 'owner', 1)").run();
  raw.prepare("insert into door (id, name, created_at) values ('door', 'Front door', 1)").run();
  raw.prepare('insert into lock (id, door_id, identity_key, reader_key, seal_key, model, firmware, statement, adopted_at) values (?, ?, ?, ?, ?, ?, ?, ?, 1)').run(lockId, 'door', bytes, bytes, bytes, 'virtual', '0.1.0', bytes);
  raw.prepare("insert into lock_reset (lock_id, document, until_at, ordered_at, ordered_by, refused) values (?, ?, ?, 7, 'ada', null)").run(lockId, bytes, UNTIL);
  await database.destroy();
};

void test('an order of before may have been sent; one of now was not before it is', async () => {
  const data = temporaryDirectory();
  try {
    await before(join(data, 'hub.sqlite'));
    const opened = await openStore(data);
    assert.ok(opened.ok);
    const { database, close } = opened.value;
    const standing = async (): Promise<readonly unknown[]> => {
      const reset = await resetOf(database, lockId);
      return [reset?.isSent, reset?.isWithdrawn];
    };
    assert.deepEqual(await standing(), [true, false]);
    assert.equal(await withdrawReset(database, lockId, UNTIL - 1), true);
    assert.deepEqual(await standing(), [true, true], 'kept, since the lock may act on it');
    assert.equal(await withdrawReset(database, lockId, UNTIL + 1), true, 'over, it is forgotten');
    assert.equal(await resetOf(database, lockId), undefined);
    await putReset(database, lockId, { document: utf8('order'), until: UNTIL, by: 'ada', at: 8 });
    assert.deepEqual(await standing(), [false, false], 'the control');
    await close();
  } finally {
    rmSync(data, { recursive: true });
  }
});
