// The lock's memory on disk: its configuration, what it remembers of documents, and its journal, in one SQLite file that belongs
// to one lock. Many writes become one commit, flushed before the answer: what was answered for survives any kill. A store that
// cannot be believed is refused whole; nothing in it is mended or overwritten.

import type { DatabaseSync } from 'node:sqlite';
import type { Bytes } from '@mortise/base/bytes.ts';
import type { LockId } from '@mortise/base/identifiers.ts';
import { err, ok, type Result } from '@mortise/base/result.ts';
import type { Entry } from '@mortise/journal/chain.ts';
import type { StoreWrite } from '@mortise/lock/events.ts';
import { STORED_PARTS, type MemoryParts } from '@mortise/lock/memory-parts.ts';
import { PROFILES, type Profile } from '@mortise/lock/profile.ts';
import { attempt, ENTRY_TABLE, entryWriter, readEntries, type Row } from '@mortise/device/entry-rows.ts';
import { inTransaction, openDatabase, type DatabaseError } from '@mortise/node/sqlite.ts';

/** Everything that `restore` needs; `configuration` is absent in a lock that was never started. */
export type Stored = { readonly configuration: Bytes | undefined; readonly memory: MemoryParts; readonly entries: readonly Entry[]; readonly acknowledged: number };

/**
 * - `store-other-lock`: the file belongs to another lock id
 * - `store-version`: written by a newer controller
 * - `store-corrupt`: SQLite reads it, but rows are not what we wrote, or entries are missing
 */
export type StoreError = DatabaseError | { readonly code: 'store-other-lock' | 'store-version' | 'store-corrupt' };

export type Store = {
  readonly read: () => Result<Stored, StoreError>;
  /** All writes, in order, in one durable commit, or none. */
  readonly commit: (writes: readonly StoreWrite[]) => Result<undefined, DatabaseError>;
  readonly close: () => void;
};

/** `most`: more are not kept, acknowledged or not: a hub that takes nothing must not fill the disk. `kept`: so many acknowledged ones are. */
type Bounds = { readonly most: number; readonly kept: number };

// The chain of those that are held begins at the head of the one before them.
const boundsOf = (profile: Profile): Bounds => {
  const { heldEntries, keptEntries } = PROFILES[profile];
  return { most: heldEntries + Math.max(1, keptEntries), kept: keptEntries };
};

const VERSION = 2;
/** The same without `memory`: the next opening adds it, empty, and the lock knows that it never had one. */
const WITHOUT_MEMORY = 1;
const MEMORY_SCHEMA = `
  CREATE TABLE memory (part TEXT PRIMARY KEY, value BLOB NOT NULL) STRICT, WITHOUT ROWID;
  PRAGMA user_version = ${VERSION};
`;
const SCHEMA = `
  CREATE TABLE lock (id INTEGER PRIMARY KEY CHECK (id = 1), lock_id TEXT NOT NULL, configuration BLOB, acknowledged INTEGER NOT NULL) STRICT;
  ${ENTRY_TABLE}
  ${MEMORY_SCHEMA}
`;

/** Opens the store of `lockId` at `path`, or makes an empty one. No second process may have it open. `profile`: how much of its journal such a lock keeps. */
export const openStore = (path: string, lockId: LockId, profile: Profile = 'powered'): Result<Store, StoreError> => {
  const opened = openDatabase(path, { exclusive: true, busyTimeoutMs: 1000 });
  if (!opened.ok) return opened;
  const prepared = attempt(() => prepare(opened.value, lockId) ?? storeOver(opened.value, boundsOf(profile)));
  const answer = !prepared.ok ? prepared : typeof prepared.value === 'string' ? err({ code: prepared.value }) : ok(prepared.value);
  if (!answer.ok) opened.value.close();
  return answer;
};

type Unbelievable = 'store-other-lock' | 'store-version' | 'store-corrupt';

const prepare = (database: DatabaseSync, lockId: LockId): Unbelievable | undefined => {
  const version = database.prepare('PRAGMA user_version').get()?.['user_version'];
  if (version === 0) create(database, lockId);
  else if (version !== VERSION && version !== WITHOUT_MEMORY) return 'store-version';
  const row = database.prepare('SELECT lock_id FROM lock WHERE id = 1').get();
  if (row === undefined) return 'store-corrupt';
  if (row['lock_id'] !== lockId) return 'store-other-lock';
  if (version === WITHOUT_MEMORY) inTransaction(database, () => database.exec(MEMORY_SCHEMA));
  return undefined;
};

const create = (database: DatabaseSync, lockId: LockId): void =>
  inTransaction(database, () => {
    database.exec(SCHEMA);
    database.prepare('INSERT INTO lock (id, lock_id, acknowledged) VALUES (1, ?, 0)').run(lockId);
  });

const storeOver = (database: DatabaseSync, bounds: Bounds): Store => {
  const write = writer(database, bounds);
  return {
    read: () => {
      const read = attempt(() => readAll(database, bounds));
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

const writer = (database: DatabaseSync, { most, kept }: Bounds): ((write: StoreWrite) => void) => {
  const configure = database.prepare('UPDATE lock SET configuration = ? WHERE id = 1');
  const remember = database.prepare('INSERT OR REPLACE INTO memory (part, value) VALUES (?, ?)');
  const acknowledge = database.prepare('UPDATE lock SET acknowledged = max(acknowledged, ?) WHERE id = 1');
  const append = entryWriter(database);
  // The one that was acknowledged last stays: the chain of those after it begins at its head.
  const drop = database.prepare('DELETE FROM entry WHERE seq < ? AND seq <= (SELECT max(seq) FROM entry) - ?');
  const bound = database.prepare('DELETE FROM entry WHERE seq <= (SELECT max(seq) FROM entry) - ?');
  return (write) => {
    if (write.configuration !== undefined) configure.run(write.configuration);
    for (const [part, value] of Object.entries(write.memory ?? {})) remember.run(part, value);
    append(write.append ?? []);
    if (write.append !== undefined) bound.run(most);
    if (write.acknowledged === undefined) return;
    acknowledge.run(write.acknowledged);
    drop.run(write.acknowledged, kept);
  };
};

const readAll = (database: DatabaseSync, { most }: Bounds): Stored | undefined => {
  const row = database.prepare('SELECT configuration, acknowledged FROM lock WHERE id = 1').get();
  const entries = readEntries(database);
  const memory = memoryOf(database.prepare('SELECT part, value FROM memory').all());
  const configuration = row?.['configuration'] ?? undefined;
  const acknowledged = row?.['acknowledged'];
  if (memory === undefined || typeof acknowledged !== 'number' || !(configuration === undefined || configuration instanceof Uint8Array)) return undefined;
  if (entries === undefined || !reachesBack(entries, acknowledged, most) || (entries.at(-1)?.seq ?? 0) < acknowledged) return undefined;
  return { configuration, memory, entries, acknowledged };
};

// What the parts hold is the lock's to believe; only their names are ours.
const memoryOf = (rows: readonly Row[]): MemoryParts | undefined => {
  let parts: MemoryParts = {};
  for (const { part, value } of rows) {
    const name = STORED_PARTS.find((each) => each === part);
    if (name === undefined || !(value instanceof Uint8Array)) return undefined;
    parts = { ...parts, [name]: value };
  }
  return parts;
};

// From the first entry on, or from the last acknowledged one, or as far as the bound lets.
const reachesBack = (entries: readonly Entry[], acknowledged: number, most: number): boolean =>
  (entries[0]?.seq ?? 1) <= Math.max(1, acknowledged) || entries.length >= most;
