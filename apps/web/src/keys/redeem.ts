// A link that somebody was sent, from its text to the key: what the hub says of it is held against the owners of the site that the link
// itself names; the key is made in this browser, and the link's own key signs it, where the owners let it.

import { ROUTES } from '@mortise/api/routes.ts';
import type { Invitation, OfferedInvitation } from '@mortise/api/keys.ts';
import { base64url, type Bytes } from '@mortise/base/bytes.ts';
import { instant } from '@mortise/base/instant.ts';
import { err, ok, type Result } from '@mortise/base/result.ts';
import { freshEntropy } from '@mortise/browser/entropy.ts';
import { generateSigningKey, signWith, type SigningKey } from '@mortise/browser/signing-key.ts';
import type { KeyPair } from '@mortise/crypto/entropy.ts';
import { nobleCrypto } from '@mortise/crypto/noble.ts';
import type { OwnerSet } from '@mortise/documents/owner-set.ts';
import { plainTermsOf } from '@mortise/management/plain-terms.ts';
import { openSite } from '@mortise/wallet/held-grants.ts';
import { linkKeyOf, readKeyLink, type KeyLink } from '@mortise/wallet/key-link.ts';
import { openInvitation, redeemInvitation } from '@mortise/wallet/redeem.ts';
import { redemptionToSign } from '@mortise/wallet/redemption.ts';
import { call, type Failure } from '../model/client.ts';
import { failureSentence } from '../words/failures.ts';
import type { LinkFault } from '../words/link.ts';
import { guestKey, hasRedeemed, rememberLink } from './guest-key.ts';
import { bytesOf } from './held-proof.ts';
import { isOtherSite } from './link-site.ts';
import { lookAtPhoneLink, type OfferedPhone } from './phone-link.ts';
import { storageSentence } from './store.ts';

/** `zone`: of the first door, in which times are said. */
export type LinkOpened = { readonly invitation: OfferedInvitation; readonly zone: string; readonly link: KeyPair; readonly ownerSet: OwnerSet };

export type LinkLook =
  | { readonly kind: 'open'; readonly opened: LinkOpened }
  /** It lends nothing: this browser would be that of whoever holds an electronic key. */
  | { readonly kind: 'phone'; readonly offered: OfferedPhone }
  /** This browser has used it already. */
  | { readonly kind: 'mine' }
  | { readonly kind: 'fault'; readonly fault: LinkFault }
  | { readonly kind: 'hub'; readonly says: string };

export type Taken = { readonly kind: 'taken' } | { readonly kind: 'fault'; readonly fault: LinkFault } | { readonly kind: 'failed'; readonly says: string };

const faultOf = (fault: LinkFault): { readonly kind: 'fault'; readonly fault: LinkFault } => ({ kind: 'fault', fault });

const isRefused = (failure: Failure, ...codes: readonly string[]): boolean => failure.kind === 'refused' && codes.includes(failure.code);

type ClosedInvitation = Exclude<Invitation, OfferedInvitation>;

/** Why nothing is to be had by it any more. */
const stateFault = ({ state, from, redeemedAt, redeemBy }: ClosedInvitation, zone: string): LinkFault => {
  switch (state) {
    case 'asked':
    case 'redeemed':
      return { kind: 'used', from, at: redeemedAt, zone };
    case 'lapsed':
      return { kind: 'lapsed', from, at: redeemBy, zone };
    case 'takenBack':
      return { kind: 'taken-back', from };
  }
};

/** The invitation with the terms that were signed, not those that the hub tells; undefined: it is no owner's. */
const signedTerms = (invitation: OfferedInvitation, ownerSet: OwnerSet, link: KeyPair): OfferedInvitation | undefined => {
  if (invitation.delegation === null) return invitation;
  const terms = openInvitation(nobleCrypto, bytesOf(invitation.delegation), ownerSet, link.publicKey);
  const plain = terms.ok ? plainTermsOf(terms.value) : undefined;
  return plain === undefined ? undefined : { ...invitation, terms: { ...invitation.terms, ...plain, places: [...plain.places], verbs: [...plain.verbs], hours: plain.hours.map((each) => ({ ...each, days: [...each.days] })) } };
};

/** Of who reads this, where the hub shows no door any more. */
const ownZone = (): string => Intl.DateTimeFormat().resolvedOptions().timeZone;

const proofOf = async (key: SigningKey, link: KeyPair): Promise<string> => {
  const { message, assemble } = redemptionToSign(nobleCrypto, { credentialKey: key.publicKey, invitationKey: link.publicKey });
  return base64url(assemble(await signWith(key, message)));
};

/** Who lent the key and who has it shall hear that the link was opened once more: asked for by a key that is kept nowhere, and refused. */
const tellTriedAgain = async (link: KeyPair): Promise<void> => {
  const key = await generateSigningKey();
  await call(ROUTES.redeem, { body: { invitationKey: base64url(link.publicKey), credentialKey: base64url(key.publicKey), document: null, proof: await proofOf(key, link) } });
};

const lookWith = async (link: KeyLink): Promise<LinkLook> => {
  const key = linkKeyOf(nobleCrypto, link.secret);
  const answer = await call(ROUTES.openInvitation, { body: { invitationKey: base64url(key.publicKey) } });
  if (!answer.ok) {
    if (!isRefused(answer.error, 'invitation-unknown', 'not-claimed', 'input-invalid')) return { kind: 'hub', says: failureSentence(answer.error) };
    const phone = await lookAtPhoneLink(link.siteId, key);
    if (phone !== undefined) return phone;
    return faultOf({ kind: (await isOtherSite(link.siteId)) ? 'other-site' : 'unknown' });
  }
  const invitation = answer.value;
  if (invitation.siteId !== link.siteId) return faultOf({ kind: 'other-site' });
  if (await hasRedeemed(base64url(key.publicKey))) return { kind: 'mine' };
  if (invitation.state !== 'open') {
    const fault = stateFault(invitation, ownZone());
    if (fault.kind === 'used') await tellTriedAgain(key);
    return faultOf(fault);
  }
  const zone = invitation.doors[0]?.zone ?? ownZone();
  const site = openSite(nobleCrypto, link.siteId, { ownerSets: invitation.ownerSets.map(bytesOf), introduction: bytesOf(invitation.introduction) });
  const signed = site.ok ? signedTerms(invitation, site.value.ownerSet, key) : undefined;
  if (!site.ok || signed === undefined) return faultOf({ kind: 'not-vouched' });
  return { kind: 'open', opened: { invitation: signed, zone, link: key, ownerSet: site.value.ownerSet } };
};

/** Looks at the link of this text: what stood behind the # of the address. */
export const lookAtLink = (text: string): Promise<LinkLook> => {
  const link = readKeyLink(nobleCrypto, text);
  return link.ok ? lookWith(link.value) : Promise.resolve(faultOf({ kind: link.error.code }));
};

const documentOf = ({ invitation, ownerSet, link }: LinkOpened, credentialKey: Bytes): Result<string | null, 'not-vouched'> => {
  if (invitation.delegation === null) return ok(null);
  const made = redeemInvitation(nobleCrypto, { delegation: bytesOf(invitation.delegation), owners: ownerSet, link, credentialKey, now: instant(Date.now()) }, freshEntropy());
  return made.ok ? ok(base64url(made.value)) : err('not-vouched');
};

const send = async (opened: LinkOpened, key: SigningKey, document: string | null, name: string): Promise<Taken> => {
  const { invitation, link, zone } = opened;
  const body = { invitationKey: base64url(link.publicKey), credentialKey: base64url(key.publicKey), document, proof: await proofOf(key, link), ...(invitation.delegation === null && { name }) };
  const answer = await call(ROUTES.redeem, { body });
  if (answer.ok) {
    await rememberLink(base64url(link.publicKey));
    return { kind: 'taken' };
  }
  if (isRefused(answer.error, 'invitation-used')) return faultOf({ kind: 'used', from: invitation.from, at: null, zone });
  if (isRefused(answer.error, 'invitation-lapsed')) return faultOf({ kind: 'lapsed', from: invitation.from, at: invitation.redeemBy, zone });
  return isRefused(answer.error, 'invitation-unknown') ? faultOf({ kind: 'taken-back', from: invitation.from }) : { kind: 'failed', says: failureSentence(answer.error) };
};

/** Makes this browser's key, keeps it, and has the link serve for it. The key is on disk before the link is used up. */
export const takeKey = async (opened: LinkOpened, name: string): Promise<Taken> => {
  const key = await guestKey(opened.ownerSet.siteId);
  if (!key.ok) return { kind: 'failed', says: storageSentence(key.error) };
  const document = documentOf(opened, key.value.publicKey);
  return document.ok ? send(opened, key.value, document.value, name) : faultOf({ kind: 'not-vouched' });
};
