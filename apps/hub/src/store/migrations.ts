// The schema's history. A migration that was released is never edited; a later one follows it. Column types that databases
// name differently come in as parameters.

import { sql, type Kysely } from 'kysely';
import type { Migration } from 'kysely/migration';

/** How a database writes the two types that differ: SQLite `blob`, `integer`; PostgreSQL `bytea`, `bigint`. */
export type ColumnTypes = { readonly bytes: 'blob' | 'bytea'; readonly whole: 'integer' | 'bigint'; readonly counted: string };

export const SQLITE_TYPES: ColumnTypes = { bytes: 'blob', whole: 'integer', counted: 'integer primary key autoincrement' };
export const POSTGRES_TYPES: ColumnTypes = { bytes: 'bytea', whole: 'bigint', counted: 'bigint generated always as identity primary key' };

// The migrator hands out a database of unknown tables.
type Database = Kysely<unknown>;

const firstDoor = (types: ColumnTypes): readonly string[] => {
  const { bytes, whole, counted } = types;
  return [
    `create table site (id text primary key, name text not null, zone text not null, created_at ${whole} not null)`,
    `create table person (id text primary key, name text not null, role text not null, created_at ${whole} not null)`,
    `create table passkey (credential_id text primary key, person_id text not null references person(id), public_key ${bytes} not null,
      counter ${whole} not null, transports text not null, rp_id text not null, created_at ${whole} not null)`,
    `create table session (token_hash text primary key, person_id text not null references person(id), signed_in_by text not null,
      created_at ${whole} not null, expires_at ${whole} not null)`,
    `create table claim (id ${whole} primary key check (id = 1), token_hash ${bytes} not null, created_at ${whole} not null, claimed_at ${whole})`,
    `create table owner_set (sequence ${whole} primary key, document ${bytes} not null, created_at ${whole} not null)`,
    'create table owner_key (key_text text primary key, person_id text not null references person(id))',
    `create table vault (credential_id text not null, owner_key text not null, method text not null, wrapped ${bytes} not null,
      created_at ${whole} not null, primary key (credential_id, owner_key))`,
    `create table issuer_wrap (owner_key text primary key, issuer_key text not null, wrapped ${bytes} not null, created_at ${whole} not null)`,
    `create table phone_key (credential_hash text primary key, person_id text not null references person(id),
      credential_key ${bytes} not null, label text not null, added_at ${whole} not null)`,
    `create table door (id text primary key, name text not null, created_at ${whole} not null)`,
    `create table lock (id text primary key, door_id text not null references door(id), identity_key ${bytes} not null,
      reader_key ${bytes} not null, seal_key ${bytes} not null, model text not null, firmware text not null,
      statement ${bytes} not null, adopted_at ${whole} not null)`,
    `create table roster (lock_id text not null references lock(id), version ${whole} not null, document ${bytes} not null,
      created_at ${whole} not null, primary key (lock_id, version))`,
    `create table roster_delivery (lock_id text primary key references lock(id), version ${whole} not null, refused text)`,
    `create table journal (lock_id text not null references lock(id), seq ${whole} not null, position ${whole} not null unique,
      leaf ${bytes} not null, salt ${bytes}, record ${bytes}, head ${bytes} not null, statement ${bytes}, received_at ${whole} not null,
      primary key (lock_id, seq))`,
    `create table journal_head (lock_id text primary key references lock(id), seq ${whole} not null, head ${bytes} not null)`,
    `create table evidence (id ${counted}, lock_id text not null references lock(id), code text not null, seq ${whole} not null,
      batch ${bytes} not null, received_at ${whole} not null, unique (lock_id, code, seq))`,
    `create table hub_key (name text primary key, private_key ${bytes} not null, public_key ${bytes} not null, certificate text,
      created_at ${whole} not null)`,
  ];
};

const adoptionDrafts = ({ bytes, whole }: ColumnTypes): readonly string[] => [
  `create table draft (lock_id text primary key, identity_key ${bytes} not null, roster ${bytes} not null, door_name text not null,
    model text not null, firmware text not null, created_at ${whole} not null)`,
];

const journalGaps = ({ bytes, whole }: ColumnTypes): readonly string[] => [
  `create table journal_gap (lock_id text not null references lock(id), first_seq ${whole} not null, last_seq ${whole} not null,
    head ${bytes} not null, primary key (lock_id, first_seq))`,
];

const steps = (statements: readonly string[]): Migration => ({
  up: async (database: Database) => {
    for (const statement of statements) await sql.raw(statement).execute(database);
  },
});

/** All migrations, oldest first, by the name under which the database remembers them. */
export const migrations = (types: ColumnTypes): Readonly<Record<string, Migration>> => ({
  '0001-first-door': steps(firstDoor(types)),
  '0002-adoption-drafts': steps(adoptionDrafts(types)),
  '0003-journal-gaps': steps(journalGaps(types)),
});
