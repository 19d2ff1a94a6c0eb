// Drafts of adoptions: what an owner was about to offer a lock. One per lock, the newest; the oldest go beyond a bound. A draft gives
// nobody anything: it becomes a door only together with the lock's own signed statement that fits it.

import type { Bytes } from '@mortise/base/bytes.ts';
import type { LockId } from '@mortise/base/identifiers.ts';
import type { Database } from './open-store.ts';

export const MAX_DRAFTS = 32;

export type Draft = {
  readonly lockId: LockId; readonly identityKey: Bytes; readonly roster: Bytes;
  readonly doorName: string; readonly model: string; readonly firmware: string;
  /** Whether the offer holds a link certificate. */
  readonly certified: boolean;
};

export const putDraft = (database: Database, { lockId, identityKey, roster, doorName, model, firmware, certified }: Draft, at: number): Promise<void> =>
  database.transaction().execute(async (transaction) => {
    await transaction.deleteFrom('draft').where('lock_id', '=', lockId).execute();
    await transaction.insertInto('draft').values({ lock_id: lockId, identity_key: identityKey, roster, door_name: doorName, model, firmware, certified: Number(certified), created_at: at }).execute();
    const others = transaction.selectFrom('draft').select('lock_id').where('lock_id', '!=', lockId).orderBy('created_at', 'desc').limit(MAX_DRAFTS - 1);
    await transaction.deleteFrom('draft').where('lock_id', '!=', lockId).where('lock_id', 'not in', others).execute();
  });

export const draftOf = async (database: Database, lockId: LockId): Promise<Draft | undefined> => {
  const row = await database.selectFrom('draft').selectAll().where('lock_id', '=', lockId).executeTakeFirst();
  return row === undefined ? undefined
    : { lockId, identityKey: row.identity_key, roster: row.roster, doorName: row.door_name, model: row.model, firmware: row.firmware, certified: row.certified === 1 };
};

export const dropDraft = async (database: Database, lockId: LockId): Promise<void> => {
  await database.deleteFrom('draft').where('lock_id', '=', lockId).execute();
};

export const draftedLocks = async (database: Database): Promise<readonly string[]> => {
  const rows = await database.selectFrom('draft').select('lock_id').execute();
  return rows.map((row) => row.lock_id);
};
