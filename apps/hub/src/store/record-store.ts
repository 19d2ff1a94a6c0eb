// Records of all journals, searched. Each condition is a column beside the record (record-facts.ts); whose a record of an electronic key's
// credential is, is asked of its custody at the record's instant.

import { sql, type ExpressionBuilder } from 'kysely';
import { base64url } from '@mortise/base/bytes.ts';
import type { RecordItem, RecordsPage, recordsQuery } from '@mortise/api/records.ts';
import { MAX_PAGE } from '@mortise/api/activity.ts';
import type { z } from '@mortise/api/schema.ts';
import { decodeRecord, type JournalRecord } from '@mortise/journal/record.ts';
import { toldRecord } from './activity-store.ts';
import { knownActors, type ActorOf } from './known-actors.ts';
import type { Database } from './open-store.ts';
import type { Tables } from './tables.ts';

type Query = z.output<typeof recordsQuery>;

const MAX_TOLD = 16;

export const recordsPage = async (database: Database, query: Query): Promise<RecordsPage> => {
  const rows = await matching(database, query).orderBy('journal.position', 'desc').limit(query.limit + 1).execute();
  const shown = rows.slice(0, query.limit);
  const devices = await devicesOf(database);
  return { items: await items(database, devices, shown), next: rows.length > query.limit ? (shown.at(-1)?.position ?? null) : null, ...(await gapsOf(database, devices, query)) };
};

// ---- what is asked for ---------------------------------------------------------------------------------------------------------

const matching = (database: Database, { lock, ekey, location, person, from, until, before }: Query) =>
  entries(database)
    .$if(lock !== undefined, (query) => query.where((where) => where.or([where('journal.lock_id', '=', lock ?? ''), where('journal.about_lock', '=', lock ?? '')])))
    .$if(ekey !== undefined, (query) => query.where('journal.credential', '=', database.selectFrom('ekey').select('credential_hash').where('id', '=', ekey ?? '')))
    .$if(location !== undefined, (query) => query.where((where) => where.or([where('journal.lock_id', 'in', locksIn(database, location ?? '')), where('journal.about_lock', 'in', locksIn(database, location ?? ''))])))
    .$if(person !== undefined, (query) => query.where((where) => isOf(where, person ?? '')))
    .$if(from !== undefined, (query) => query.where('journal.at', '>=', from ?? 0))
    .$if(until !== undefined, (query) => query.where('journal.at', '<=', until ?? 0))
    .$if(before !== undefined, (query) => query.where('journal.position', '<', before ?? 0));

const locksIn = (database: Database, location: string) => database.selectFrom('lock').innerJoin('door', 'door.id', 'lock.door_id').select('lock.id').where('door.location_id', '=', location);

const entries = (database: Database) =>
  database.selectFrom('journal')
    .leftJoin('journal_gap', (join) => join.onRef('journal_gap.lock_id', '=', 'journal.lock_id').on(sql`journal_gap.last_seq`, '=', sql`journal.seq - 1`))
    .select(['journal_gap.first_seq', 'journal.position', 'journal.lock_id', 'journal.seq', 'journal.record', 'journal.received_at', 'journal.about_lock', 'journal.credential', 'journal.transaction_id']);

type Row = Awaited<ReturnType<ReturnType<typeof entries>['execute']>>[number];

/** By a phone of theirs, or by an electronic key that they held then: the last entry of its custody up to the record issued it to them. */
const isOf = (where: ExpressionBuilder<Tables, 'journal'>, person: string) => {
  const phones = where.selectFrom('phone_key').select('credential_hash').where('person_id', '=', person).where('credential_hash', 'not in', where.selectFrom('ekey').select('credential_hash'));
  const holder = where.selectFrom('ekey_custody').innerJoin('ekey', 'ekey.id', 'ekey_custody.ekey_id').select('ekey_custody.person_id')
    .whereRef('ekey.credential_hash', '=', 'journal.credential').whereRef('ekey_custody.at', '<=', 'journal.at').orderBy('ekey_custody.id', 'desc').limit(1);
  const action = where.selectFrom('ekey_custody').innerJoin('ekey', 'ekey.id', 'ekey_custody.ekey_id').select('ekey_custody.action')
    .whereRef('ekey.credential_hash', '=', 'journal.credential').whereRef('ekey_custody.at', '<=', 'journal.at').orderBy('ekey_custody.id', 'desc').limit(1);
  return where.or([where('journal.credential', 'in', phones), where.and([where('journal.clock', '!=', 'lost'), where(action, '=', 'issued'), where(holder, '=', person)])]);
};

// ---- how it is told ------------------------------------------------------------------------------------------------------------

type Device = RecordItem['device'] & { readonly credential: string | undefined; readonly door: RecordItem['door'] };

const devicesOf = async (database: Database): Promise<ReadonlyMap<string, Device>> => {
  const locks = await database.selectFrom('lock').innerJoin('door', 'door.id', 'lock.door_id').select(['lock.id', 'door.id as door_id', 'door.name']).execute();
  const ekeys = await database.selectFrom('ekey').select(['id', 'name', 'credential_hash']).execute();
  return new Map([
    ...locks.map(({ id, door_id, name }): [string, Device] => [id, { kind: 'lock', id, name, credential: undefined, door: { id: door_id, name } }]),
    ...ekeys.map(({ id, name, credential_hash }): [string, Device] => [id, { kind: 'ekey', id, name, credential: credential_hash, door: null }]),
  ]);
};

const named = ({ kind, id, name }: Device): RecordItem['device'] => ({ kind, id, name });

const items = async (database: Database, devices: ReadonlyMap<string, Device>, rows: readonly Row[]): Promise<RecordItem[]> => {
  const actorOf = await knownActors(database);
  const twins = await twinsOf(database, rows);
  return rows.flatMap((row) => {
    const [device, record] = [devices.get(row.lock_id), row.record === null ? undefined : decodeRecord(row.record)];
    return device === undefined || record === undefined ? [] : [item({ devices, actorOf, twins }, row, device, record)];
  });
};

type Telling = { readonly devices: ReadonlyMap<string, Device>; readonly actorOf: ActorOf; readonly twins: ReadonlyMap<string | null, readonly Row[]> };

const item = ({ devices, actorOf, twins }: Telling, row: Row, device: Device, record: JournalRecord): RecordItem => {
  const lockId = device.kind === 'lock' ? device.id : row.about_lock;
  const ekey = [...devices.values()].find(({ credential }) => credential !== undefined && credential === row.credential);
  const same = (twins.get(row.transaction_id) ?? []).filter((other) => isTwin(devices, row, other)).slice(0, MAX_TOLD);
  return {
    ...toldRecord(record, { lockId: device.kind === 'lock' ? device.id : null, credential: row.credential }, actorOf), cursor: row.position, device: named(device), lockId, door: devices.get(lockId ?? '')?.door ?? null, ekey: ekey === undefined ? null : { id: ekey.id, name: ekey.name },
    seq: row.seq, missing: row.first_seq === null ? 0 : row.seq - row.first_seq, receivedAt: row.received_at, transactionId: record.transactionId === undefined ? null : base64url(record.transactionId),
    told: same.flatMap((other) => toldTwin(devices, other)),
  };
};

// ---- the same transaction ------------------------------------------------------------------------------------------------------

const twinsOf = async (database: Database, rows: readonly Row[]): Promise<ReadonlyMap<string | null, readonly Row[]>> => {
  const ids = [...new Set(rows.flatMap(({ transaction_id }) => transaction_id ?? []))];
  if (ids.length === 0) return new Map();
  return Map.groupBy(await entries(database).where('journal.transaction_id', 'in', ids).orderBy('journal.position').limit(MAX_PAGE * MAX_TOLD).execute(), (row) => row.transaction_id);
};

/** One is a lock's, the other a key's, and each names the other: a key could write any number of a transaction. */
const isTwin = (devices: ReadonlyMap<string, Device>, one: Row, other: Row): boolean => {
  const [mine, theirs] = [devices.get(one.lock_id), devices.get(other.lock_id)];
  if (mine === undefined || theirs === undefined || mine.kind === theirs.kind) return false;
  const [lock, key, keys] = mine.kind === 'lock' ? [one, other, theirs] : [other, one, mine];
  return key.about_lock === lock.lock_id && lock.credential === keys.credential;
};

const toldTwin = (devices: ReadonlyMap<string, Device>, row: Row): RecordItem['told'] => {
  const [device, record] = [devices.get(row.lock_id), row.record === null ? undefined : decodeRecord(row.record)];
  return device === undefined || record === undefined ? [] : [{ cursor: row.position, device: named(device), seq: row.seq, kind: record.kind, reason: record.reason, at: record.instant }];
};

// ---- gaps ----------------------------------------------------------------------------------------------------------------------

type Gaps = Pick<RecordsPage, 'gaps' | 'moreGaps'>;

/** Of each journal the newest first. */
const gapsOf = async (database: Database, devices: ReadonlyMap<string, Device>, query: Query): Promise<Gaps> => {
  const rows = await gapsThen(database, query).orderBy('lock_id').orderBy('first_seq', 'desc').limit(MAX_PAGE + 1).execute();
  const gaps = rows.slice(0, MAX_PAGE).flatMap(({ lock_id, first_seq, last_seq, after, before }) => {
    const device = devices.get(lock_id);
    return device === undefined ? [] : [{ device: named(device), first: first_seq, last: last_seq, after, before }];
  });
  return { gaps, moreGaps: rows.length > MAX_PAGE };
};

/** The records around one say when it was; where one of them is erased, or its clock was lost, the gap may be of any time. */
const gapsThen = (database: Database, query: Query) => {
  const { from, until } = query;
  return database.selectFrom(gapsIn(database, query).as('gap')).selectAll()
    .$if(from !== undefined, (rows) => rows.where((where) => where.or([where('before', 'is', null), where('before', '>=', from ?? 0)])))
    .$if(until !== undefined, (rows) => rows.where((where) => where.or([where('after', 'is', null), where('after', '<=', until ?? 0)])));
};

const gapsIn = (database: Database, { lock, ekey, location }: Query) => {
  const own = [lock, ekey].filter((id) => id !== undefined);
  const isNamed = own.length > 0 || location !== undefined;
  return database.selectFrom('journal_gap')
    .select(['lock_id', 'first_seq', 'last_seq', (where) => instantAt(where, sql<number>`journal_gap.first_seq - 1`).as('after'), (where) => instantAt(where, sql<number>`journal_gap.last_seq + 1`).as('before')])
    .$if(isNamed, (rows) => rows.where((where) => where.or([...own.map((id) => where('lock_id', '=', id)), ...(location === undefined ? [] : [where('lock_id', 'in', locksIn(database, location))])])));
};

const instantAt = (where: ExpressionBuilder<Tables, 'journal_gap'>, seq: ReturnType<typeof sql<number>>) =>
  where.selectFrom('journal').select('journal.at').whereRef('journal.lock_id', '=', 'journal_gap.lock_id').where('journal.seq', '=', seq).where('journal.clock', '!=', 'lost');
