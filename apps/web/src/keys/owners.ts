// Owners who come and go, as an owner does it. For who comes: the locks' rosters name their phone, then the owner set names their key. For who
// goes: each lock gets a roster that none of their signatures stands under and none of their codes open, keys that only they signed are signed
// anew, the papers of electronic keys too, then the set. In this order a lock is never left with what nobody who is an owner has signed.

import type { OwnerInvitation } from '@mortise/api/owners.ts';
import { ROUTES } from '@mortise/api/routes.ts';
import { base64url, equalBytes, fromBase64url, type Bytes } from '@mortise/base/bytes.ts';
import { identifierOf } from '@mortise/base/identifiers.ts';
import { err, ok, type Result } from '@mortise/base/result.ts';
import { Secret } from '@mortise/base/secret.ts';
import { freshEntropy } from '@mortise/browser/entropy.ts';
import { nobleCrypto } from '@mortise/crypto/noble.ts';
import { wrapIssuerKey } from '@mortise/wallet/issuer-key.ts';
import { linkKeyOf, LINK_SECRET_BYTES } from '@mortise/wallet/key-link.ts';
import { isOwnerPhone } from '@mortise/wallet/owner-phones.ts';
import { isOwnerRequest } from '@mortise/wallet/owner-request.ts';
import { call } from '../model/client.ts';
import type { Person } from '../model/people.ts';
import { failureSentence } from '../words/failures.ts';
import type { RosterWord } from './access.ts';
import { readOwnerSet, wireWrap } from './authority.ts';
import { changeAll, handOver, phonesOf } from './hand-over.ts';
import { freshLink } from './lend.ts';
import { authorityNow, nextSet, putSet, type OnStep } from './owner-set.ts';
import { readStored, storageSentence, writeStored } from './store.ts';

/** `unsigned`: names of electronic keys that must be registered anew, since who signed for them had gone before. */
export type OwnersChanged = { readonly rosters: readonly RosterWord[]; readonly unsigned: readonly string[] };

const bytesOf = (text: string): Bytes => fromBase64url(text) ?? new Uint8Array(0);

// ---- inviting ----------------------------------------------------------------------------------------------------------------

const LINK_MS = 3 * 86_400_000;
const linkName = (invitationId: string): string => `owner-link:${invitationId}`;

/** A link by which somebody can ask to become an owner. Its secret is kept in this browser, to know the one who asks by it. */
export const inviteOwner = async (name: string): Promise<Result<{ readonly id: string; readonly link: string; readonly redeemBy: number }, string>> => {
  const ownerSet = await readOwnerSet();
  if (!ownerSet.ok) return ownerSet;
  const link = freshLink(ownerSet.value.siteId, 'join');
  const body = { id: identifierOf(freshEntropy().slice(0, 16)), invitationKey: base64url(link.publicKey), name, redeemBy: Date.now() + LINK_MS };
  const kept = await writeStored([{ store: 'values', name: linkName(body.id), value: link.secret.reveal() }]);
  if (!kept.ok) return err(storageSentence(kept.error));
  const answer = await call(ROUTES.inviteOwner, { body });
  return answer.ok ? ok({ id: body.id, link: link.address, redeemBy: body.redeemBy }) : err(failureSentence(answer.error));
};

/** `vouched`: who asks holds the link that this browser made. `unknown`: another browser made it. `refused`: somebody put another key in. */
export type Vouched = 'vouched' | 'unknown' | 'refused';

/** Whether the phone is of who holds the owner key: then whoever is sure of the one is sure of the other. */
const isTheirPhone = async ({ ownerKey, phoneKey: { credentialKey, proof } }: NonNullable<OwnerInvitation['asking']>): Promise<boolean> => {
  const ownerSet = await readOwnerSet();
  return ownerSet.ok && isOwnerPhone(nobleCrypto, { credentialKey: bytesOf(credentialKey), proof: bytesOf(proof ?? '') }, { siteId: ownerSet.value.siteId, keys: [bytesOf(ownerKey)] });
};

export const isVouched = async ({ id, invitationKey, asking }: OwnerInvitation): Promise<Vouched> => {
  if (asking === null || !(await isTheirPhone(asking))) return 'refused';
  const kept = await readStored('values', linkName(id));
  const secret = kept.ok && kept.value instanceof Uint8Array && kept.value.length === LINK_SECRET_BYTES ? new Secret(kept.value) : undefined;
  if (secret === undefined) return 'unknown';
  const link = linkKeyOf(nobleCrypto, secret).publicKey;
  if (!equalBytes(link, bytesOf(invitationKey))) return 'refused';
  const request = { ownerKey: bytesOf(asking.ownerKey), phoneKey: bytesOf(asking.phoneKey.credentialKey), name: asking.name };
  return isOwnerRequest(nobleCrypto, bytesOf(asking.voucher), link, request) ? 'vouched' : 'refused';
};

// ---- who comes ---------------------------------------------------------------------------------------------------------------

/** Makes who asks an owner. Errors are sentences; until the set is signed they are none. */
export const acceptOwner = async (invitation: OwnerInvitation, onStep: OnStep): Promise<Result<OwnersChanged, string>> => {
  const { asking } = invitation;
  if (asking === null || (await isVouched(invitation)) === 'refused') return err('The request is not from who has your link.');
  const authority = await authorityNow(onStep);
  if (!authority.ok) return authority;
  const ownerKey = bytesOf(asking.ownerKey);
  const next = nextSet(authority.value, { kind: 'add', ownerKeys: [ownerKey] });
  if (!next.ok) return next;
  // The whole list, not one more: what was begun and broken off can be begun again.
  const phones = await phonesOf(authority.value.ownerSet, [bytesOf(asking.phoneKey.credentialKey)]);
  if (!phones.ok) return phones;
  const rosters = await changeAll(authority.value, onStep, () => Promise.resolve(ok({ kind: 'replacePhones', phones: phones.value })));
  if (!rosters.ok) return rosters;
  onStep({ kind: 'set' });
  const { owner, issuer, ownerSet: { siteId } } = authority.value;
  const wrap = wrapIssuerKey(nobleCrypto, { siteId, issuer, voucher: owner }, ownerKey, freshEntropy());
  const put = await putSet(authority.value, next.value.document, { issuerWraps: [wireWrap(wrap)] });
  if (!put.ok) return put;
  await writeStored([{ store: 'values', name: linkName(invitation.id), value: undefined }]);
  return ok({ rosters: rosters.value, unsigned: [] });
};

// ---- who goes ----------------------------------------------------------------------------------------------------------------

/** Takes an owner's power away. Errors are sentences; until the set is signed they are an owner still. */
export const removeOwner = async (person: Person, onStep: OnStep): Promise<Result<OwnersChanged, string>> => {
  const authority = await authorityNow(onStep);
  if (!authority.ok) return authority;
  const { ownerSet } = authority.value;
  const ownerKeys = person.ownerKeys.map(bytesOf).filter((key) => ownerSet.keys.some((each) => equalBytes(each, key)));
  if (ownerKeys.length === 0) return err('No key of the owner set is theirs.');
  const next = nextSet(authority.value, { kind: 'remove', ownerKeys });
  if (!next.ok) return next;
  const phones = await phonesOf(next.value.ownerSet);
  if (!phones.ok) return phones;
  if (phones.value.length === 0) return err('Nobody who stays has a phone: the locks would open for nobody. Make this browser a key first.');
  const handed = await handOver(authority.value, next.value.ownerSet, phones.value, onStep);
  if (!handed.ok) return handed;
  onStep({ kind: 'set' });
  const put = await putSet(authority.value, next.value.document);
  return put.ok ? handed : put;
};
