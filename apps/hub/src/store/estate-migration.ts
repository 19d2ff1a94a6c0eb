// The estate: locations, electronic keys with their custody and orders, requests; and journals that are of locks and of keys. Until here each
// journal table referred to a lock; they are made anew without that, and get columns to search by, which are filled from the records.

import { sql, type Kysely } from 'kysely';
import type { Migration } from 'kysely/migration';
import type { Bytes } from '@mortise/base/bytes.ts';
import type { ColumnTypes } from './column-types.ts';
import { factsOf } from './record-facts.ts';

const ROWS_AT_ONCE = 500;

const tables = ({ bytes, whole, counted }: ColumnTypes): readonly string[] => [
  `create table location (id text primary key, name text not null, created_at ${whole} not null)`,
  `alter table lock_word add column linked_at ${whole}`,
  'alter table door add column location_id text references location(id)',
  `create table ekey (id text primary key, identity_key ${bytes} not null, credential_key ${bytes} not null, credential_hash text not null unique,
    name text not null, serial text not null, state text not null, person_id text references person(id), certificate ${bytes} not null,
    enrolment ${bytes} not null, hub_certificate ${bytes} not null, revalidate_days ${whole}, buffer text not null, pin_minutes ${whole},
    pin_epoch ${whole} not null, registered_at ${whole} not null)`,
  'create index ekey_person on ekey (person_id)',
  `create table ekey_custody (id ${counted}, ekey_id text not null references ekey(id), at ${whole} not null, action text not null,
    by_person text not null references person(id), person_id text references person(id), note text not null)`,
  'create index ekey_custody_key on ekey_custody (ekey_id, at)',
  `create table ekey_orders (ekey_id text not null references ekey(id), version ${whole} not null, orders ${bytes} not null, access_ids text not null,
    left_out ${whole} not null, primary key (ekey_id, version))`,
  `create table ekey_word (ekey_id text primary key references ekey(id), heard_at ${whole} not null, status ${bytes} not null)`,
  `create table access_request (id text primary key, person_id text not null references person(id), ekey_id text not null references ekey(id),
    door_id text not null references door(id), from_at ${whole} not null, until_at ${whole} not null, reason text not null, asked_at ${whole} not null,
    decision text, decided_at ${whole}, decided_by text references person(id), answer text not null, grant_id text)`,
  'create index access_request_person on access_request (person_id)',
];

const journals = ({ bytes, whole, counted }: ColumnTypes): readonly string[] => [
  `create table journal_next (lock_id text not null, seq ${whole} not null, position ${whole} not null unique, leaf ${bytes} not null,
    salt ${bytes}, record ${bytes}, head ${bytes} not null, statement ${bytes}, received_at ${whole} not null, at ${whole}, clock text, about_lock text,
    credential text, transaction_id text, primary key (lock_id, seq))`,
  `insert into journal_next (lock_id, seq, position, leaf, salt, record, head, statement, received_at)
    select lock_id, seq, position, leaf, salt, record, head, statement, received_at from journal`,
  'drop table journal',
  'alter table journal_next rename to journal',
  'create index journal_credential on journal (credential)',
  'create index journal_transaction on journal (transaction_id)',
  'create index journal_about on journal (about_lock)',
  'create index journal_at on journal (at)',
  `create table journal_head_next (lock_id text primary key, seq ${whole} not null, head ${bytes} not null)`,
  'insert into journal_head_next select lock_id, seq, head from journal_head',
  'drop table journal_head',
  'alter table journal_head_next rename to journal_head',
  `create table journal_gap_next (lock_id text not null, first_seq ${whole} not null, last_seq ${whole} not null, head ${bytes} not null, primary key (lock_id, first_seq))`,
  'insert into journal_gap_next select lock_id, first_seq, last_seq, head from journal_gap',
  'drop table journal_gap',
  'alter table journal_gap_next rename to journal_gap',
  `create table evidence_next (id ${counted}, lock_id text not null, code text not null, seq ${whole} not null, batch ${bytes} not null,
    received_at ${whole} not null, unique (lock_id, code, seq))`,
  'insert into evidence_next (lock_id, code, seq, batch, received_at) select lock_id, code, seq, batch, received_at from evidence order by id',
  'drop table evidence',
  'alter table evidence_next rename to evidence',
];

// The migrator hands out a database of unknown tables.
type Database = Kysely<unknown>;

const readRows = sql<{ readonly position: number; readonly record: Bytes }>;

const fill = async (database: Database): Promise<void> => {
  for (let after = 0; ; ) {
    const { rows } = await readRows`select position, record from journal where position > ${after} and record is not null order by position limit ${ROWS_AT_ONCE}`.execute(database);
    for (const { position, record } of rows) {
      const { at, clock, about_lock, credential, transaction_id } = factsOf(record, undefined);
      await sql`update journal set at = ${at}, clock = ${clock}, about_lock = ${about_lock}, credential = ${credential}, transaction_id = ${transaction_id} where position = ${position}`.execute(database);
    }
    const last = rows.at(-1);
    if (last === undefined) return;
    after = last.position;
  }
};

export const estate = (types: ColumnTypes): Migration => ({
  up: async (database: Database) => {
    for (const statement of [...tables(types), ...journals(types)]) await sql.raw(statement).execute(database);
    await fill(database);
  },
});
