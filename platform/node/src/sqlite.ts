// Opens SQLite so that what was committed is on the disk: write-ahead log, synchronous=FULL (each commit is flushed).
// Whoever opens says whether others may open the same file; a lock's store has exactly one owner.

import { DatabaseSync } from 'node:sqlite';
import { err, ok, type Result } from '@mortise/base/result.ts';

/**
 * - `database-unreadable`: cannot be opened or created (permission, missing directory, disk)
 * - `database-corrupt`: not a database, or its pages contradict each other; nothing was written to it
 * - `database-busy`: another process has it open exclusively
 */
export type DatabaseError = { readonly code: 'database-unreadable' | 'database-corrupt' | 'database-busy'; readonly detail: string };

export type DatabaseOptions = {
  /** No other process may open it while we do. */
  readonly exclusive: boolean;
  /** How long a statement waits for another connection's lock. */
  readonly busyTimeoutMs?: number;
};

const BUSY_TIMEOUT_MS = 5000;

/** Opens or creates the database at `path`, checks its pages, and sets it to write durably. */
export const openDatabase = (path: string, options: DatabaseOptions): Result<DatabaseSync, DatabaseError> => {
  let database: DatabaseSync | undefined;
  try {
    database = new DatabaseSync(path, { timeout: options.busyTimeoutMs ?? BUSY_TIMEOUT_MS, enableForeignKeyConstraints: true });
    return prepared(database, options);
  } catch (error) {
    if (database?.isOpen === true) database.close();
    return err(databaseError(error));
  }
};

const prepared = (database: DatabaseSync, options: DatabaseOptions): Result<DatabaseSync, DatabaseError> => {
  if (options.exclusive) database.exec('PRAGMA locking_mode = EXCLUSIVE');
  const fault = pageFault(database);
  if (fault !== undefined) {
    database.close();
    return err({ code: 'database-corrupt', detail: fault });
  }
  database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; BEGIN IMMEDIATE; COMMIT');
  return ok(database);
};

const pageFault = (database: DatabaseSync): string | undefined => {
  const said = database.prepare('PRAGMA quick_check(1)').get()?.['quick_check'];
  return said === 'ok' ? undefined : String(said);
};

const SQLITE_BUSY = 5;
const SQLITE_CONSTRAINT = 19;
const CORRUPT = [11 /* SQLITE_CORRUPT */, 26 /* SQLITE_NOTADB */];

/** The coded form of what node:sqlite throws; a broken constraint, or anything else it throws, is our bug and is thrown on. */
export const databaseError = (error: unknown): DatabaseError => {
  if (!(error instanceof Error) || !('errcode' in error) || typeof error.errcode !== 'number') throw error;
  const primary = error.errcode & 0xff;
  if (primary === SQLITE_CONSTRAINT) throw error;
  if (primary === SQLITE_BUSY) return { code: 'database-busy', detail: error.message };
  return { code: CORRUPT.includes(primary) ? 'database-corrupt' : 'database-unreadable', detail: error.message };
};

/** Runs `work` in one transaction: all of it is on the disk when this returns, or none of it. Throws what `work` throws. */
export const inTransaction = <T>(database: DatabaseSync, work: () => T): T => {
  database.exec('BEGIN IMMEDIATE');
  try {
    const result = work();
    database.exec('COMMIT');
    return result;
  } catch (error) {
    if (database.isTransaction) database.exec('ROLLBACK');
    throw error;
  }
};
