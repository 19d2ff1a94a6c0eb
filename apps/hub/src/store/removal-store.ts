// Locks that are to forget their owners, and those that are not of this site any more. What they and others wrote down stays.

import type { Bytes } from '@mortise/base/bytes.ts';
import type { LockId } from '@mortise/base/identifiers.ts';
import type { Database } from './open-store.ts';

/** `refused`: the lock's code, if it refused the order. */
export type StoredReset = { readonly document: Bytes; readonly until: number; readonly refused: string | null };

/** Keeps the newest order for this lock. */
export const putReset = async (database: Database, lockId: LockId, reset: { readonly document: Bytes; readonly until: number; readonly by: string; readonly at: number }): Promise<void> => {
  const kept = { document: reset.document, until_at: reset.until, ordered_at: reset.at, ordered_by: reset.by, refused: null };
  await database.insertInto('lock_reset').values({ lock_id: lockId, ...kept }).onConflict((conflict) => conflict.column('lock_id').doUpdateSet(kept)).execute();
};

export const resetOf = async (database: Database, lockId: LockId): Promise<StoredReset | undefined> => {
  const row = await database.selectFrom('lock_reset').select(['document', 'until_at', 'refused']).where('lock_id', '=', lockId).executeTakeFirst();
  return row && { document: row.document, until: row.until_at, refused: row.refused };
};

export const noteResetRefused = async (database: Database, lockId: LockId, code: string): Promise<void> => {
  await database.updateTable('lock_reset').set({ refused: code }).where('lock_id', '=', lockId).execute();
};

/** The lock and its door are of this site no more: no group or location has the door, what hands used there is over. False: they were not. */
export const removeLock = (database: Database, lockId: LockId, at: number): Promise<boolean> =>
  database.transaction().execute(async (transaction) => {
    const lock = await transaction.selectFrom('lock').select('door_id').where('id', '=', lockId).where('removed_at', 'is', null).executeTakeFirst();
    if (lock === undefined) return false;
    await transaction.updateTable('lock').set({ removed_at: at }).where('id', '=', lockId).execute();
    await transaction.deleteFrom('group_door').where('door_id', '=', lock.door_id).execute();
    await transaction.updateTable('door').set({ location_id: null }).where('id', '=', lock.door_id).execute();
    await transaction.updateTable('entry').set({ removed_at: at }).where('lock_id', '=', lockId).where('removed_at', 'is', null).execute();
    await transaction.updateTable('offline_code').set({ taken_back_at: at }).where('lock_id', '=', lockId).where('taken_back_at', 'is', null).execute();
    return true;
  });

export const wasRemoved = async (database: Database, lockId: LockId): Promise<boolean> =>
  (await database.selectFrom('lock').select('id').where('id', '=', lockId).where('removed_at', 'is not', null).executeTakeFirst()) !== undefined;
