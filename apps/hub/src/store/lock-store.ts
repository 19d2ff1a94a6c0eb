// Adopted locks, their doors and rosters. A roster's place in its chain is checked by documents/roster.ts; here the chain is kept
// whole, so that a lock that was away can be given each version in turn.

import { sql } from 'kysely';
import type { Bytes } from '@mortise/base/bytes.ts';
import type { LockId } from '@mortise/base/identifiers.ts';
import type { LockProfile } from '@mortise/documents/lock-profile.ts';
import type { Database } from './open-store.ts';

export type NewLock = {
  readonly lockId: LockId; readonly identityKey: Bytes; readonly readerKey: Bytes; readonly sealKey: Bytes;
  readonly model: string; readonly firmware: string; readonly statement: Bytes; readonly profile: LockProfile; readonly certified: boolean;
  readonly doorId: string; readonly doorName: string; readonly roster: Bytes; readonly at: number;
};

/** Stores lock, door and the roster that the lock already holds; its draft has served. False: the lock was stored before; nothing changed. */
export const addLock = (database: Database, lock: NewLock): Promise<boolean> =>
  database.transaction().execute(async (transaction) => {
    const known = await transaction.selectFrom('lock').select('id').where('id', '=', lock.lockId).executeTakeFirst();
    if (known !== undefined) return false;
    await transaction.insertInto('door').values({ id: lock.doorId, name: lock.doorName, created_at: lock.at }).execute();
    await transaction
      .insertInto('lock')
      .values({
        id: lock.lockId, door_id: lock.doorId, identity_key: lock.identityKey, reader_key: lock.readerKey, seal_key: lock.sealKey,
        model: lock.model, firmware: lock.firmware, statement: lock.statement, adopted_at: lock.at, profile: lock.profile, certified: Number(lock.certified),
      })
      .execute();
    await transaction.insertInto('roster').values({ lock_id: lock.lockId, version: 1, document: lock.roster, created_at: lock.at }).execute();
    await transaction.insertInto('roster_delivery').values({ lock_id: lock.lockId, version: 1, refused: null }).execute();
    await transaction.deleteFrom('draft').where('lock_id', '=', lock.lockId).execute();
    return true;
  });

const doorQuery = (database: Database) =>
  database
    .selectFrom('lock')
    .innerJoin('door', 'door.id', 'lock.door_id')
    .innerJoin('roster_delivery', 'roster_delivery.lock_id', 'lock.id')
    .leftJoin('journal_head', 'journal_head.lock_id', 'lock.id')
    .leftJoin('lock_reset', 'lock_reset.lock_id', 'lock.id')
    .where('lock.removed_at', 'is', null)
    .select([
      'lock.id', 'lock.identity_key', 'lock.reader_key', 'lock.seal_key', 'lock.statement', 'lock.model', 'lock.firmware', 'lock.profile', 'door.id as door_id', 'door.name as door_name',
      'roster_delivery.version as delivered', 'roster_delivery.refused', 'lock_reset.until_at as reset_until', 'lock_reset.refused as reset_refused', 'lock_reset.sent_at as reset_sent', 'lock_reset.withdrawn_at as reset_withdrawn', 'journal_head.seq', 'journal_head.head',
    ])
    .select((query) => [
      query.selectFrom('roster').whereRef('roster.lock_id', '=', 'lock.id').select(({ fn }) => fn.max('version').as('newest')).as('newest'),
      query.selectFrom('evidence').whereRef('evidence.lock_id', '=', 'lock.id').select(({ fn }) => fn.countAll().as('alerts')).as('alerts'),
      query.selectFrom('journal_gap').whereRef('journal_gap.lock_id', '=', 'lock.id').select(sql<number | string>`sum(last_seq - first_seq + 1)`.as('missing')).as('missing'),
      query.selectFrom('site').select('zone').limit(1).as('zone'),
    ])
    .orderBy('door.created_at')
    .orderBy('door.id');

export type DoorRow = Awaited<ReturnType<ReturnType<typeof doorQuery>['execute']>>[number];

export const doorRows = (database: Database): Promise<DoorRow[]> => doorQuery(database).execute();
export const doorRowOfDoor = (database: Database, doorId: string): Promise<DoorRow | undefined> => doorQuery(database).where('door.id', '=', doorId).executeTakeFirst();
export const doorRowOfLock = (database: Database, lockId: LockId): Promise<DoorRow | undefined> => doorQuery(database).where('lock.id', '=', lockId).executeTakeFirst();

/** Every version, oldest first. */
export const rosterDocuments = async (database: Database, lockId: LockId): Promise<readonly Bytes[]> => {
  const rows = await database.selectFrom('roster').select('document').where('lock_id', '=', lockId).orderBy('version').execute();
  return rows.map(({ document }) => document);
};

export type NewestRoster = { readonly lockId: string; readonly version: number; readonly document: Bytes };

/** The newest stored roster of each lock. */
export const newestRosters = async (database: Database): Promise<readonly NewestRoster[]> => {
  const newest = database.selectFrom('roster').select(({ fn }) => ['lock_id', fn.max('version').as('newest')]).groupBy('lock_id').as('last');
  const rows = await database.selectFrom('roster').innerJoin(newest, (join) => join.onRef('last.lock_id', '=', 'roster.lock_id').onRef('last.newest', '=', 'roster.version'))
    .select(['roster.lock_id', 'roster.version', 'roster.document']).execute();
  return rows.map((row) => ({ lockId: row.lock_id, version: row.version, document: row.document }));
};

export const rosterOfVersion = async (database: Database, lockId: LockId, version: number): Promise<Bytes | undefined> =>
  (await database.selectFrom('roster').select('document').where('lock_id', '=', lockId).where('version', '=', version).executeTakeFirst())?.document;

type NewRoster = { readonly lockId: LockId; readonly version: number; readonly document: Bytes; readonly at: number };

/** False: that version is stored already; nothing changed. `along`: what is to be stored with it. */
export const addRoster = (database: Database, roster: NewRoster, along: (transaction: Database) => Promise<void>): Promise<boolean> =>
  database.transaction().execute(async (transaction) => {
    const added = await transaction
      .insertInto('roster')
      .values({ lock_id: roster.lockId, version: roster.version, document: roster.document, created_at: roster.at })
      .onConflict((conflict) => conflict.columns(['lock_id', 'version']).doNothing())
      .executeTakeFirst();
    if (added.numInsertedOrUpdatedRows !== 1n) return false;
    await along(transaction);
    return true;
  });

export type Delivery = { readonly delivered: number; readonly newest: number; readonly refused: string | null };

export const rosterDelivery = async (database: Database, lockId: LockId): Promise<Delivery | undefined> => {
  const row = await doorRowOfLock(database, lockId);
  return row === undefined ? undefined : { delivered: row.delivered, newest: row.newest ?? 0, refused: row.refused };
};

export const setDelivery = async (database: Database, lockId: LockId, version: number, refused: string | null): Promise<void> => {
  await database.updateTable('roster_delivery').set({ version, refused }).where('lock_id', '=', lockId).execute();
};

/** The locks whose own certificate counts for their link. */
export const uncertifiedLocks = async (database: Database): Promise<readonly string[]> => {
  const rows = await database.selectFrom('lock').select('id').where('certified', '=', 0).where('removed_at', 'is', null).execute();
  return rows.map(({ id }) => id);
};

export const lockKeys = async (database: Database): Promise<readonly (readonly [string, Bytes])[]> => {
  const rows = await database.selectFrom('lock').select(['id', 'identity_key']).where('removed_at', 'is', null).execute();
  return rows.map((row) => [row.id, row.identity_key]);
};
