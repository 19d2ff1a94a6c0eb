// The schema's history. A migration that was released is never edited; a later one follows it. Column types that databases
// name differently come in as parameters.

import { sql, type Kysely } from 'kysely';
import type { Migration } from 'kysely/migration';
import type { ColumnTypes } from './column-types.ts';
import { estate } from './estate-migration.ts';

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

const grants = ({ bytes, whole }: ColumnTypes): readonly string[] => [
  `alter table phone_key add column replaced_at ${whole}`,
  `alter table phone_key add column proof ${bytes}`,
  `create table key_session (token_hash text primary key, credential_hash text not null references phone_key(credential_hash),
    created_at ${whole} not null, expires_at ${whole} not null)`,
  `create table lent_grant (id text primary key, person_id text not null references person(id), lent_by text not null references person(id),
    request_hash text not null, way text not null, signed_by text not null, terms text not null, access_id text not null, word text not null,
    credential_hash text references phone_key(credential_hash), enabled ${whole} not null, taken_back_at ${whole},
    until_at ${whole} not null, revision ${whole} not null, created_at ${whole} not null, changed_at ${whole} not null)`,
  'create index lent_grant_credential on lent_grant (credential_hash)',
  `create table lent_document (access_id text primary key, grant_id text not null references lent_grant(id), document ${bytes} not null,
    issuer text not null, terms text not null, until_at ${whole} not null, issued_at ${whole} not null, retired_at ${whole},
    stamp ${bytes}, stamped_at ${whole}, stamped_until ${whole})`,
  'create index lent_document_grant on lent_document (grant_id)',
  `create table invitation (grant_id text primary key references lent_grant(id), invitation_key text not null unique, delegation ${bytes},
    redeem_by ${whole} not null, handed ${whole} not null, opened_at ${whole}, redeemed_at ${whole}, asking_name text,
    tried_again ${whole} not null, tried_again_at ${whole})`,
  `create table message (id text primary key, grant_id text not null references lent_grant(id), kind text not null, recipient text,
    subject text, body text, state text not null, answer text, attempts ${whole} not null, next_at ${whole} not null, created_at ${whole} not null)`,
  'create index message_grant on message (grant_id)',
  `create table introduction (signer text primary key, document ${bytes} not null, created_at ${whole} not null)`,
  `create table revocation (id text primary key, issuer text not null, document ${bytes} not null, until_at ${whole} not null,
    created_at ${whole} not null, replaced_at ${whole})`,
  `create table revocation_entry (revocation_id text not null references revocation(id), access_id text not null, until_at ${whole} not null,
    primary key (revocation_id, access_id))`,
  'create index revocation_entry_access on revocation_entry (access_id)',
  `create table revocation_word (revocation_id text not null references revocation(id), lock_id text not null references lock(id),
    at ${whole} not null, refused text, primary key (revocation_id, lock_id))`,
  `create table lock_word (lock_id text primary key references lock(id), heard_at ${whole} not null, owner_sequence ${whole}, owner_refused text)`,
  `create table place_group (id text primary key, name text not null, created_at ${whole} not null)`,
  `create table group_door (group_id text not null references place_group(id), door_id text not null references door(id),
    primary key (group_id, door_id))`,
  `create table calendar (id ${whole} primary key, name text not null, days text not null, until_day ${whole} not null)`,
  `create table owner_invitation (id text primary key, invitation_key text not null unique, name text not null, redeem_by ${whole} not null,
    invited_by text not null references person(id), created_at ${whole} not null, asking text, asked_at ${whole}, done_at ${whole})`,
];

const nearAdoption = ({ whole }: ColumnTypes): readonly string[] => [
  'alter table lock add column profile text',
  `alter table lock add column certified ${whole} not null default 1`,
  `alter table draft add column certified ${whole} not null default 1`,
];

const ekeyHolders = ({ whole }: ColumnTypes): readonly string[] => [
  `create table ekey_report (ekey_id text primary key references ekey(id), at ${whole} not null, note text not null)`,
  `create table phone_link (link_key text primary key, ekey_id text not null references ekey(id), person_id text not null references person(id),
    made_by text not null references person(id), redeem_by ${whole} not null, created_at ${whole} not null, credential_hash text references phone_key(credential_hash))`,
  'create index phone_link_credential on phone_link (credential_hash)',
];

const entries = ({ whole }: ColumnTypes): readonly string[] => [
  `create table entry (id text primary key, lock_id text not null references lock(id), kind text not null, person_id text references person(id), label text,
    terms text, slot ${whole}, key_id text, owner_key text, generation ${whole}, longest ${whole}, until_at ${whole}, created_at ${whole} not null,
    created_by text not null references person(id), removed_at ${whole})`,
  'create index entry_lock on entry (lock_id)',
  `create table pseudonym (lock_id text not null references lock(id), pseudonym text not null, person_id text not null references person(id),
    primary key (lock_id, pseudonym))`,
  `create table offline_code (id text primary key, lock_id text not null references lock(id), key_id text not null, owner_key text not null, generation ${whole} not null,
    number ${whole} not null, person_id text not null references person(id), word text not null, kind text not null, from_at ${whole} not null, until_at ${whole} not null,
    created_at ${whole} not null, created_by text not null references person(id), taken_back_at ${whole}, unique (lock_id, key_id, number))`,
  `create table message_next (id text primary key, grant_id text references lent_grant(id), about text, kind text not null, recipient text,
    subject text, body text, state text not null, answer text, attempts ${whole} not null, next_at ${whole} not null, created_at ${whole} not null)`,
  `insert into message_next (id, grant_id, kind, recipient, subject, body, state, answer, attempts, next_at, created_at)
    select id, grant_id, kind, recipient, subject, body, state, answer, attempts, next_at, created_at from message`,
  'drop table message',
  'alter table message_next rename to message',
  'create index message_grant on message (grant_id)',
  'create index message_about on message (about)',
];

/** When an electronic key is to be given back. */
const dueBack = ({ whole }: ColumnTypes): readonly string[] => [`alter table ekey add column due_back ${whole}`, `alter table ekey_custody add column due_back ${whole}`];

/** Orders to locks to forget their owners, and locks that did. */
const lockRemoval = ({ bytes, whole }: ColumnTypes): readonly string[] => [
  `alter table lock add column removed_at ${whole}`,
  `create table lock_reset (lock_id text primary key references lock(id), document ${bytes} not null, until_at ${whole} not null, ordered_at ${whole} not null,
    ordered_by text not null references person(id), refused text)`,
];

/** Where owners want alarms, and which records were told there. */
const alarms = ({ whole }: ColumnTypes): readonly string[] => [
  `create table alarm_address (person_id text not null references person(id), kind text not null, address text not null, plain ${whole} not null,
    created_at ${whole} not null, primary key (person_id, kind))`,
  `create table alarm (record_head text primary key, lock_id text not null references lock(id), reason text not null, told text not null, received_at ${whole} not null)`,
  'create index alarm_lock on alarm (lock_id, reason, received_at)',
];

/** Orders that are withdrawn; of those that wait already it is not known whether they were sent. */
const resetsWithdrawn = ({ whole }: ColumnTypes): readonly string[] => [
  `alter table lock_reset add column sent_at ${whole}`,
  `alter table lock_reset add column withdrawn_at ${whole}`,
  'update lock_reset set sent_at = ordered_at',
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
  '0004-grants': steps(grants(types)),
  '0005-estate': estate(types),
  '0007-entries': steps(entries(types)),
  '0008-due-back': steps(dueBack(types)),
  '0009-near-adoption': steps(nearAdoption(types)),
  '0010-ekey-holders': steps(ekeyHolders(types)),
  '0011-lock-removal': steps(lockRemoval(types)),
  '0012-alarms': steps(alarms(types)),
  '0013-resets-withdrawn': steps(resetsWithdrawn(types)),
});
