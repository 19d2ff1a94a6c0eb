// What was heard from a lock by any way, beside what its journal tells: when last, and which owner set it holds.

import type { LockId } from '@mortise/base/identifiers.ts';
import type { Database } from './open-store.ts';
import type { Tables } from './tables.ts';

/** `linkedAt`: null: it was never heard on a link of its own. `ownerSequence`: null: it has not said so far. `refused`: its code for the set after it. */
export type LockWord = { readonly heardAt: number; readonly linkedAt: number | null; readonly ownerSequence: number | null; readonly ownerRefused: string | null };

/** A lock that is on the link says something all the time: so often it is written down. */
export const HEARD_STEP_MS = 60_000;

export const lockWord = async (database: Database, lockId: LockId): Promise<LockWord | undefined> => {
  const row = await database.selectFrom('lock_word').selectAll().where('lock_id', '=', lockId).executeTakeFirst();
  return row && wordOf(row);
};

export const lockWords = async (database: Database): Promise<ReadonlyMap<string, LockWord>> => {
  const rows = await database.selectFrom('lock_word').selectAll().execute();
  return new Map(rows.map((row) => [row.lock_id, wordOf(row)]));
};

const wordOf = (row: Tables['lock_word']): LockWord => ({ heardAt: row.heard_at, linkedAt: row.linked_at, ownerSequence: row.owner_sequence, ownerRefused: row.owner_refused });

/** It was heard at `at`, on its own link or not; an earlier instant than is known takes nothing back. */
export const noteHeard = async (database: Database, lockId: LockId, { at, isLinked }: { readonly at: number; readonly isLinked: boolean }): Promise<void> => {
  const heard = { heard_at: at, ...(isLinked && { linked_at: at }) };
  await database.insertInto('lock_word').values({ lock_id: lockId, linked_at: null, ...heard, owner_sequence: null, owner_refused: null })
    .onConflict((conflict) => conflict.column('lock_id').doUpdateSet(heard).where('lock_word.heard_at', '<=', at - HEARD_STEP_MS)).execute();
};

export const noteOwnerSet = async (database: Database, lockId: LockId, held: { readonly sequence: number; readonly refused: string | null; readonly at: number }): Promise<void> => {
  const kept = { owner_sequence: held.sequence, owner_refused: held.refused };
  await database.insertInto('lock_word').values({ lock_id: lockId, heard_at: held.at, linked_at: null, ...kept })
    .onConflict((conflict) => conflict.column('lock_id').doUpdateSet(kept)).execute();
};
