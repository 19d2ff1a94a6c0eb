// What databases call differently in a schema.

/** How a database writes the two types that differ: SQLite `blob`, `integer`; PostgreSQL `bytea`, `bigint`. */
export type ColumnTypes = { readonly bytes: 'blob' | 'bytea'; readonly whole: 'integer' | 'bigint'; readonly counted: string };
