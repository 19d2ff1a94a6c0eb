// The owners' word that an electronic key is of their site: COSE_Sign1 of type `mortise-key-enrolment` by any present owner over CBOR
// {siteId, keyId, journalKey}. It names the key that the electronic key seals its records to, as a roster does for a lock. A key
// without an owner takes the first that comes; what it then opens, it opens by documents that owners signed for its credential.

import { assert } from '@mortise/base/assert.ts';
import type { Bytes } from '@mortise/base/bytes.ts';
import { asBytes, decodeCbor, encodeCbor } from '@mortise/base/cbor.ts';
import { identifierBytes, type LockId, type SiteId } from '@mortise/base/identifiers.ts';
import { ok, type Result } from '@mortise/base/result.ts';
import { PUBLIC_KEY_BYTES, type Crypto } from '@mortise/crypto/crypto.ts';
import { openSigned, toSign, type ToSign } from './cose.ts';
import { refuseDocument, type DocumentError } from './document-error.ts';
import { asIdentifier, exactFields } from './fields.ts';

export const KEY_ENROLMENT_TYPE = 'mortise-key-enrolment';
export const MAX_KEY_ENROLMENT_BYTES = 512;

/** `keyId`: as a lock's, the hash of the key's identity key. `journalKey`: P-256 public key, 65 bytes. */
export type KeyEnrolment = { readonly siteId: SiteId; readonly keyId: LockId; readonly journalKey: Bytes };

/** What the owner `signerKey` signs. */
export const keyEnrolmentToSign = (crypto: Crypto, signerKey: Bytes, { siteId, keyId, journalKey }: KeyEnrolment): ToSign => {
  assert(crypto.p256.isPublicKey(journalKey), 'a journal key is a P-256 key');
  const payload = encodeCbor(new Map([['siteId', identifierBytes(siteId)], ['keyId', identifierBytes(keyId)], ['journalKey', journalKey]]));
  return toSign(KEY_ENROLMENT_TYPE, FORMAT, signerKey, payload, crypto);
};

/** Whose enrolment counts: the present owners of the site, for this key. */
export type EnrolmentPlace = { readonly siteId: SiteId; readonly ownerKeys: readonly Bytes[]; readonly keyId: LockId };

/**
 * Takes any bytes.
 * Errors: `too-long`, `malformed`, `type-wrong`, `version-unknown`, `signer-unknown`, `signature-invalid`, `other-site`, `other-lock` (another key).
 */
export const openKeyEnrolment = (crypto: Crypto, bytes: Bytes, { siteId, ownerKeys, keyId }: EnrolmentPlace): Result<KeyEnrolment, DocumentError> => {
  if (bytes.length > MAX_KEY_ENROLMENT_BYTES) return refuseDocument('too-long');
  const signed = openSigned(crypto, bytes, KEY_ENROLMENT_TYPE, ownerKeys);
  if (!signed.ok) return signed;
  if (signed.value.version !== FORMAT) return refuseDocument('version-unknown');
  const read = exactFields(decodeCbor(signed.value.payload, MAX_KEY_ENROLMENT_BYTES), NAMES);
  const [site, key, journalKey] = [asIdentifier<SiteId>(read?.('siteId')), asIdentifier<LockId>(read?.('keyId')), asBytes(read?.('journalKey'), PUBLIC_KEY_BYTES)];
  if (site === undefined || key === undefined || journalKey === undefined || !crypto.p256.isPublicKey(journalKey)) return refuseDocument('malformed');
  if (site !== siteId) return refuseDocument('other-site');
  return key === keyId ? ok({ siteId: site, keyId: key, journalKey }) : refuseDocument('other-lock');
};

const FORMAT = 1;
const NAMES = ['siteId', 'keyId', 'journalKey'] as const;
