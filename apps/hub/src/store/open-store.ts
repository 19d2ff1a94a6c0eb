// Opens `DATA/hub.sqlite`: durable (platform/node sqlite.ts), readable by its owner only, used by one hub at a time, and at the
// newest schema. Everything else in store/ takes the Kysely instance and would run on another database as it is.

import { chmodSync, closeSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { Kysely, sql } from 'kysely';
import { makeDirectory } from '@mortise/node/directory.ts';
import { openDatabase, type DatabaseError } from '@mortise/node/sqlite.ts';
import { err, ok, type Result } from '@mortise/base/result.ts';
import { migrations, SQLITE_TYPES } from './migrations.ts';
import { nodeSqliteDialect } from './node-sqlite.ts';
import type { Tables } from './tables.ts';

export type Database = Kysely<Tables>;
export type Store = {
  readonly database: Database;
  /** Takes what was deleted off the disk, as far as the database reaches; what another reader holds back goes with the next call. */
  readonly scrub: () => Promise<void>;
  readonly close: () => Promise<void>;
};

/**
 * - `data-unwritable`: the directory cannot be made or written
 * - `database-busy`: another hub uses this directory
 * - `database-unreadable`, `database-corrupt`: see platform/node sqlite.ts
 * - `schema-newer`: written by a later Mortise
 * - `schema-refused`: it cannot be brought to this Mortise's schema (no room, or tables of somebody else's); it stays as it was
 */
export type StoreError = { readonly code: DatabaseError['code'] | 'data-unwritable' | 'schema-newer' | 'schema-refused'; readonly detail: string };

const OWNER_ONLY_FILE = 0o600;

export const openStore = async (dataDirectory: string): Promise<Result<Store, StoreError>> => {
  const prepared = prepareDirectory(dataDirectory);
  if (!prepared.ok) return prepared;
  // The database itself stays readable by others (backup, `sqlite3`); this one says that a hub is running.
  const mutex = openDatabase(join(dataDirectory, 'hub.lock'), { exclusive: true, busyTimeoutMs: 0 });
  if (!mutex.ok) return mutex;
  const opened = openDatabase(join(dataDirectory, 'hub.sqlite'), { exclusive: false });
  if (!opened.ok) {
    mutex.value.close();
    return opened;
  }
  // Deleted content is overwritten, so that an erased message does not lie about in free pages; see `scrub`.
  opened.value.exec('PRAGMA secure_delete = ON');
  const database = new Kysely<Tables>({ dialect: nodeSqliteDialect(opened.value) });
  const close = async (): Promise<void> => {
    await database.destroy();
    if (opened.value.isOpen) opened.value.close();
    mutex.value.close();
  };
  const migrated = await migrate(database);
  if (migrated.ok) return ok({ database, scrub: () => scrub(database), close });
  await close();
  return migrated;
};

// The write-ahead log holds pages as they were; emptied, it holds none.
const scrub = async (database: Database): Promise<void> => {
  await sql`PRAGMA wal_checkpoint(TRUNCATE)`.execute(database);
};

/** How Kysely says that the database remembers a migration that we do not have. */
const LATER = /previously executed migration .* is missing/;

const prepareDirectory = (path: string): Result<undefined, StoreError> => {
  try {
    makeDirectory(path);
    const file = join(path, 'hub.sqlite');
    closeSync(openSync(file, 'a', OWNER_ONLY_FILE));
    chmodSync(file, OWNER_ONLY_FILE);
    return ok(undefined);
  } catch (error) {
    return err({ code: 'data-unwritable', detail: error instanceof Error ? error.message : 'unknown' });
  }
};

const migrate = async (database: Database): Promise<Result<undefined, StoreError>> => {
  const { Migrator } = await import('kysely/migration');
  const migrator = new Migrator({ db: database, provider: { getMigrations: () => Promise.resolve({ ...migrations(SQLITE_TYPES) }) } });
  const { error } = await migrator.migrateToLatest();
  if (error === undefined) return ok(undefined);
  const detail = error instanceof Error ? error.message : 'unknown';
  return err({ code: LATER.test(detail) ? 'schema-newer' : 'schema-refused', detail });
};
