// A journal in a device's store: one row an entry, in SQLite, and what every store of one needs.

import type { DatabaseSync } from 'node:sqlite';
import { err, ok, type Result } from '@mortise/base/result.ts';
import type { Entry } from '@mortise/journal/chain.ts';
import { databaseError, type DatabaseError } from '@mortise/node/sqlite.ts';

export const ENTRY_TABLE = 'CREATE TABLE entry (seq INTEGER PRIMARY KEY, leaf BLOB NOT NULL, salt BLOB NOT NULL, record BLOB NOT NULL, head BLOB NOT NULL) STRICT;';

/** Writes entries. A second one of the same number is our bug, and throws. */
export const entryWriter = (database: DatabaseSync): ((entries: readonly Entry[]) => void) => {
  const append = database.prepare('INSERT INTO entry (seq, leaf, salt, record, head) VALUES (?, ?, ?, ?, ?)');
  return (entries) => {
    for (const { seq, leaf, salt, record, head } of entries) append.run(seq, leaf, salt, record, head);
  };
};

/** All of them in order; undefined: a row is not what was written, or one is missing between others. */
export const readEntries = (database: DatabaseSync): readonly Entry[] | undefined => {
  const entries = database.prepare('SELECT seq, leaf, salt, record, head FROM entry ORDER BY seq').all().map(entryOf);
  const whole = entries.filter((entry) => entry !== undefined);
  return whole.length === entries.length && follow(whole) ? whole : undefined;
};

const follow = (entries: readonly Entry[]): boolean => entries.every((entry, index) => index === 0 || entry.seq === (entries[index - 1]?.seq ?? 0) + 1);

export type Row = ReturnType<ReturnType<DatabaseSync['prepare']>['all']>[number];

const entryOf = ({ seq, leaf, salt, record, head }: Row): Entry | undefined => {
  if (typeof seq !== 'number' || !(leaf instanceof Uint8Array) || !(salt instanceof Uint8Array)) return undefined;
  return record instanceof Uint8Array && head instanceof Uint8Array ? { seq, leaf, salt, record, head } : undefined;
};

/** What SQLite cannot do, as a value. */
export const attempt = <T>(work: () => T): Result<T, DatabaseError> => {
  try {
    return ok(work());
  } catch (error) {
    return err(databaseError(error));
  }
};
