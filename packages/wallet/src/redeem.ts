// A guest makes the key that an invitation lets the link's key sign: for the guest's own credential, with the terms to the letter. The
// invitation is opened against the owners first, so that nobody makes a key of a hub's promise.

import { completeDocument, prepareAccessDocument } from '@mortise/aliro/build-document.ts';
import { grantDocument } from '@mortise/access/grant-document.ts';
import type { GrantTerms } from '@mortise/access/grant.ts';
import { delegationHeader, termsOfInvitation } from '@mortise/access/invitation.ts';
import { equalBytes, type Bytes } from '@mortise/base/bytes.ts';
import type { Instant } from '@mortise/base/instant.ts';
import { err, ok, type Result } from '@mortise/base/result.ts';
import type { Crypto } from '@mortise/crypto/crypto.ts';
import type { KeyPair } from '@mortise/crypto/entropy.ts';
import type { DocumentErrorCode } from '@mortise/documents/document-error.ts';
import { openDelegation, type Owners } from '@mortise/documents/signed-delegation.ts';
import { itemRandoms, wholeSecond } from './lend.ts';

/** As `openDelegation`; `other-link`: for another link's key; `no-grant`: what it lets be signed is no grant of ours. */
export type RedeemError = { readonly code: DocumentErrorCode | 'other-link' | 'no-grant' };

/** What the invitation lets the link's key sign. Takes any bytes. */
export const openInvitation = (crypto: Crypto, signedDelegation: Bytes, owners: Owners, linkKey: Bytes): Result<GrantTerms, RedeemError> => {
  const opened = openDelegation(crypto, signedDelegation, owners);
  if (!opened.ok) return opened;
  if (opened.value.kind !== 'invitation') return err({ code: 'no-grant' });
  if (!equalBytes(opened.value.delegate, linkKey)) return err({ code: 'other-link' });
  const terms = termsOfInvitation(opened.value);
  return terms === undefined ? err({ code: 'no-grant' }) : ok(terms);
};

export type Redeeming = { readonly delegation: Bytes; readonly owners: Owners; readonly link: KeyPair; readonly credentialKey: Bytes; readonly now: Instant };

/** The access document for the credential of this key, signed by the link's key; it carries the invitation. */
export const redeemInvitation = (crypto: Crypto, { delegation, owners, link, credentialKey, now }: Redeeming, entropy: Bytes): Result<Bytes, RedeemError> => {
  const terms = openInvitation(crypto, delegation, owners, link.publicKey);
  if (!terms.ok) return terms;
  const issue = { deviceKey: credentialKey, issuerKey: link.publicKey, signed: wholeSecond(now), randoms: itemRandoms(crypto, terms.value, entropy) };
  const prepared = prepareAccessDocument(crypto, grantDocument(crypto, terms.value, issue));
  return ok(completeDocument(prepared, crypto.p256.sign(link.privateKey.reveal(), prepared.toSign), delegationHeader(delegation)));
};
