// Signed objects: COSE_Sign1 (RFC 9052 §4.2), untagged, ES256, deterministic CBOR, empty unprotected header and no external
// data. Protected: {1: -7, 4: kid, 16: type (RFC 9596), "version": n}. The kid is the first 8 bytes of SHA-256 of the
// signer's public key: a hint which key to try, never an identity. Signatures are checked over the received bytes.

import { assert } from '@mortise/base/assert.ts';
import { EMPTY, equalBytes, type Bytes } from '@mortise/base/bytes.ts';
import { asArray, asBytes, asNumber, asText, decodeCborInPlace, encodeBriefly, encodeCbor, type Cbor } from '@mortise/base/cbor.ts';
import { ok, type Result } from '@mortise/base/result.ts';
import { SIGNATURE_BYTES, type Crypto } from '@mortise/crypto/crypto.ts';
import { refuseDocument, type DocumentError } from './document-error.ts';

/** The longest signed object we read; the largest message of the courier (64 KiB) holds one. */
export const MAX_SIGNED_BYTES = 61_440;
export const MAX_VERSION = 65_535;

const ES256 = -7;
const LABEL = { algorithm: 1, kid: 4, type: 16 } as const;
const KID_BYTES = 8;
const MAX_HEADER_BYTES = 128;
// RFC 9596 wants the form of a media type; RFC 6838 §3.4 keeps "x." for those that nobody registered.
const MEDIA_TYPE_PREFIX = 'application/x.';

export type Signed = { readonly payload: Bytes; readonly version: number; readonly signer: Bytes };
export type ToSign = {
  /** What the private key signs (ECDSA P-256 over its SHA-256). */
  readonly message: Bytes;
  /** The signed object from the signature (r ‖ s, 64 bytes). */
  readonly assemble: (signature: Bytes) => Bytes;
};

/** The message to sign for a document of `type` (like `mortise-roster`) and `version` (1 to 65535) by `signerKey` (65 bytes). */
export const toSign = (type: string, version: number, signerKey: Bytes, payload: Bytes, crypto: Crypto): ToSign => {
  assert(Number.isInteger(version) && version >= 1 && version <= MAX_VERSION, 'a version is 1 to 65535');
  const header = protectedHeader(type, version, keyIdentifier(crypto, signerKey));
  return {
    message: signatureStructure(header, EMPTY, payload),
    assemble: (signature) => {
      assert(signature.length === SIGNATURE_BYTES, 'a signature has 64 bytes');
      return encodeCbor([header, new Map(), payload, signature]);
    },
  };
};

/**
 * Opens a signed object of `type` that one of `keys` (65 bytes each) signed. The version is the caller's to check.
 * Errors: `too-long`, `malformed`, `type-wrong`, `signer-unknown`, `signature-invalid`.
 */
export const openSigned = (crypto: Crypto, bytes: Bytes, type: string, keys: readonly Bytes[]): Result<Signed, DocumentError> => {
  if (bytes.length > MAX_SIGNED_BYTES) return refuseDocument('too-long');
  const parts = decodeParts(bytes);
  if (parts === undefined) return refuseDocument('malformed');
  if (parts.type !== MEDIA_TYPE_PREFIX + type) return refuseDocument('type-wrong');
  const named = keys.filter((key) => equalBytes(keyIdentifier(crypto, key), parts.kid));
  if (named.length === 0) return refuseDocument('signer-unknown');
  const message = signatureStructure(parts.header, EMPTY, parts.payload);
  const signer = named.find((key) => crypto.p256.verify(key, parts.signature, message));
  if (signer === undefined) return refuseDocument('signature-invalid');
  return ok({ payload: parts.payload, version: parts.version, signer });
};

/** RFC 9052 §4.4: what ES256 signs for a COSE_Sign1. */
export const signatureStructure = (header: Bytes, externalData: Bytes, payload: Bytes): Bytes =>
  encodeBriefly(['Signature1', header, externalData, payload]);

const keyIdentifier = (crypto: Crypto, key: Bytes): Bytes => crypto.sha256(key).subarray(0, KID_BYTES);

const protectedHeader = (type: string, version: number, kid: Bytes): Bytes =>
  encodeBriefly(
    new Map<number | string, Cbor>([
      [LABEL.algorithm, ES256],
      [LABEL.kid, kid],
      [LABEL.type, MEDIA_TYPE_PREFIX + type],
      ['version', version],
    ]),
  );

type Header = { readonly type: string; readonly version: number; readonly kid: Bytes };
type Parts = Header & { readonly header: Bytes; readonly payload: Bytes; readonly signature: Bytes };

const decodeParts = (bytes: Bytes): Parts | undefined => {
  const items = asArray(decodeCborInPlace(bytes, MAX_SIGNED_BYTES), 4);
  const header = asBytes(items?.[0]);
  const payload = asBytes(items?.[2]);
  const signature = asBytes(items?.[3], SIGNATURE_BYTES);
  if (header === undefined || payload === undefined || signature === undefined || !isEmptyMap(items?.[1])) return undefined;
  const fields = decodeHeader(header);
  return fields === undefined ? undefined : { ...fields, header, payload, signature };
};

const isEmptyMap = (value: Cbor | undefined): boolean => value instanceof Map && value.size === 0;

// Exactly our four fields: an unknown one might be critical, and we would not know.
const decodeHeader = (bytes: Bytes): Header | undefined => {
  const map = decodeCborInPlace(bytes, MAX_HEADER_BYTES);
  if (!(map instanceof Map) || map.size !== 4 || map.get(LABEL.algorithm) !== ES256) return undefined;
  const kid = asBytes(map.get(LABEL.kid), KID_BYTES);
  const type = asText(map.get(LABEL.type));
  const version = asNumber(map.get('version'), 1, MAX_VERSION);
  return kid === undefined || type === undefined || version === undefined ? undefined : { kid, type, version };
};
