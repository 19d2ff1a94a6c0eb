// Who owns the site: the claim, people, passkeys, owner sets, wrapped keys. The claim is decided here, by one row that changes once.

import { base64url, type Bytes } from '@mortise/base/bytes.ts';
import type { IssuerWrap, Me, VaultEntry } from '@mortise/api/owner.ts';
import { fromBase64url } from '@mortise/base/bytes.ts';
import { required } from '@mortise/base/assert.ts';
import { openOwnerSet, type OwnerSet } from '@mortise/documents/owner-set.ts';
import type { Crypto } from '@mortise/crypto/crypto.ts';
import type { Database } from './open-store.ts';

export type NewPasskeyRow = { readonly id: string; readonly publicKey: Bytes; readonly counter: number; readonly transports: readonly string[]; readonly rpId: string };
export type NewSite = {
  readonly siteId: string; readonly name: string; readonly zone: string;
  readonly personId: string; readonly personName: string;
  readonly passkey: NewPasskeyRow;
  readonly ownerSet: Bytes; readonly ownerKeys: readonly Bytes[];
  readonly vault: readonly VaultEntry[]; readonly issuerWraps: readonly IssuerWrap[];
  readonly phoneKey: NewPhoneKey;
  readonly at: number;
};
/** `proof`: an owner's word for it. */
export type NewPhoneKey = { readonly hash: string; readonly credentialKey: Bytes; readonly label: string; readonly proof: Bytes | null };

/** Puts a new token's hash in place of the old one. False: the hub has an owner, so nothing changed. */
export const setClaimToken = async (database: Database, tokenHash: Bytes, at: number): Promise<boolean> => {
  await database.insertInto('claim').values({ id: 1, token_hash: tokenHash, created_at: at, claimed_at: null })
    .onConflict((conflict) => conflict.column('id').doNothing()).execute();
  const changed = await database.updateTable('claim').set({ token_hash: tokenHash, created_at: at }).where('claimed_at', 'is', null).executeTakeFirst();
  return changed.numUpdatedRows === 1n;
};

export const claimState = async (database: Database): Promise<{ readonly tokenHash: Bytes; readonly claimed: boolean }> => {
  const row = await database.selectFrom('claim').selectAll().where('id', '=', 1).executeTakeFirst();
  return { tokenHash: row?.token_hash ?? new Uint8Array(32), claimed: row?.claimed_at !== null };
};

/** Everything of a claim in one transaction. False: somebody else was first, so nothing changed. */
export const claimSite = (database: Database, site: NewSite): Promise<boolean> =>
  database.transaction().execute(async (transaction) => {
    const won = await transaction.updateTable('claim').set({ claimed_at: site.at }).where('id', '=', 1).where('claimed_at', 'is', null).executeTakeFirst();
    if (won.numUpdatedRows !== 1n) return false;
    await transaction.insertInto('site').values({ id: site.siteId, name: site.name, zone: site.zone, created_at: site.at }).execute();
    await transaction.insertInto('person').values({ id: site.personId, name: site.personName, role: 'owner', created_at: site.at }).execute();
    await addPasskey(transaction, site.personId, site.passkey, site.at);
    await transaction.insertInto('owner_set').values({ sequence: 1, document: site.ownerSet, created_at: site.at }).execute();
    await transaction.insertInto('owner_key').values(site.ownerKeys.map((key) => ({ key_text: base64url(key), person_id: site.personId }))).execute();
    await putVault(transaction, site.vault, site.issuerWraps, site.at);
    await putPhoneKey(transaction, site.personId, site.phoneKey, site.at);
    return true;
  });

export const addPasskey = async (database: Database, personId: string, passkey: NewPasskeyRow, at: number): Promise<void> => {
  await database
    .insertInto('passkey')
    .values({
      credential_id: passkey.id, person_id: personId, public_key: passkey.publicKey, counter: passkey.counter,
      transports: JSON.stringify(passkey.transports), rp_id: passkey.rpId, created_at: at,
    })
    .execute();
};

/** Adds or replaces; takes nothing away. */
export const putVault = async (database: Database, vault: readonly VaultEntry[], issuerWraps: readonly IssuerWrap[], at: number): Promise<void> => {
  for (const { credentialId, ownerKey, method, wrapped } of vault) {
    const kept = { method, wrapped: bytes(wrapped), created_at: at };
    await database.insertInto('vault').values({ credential_id: credentialId, owner_key: ownerKey, ...kept })
      .onConflict((conflict) => conflict.columns(['credential_id', 'owner_key']).doUpdateSet(kept)).execute();
  }
  for (const { ownerKey, issuerKey, wrapped } of issuerWraps) {
    const kept = { issuer_key: issuerKey, wrapped: bytes(wrapped), created_at: at };
    await database.insertInto('issuer_wrap').values({ owner_key: ownerKey, ...kept })
      .onConflict((conflict) => conflict.column('owner_key').doUpdateSet(kept)).execute();
  }
};

/** The key belongs to this person from now on, under this label. False: it is somebody else's. */
export const putPhoneKey = async (database: Database, personId: string, key: NewPhoneKey, at: number): Promise<boolean> => {
  await database.insertInto('phone_key')
    .values({ credential_hash: key.hash, person_id: personId, credential_key: key.credentialKey, label: key.label, added_at: at, replaced_at: null, proof: key.proof })
    .onConflict((conflict) => conflict.column('credential_hash').doNothing()).execute();
  const renamed = await database.updateTable('phone_key').set({ label: key.label, replaced_at: null, ...(key.proof === null ? {} : { proof: key.proof }) })
    .where('credential_hash', '=', key.hash).where('person_id', '=', personId).executeTakeFirst();
  return renamed.numUpdatedRows === 1n;
};

export const vaultOf = async (database: Database): Promise<{ vault: VaultEntry[]; issuerWraps: IssuerWrap[] }> => {
  const entries = await database.selectFrom('vault').selectAll().orderBy('created_at').limit(1000).execute();
  const wraps = await database.selectFrom('issuer_wrap').selectAll().orderBy('created_at').limit(1000).execute();
  return {
    vault: entries.map((row) => ({ credentialId: row.credential_id, ownerKey: row.owner_key, method: row.method, wrapped: base64url(row.wrapped) })),
    issuerWraps: wraps.map((row) => ({ ownerKey: row.owner_key, issuerKey: row.issuer_key, wrapped: base64url(row.wrapped) })),
  };
};

export const ownerSetDocuments = async (database: Database): Promise<readonly Bytes[]> =>
  (await database.selectFrom('owner_set').select('document').orderBy('sequence').execute()).map(({ document }) => document);

/** Every owner set, oldest first. */
export const ownerSets = async (database: Database, crypto: Crypto): Promise<readonly OwnerSet[]> => {
  const sets: OwnerSet[] = [];
  for (const document of await ownerSetDocuments(database)) {
    const opened = openOwnerSet(crypto, document, sets.at(-1));
    sets.push(required(opened.ok ? opened.value : undefined, 'stored owner sets were checked when they came in'));
  }
  return sets;
};

/** The owner set that counts now; undefined before the claim. */
export const currentOwnerSet = async (database: Database, crypto: Crypto): Promise<OwnerSet | undefined> => (await ownerSets(database, crypto)).at(-1);

export const meOf = async (database: Database, personId: string, signedInBy: Me['signedInBy']): Promise<Me> => {
  const person = await database.selectFrom('person').select(['id', 'name']).where('id', '=', personId).executeTakeFirst();
  const site = await database.selectFrom('site').select(['id', 'name', 'zone']).executeTakeFirst();
  return { person: required(person, 'sessions belong to people'), site: required(site, 'people belong to a site'), signedInBy };
};

const bytes = (text: string): Bytes => required(fromBase64url(text), 'the schema lets base64url through and nothing else');
