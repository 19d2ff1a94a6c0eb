// What ends when somebody says that a phone is lost: every passkey of theirs but one, with what was wrapped for them, every phone key but one and the sessions by it,
// every session but the one that says so. Old records name the phones still; electronic keys in their hands are no phones.

import type { Database } from './open-store.ts';

/** What of the person stays. `hash`: of the phone key. */
export type Remaining = { readonly personId: string; readonly credentialId: string; readonly hash: string; readonly tokenHash: string };

/** Ends the others; answers the tokens whose sessions ended. */
export const endOthers = async (database: Database, remaining: Remaining, at: number): Promise<readonly string[]> => {
  await endPasskeys(database, remaining);
  await replacePhones(database, remaining, at);
  const ended = await database.deleteFrom('session').where('person_id', '=', remaining.personId).where('token_hash', '!=', remaining.tokenHash).returning('token_hash').execute();
  return ended.map((row) => row.token_hash);
};

const endPasskeys = async (database: Database, { personId, credentialId }: Remaining): Promise<void> => {
  const gone = await database.deleteFrom('passkey').where('person_id', '=', personId).where('credential_id', '!=', credentialId).returning('credential_id').execute();
  const ids = gone.map((row) => row.credential_id);
  if (ids.length > 0) await database.deleteFrom('vault').where('credential_id', 'in', ids).execute();
};

const replacePhones = async (database: Database, { personId, hash }: Remaining, at: number): Promise<void> => {
  const replaced = await database.updateTable('phone_key').set({ replaced_at: at })
    .where('person_id', '=', personId).where('credential_hash', '!=', hash).where('replaced_at', 'is', null)
    .where('credential_hash', 'not in', database.selectFrom('ekey').select('credential_hash')).returning('credential_hash').execute();
  const hashes = replaced.map((row) => row.credential_hash);
  if (hashes.length > 0) await database.deleteFrom('key_session').where('credential_hash', 'in', hashes).execute();
};

/** Whether the passkey and the phone key are this person's, and the passkey opens one of these owner keys (base64url). */
export const isAllTheirs = async (database: Database, { personId, credentialId, hash }: Omit<Remaining, 'tokenHash'>, ownerKeys: readonly string[]): Promise<boolean> => {
  const passkey = await database.selectFrom('passkey').select('credential_id').where('credential_id', '=', credentialId).where('person_id', '=', personId).executeTakeFirst();
  const phone = await database.selectFrom('phone_key').select('credential_hash').where('credential_hash', '=', hash).where('person_id', '=', personId).where('replaced_at', 'is', null).executeTakeFirst();
  const wrapped = await database.selectFrom('vault').select('credential_id').where('credential_id', '=', credentialId).where('owner_key', 'in', ownerKeys).executeTakeFirst();
  return passkey !== undefined && phone !== undefined && wrapped !== undefined;
};
