// Links by which somebody asks to become an owner. Who asks leaves a passkey and a wrapped key, which count for nothing until the owners
// have signed a set that holds the key: then, and with that set, they become a person's.

import { hash, identifier, name, publicKey } from '@mortise/api/fields.ts';
import { phoneKey, vaultEntry, type IssuerWrap, type VaultEntry } from '@mortise/api/owner.ts';
import { z } from '@mortise/api/schema.ts';
import { base64url, fromBase64url, type Bytes } from '@mortise/base/bytes.ts';
import { required } from '@mortise/base/assert.ts';
import { dropAddresses } from './alarm-store.ts';
import type { Database } from './open-store.ts';
import { endOthers, type Remaining } from './lost-store.ts';
import { addPasskey, putPhoneKey, putVault, type NewPasskeyRow } from './owner-store.ts';

const asking = z.object({
  /** Whom the passkey was made for. */
  personId: identifier,
  name,
  ownerKey: publicKey,
  phoneKey: phoneKey.extend({ hash }),
  voucher: z.string(),
  /** `publicKey`: base64url. */
  passkey: z.object({ id: z.string(), publicKey: z.string(), counter: z.number(), transports: z.array(z.string()), rpId: z.string() }),
  vault: z.array(vaultEntry),
});
export type Asking = z.output<typeof asking>;

export type OwnerInvitationRow = {
  readonly id: string; readonly invitationKey: string; readonly name: string; readonly redeemBy: number; readonly asking: Asking | undefined; readonly doneAt: number | null;
};

export type NewOwnerInvitation = Pick<OwnerInvitationRow, 'id' | 'invitationKey' | 'name' | 'redeemBy'> & { readonly invitedBy: string; readonly at: number };

/** False: one of this id, or of this key, is there with other content. The same again is no second one. */
export const addOwnerInvitation = (database: Database, invitation: NewOwnerInvitation): Promise<boolean> =>
  database.transaction().execute(async (transaction) => {
    const { id, invitationKey, redeemBy, invitedBy, at } = invitation;
    const known = await transaction.selectFrom('owner_invitation').selectAll().where((where) => where.or([where('id', '=', id), where('invitation_key', '=', invitationKey)])).executeTakeFirst();
    if (known !== undefined) return known.id === id && known.invitation_key === invitationKey && known.name === invitation.name && known.redeem_by === redeemBy;
    await transaction.insertInto('owner_invitation')
      .values({ id, invitation_key: invitationKey, name: invitation.name, redeem_by: redeemBy, invited_by: invitedBy, created_at: at, asking: null, asked_at: null, done_at: null }).execute();
    return true;
  });

/** Newest first. */
export const ownerInvitationRows = async (database: Database): Promise<readonly OwnerInvitationRow[]> =>
  (await database.selectFrom('owner_invitation').selectAll().orderBy('created_at', 'desc').orderBy('id').limit(1000).execute()).map(rowOf);

export const ownerInvitationByKey = async (database: Database, invitationKey: string): Promise<OwnerInvitationRow | undefined> => {
  const row = await database.selectFrom('owner_invitation').selectAll().where('invitation_key', '=', invitationKey).executeTakeFirst();
  return row && rowOf(row);
};

/** Those that are over at `now`, done or not, make room. */
export const dropOldOwnerInvitations = async (database: Database, now: number, kept: number): Promise<void> => {
  const over = await database.selectFrom('owner_invitation').select('id')
    .where((where) => where.or([where('done_at', 'is not', null), where.and([where('asking', 'is', null), where('redeem_by', '<', now)])]))
    .orderBy('created_at', 'desc').limit(1000).offset(kept).execute();
  const ids = over.map(({ id }) => id);
  if (ids.length > 0) await database.deleteFrom('owner_invitation').where('id', 'in', ids).execute();
};

/** The first to ask by a link does. False: somebody else has asked, or it is over. */
export const ask = async (database: Database, id: string, who: Asking, at: number): Promise<boolean> => {
  const asked = await database.updateTable('owner_invitation').set({ asking: JSON.stringify(who), asked_at: at })
    .where('id', '=', id).where('asking', 'is', null).where('done_at', 'is', null).where('redeem_by', '>=', at).executeTakeFirst();
  return asked.numUpdatedRows === 1n;
};

export type NextOwners = {
  readonly sequence: number; readonly document: Bytes;
  /** Keys of the new set, and those that are in the old one only. */
  readonly keys: readonly Bytes[]; readonly gone: readonly Bytes[];
  readonly issuerWraps: readonly IssuerWrap[];
  /** Grants whose links make no key any more: they end at `at`. */
  readonly voidLinks: readonly string[];
  /** Who signed in to bring it: new keys that nobody asked for are theirs. */
  readonly personId: string;
  /** Theirs, with the new key that it opens. */
  readonly passkey: { readonly row: NewPasskeyRow; readonly vault: VaultEntry } | undefined;
  /** Where they lost a phone. */
  readonly remaining: Remaining | undefined;
  readonly at: number;
};

/**
 * The set and what follows from it, in one transaction: who asked with a key of it becomes an owner; keys that are gone lose their wraps; links
 * that only they signed end; whoever has none left is `former`, without passkeys, sessions and addresses for alarms; what somebody lost ends. False: that sequence is stored already. Answers the tokens whose sessions ended.
 */
export const storeOwnerSet = (database: Database, next: NextOwners): Promise<readonly string[] | false> =>
  database.transaction().execute(async (transaction) => {
    const { sequence, document, at } = next;
    const stored = await transaction.insertInto('owner_set').values({ sequence, document, created_at: at })
      .onConflict((conflict) => conflict.column('sequence').doNothing()).executeTakeFirst();
    if (stored.numInsertedOrUpdatedRows !== 1n) return false;
    await dropKeys(transaction, next.gone.map(base64url));
    await welcomeKeys(transaction, next);
    await putVault(transaction, [], next.issuerWraps, at);
    if (next.passkey !== undefined) await addPasskey(transaction, next.personId, next.passkey.row, at);
    await putVault(transaction, next.passkey === undefined ? [] : [next.passkey.vault], [], at);
    await endLinks(transaction, next.voidLinks, at);
    const lost = next.remaining === undefined ? [] : await endOthers(transaction, next.remaining, at);
    return [...lost, ...(await retire(transaction))];
  });

const dropKeys = async (database: Database, gone: readonly string[]): Promise<void> => {
  if (gone.length === 0) return;
  await database.deleteFrom('owner_key').where('key_text', 'in', gone).execute();
  await database.deleteFrom('vault').where('owner_key', 'in', gone).execute();
  await database.deleteFrom('issuer_wrap').where('owner_key', 'in', gone).execute();
};

const welcomeKeys = async (database: Database, { keys, personId, at }: NextOwners): Promise<void> => {
  const known = new Set((await database.selectFrom('owner_key').select('key_text').execute()).map((row) => row.key_text));
  const waiting = (await ownerInvitationRows(database)).filter(({ doneAt }) => doneAt === null);
  for (const key of keys.map(base64url).filter((text) => !known.has(text))) {
    const invitation = waiting.find((row) => row.asking?.ownerKey === key);
    if (invitation?.asking === undefined) await database.insertInto('owner_key').values({ key_text: key, person_id: personId }).execute();
    else await welcome(database, invitation.id, invitation.asking, at);
  }
};

const welcome = async (database: Database, invitationId: string, who: Asking, at: number): Promise<void> => {
  const { personId, passkey, phoneKey: phone } = who;
  await database.insertInto('person').values({ id: personId, name: who.name, role: 'owner', created_at: at }).execute();
  await addPasskey(database, personId, { ...passkey, publicKey: bytes(passkey.publicKey) }, at);
  await database.insertInto('owner_key').values({ key_text: who.ownerKey, person_id: personId }).execute();
  await putVault(database, who.vault, [], at);
  await putPhoneKey(database, personId, { hash: phone.hash, credentialKey: bytes(phone.credentialKey), label: phone.label, proof: phone.proof === undefined ? null : bytes(phone.proof) }, at);
  // What was kept for this moment has served; that the key was asked for by this link stays to be seen.
  await database.updateTable('owner_invitation').set({ done_at: at }).where('id', '=', invitationId).execute();
};

const endLinks = async (database: Database, grantIds: readonly string[], at: number): Promise<void> => {
  if (grantIds.length === 0) return;
  await database.updateTable('invitation').set({ redeem_by: at - 1 }).where('grant_id', 'in', grantIds).where('redeemed_at', 'is', null).where('redeem_by', '>=', at).execute();
};

const retire = async (database: Database): Promise<readonly string[]> => {
  const owners = database.selectFrom('owner_key').select('person_id');
  const gone = await database.updateTable('person').set({ role: 'former' }).where('role', '=', 'owner').where('id', 'not in', owners).returning('id').execute();
  const ids = gone.map(({ id }) => id);
  if (ids.length === 0) return [];
  await database.deleteFrom('passkey').where('person_id', 'in', ids).execute();
  await dropAddresses(database, ids);
  const ended = await database.deleteFrom('session').where('person_id', 'in', ids).returning('token_hash').execute();
  return ended.map((row) => row.token_hash);
};

type Row = { id: string; invitation_key: string; name: string; redeem_by: number; asking: string | null; done_at: number | null };

const rowOf = (row: Row): OwnerInvitationRow => ({
  id: row.id, invitationKey: row.invitation_key, name: row.name, redeemBy: row.redeem_by, asking: row.asking === null ? undefined : asking.parse(JSON.parse(row.asking)), doneAt: row.done_at,
});

const bytes = (text: string): Bytes => required(fromBase64url(text), 'what is stored was checked when it came in');
