// Links by which one browser becomes known as that of whoever holds an electronic key, and which credentials sign in at all.

import type { Bytes } from '@mortise/base/bytes.ts';
import type { Database } from './open-store.ts';

export type StoredPhoneLink = {
  readonly key: string; readonly ekey: { readonly id: string; readonly name: string }; readonly person: { readonly id: string; readonly name: string }; readonly from: string; readonly redeemBy: number;
  /** Whether the person has the key still. */
  readonly isHeld: boolean;
  /** Of the browser that used it. */
  readonly credentialHash: string | undefined;
};

export const phoneLinkByKey = async (database: Database, key: string): Promise<StoredPhoneLink | undefined> => {
  const row = await database.selectFrom('phone_link').innerJoin('ekey', 'ekey.id', 'phone_link.ekey_id').innerJoin('person', 'person.id', 'phone_link.person_id').innerJoin('person as maker', 'maker.id', 'phone_link.made_by')
    .selectAll('phone_link').select(['ekey.name as ekey_name', 'ekey.state', 'ekey.person_id as holder_id', 'person.name as person_name', 'maker.name as maker_name']).where('phone_link.link_key', '=', key).executeTakeFirst();
  return row && {
    key, ekey: { id: row.ekey_id, name: row.ekey_name }, person: { id: row.person_id, name: row.person_name }, from: row.maker_name, redeemBy: row.redeem_by,
    isHeld: row.state === 'issued' && row.holder_id === row.person_id, credentialHash: row.credential_hash ?? undefined,
  };
};

export type NewPhoneLink = { readonly key: string; readonly ekeyId: string; readonly personId: string; readonly by: string; readonly redeemBy: number; readonly at: number };

/** The same again changes nothing; those that are over and unused make room. False: there is none. */
export const addPhoneLink = (database: Database, { key, ekeyId, personId, by, redeemBy, at }: NewPhoneLink, most: number): Promise<boolean> =>
  database.transaction().execute(async (transaction) => {
    await transaction.deleteFrom('phone_link').where('credential_hash', 'is', null).where('redeem_by', '<', at).execute();
    const open = await transaction.selectFrom('phone_link').select(({ fn }) => fn.countAll().as('count')).where('credential_hash', 'is', null).executeTakeFirst();
    if (Number(open?.count ?? 0) >= most) return false;
    const row = { link_key: key, ekey_id: ekeyId, person_id: personId, made_by: by, redeem_by: redeemBy, created_at: at, credential_hash: null };
    await transaction.insertInto('phone_link').values(row).onConflict((conflict) => conflict.column('link_key').doNothing()).execute();
    return true;
  });

export type UsedBy = { readonly hash: string; readonly key: Bytes; readonly label: string; readonly at: number };

/** One row that changes once. False: another was first, or the key is somebody else's. */
export const usePhoneLink = (database: Database, { key, person }: StoredPhoneLink, { hash, key: credentialKey, label, at }: UsedBy): Promise<boolean> =>
  database.transaction().execute(async (transaction) => {
    const known = await transaction.selectFrom('phone_key').select('person_id').where('credential_hash', '=', hash).executeTakeFirst();
    if (known !== undefined && known.person_id !== person.id) return false;
    if (known === undefined) await transaction.insertInto('phone_key').values({ credential_hash: hash, credential_key: credentialKey, proof: null, person_id: person.id, label, added_at: at, replaced_at: null }).execute();
    const used = await transaction.updateTable('phone_link').set({ credential_hash: hash }).where('link_key', '=', key).where('credential_hash', 'is', null).executeTakeFirst();
    if (used.numUpdatedRows === 1n) return true;
    if (known === undefined) await transaction.deleteFrom('phone_key').where('credential_hash', '=', hash).execute();
    return false;
  });

/** Whose credential this is, if they may sign in by it: it is not of a phone that was lost, and something was lent to it, or it came by a phone link. */
export const holderOf = async (database: Database, credentialHash: string): Promise<string | undefined> => {
  const of = (table: 'lent_grant' | 'phone_link') => database.selectFrom('phone_key').select('phone_key.person_id').where('phone_key.credential_hash', '=', credentialHash).where('phone_key.replaced_at', 'is', null)
    .where((where) => where.exists(where.selectFrom(table).select(`${table}.credential_hash`).whereRef(`${table}.credential_hash`, '=', 'phone_key.credential_hash'))).executeTakeFirst();
  return (await of('lent_grant') ?? await of('phone_link'))?.person_id;
};
