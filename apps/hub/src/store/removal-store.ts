// Locks that are to forget their owners, and those that are not of this site any more. What they and others wrote down stays.

import type { Bytes } from '@mortise/base/bytes.ts';
import type { LockId } from '@mortise/base/identifiers.ts';
import type { Database } from './open-store.ts';

/** `refused`: the lock's code, if it refused the order. `isSent`: the lock may have it. `isWithdrawn`: it is sent no more. */
export type StoredReset = { readonly document: Bytes; readonly until: number; readonly refused: string | null; readonly isSent: boolean; readonly isWithdrawn: boolean };

/** Keeps the newest order for this lock. One before it that the lock may have stays one that it may have, until the end of this. */
export const putReset = (database: Database, lockId: LockId, reset: { readonly document: Bytes; readonly until: number; readonly by: string; readonly at: number }): Promise<void> =>
  database.transaction().execute(async (transaction) => {
    const before = await transaction.selectFrom('lock_reset').select('sent_at').where('lock_id', '=', lockId).where('refused', 'is', null).executeTakeFirst();
    const kept = { document: reset.document, until_at: reset.until, ordered_at: reset.at, ordered_by: reset.by, refused: null, sent_at: before?.sent_at ?? null, withdrawn_at: null };
    await transaction.insertInto('lock_reset').values({ lock_id: lockId, ...kept }).onConflict((conflict) => conflict.column('lock_id').doUpdateSet(kept)).execute();
  });

/** Also one that was withdrawn after it was sent. */
export const resetOf = async (database: Database, lockId: LockId): Promise<StoredReset | undefined> => {
  const row = await database.selectFrom('lock_reset').selectAll().where('lock_id', '=', lockId).executeTakeFirst();
  return row && { document: row.document, until: row.until_at, refused: row.refused, isSent: row.sent_at !== null, isWithdrawn: row.withdrawn_at !== null };
};

/** It is about to be sent. False: it was withdrawn just now, and must not be. */
export const noteResetSent = async (database: Database, lockId: LockId, at: number): Promise<boolean> => {
  const noted = await database.updateTable('lock_reset').set({ sent_at: at }).where('lock_id', '=', lockId).where('withdrawn_at', 'is', null).executeTakeFirst();
  return noted.numUpdatedRows === 1n;
};

export const noteResetRefused = async (database: Database, lockId: LockId, code: string): Promise<void> => {
  await database.updateTable('lock_reset').set({ refused: code }).where('lock_id', '=', lockId).execute();
};

/** It is sent no more. What the lock cannot have, refused, or has outlived is forgotten; the rest is kept, for the lock may act on it. False: there is none to withdraw. */
export const withdrawReset = (database: Database, lockId: LockId, at: number): Promise<boolean> =>
  database.transaction().execute(async (transaction) => {
    const over = await transaction.deleteFrom('lock_reset').where('lock_id', '=', lockId)
      .where((where) => where.or([where('sent_at', 'is', null), where('refused', 'is not', null), where('until_at', '<', at)])).executeTakeFirst();
    if (over.numDeletedRows > 0n) return true;
    const kept = await transaction.updateTable('lock_reset').set({ withdrawn_at: at }).where('lock_id', '=', lockId).where('withdrawn_at', 'is', null).executeTakeFirst();
    return kept.numUpdatedRows > 0n;
  });

/** Locks of this site for which an order went through this hub. */
export const orderedLocks = async (database: Database): Promise<readonly string[]> =>
  (await database.selectFrom('lock_reset').innerJoin('lock', 'lock.id', 'lock_reset.lock_id').select('lock.id').where('lock.removed_at', 'is', null).execute()).map(({ id }) => id);

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
