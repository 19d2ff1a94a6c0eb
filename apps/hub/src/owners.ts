// The owners as the owners say: somebody asks by a link, with a passkey and a key that count for nothing yet; the present owners sign a set
// that holds the key, or one that lacks another. Somebody who lost a phone brings a passkey for a new key by one set, and ends what they lost by a
// later one. The hub keeps a set if it follows, and if no lock is left with a roster of nobody; what follows from it is one transaction.

import type { JoinState, OwnerInvitation, ownerSetBody } from '@mortise/api/owners.ts';
import { MAX_VAULT_ENTRIES } from '@mortise/api/owner.ts';
import type { z } from '@mortise/api/schema.ts';
import { base64url, equalBytes, fromBase64url, type Bytes } from '@mortise/base/bytes.ts';
import { required } from '@mortise/base/assert.ts';
import { err, ok, type Result } from '@mortise/base/result.ts';
import { openOwnerSet, type OwnerSet } from '@mortise/documents/owner-set.ts';
import { openDelegation } from '@mortise/documents/signed-delegation.ts';
import { announceGrant, MAX_TOLD_AT_ONCE } from './grants/announce.ts';
import { checkIntroduction } from './grants/check-document.ts';
import { stateOf } from './grants/grant-state.ts';
import { refuse, type Refusal } from './http/refusal.ts';
import type { OwnerCaller } from './http/signed-in.ts';
import type { Hub } from './hub.ts';
import type { Delivery } from './mqtt/delivery.ts';
import { siteView, type LockView } from './site-view.ts';
import { allGrants } from './store/grant-store.ts';
import { keepIntroduction } from './store/introduction-store.ts';
import { isAllTheirs } from './store/lost-store.ts';
import { storeOwnerSet, type Asking, type OwnerInvitationRow } from './store/owner-invitation-store.ts';
import { currentOwnerSet, ownerSetDocuments, vaultOf, type NewPasskeyRow } from './store/owner-store.ts';

/** How an invitation stands, from what is stored of it and the time. */
export const joinStateOf = ({ asking, doneAt, redeemBy }: Pick<OwnerInvitationRow, 'asking' | 'doneAt' | 'redeemBy'>, now: number): JoinState['state'] => {
  if (doneAt !== null) return 'done';
  if (asking !== undefined) return 'asking';
  return now > redeemBy ? 'lapsed' : 'open';
};

export const tellInvitation = (row: OwnerInvitationRow, now: number): OwnerInvitation => {
  const { id, invitationKey, name, redeemBy, asking } = row;
  return { id, invitationKey, name, redeemBy, state: joinStateOf(row, now), asking: asking === undefined ? null : tellAsking(asking) };
};

const tellAsking = ({ name, ownerKey, phoneKey: { hash: _hash, ...phoneKey }, voucher }: Asking): OwnerInvitation['asking'] => ({ name, ownerKey, phoneKey, voucher });

type NextSet = z.output<typeof ownerSetBody>;
/** `passkey`: checks the one that comes with the set, whose ceremony serves once. */
export type BroughtBy = { readonly caller: OwnerCaller; readonly passkey: (made: NonNullable<NextSet['passkey']>) => Promise<Result<NewPasskeyRow, Refusal>> };

/** Takes the next set; the same once more changes nothing. Answers the hashes of the session tokens that ended. */
export const takeOwnerSet = async (hub: Hub, delivery: Delivery, body: NextSet, by: BroughtBy): Promise<Result<readonly string[], Refusal>> => {
  const { document, issuerWraps, introduction } = body;
  const present = required(await currentOwnerSet(hub.database, hub.crypto), 'somebody is signed in, so the hub was claimed');
  const next = openOwnerSet(hub.crypto, bytes(document), present);
  if (!next.ok) return next.error.code === 'stale' || next.error.code === 'fork' ? overtaken(hub, bytes(document)) : refuse('document-refused', `The owner set was refused (${next.error.code}). Read the owner sets and make yours follow the newest.`);
  const fault = (await faultOf(hub, present, next.value, issuerWraps)) ?? (await personsFault(hub, present, next.value, body, by.caller));
  if (fault !== undefined) return err(fault);
  const word = introduction === undefined ? ok(undefined) : await introductionBy(hub, next.value, bytes(introduction));
  if (!word.ok) return word;
  const gone = present.keys.filter((key) => !isIn(next.value, key));
  const voidLinks = await linksWithout(hub, next.value);
  const passkey = body.passkey === undefined ? ok(undefined) : await by.passkey(body.passkey);
  if (!passkey.ok) return passkey;
  const ended = await storeOwnerSet(hub.database, {
    sequence: next.value.sequence, document: bytes(document), keys: next.value.keys, gone, issuerWraps, voidLinks, personId: by.caller.personId, at: hub.now(),
    passkey: body.passkey === undefined || passkey.value === undefined ? undefined : { row: passkey.value, vault: body.passkey.vault },
    remaining: body.remaining && { ...remainingOf(hub, body.remaining, by.caller), tokenHash: by.caller.tokenHash },
  });
  if (ended === false) return refuse('conflict', 'Somebody else changed the owners just now. Read the owner sets and make yours follow the newest.');
  if (word.value !== undefined) await keepIntroduction(hub.database, word.value, hub.now());
  hub.log('owner-set', { sequence: next.value.sequence, keys: next.value.keys.length });
  await hub.scrub();
  for (const lockId of hub.adopted.keys()) await delivery.papers(hub, lockId);
  for (const grantId of voidLinks.slice(0, MAX_TOLD_AT_ONCE)) await announceGrant(hub, grantId);
  return ok(ended);
};

/** The grants whose links would make a key that no lock takes: the owners of this set did not sign them. */
const linksWithout = async ({ crypto, database, now }: Hub, next: OwnerSet): Promise<readonly string[]> =>
  (await allGrants(database)).flatMap((grant) => {
    const { delegation } = stateOf(grant, now()) === 'invited' && grant.invitation !== undefined ? grant.invitation : { delegation: null };
    return delegation === null || openDelegation(crypto, delegation, next).ok ? [] : [grant.id];
  });

const introductionBy = async (hub: Hub, next: OwnerSet, document: Bytes): Promise<Result<{ readonly signer: Bytes; readonly document: Bytes }, Refusal>> => {
  const checked = await checkIntroduction(hub, await siteView(hub), document);
  return !checked.ok || isIn(next, checked.value.signer) ? checked : refuse('document-refused', 'The introduction is by an owner who would be gone.');
};

// The answer may have been lost on the way: the newest set once more is no fault.
const overtaken = async (hub: Hub, document: Bytes): Promise<Result<readonly string[], Refusal>> => {
  const newest = (await ownerSetDocuments(hub.database)).at(-1);
  return newest !== undefined && equalBytes(newest, document) ? ok([]) : refuse('conflict', 'Another owner set is here. Read the owner sets and make yours follow the newest.');
};

const isIn = ({ keys }: Pick<OwnerSet, 'keys'>, key: Bytes): boolean => keys.some((each) => equalBytes(each, key));

const faultOf = async (hub: Hub, present: OwnerSet, next: OwnerSet, issuerWraps: NextSet['issuerWraps']): Promise<Refusal | undefined> => {
  const { issuerWraps: kept } = await vaultOf(hub.database);
  const fresh = next.keys.filter((key) => !isIn(present, key)).map(base64url);
  if (!fresh.every((key) => issuerWraps.some(({ ownerKey }) => ownerKey === key))) return { code: 'input-invalid', message: 'issuerWraps: the issuer key must be wrapped for each new owner key.' };
  if (!issuerWraps.every((wrap) => isIn(next, bytes(wrap.ownerKey)) && wrap.issuerKey === kept[0]?.issuerKey)) return { code: 'input-invalid', message: 'issuerWraps: all must wrap the site’s issuer key for keys of the new set.' };
  const unsigned = (await siteView(hub)).locks.filter((lock) => !isSignedBy(lock, next));
  if (unsigned.length === 0) return undefined;
  const names = unsigned.slice(0, MAX_NAMED).map(({ row }) => `“${row.door_name}”`).join(', ');
  return { code: 'conflict', message: `The newest roster of ${names}${unsigned.length > MAX_NAMED ? ` and ${unsigned.length - MAX_NAMED} more` : ''} is signed by an owner who would be gone. Have an owner who stays sign it first.` };
};

const remainingOf = (hub: Hub, { credentialId, credentialKey }: NonNullable<NextSet['remaining']>, { personId }: OwnerCaller) => ({ personId, credentialId, hash: base64url(hub.crypto.sha256(bytes(credentialKey))) });

/** Why what the caller brings for themselves, or leaves themselves, would not do. */
const personsFault = async (hub: Hub, present: OwnerSet, next: OwnerSet, { passkey, remaining }: NextSet, caller: OwnerCaller): Promise<Refusal | undefined> => {
  const isNew = (key: Bytes): boolean => isIn(next, key) && !isIn(present, key);
  if (passkey !== undefined && (passkey.vault.credentialId !== passkey.registration.id || !isNew(bytes(passkey.vault.ownerKey)))) return { code: 'input-invalid', message: 'passkey.vault: it must wrap a key that is new in this set, for the new passkey.' };
  if (passkey !== undefined && (await vaultOf(hub.database)).vault.length >= MAX_VAULT_ENTRIES) return { code: 'conflict', message: `The vault holds ${MAX_VAULT_ENTRIES} wrapped keys, the most there can be.` };
  const stays = remaining === undefined || (await isAllTheirs(hub.database, remainingOf(hub, remaining, caller), next.keys.map(base64url)));
  return stays ? undefined : { code: 'input-invalid', message: 'remaining: a passkey of yours that opens an owner key of this set, and a phone key of yours, must stay.' };
};

const MAX_NAMED = 8;

const isSignedBy = ({ roster }: LockView, next: OwnerSet): boolean => roster !== undefined && isIn(next, roster.signer);

const bytes = (text: string): Bytes => required(fromBase64url(text), 'the schema lets base64url through and nothing else');
