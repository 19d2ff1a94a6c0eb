// PINs, cards, fingers, keys of codes and the codes made with them, as owners noted them. Entries that a lock's newest roster does not hold any more stay, marked, for
// the records that name them.

import { entryTerms, type Code, type Entry, type EntryKind, type EntryNote } from '@mortise/api/entries.ts';
import type { Database } from './open-store.ts';

export type NotedEntry = { readonly note: EntryNote; readonly personId: string | null };
export type NewCode = Pick<Code, 'id' | 'lockId' | 'ownerKey' | 'generation' | 'number' | 'kind' | 'from' | 'until'> & { readonly personId: string; readonly keyId: string; readonly word: string; readonly at: number; readonly by: string };

export const addEntries = async (database: Database, lockId: string, noted: readonly NotedEntry[], by: string, at: number): Promise<void> => {
  for (const { note, personId } of noted) {
    await database.insertInto('entry').values({ ...columnsOf(note), id: note.id, lock_id: lockId, kind: note.kind, person_id: personId, created_at: at, created_by: by, removed_at: null })
      .onConflict((conflict) => conflict.column('id').doUpdateSet({ removed_at: null })).execute();
    if (note.kind === 'codeKey' || personId === null) continue;
    await database.insertInto('pseudonym').values({ lock_id: lockId, pseudonym: note.pseudonym, person_id: personId }).onConflict((conflict) => conflict.columns(['lock_id', 'pseudonym']).doNothing()).execute();
  }
};

/** What may stand once in a roster, of the noted entries of these ids. */
export const uniqueNames = async (database: Database, lockId: string, ids: readonly string[]): Promise<readonly string[]> => {
  if (ids.length === 0) return [];
  const rows = await database.selectFrom('entry').select(['slot', 'key_id']).where('lock_id', '=', lockId).where('id', 'in', ids).execute();
  return rows.flatMap(({ slot, key_id }) => [...(slot === null ? [] : [`slot ${slot}`]), ...(key_id === null ? [] : [`key ${key_id}`])]);
};

export type HeldEntry = { readonly id: string; readonly kind: EntryKind };

/** What a roster holds and nobody said anything of: it is there all the same, to be seen and taken away. */
export const addUnnoted = async (database: Database, lockId: string, held: readonly HeldEntry[], by: string, at: number): Promise<void> => {
  for (const { id, kind } of held) {
    await database.insertInto('entry').values({ ...NO_CODES, id, lock_id: lockId, kind, person_id: null, label: null, terms: null, slot: null, created_at: at, created_by: by, removed_at: null })
      .onConflict((conflict) => conflict.column('id').doUpdateSet({ removed_at: null })).execute();
  }
};

const NO_CODES = { key_id: null, owner_key: null, generation: null, longest: null, until_at: null } as const;

const columnsOf = (note: EntryNote) =>
  note.kind === 'codeKey'
    ? { label: null, terms: null, slot: null, key_id: note.keyId, owner_key: note.ownerKey, generation: note.generation, longest: note.longest, until_at: note.until }
    : { ...NO_CODES, label: note.label, terms: JSON.stringify(note.terms), slot: note.kind === 'finger' ? note.slot : null };

/** Marks those of a lock that its newest roster (`held`: their ids) does not hold. Answers their ids. */
export const dropEntries = async (database: Database, lockId: string, held: readonly string[], at: number): Promise<readonly string[]> => {
  const rows = await database.selectFrom('entry').select('id').where('lock_id', '=', lockId).where('removed_at', 'is', null).execute();
  const gone = rows.map(({ id }) => id).filter((id) => !held.includes(id));
  if (gone.length > 0) await database.updateTable('entry').set({ removed_at: at }).where('id', 'in', gone).execute();
  return gone;
};

const entryRows = (database: Database) =>
  database.selectFrom('entry').innerJoin('lock', 'lock.id', 'entry.lock_id').leftJoin('person', 'person.id', 'entry.person_id')
    .selectAll('entry').select(['lock.door_id', 'person.name as person_name']).where('entry.removed_at', 'is', null).orderBy('entry.created_at').orderBy('entry.id');
type EntryRow = Awaited<ReturnType<ReturnType<typeof entryRows>['execute']>>[number];

/** Those that are in rosters; of one lock, or of all. */
export const entriesOf = async (database: Database, lockId?: string): Promise<Entry[]> => {
  const rows = await entryRows(database).$if(lockId !== undefined, (query) => query.where('entry.lock_id', '=', lockId ?? '')).execute();
  return rows.map(toldEntry);
};

export const entryById = async (database: Database, id: string): Promise<Entry | undefined> => {
  const row = await entryRows(database).where('entry.id', '=', id).executeTakeFirst();
  return row && toldEntry(row);
};

const toldEntry = (row: EntryRow): Entry => ({
  id: row.id, kind: row.kind, doorId: row.door_id, lockId: row.lock_id, label: row.label, slot: row.slot, createdAt: row.created_at, createdBy: row.created_by,
  person: row.person_id === null ? null : { id: row.person_id, name: row.person_name ?? '' },
  terms: row.terms === null ? null : entryTerms.parse(JSON.parse(row.terms)),
  codes: row.owner_key === null || row.generation === null || row.longest === null ? null : { ownerKey: row.owner_key, generation: row.generation, longest: row.longest, until: row.until_at },
});

// ---- codes -------------------------------------------------------------------------------------------------------------------

/** The key of codes of this owner and generation that the lock's roster holds; undefined: none. */
export const codeKeyIdOf = async (database: Database, lockId: string, ownerKey: string, generation: number): Promise<string | undefined> => {
  const row = await database.selectFrom('entry').select('key_id').where('lock_id', '=', lockId).where('owner_key', '=', ownerKey).where('generation', '=', generation)
    .where('removed_at', 'is', null).executeTakeFirst();
  return row?.key_id ?? undefined;
};

/** False: this very code, or one of this id, was made before. */
export const addCode = async (database: Database, code: NewCode): Promise<boolean> => {
  const added = await database.insertInto('offline_code').values({
    id: code.id, lock_id: code.lockId, key_id: code.keyId, owner_key: code.ownerKey, generation: code.generation, number: code.number, person_id: code.personId, word: code.word,
    kind: code.kind, from_at: code.from, until_at: code.until, created_at: code.at, created_by: code.by, taken_back_at: null,
  }).onConflict((conflict) => conflict.doNothing()).executeTakeFirst();
  return added.numInsertedOrUpdatedRows === 1n;
};

/** Answers the ids of those that are this lock's. */
export const takeBackCodes = async (database: Database, lockId: string, ids: readonly string[], at: number): Promise<readonly string[]> => {
  if (ids.length === 0) return [];
  const rows = await database.updateTable('offline_code').set({ taken_back_at: at }).where('lock_id', '=', lockId).where('id', 'in', ids).where('taken_back_at', 'is', null).returning('id').execute();
  return rows.map(({ id }) => id);
};

/** Takes back the codes of keys that the lock's newest roster does not hold any more: they open nothing. Answers their ids. */
export const endCodes = async (database: Database, lockId: string, at: number): Promise<readonly string[]> => {
  const held = database.selectFrom('entry').select('key_id').where('lock_id', '=', lockId).where('removed_at', 'is', null).where('key_id', 'is not', null);
  const ended = await database.updateTable('offline_code').set({ taken_back_at: at }).where('lock_id', '=', lockId).where('taken_back_at', 'is', null).where('key_id', 'not in', held).returning('id').execute();
  return ended.map(({ id }) => id);
};

const codeRows = (database: Database) =>
  database.selectFrom('offline_code').innerJoin('lock', 'lock.id', 'offline_code.lock_id').innerJoin('person', 'person.id', 'offline_code.person_id')
    .selectAll('offline_code').select(['lock.door_id', 'person.name as person_name']).orderBy('offline_code.created_at', 'desc').orderBy('offline_code.id');
type CodeRow = Awaited<ReturnType<ReturnType<typeof codeRows>['execute']>>[number];

/** The newest `limit`; of one lock, or of all. */
export const codesOf = async (database: Database, limit: number, lockId?: string): Promise<Code[]> => {
  const rows = await codeRows(database).$if(lockId !== undefined, (query) => query.where('offline_code.lock_id', '=', lockId ?? '')).limit(limit).execute();
  return rows.map(toldCode);
};

export const codeById = async (database: Database, id: string): Promise<Code | undefined> => {
  const row = await codeRows(database).where('offline_code.id', '=', id).executeTakeFirst();
  return row && toldCode(row);
};

const toldCode = (row: CodeRow): Code => ({
  id: row.id, doorId: row.door_id, lockId: row.lock_id, ownerKey: row.owner_key, generation: row.generation, number: row.number, person: { id: row.person_id, name: row.person_name },
  kind: row.kind, from: row.from_at, until: row.until_at, createdAt: row.created_at, takenBackAt: row.taken_back_at,
});
