// A delegation as a signed object: by the threshold of the owner set, over one payload (threshold.ts).

import { assert } from '@mortise/base/assert.ts';
import type { Bytes } from '@mortise/base/bytes.ts';
import type { SiteId } from '@mortise/base/identifiers.ts';
import { ok, type Result } from '@mortise/base/result.ts';
import type { Crypto } from '@mortise/crypto/crypto.ts';
import { toSign, type ToSign } from './cose.ts';
import type { Delegation, StandingDelegation } from './delegation.ts';
import { decodeDelegation, encodeDelegation } from './delegation-cbor.ts';
import { refuseDocument, type DocumentError } from './document-error.ts';
import { checkSigners, readManySigned, type Threshold } from './threshold.ts';

export const DELEGATION_TYPE = 'mortise-delegation';
/** The whole document, with all signatures. */
export const MAX_DELEGATION_BYTES = 8192;

/** Whose word a delegation is. */
export type Owners = Threshold & { readonly siteId: SiteId };

/** The payload that each owner signs. */
export const delegationPayload = (crypto: Crypto, delegation: Delegation): Bytes => {
  const payload = encodeDelegation(delegation);
  assert(decodeDelegation(crypto, payload) !== undefined, 'a delegation within its bounds');
  return payload;
};

/** What `signerKey` signs to agree; join the results by `assembleSigned` (threshold.ts). */
export const delegationToSign = (crypto: Crypto, signerKey: Bytes, payload: Bytes): ToSign =>
  toSign(DELEGATION_TYPE, FORMAT, signerKey, payload, crypto);

/**
 * Opens a delegation by the threshold of the present owners. Its dates are not looked at.
 * Errors: `too-long`, `malformed`, `type-wrong`, `version-unknown`, `signer-unknown`, `signature-invalid`, `threshold-not-met`, `other-site`.
 */
export const openDelegation = (crypto: Crypto, bytes: Bytes, owners: Owners): Result<Delegation, DocumentError> => {
  if (bytes.length > MAX_DELEGATION_BYTES) return refuseDocument('too-long');
  const many = readManySigned(bytes);
  if (many === undefined) return refuseDocument('malformed');
  const agreed = checkSigners(crypto, many, DELEGATION_TYPE, FORMAT, owners);
  if (!agreed.ok) return agreed;
  const delegation = decodeDelegation(crypto, many.payload);
  if (delegation === undefined) return refuseDocument('malformed');
  return delegation.siteId === owners.siteId ? ok(delegation) : refuseDocument('other-site');
};

/** The roster's delegations that hold: standing, and by the present owners. The others are passed over, as time keys are. */
export const openStanding = (crypto: Crypto, documents: readonly Bytes[], owners: Owners): readonly StandingDelegation[] =>
  documents.flatMap((bytes) => {
    const opened = openDelegation(crypto, bytes, owners);
    return opened.ok && opened.value.kind === 'standing' ? [opened.value] : [];
  });

const FORMAT = 1;
