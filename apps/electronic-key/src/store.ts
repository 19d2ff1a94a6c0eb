// The key's memory on disk: its values by name and its journal, in one SQLite file that belongs to one key. Many writes become one commit, flushed
// before the answer: what was answered for survives any kill. A store that cannot be believed is refused whole; nothing in it is mended.

import type { DatabaseSync } from 'node:sqlite';
import type { Bytes } from '@mortise/base/bytes.ts';
import type { LockId } from '@mortise/base/identifiers.ts';
import { err, ok, type Result } from '@mortise/base/result.ts';
import { attempt, ENTRY_TABLE, entryWriter, readEntries, type Row } from '@mortise/device/entry-rows.ts';
import type { Stored } from '@mortise/ekey/birth.ts';
import type { StoreWrite } from '@mortise/ekey/events.ts';
import { inTransaction, openDatabase, type DatabaseError } from '@mortise/node/sqlite.ts';

/**
 * - `store-other-key`: the file belongs to another key
 * - `store-version`: written by a newer version
 * - `store-corrupt`: SQLite reads it, but rows are not what we wrote, or entries are missing
 */
export type StoreError = DatabaseError | { readonly code: 'store-other-key' | 'store-version' | 'store-corrupt' };

export type Store = {
  readonly read: () => Result<Stored, StoreError>;
  /** All writes, in order, in one durable commit, or none. */
  readonly commit: (writes: readonly StoreWrite[]) => Result<undefined, DatabaseError>;
  readonly close: () => void;
};

const VERSION = 1;
const SCHEMA = `
  CREATE TABLE ekey (id INTEGER PRIMARY KEY CHECK (id = 1), key_id TEXT NOT NULL, acknowledged INTEGER NOT NULL) STRICT;
  CREATE TABLE value (name TEXT PRIMARY KEY, value BLOB NOT NULL) STRICT, WITHOUT ROWID;
  ${ENTRY_TABLE}
  PRAGMA user_version = ${VERSION};
`;

/** Opens the store of `keyId` at `path`, or makes an empty one. No second process may have it open. */
export const openStore = (path: string, keyId: LockId): Result<Store, StoreError> => {
  const opened = openDatabase(path, { exclusive: true, busyTimeoutMs: 1000 });
  if (!opened.ok) return opened;
  const prepared = attempt(() => prepare(opened.value, keyId) ?? storeOver(opened.value));
  const answer = !prepared.ok ? prepared : typeof prepared.value === 'string' ? err({ code: prepared.value }) : ok(prepared.value);
  if (!answer.ok) opened.value.close();
  return answer;
};

const prepare = (database: DatabaseSync, keyId: LockId): 'store-other-key' | 'store-version' | 'store-corrupt' | undefined => {
  const version = database.prepare('PRAGMA user_version').get()?.['user_version'];
  if (version === 0) create(database, keyId);
  else if (version !== VERSION) return 'store-version';
  const row = database.prepare('SELECT key_id FROM ekey WHERE id = 1').get();
  if (row === undefined) return 'store-corrupt';
  return row['key_id'] === keyId ? undefined : 'store-other-key';
};

const create = (database: DatabaseSync, keyId: LockId): void =>
  inTransaction(database, () => {
    database.exec(SCHEMA);
    database.prepare('INSERT INTO ekey (id, key_id, acknowledged) VALUES (1, ?, 0)').run(keyId);
  });

const storeOver = (database: DatabaseSync): Store => {
  const write = writer(database);
  return {
    read: () => {
      const read = attempt(() => readAll(database));
      if (!read.ok) return read;
      return read.value === undefined ? err({ code: 'store-corrupt' }) : ok(read.value);
    },
    commit: (writes) => attempt(() => {
      inTransaction(database, () => writes.forEach(write));
      return undefined;
    }),
    close: () => database.close(),
  };
};

const writer = (database: DatabaseSync): ((write: StoreWrite) => void) => {
  const put = database.prepare('INSERT OR REPLACE INTO value (name, value) VALUES (?, ?)');
  const take = database.prepare('DELETE FROM value WHERE name = ?');
  const acknowledge = database.prepare('UPDATE ekey SET acknowledged = ? WHERE id = 1');
  const append = entryWriter(database);
  // The one just before those that are kept stays: the chain begins at its head.
  const drop = database.prepare('DELETE FROM entry WHERE seq < ? - 1');
  return (write) => {
    for (const [name, value] of write.put ?? []) {
      if (value === null) take.run(name);
      else put.run(name, value);
    }
    append(write.append ?? []);
    if (write.acknowledged !== undefined) acknowledge.run(write.acknowledged);
    if (write.keepFrom !== undefined) drop.run(write.keepFrom);
  };
};

const readAll = (database: DatabaseSync): Stored | undefined => {
  const acknowledged = database.prepare('SELECT acknowledged FROM ekey WHERE id = 1').get()?.['acknowledged'];
  const [values, entries] = [valuesOf(database.prepare('SELECT name, value FROM value').all()), readEntries(database)];
  return typeof acknowledged !== 'number' || values === undefined || entries === undefined ? undefined : { values, entries, acknowledged };
};

// What the values hold is the key's to believe.
const valuesOf = (rows: readonly Row[]): Stored['values'] | undefined => {
  const values = new Map<string, Bytes>();
  for (const { name, value } of rows) if (typeof name === 'string' && value instanceof Uint8Array) values.set(name, value);
  return values.size === rows.length ? values : undefined;
};
