// What needs the authority (CONTRACTS: who signs): a CBOR array of byte strings, each a COSE_Sign1 over the same payload by another
// owner, as many as the threshold of the owner set asks for.

import { equalBytes, type Bytes } from '@mortise/base/bytes.ts';
import { asBytes, decodeCbor, encodeCbor } from '@mortise/base/cbor.ts';
import { ok, type Result } from '@mortise/base/result.ts';
import type { Crypto } from '@mortise/crypto/crypto.ts';
import { MAX_SIGNED_BYTES, openSigned } from './cose.ts';
import { refuseDocument, type DocumentError } from './document-error.ts';
import { asBytesList } from './fields.ts';

/** Signatures by distinct owners of one set. */
export const MAX_SIGNERS = 16;

/** Whose signatures count, and how many are asked for. */
export type Threshold = { readonly keys: readonly Bytes[]; readonly threshold: number };

/** `payload`: of the first signed object, read before any signature is known to be right; to be believed after `checkSigners` only. */
export type ManySigned = { readonly signed: readonly Bytes[]; readonly payload: Bytes };

/** The document from the signed objects of 1 to 16 distinct owners. */
export const assembleSigned = (signed: readonly Bytes[]): Bytes => encodeCbor(signed);

/** Takes any bytes; undefined when they are not 1 to 16 signed objects. */
export const readManySigned = (bytes: Bytes): ManySigned | undefined => {
  const signed = asBytesList(decodeCbor(bytes, MAX_SIGNED_BYTES), { maxItems: MAX_SIGNERS, minLength: 1, maxLength: MAX_SIGNED_BYTES });
  const items = signed?.[0] === undefined ? undefined : decodeCbor(signed[0], MAX_SIGNED_BYTES);
  const payload = Array.isArray(items) ? asBytes(items[2]) : undefined;
  return signed === undefined || payload === undefined ? undefined : { signed, payload };
};

/**
 * Every signed object must hold the same payload and be by another owner; a wrong one among right ones is refused, not skipped.
 * Errors: those of `openSigned`, `version-unknown`, `malformed`, `threshold-not-met`.
 */
export const checkSigners = (
  crypto: Crypto, { signed, payload }: ManySigned, type: string, version: number, authority: Threshold,
): Result<null, DocumentError> => {
  const signers: Bytes[] = [];
  for (const bytes of signed) {
    const opened = openSigned(crypto, bytes, type, authority.keys);
    if (!opened.ok) return opened;
    if (opened.value.version !== version) return refuseDocument('version-unknown');
    if (!equalBytes(opened.value.payload, payload)) return refuseDocument('malformed');
    signers.push(opened.value.signer);
  }
  if (!areDistinct(signers)) return refuseDocument('malformed');
  return signers.length >= authority.threshold ? ok(null) : refuseDocument('threshold-not-met');
};

export const areDistinct = (keys: readonly Bytes[]): boolean =>
  keys.every((key, index) => !keys.slice(0, index).some((other) => equalBytes(other, key)));
