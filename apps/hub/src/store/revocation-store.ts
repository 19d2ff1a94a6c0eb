// Revocation documents, what each takes back, and what each lock said of it. One whose entries all stand in a later one of the same issuer is
// replaced and not sent any more; it is kept for a while, since a courier may still bring word that a lock took it.

import type { Bytes } from '@mortise/base/bytes.ts';
import type { LockId } from '@mortise/base/identifiers.ts';
import type { Database } from './open-store.ts';

/** Documents that were replaced, over all issuers: the newest are kept. */
export const MAX_REPLACED = 256;

/** `until`: the last instant at which it matters. */
export type RevocationEntryRow = { readonly accessId: string; readonly until: number };
/** `id`: as locks name it in their journals. `issuer`: base64url of the key. */
export type NewRevocation = { readonly id: string; readonly issuer: string; readonly document: Bytes; readonly entries: readonly RevocationEntryRow[]; readonly at: number };

/** Within a transaction of the caller’s. The same document again changes nothing. */
export const addRevocation = async (database: Database, { id, issuer, document, entries, at }: NewRevocation): Promise<void> => {
  const known = await database.selectFrom('revocation').select('id').where('id', '=', id).executeTakeFirst();
  if (known !== undefined) return;
  const until = Math.max(...entries.map((entry) => entry.until));
  await database.insertInto('revocation').values({ id, issuer, document, until_at: until, created_at: at, replaced_at: null }).execute();
  await database.insertInto('revocation_entry').values(entries.map((entry) => ({ revocation_id: id, access_id: entry.accessId, until_at: entry.until }))).execute();
  await replaceOlder(database, { id, issuer, entries, at });
  await dropOld(database, at);
};

const replaceOlder = async (database: Database, { id, issuer, entries, at }: Omit<NewRevocation, 'document'>): Promise<void> => {
  const older = await database.selectFrom('revocation').select('id').where('issuer', '=', issuer).where('id', '!=', id).where('replaced_at', 'is', null).execute();
  const untils = new Map(entries.map((entry) => [entry.accessId, entry.until]));
  for (const row of older) {
    const said = await entriesOf(database, row.id);
    const within = said.every((entry) => entry.until < at || entry.until <= (untils.get(entry.accessId) ?? -1));
    if (within) await database.updateTable('revocation').set({ replaced_at: at }).where('id', '=', row.id).execute();
  }
};

const dropOld = async (database: Database, now: number): Promise<void> => {
  const replaced = await database.selectFrom('revocation').select('id').where('replaced_at', 'is not', null).orderBy('replaced_at', 'desc').orderBy('id').limit(1000).offset(MAX_REPLACED).execute();
  const ended = await database.selectFrom('revocation').select('id').where('until_at', '<', now).limit(1000).execute();
  const ids = [...replaced, ...ended].map(({ id }) => id);
  if (ids.length === 0) return;
  await database.deleteFrom('revocation_word').where('revocation_id', 'in', ids).execute();
  await database.deleteFrom('revocation_entry').where('revocation_id', 'in', ids).execute();
  await database.deleteFrom('revocation').where('id', 'in', ids).execute();
};

export const entriesOf = async (database: Database, id: string): Promise<readonly RevocationEntryRow[]> =>
  (await database.selectFrom('revocation_entry').select(['access_id', 'until_at']).where('revocation_id', '=', id).orderBy('access_id').execute())
    .map((row) => ({ accessId: row.access_id, until: row.until_at }));

/** What an issuer has taken back and that still matters, each once, with its latest end. */
export const entriesOfIssuer = async (database: Database, issuer: string, now: number): Promise<readonly RevocationEntryRow[]> => {
  const rows = await database.selectFrom('revocation_entry').innerJoin('revocation', 'revocation.id', 'revocation_entry.revocation_id')
    .select(({ fn }) => ['revocation_entry.access_id', fn.max('revocation_entry.until_at').as('until')])
    .where('revocation.issuer', '=', issuer).where('revocation_entry.until_at', '>=', now).groupBy('revocation_entry.access_id').orderBy('revocation_entry.access_id').execute();
  return rows.map((row) => ({ accessId: row.access_id, until: row.until }));
};

/** Every document that counts at `now`, oldest first. */
export const standingRevocations = async (database: Database, now: number): Promise<readonly { readonly id: string; readonly document: Bytes }[]> =>
  database.selectFrom('revocation').select(['id', 'document']).where('replaced_at', 'is', null).where('until_at', '>=', now).orderBy('created_at').orderBy('id').execute();

/** Those that name one of these access ids and still count, newest first. */
export const revocationsNaming = async (database: Database, accessIds: readonly string[], now: number, most: number): Promise<readonly Bytes[]> => {
  const naming = database.selectFrom('revocation_entry').select('revocation_id').where('access_id', 'in', accessIds);
  const rows = await database.selectFrom('revocation').select('document').where('id', 'in', naming).where('replaced_at', 'is', null).where('until_at', '>=', now)
    .orderBy('created_at', 'desc').orderBy('id').limit(most).execute();
  return rows.map(({ document }) => document);
};

/** Those that this lock is not known to have taken. */
export const revocationsFor = async (database: Database, lockId: LockId, now: number): Promise<readonly { readonly id: string; readonly document: Bytes }[]> => {
  const taken = database.selectFrom('revocation_word').select('revocation_id').where('lock_id', '=', lockId).where('refused', 'is', null);
  return database.selectFrom('revocation').select(['id', 'document']).where('replaced_at', 'is', null).where('until_at', '>=', now).where('id', 'not in', taken)
    .orderBy('created_at').orderBy('id').execute();
};

/** A lock has recorded that it took a document, or with `refused` why not. What it took it has; a later refusal changes nothing. True: it is news. */
export const noteWord = async (database: Database, word: { readonly id: string; readonly lockId: LockId; readonly at: number; readonly refused: string | null }): Promise<boolean> => {
  const { id, lockId, at, refused } = word;
  const known = await database.selectFrom('revocation').select('id').where('id', '=', id).executeTakeFirst();
  if (known === undefined) return false;
  const noted = await database.insertInto('revocation_word').values({ revocation_id: id, lock_id: lockId, at, refused })
    .onConflict((conflict) => conflict.columns(['revocation_id', 'lock_id']).doUpdateSet({ at, refused }).where('revocation_word.refused', 'is not', null)).executeTakeFirst();
  return (noted.numInsertedOrUpdatedRows ?? 0n) > 0n;
};

/** A lock's word of a revocation of one access id; `at`: when it was heard. */
export type HeardRevocation = { readonly lockId: string; readonly accessId: string; readonly at: number; readonly refused: string | null };

/** What locks have said of these access ids. */
export const heardRevocations = async (database: Database, accessIds: readonly string[]): Promise<readonly HeardRevocation[]> => {
  if (accessIds.length === 0) return [];
  const rows = await database.selectFrom('revocation_word').innerJoin('revocation_entry', 'revocation_entry.revocation_id', 'revocation_word.revocation_id')
    .select(['revocation_word.lock_id', 'revocation_entry.access_id', 'revocation_word.at', 'revocation_word.refused'])
    .where('revocation_entry.access_id', 'in', accessIds).execute();
  return rows.map((row) => ({ lockId: row.lock_id, accessId: row.access_id, at: row.at, refused: row.refused }));
};
