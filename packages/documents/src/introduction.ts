// The owners' word of which key certifies the readers of a site's locks: COSE_Sign1 of type `mortise-introduction` by any present owner over
// CBOR {siteId, readerIssuerKey}. By it a guest's wallet knows the locks from an owner and not from a hub: the link names the site, the
// history of owner sets its owners, and one of them the key.

import { assert } from '@mortise/base/assert.ts';
import type { Bytes } from '@mortise/base/bytes.ts';
import { asBytes, decodeCbor, encodeCbor } from '@mortise/base/cbor.ts';
import { identifierBytes, type SiteId } from '@mortise/base/identifiers.ts';
import { ok, type Result } from '@mortise/base/result.ts';
import { PUBLIC_KEY_BYTES, type Crypto } from '@mortise/crypto/crypto.ts';
import { openSigned, toSign, type ToSign } from './cose.ts';
import { refuseDocument, type DocumentError } from './document-error.ts';
import { asIdentifier, exactFields } from './fields.ts';

export const INTRODUCTION_TYPE = 'mortise-introduction';
export const MAX_INTRODUCTION_BYTES = 512;

/** `readerIssuerKey`: P-256 public key, 65 bytes. */
export type Introduction = { readonly siteId: SiteId; readonly readerIssuerKey: Bytes };
/** `signer`: the owner key that signed. */
export type OpenedIntroduction = Introduction & { readonly signer: Bytes };

/** What the owner `signerKey` signs. */
export const introductionToSign = (crypto: Crypto, signerKey: Bytes, { siteId, readerIssuerKey }: Introduction): ToSign => {
  assert(crypto.p256.isPublicKey(readerIssuerKey), 'a reader issuer key is a P-256 key');
  const payload = encodeCbor(new Map([['siteId', identifierBytes(siteId)], ['readerIssuerKey', readerIssuerKey]]));
  return toSign(INTRODUCTION_TYPE, FORMAT, signerKey, payload, crypto);
};

/**
 * Takes any bytes. `owners`: the present set.
 * Errors: `too-long`, `malformed`, `type-wrong`, `version-unknown`, `signer-unknown`, `signature-invalid`, `other-site`.
 */
export const openIntroduction = (crypto: Crypto, bytes: Bytes, owners: { readonly siteId: SiteId; readonly keys: readonly Bytes[] }): Result<OpenedIntroduction, DocumentError> => {
  if (bytes.length > MAX_INTRODUCTION_BYTES) return refuseDocument('too-long');
  const signed = openSigned(crypto, bytes, INTRODUCTION_TYPE, owners.keys);
  if (!signed.ok) return signed;
  if (signed.value.version !== FORMAT) return refuseDocument('version-unknown');
  const read = exactFields(decodeCbor(signed.value.payload, MAX_INTRODUCTION_BYTES), NAMES);
  const [siteId, readerIssuerKey] = [asIdentifier<SiteId>(read?.('siteId')), asBytes(read?.('readerIssuerKey'), PUBLIC_KEY_BYTES)];
  if (siteId === undefined || readerIssuerKey === undefined || !crypto.p256.isPublicKey(readerIssuerKey)) return refuseDocument('malformed');
  return siteId === owners.siteId ? ok({ siteId, readerIssuerKey, signer: signed.value.signer }) : refuseDocument('other-site');
};

const FORMAT = 1;
const NAMES = ['siteId', 'readerIssuerKey'] as const;
