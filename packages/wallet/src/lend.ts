// What an owner signs to lend a key: the delegation to a link's key, by which a guest makes the key while the owner sleeps; the access document
// for a key that is known already; and the introduction by which guests know the site's locks.

import { completeDocument, prepareAccessDocument } from '@mortise/aliro/build-document.ts';
import { ITEM_RANDOM_BYTES } from '@mortise/aliro/issuer-signed-item.ts';
import { grantDocument } from '@mortise/access/grant-document.ts';
import type { GrantTerms } from '@mortise/access/grant.ts';
import { invitationOf } from '@mortise/access/invitation.ts';
import type { Bytes } from '@mortise/base/bytes.ts';
import { instant, type Instant } from '@mortise/base/instant.ts';
import type { SiteId } from '@mortise/base/identifiers.ts';
import type { Crypto } from '@mortise/crypto/crypto.ts';
import { derive, type KeyPair } from '@mortise/crypto/entropy.ts';
import { introductionToSign, type Introduction } from '@mortise/documents/introduction.ts';
import { delegationPayload, delegationToSign } from '@mortise/documents/signed-delegation.ts';
import { assembleSigned } from '@mortise/documents/threshold.ts';
import { signedBy } from './owner-signature.ts';

/** The invitation, signed by one owner: whole where one is enough. `linkKey`: 65 bytes. Terms that no invitation can say are our bug. */
export const signInvitation = (crypto: Crypto, owner: KeyPair, terms: GrantTerms, { siteId, linkKey }: { readonly siteId: SiteId; readonly linkKey: Bytes }): Bytes => {
  const payload = delegationPayload(crypto, invitationOf(terms, { siteId, delegate: linkKey }));
  return assembleSigned([signedBy(crypto, owner, delegationToSign(crypto, owner.publicKey, payload))]);
};

/** The access document of `terms` for the credential of this key (65 bytes), signed now by whoever's clock says so. */
export const signGrant = (crypto: Crypto, owner: KeyPair, terms: GrantTerms, { credentialKey, now }: { readonly credentialKey: Bytes; readonly now: Instant }, entropy: Bytes): Bytes => {
  const issue = { deviceKey: credentialKey, issuerKey: owner.publicKey, signed: wholeSecond(now), randoms: itemRandoms(crypto, terms, entropy) };
  const prepared = prepareAccessDocument(crypto, grantDocument(crypto, terms, issue));
  return completeDocument(prepared, crypto.p256.sign(owner.privateKey.reveal(), prepared.toSign));
};

export const signIntroduction = (crypto: Crypto, owner: KeyPair, introduction: Introduction): Bytes =>
  signedBy(crypto, owner, introductionToSign(crypto, owner.publicKey, introduction));

/** 16 bytes for each place, each once. */
export const itemRandoms = (crypto: Crypto, { places }: Pick<GrantTerms, 'places'>, entropy: Bytes): readonly Bytes[] =>
  places.map((_, index) => derive(crypto, entropy, `element ${index}`, ITEM_RANDOM_BYTES));

/** Documents speak in whole seconds. */
export const wholeSecond = (now: Instant): Instant => instant(Math.floor(now / 1000) * 1000);
