// An owner's word that a phone is an owner's: COSE_Sign1 of type `mortise-owner-phone` by the owner's key over CBOR {siteId, credentialKey}.
// Roster entries are sealed to their lock, so another owner who writes the list anew cannot copy them: they go by this and not by what a hub
// says. It counts as long as who signed it is an owner.

import { assert } from '@mortise/base/assert.ts';
import type { Bytes } from '@mortise/base/bytes.ts';
import { asBytes, decodeCbor, encodeCbor } from '@mortise/base/cbor.ts';
import { identifierBytes, type SiteId } from '@mortise/base/identifiers.ts';
import { ok, type Result } from '@mortise/base/result.ts';
import { PUBLIC_KEY_BYTES, type Crypto } from '@mortise/crypto/crypto.ts';
import { openSigned, toSign, type ToSign } from './cose.ts';
import { refuseDocument, type DocumentError } from './document-error.ts';
import { asIdentifier, exactFields } from './fields.ts';

export const OWNER_PHONE_TYPE = 'mortise-owner-phone';
export const MAX_OWNER_PHONE_BYTES = 512;

/** `credentialKey`: P-256 public key, 65 bytes. */
export type OwnerPhone = { readonly siteId: SiteId; readonly credentialKey: Bytes };
/** `signer`: the owner key that signed. */
export type OpenedOwnerPhone = OwnerPhone & { readonly signer: Bytes };

/** What the owner `signerKey` signs. */
export const ownerPhoneToSign = (crypto: Crypto, signerKey: Bytes, { siteId, credentialKey }: OwnerPhone): ToSign => {
  assert(crypto.p256.isPublicKey(credentialKey), 'a credential key is a P-256 key');
  const payload = encodeCbor(new Map([['siteId', identifierBytes(siteId)], ['credentialKey', credentialKey]]));
  return toSign(OWNER_PHONE_TYPE, FORMAT, signerKey, payload, crypto);
};

/**
 * Takes any bytes. `owners`: those whose word counts.
 * Errors: `too-long`, `malformed`, `type-wrong`, `version-unknown`, `signer-unknown`, `signature-invalid`, `other-site`.
 */
export const openOwnerPhone = (crypto: Crypto, bytes: Bytes, owners: { readonly siteId: SiteId; readonly keys: readonly Bytes[] }): Result<OpenedOwnerPhone, DocumentError> => {
  if (bytes.length > MAX_OWNER_PHONE_BYTES) return refuseDocument('too-long');
  const signed = openSigned(crypto, bytes, OWNER_PHONE_TYPE, owners.keys);
  if (!signed.ok) return signed;
  if (signed.value.version !== FORMAT) return refuseDocument('version-unknown');
  const read = exactFields(decodeCbor(signed.value.payload, MAX_OWNER_PHONE_BYTES), NAMES);
  const [siteId, credentialKey] = [asIdentifier<SiteId>(read?.('siteId')), asBytes(read?.('credentialKey'), PUBLIC_KEY_BYTES)];
  if (siteId === undefined || credentialKey === undefined || !crypto.p256.isPublicKey(credentialKey)) return refuseDocument('malformed');
  return siteId === owners.siteId ? ok({ siteId, credentialKey, signer: signed.value.signer }) : refuseDocument('other-site');
};

const FORMAT = 1;
const NAMES = ['siteId', 'credentialKey'] as const;
