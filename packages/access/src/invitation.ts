// An invitation as a grant: the owners sign what the guest's own key will be, and the guest's browser signs that for itself, with the
// private key in the link (CONTRACTS: delegation). The signed delegation rides in the document's unprotected header, as a certificate
// would: it proves itself, and one document has it once, however many places it names (ADR 14).

import { headerOf, type VendorHeaders } from '@mortise/aliro/issuer-auth.ts';
import { assert } from '@mortise/base/assert.ts';
import type { Bytes } from '@mortise/base/bytes.ts';
import { asBytes, type Cbor } from '@mortise/base/cbor.ts';
import type { Invitation } from '@mortise/documents/delegation.ts';
import { accessDataOf, termsOf } from './grant-document.ts';
import type { GrantTerms } from './grant.ts';
import { GRANT_VENDOR } from './grant-extension.ts';

/** A private label (RFC 9052 §11.1: below -65536), minus our vendor id. */
export const DELEGATION_HEADER = -GRANT_VENDOR;

/** `delegate`: the invitation's public key, 65 bytes. */
export type Inviting = Pick<Invitation, 'siteId' | 'delegate'>;

/**
 * What the owners sign. An invited grant holds near the door only, and must be confirmed: the hub stamps the first redeemer's document
 * and no other, without which a link that leaked would make a key for each lock that has not seen one.
 */
export const invitationOf = (terms: GrantTerms, { siteId, delegate }: Inviting): Invitation => {
  assert(!terms.remote, 'nobody is invited to open from afar');
  assert(terms.freshForS !== undefined, 'an invited grant lapses without a freshness stamp');
  const { from, until, places } = terms;
  return { kind: 'invitation', siteId, delegate, from, until, places, template: accessDataOf(terms) };
};

/** The terms that the guest may sign; undefined when the template is no grant of ours. */
export const termsOfInvitation = ({ from, until, places, template }: Invitation): GrantTerms | undefined => termsOf(template, { from, until, places });

/** For aliro's `completeDocument`: the document's issuer is the invitation's delegate. */
export const delegationHeader = (signedDelegation: Bytes): VendorHeaders => new Map([[DELEGATION_HEADER, signedDelegation]]);

/** The signed delegation that a document carries. Nothing is verified. */
export const carriedDelegation = (issuerAuth: Cbor): Bytes | undefined => asBytes(headerOf(issuerAuth, DELEGATION_HEADER));
