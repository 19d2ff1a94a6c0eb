// What the hub keeps for owners without being able to read it: wrapped owner keys, the wrapped issuer key, owner sets; and whose phone
// keys are whose.

import { ROUTES } from '@mortise/api/routes.ts';
import type { People, Vault } from '@mortise/api/owner.ts';
import { MAX_VAULT_ENTRIES } from '@mortise/api/owner.ts';
import { required } from '@mortise/base/assert.ts';
import { base64url, fromBase64url, type Bytes } from '@mortise/base/bytes.ts';
import { ok } from '@mortise/base/result.ts';
import type { Hub } from '../hub.ts';
import { currentOwnerSet, ownerSetDocuments, putPhoneKey, putVault, vaultOf } from '../store/owner-store.ts';
import { reads, takes, type App, type Web } from './mount.ts';
import { refuse, type Refusal } from './refusal.ts';

const MAX_PHONE_KEYS_PER_PERSON = 64;

export const mountVault = (app: App, web: Web): void => {
  const { hub } = web;
  reads(app, web, ROUTES.vault, async () => ok(await vaultOf(hub.database)));
  takes(app, web, ROUTES.putVault, async ({ body, caller }) => {
    const fault = (await vaultFault(hub, body)) ?? (await notTheirs(hub, caller.personId, body));
    if (fault !== undefined) return refuse(fault.code, fault.message);
    await hub.database.transaction().execute((transaction) => putVault(transaction, body.vault, body.issuerWraps, hub.now()));
    return ok({ done: true });
  });
  reads(app, web, ROUTES.ownerSets, async () => ok({ sets: (await ownerSetDocuments(hub.database)).map(base64url) }));
  reads(app, web, ROUTES.people, async () => ok({ people: await peopleOf(hub) }));
  takes(app, web, ROUTES.putPhoneKey, async ({ caller, body }) => {
    const credentialKey = bytes(body.credentialKey);
    if (!hub.crypto.p256.isPublicKey(credentialKey)) return refuse('input-invalid', 'credentialKey: not a P-256 key.');
    const mine = await hub.database.selectFrom('phone_key').select('credential_hash').where('person_id', '=', caller.personId)
      .where('replaced_at', 'is', null).where('credential_hash', 'not in', hub.database.selectFrom('ekey').select('credential_hash')).execute();
    const hash = base64url(hub.crypto.sha256(credentialKey));
    if (mine.length >= MAX_PHONE_KEYS_PER_PERSON && !mine.some((row) => row.credential_hash === hash)) {
      return refuse('conflict', `You have ${MAX_PHONE_KEYS_PER_PERSON} phone keys here, the most there can be.`);
    }
    const put = await putPhoneKey(hub.database, caller.personId, { hash, credentialKey, label: body.label, proof: body.proof === undefined ? null : bytes(body.proof) }, hub.now());
    if (!put) return refuse('conflict', 'This phone key belongs to somebody else. Make a new one.');
    return ok({ done: true });
  });
};

const named = (entry: Vault['vault'][number]): string => `${entry.credentialId} ${entry.ownerKey}`;

/** Why these entries cannot be put into the vault; undefined when they can. */
export const vaultFault = async (hub: Hub, body: Vault): Promise<Refusal | undefined> => {
  const set = required(await currentOwnerSet(hub.database, hub.crypto), 'somebody is signed in, so the hub was claimed');
  const owners = new Set(set.keys.map(base64url));
  const strange = [...body.vault, ...body.issuerWraps].find(({ ownerKey }) => !owners.has(ownerKey));
  if (strange !== undefined) return { code: 'input-invalid', message: 'ownerKey: each must be a key of the current owner set.' };
  const kept = await vaultOf(hub.database);
  const issuerKey = kept.issuerWraps[0]?.issuerKey;
  if (body.issuerWraps.some((wrap) => wrap.issuerKey !== issuerKey)) return { code: 'conflict', message: 'issuerWraps: the site has another issuer key. Wrap that one.' };
  const total = new Set([...kept.vault, ...body.vault].map(named)).size;
  return total <= MAX_VAULT_ENTRIES ? undefined : { code: 'conflict', message: `The vault holds ${MAX_VAULT_ENTRIES} wrapped keys, the most there can be.` };
};

/** Whoever is signed in wraps their own keys for their own passkeys: others' wraps are others' to change. */
const notTheirs = async ({ database }: Hub, personId: string, body: Vault): Promise<Refusal | undefined> => {
  const [keys, passkeys] = await Promise.all([
    database.selectFrom('owner_key').select('key_text').where('person_id', '=', personId).execute(),
    database.selectFrom('passkey').select('credential_id').where('person_id', '=', personId).execute(),
  ]);
  const [mine, devices] = [new Set(keys.map((row) => row.key_text)), new Set(passkeys.map((row) => row.credential_id))];
  const isMine = body.issuerWraps.every(({ ownerKey }) => mine.has(ownerKey)) && body.vault.every(({ ownerKey, credentialId }) => mine.has(ownerKey) && devices.has(credentialId));
  return isMine ? undefined : { code: 'input-invalid', message: 'vault, issuerWraps: only your own owner keys, for your own passkeys.' };
};

const peopleOf = async (hub: Hub): Promise<People['people']> => {
  const people = await hub.database.selectFrom('person').select(['id', 'name', 'role']).orderBy('created_at').execute();
  const keys = await hub.database.selectFrom('phone_key').selectAll().where('replaced_at', 'is', null)
    .where('credential_hash', 'not in', hub.database.selectFrom('ekey').select('credential_hash')).orderBy('added_at').execute();
  const owners = await hub.database.selectFrom('owner_key').selectAll().execute();
  return people.map((person) => ({
    ...person,
    ownerKeys: owners.filter((key) => key.person_id === person.id).map((key) => key.key_text),
    phoneKeys: keys
      .filter((key) => key.person_id === person.id)
      .map((key) => ({ credentialKey: base64url(key.credential_key), credentialHash: key.credential_hash, label: key.label, addedAt: key.added_at, proof: key.proof === null ? null : base64url(key.proof) })),
  }));
};

const bytes = (text: string): Bytes => required(fromBase64url(text), 'the schema lets base64url through and nothing else');
