// Kysely over node:sqlite: the connection is one, so Kysely's own lock lets one query or one transaction through at a time.

import type { DatabaseSync, SQLInputValue } from 'node:sqlite';
import { assert } from '@mortise/base/assert.ts';
import { SqliteAdapter, SqliteDialect, type DialectAdapter, type SqliteDatabase } from 'kysely';

/** SQLite changes its schema inside transactions as well; a migration cut short leaves nothing behind. */
class TransactionalAdapter extends SqliteAdapter {
  override get supportsTransactionalDdl(): boolean {
    return true;
  }
}

class NodeSqliteDialect extends SqliteDialect {
  override createAdapter(): DialectAdapter {
    return new TransactionalAdapter();
  }
}

const isValue = (value: unknown): value is SQLInputValue =>
  value === null || typeof value === 'number' || typeof value === 'string' || typeof value === 'bigint' || value instanceof Uint8Array;

const values = (parameters: readonly unknown[]): SQLInputValue[] =>
  parameters.map((value) => {
    assert(isValue(value), 'SQLite takes null, numbers, text and bytes');
    return value;
  });

const adapted = (database: DatabaseSync): SqliteDatabase => ({
  close: () => { database.close(); },
  prepare: (sql) => {
    const statement = database.prepare(sql);
    return {
      reader: statement.columns().length > 0,
      all: (parameters) => statement.all(...values(parameters)),
      run: (parameters) => statement.run(...values(parameters)),
      iterate: (parameters) => statement.iterate(...values(parameters)),
    };
  },
});

/** The database is closed with the Kysely instance. */
export const nodeSqliteDialect = (database: DatabaseSync): SqliteDialect => new NodeSqliteDialect({ database: adapted(database) });
