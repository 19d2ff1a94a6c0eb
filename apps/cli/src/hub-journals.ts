// The journals in a hub's database, read without a hub and without writing. Nothing in the database is believed: rows in
// another form become entries that do not verify.

import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { pathToFileURL } from 'node:url';
import { unreachable } from '@mortise/base/assert.ts';
import { EMPTY, type Bytes } from '@mortise/base/bytes.ts';
import { parseIdentifier, type LockId } from '@mortise/base/identifiers.ts';
import { err, ok, type Result } from '@mortise/base/result.ts';
import type { ChainPoint } from '@mortise/journal/chain.ts';
import type { Gap } from '@mortise/journal/journal-gap.ts';
import type { StoredEntry, StoredItem } from '@mortise/journal/stored-journal.ts';
import { databaseError } from '@mortise/node/sqlite.ts';
import type { CommandError } from './command.ts';

export const HUB_DATABASE = 'hub.sqlite';

export type HubJournal = {
  /** The lock's id as it stands in the database. */
  readonly id: string;
  readonly lockId: LockId | undefined;
  /** The door's name, where there is one. */
  readonly door: string | undefined;
  readonly identityKey: Bytes | undefined;
  /** Where the hub noted that the journal stands. */
  readonly end: ChainPoint | undefined;
  readonly items: () => Iterable<StoredItem>;
};

export type HubJournals = { readonly journals: readonly HubJournal[]; readonly close: () => void };

/** Opens `directory`/hub.sqlite read-only. Reading its entries may throw what `hubError` puts into words. */
export const openHubJournals = (directory: string): Result<HubJournals, CommandError> => {
  const path = join(directory, HUB_DATABASE);
  if (!existsSync(path)) {
    return err({ code: 'data-missing', message: `There is no hub's database ${path}. Give its directory with --data, or exported journals as FILEs.` });
  }
  const opened = listIn(path, path);
  if (opened.ok || opened.error.code !== 'database-unreadable') return opened;
  // SQLite wants to write beside a database with a write-ahead log. Where we may not, one that was closed cleanly can be read as it is.
  if (isLogged(path)) return err({ ...opened.error, message: `${opened.error.message} Copy ${directory} to where you may write, and check the copy.` });
  const untouched = pathToFileURL(path);
  untouched.searchParams.set('immutable', '1');
  return listIn(path, untouched);
};

const listIn = (path: string, location: string | URL): Result<HubJournals, CommandError> => {
  let database: DatabaseSync | undefined;
  try {
    database = new DatabaseSync(location, { readOnly: true, timeout: BUSY_TIMEOUT_MS });
    const opened = database;
    return ok({ journals: listJournals(opened), close: () => { opened.close(); } });
  } catch (error) {
    if (database?.isOpen === true) database.close();
    return err(hubError(path, error));
  }
};

const isLogged = (path: string): boolean => (statSync(`${path}-wal`, { throwIfNoEntry: false })?.size ?? 0) > 0;

/** The words for a database that cannot be read; what SQLite did not say is thrown on. */
export const hubError = (path: string, error: unknown): CommandError => {
  const { code, detail } = databaseError(error);
  switch (code) {
    case 'database-busy':
      return { code, message: `${path} is in use by another program. Try again in a moment.` };
    case 'database-corrupt':
      return { code, message: `${path} is damaged or no database (${detail}). Restore it from a backup.` };
    case 'database-unreadable':
      return { code, message: `${path} cannot be read as a hub's database (${detail}).` };
    default:
      return unreachable(code);
  }
};

const BUSY_TIMEOUT_MS = 5000;

type Row = Readonly<Record<string, unknown>>;

const listJournals = (database: DatabaseSync): readonly HubJournal[] => {
  const tables = new Set(database.prepare("SELECT name FROM sqlite_schema WHERE type IN ('table', 'view')").all().map(({ name }) => name));
  // The tables that only newer or older hubs have are used where they are.
  const head = tables.has('journal_head') ? 'LEFT JOIN journal_head h ON h.lock_id = j.id' : 'LEFT JOIN (SELECT NULL AS seq, NULL AS head) h';
  const door = tables.has('door') ? 'LEFT JOIN door d ON d.id = l.door_id' : 'LEFT JOIN (SELECT NULL AS name) d';
  const query = `SELECT j.id, l.identity_key, h.seq, h.head, d.name FROM (SELECT id FROM lock UNION SELECT lock_id FROM journal) j
    LEFT JOIN lock l ON l.id = j.id ${head} ${door} ORDER BY d.name, j.id`;
  const rows = database.prepare(query);
  rows.setReadBigInts(true);
  return rows.all().map((row) => hubJournal(database, row, tables.has('journal_gap')));
};

const hubJournal = (database: DatabaseSync, row: Row, hasGaps: boolean): HubJournal => {
  const id = String(row['id']);
  const head = bytesOf(row['head']);
  return {
    id,
    lockId: parseIdentifier<LockId>(id),
    door: typeof row['name'] === 'string' ? row['name'] : undefined,
    identityKey: bytesOf(row['identity_key']),
    end: head === undefined ? undefined : { seq: numberOf(row['seq']), head },
    items: () => storedItems(database, id, hasGaps),
  };
};

function* storedItems(database: DatabaseSync, id: string, hasGaps: boolean): Generator<StoredItem> {
  const gaps = hasGaps ? 'SELECT lock_id, last_seq AS seq, NULL, NULL, NULL, head, NULL, first_seq FROM journal_gap' : 'SELECT NULL AS lock_id, NULL, NULL, NULL, NULL, NULL, NULL, NULL';
  const rows = database.prepare(`SELECT * FROM (SELECT lock_id, seq, leaf, salt, record, head, statement, NULL AS first FROM journal UNION ALL ${gaps}) WHERE lock_id = ? ORDER BY seq`);
  rows.setReadBigInts(true);
  for (const row of rows.iterate(id)) yield row['first'] === null ? storedEntry(row) : storedGap(row);
}

const storedGap = (row: Row): Gap => ({ first: numberOf(row['first']), last: numberOf(row['seq']), head: bytesOf(row['head']) ?? EMPTY });

const storedEntry = (row: Row): StoredEntry => ({
  seq: numberOf(row['seq']),
  leaf: bytesOf(row['leaf']) ?? EMPTY,
  salt: bytesOf(row['salt']),
  record: bytesOf(row['record']),
  head: bytesOf(row['head']) ?? EMPTY,
  statement: bytesOf(row['statement']),
});

// NULL is absent; anything else that is no blob is as good as no bytes, which matches nothing.
const bytesOf = (value: unknown): Bytes | undefined => {
  if (value === null || value === undefined) return undefined;
  return value instanceof Uint8Array ? value : EMPTY;
};

const numberOf = (value: unknown): number => (typeof value === 'bigint' ? Number(value) : 0);
