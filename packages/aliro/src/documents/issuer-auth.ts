// IssuerAuth (SPEC §8.1): an untagged COSE_Sign1 (RFC 9052) over the mobile security object, by a key that a key identifier (header 4)
// or a certificate (header 33, RFC 9360) names. The signature covers the received bytes; the unprotected headers are not signed, and
// nothing is believed because of them: they only say which key to try.

import { assert } from '@mortise/base/assert.ts';
import { briefly } from '@mortise/base/brief.ts';
import { concat, equalBytes, utf8, type Bytes } from '@mortise/base/bytes.ts';
import { asArray, asBytes, asMap, bytesHead, encodeCbor, type Cbor } from '@mortise/base/cbor.ts';
import { ok, type Result } from '@mortise/base/result.ts';
import { PUBLIC_KEY_BYTES, SIGNATURE_BYTES, type Crypto } from '@mortise/crypto/crypto.ts';
import { MAX_LABELS, optional } from './document-cbor.ts';
import { refuseDocument, type DocumentError } from './document-error.ts';

export const KEY_IDENTIFIER_BYTES = 8;
export const MAX_CERTIFICATE_BYTES = 2048;

/** What names the key; of a document that can be verified at least one of the two. */
export type IssuerNames = { readonly keyIdentifier?: Bytes; readonly certificate?: Bytes };

/** `payload`: 24(bstr of the mobile security object), encoded. `signature`: r ‖ s of 64 bytes. */
export type IssuerAuth = IssuerNames & { readonly payload: Bytes; readonly signature: Bytes };

/** {1: -7}: ES256, in the one encoding that SPEC §8.1 allows. */
const PROTECTED = Uint8Array.of(0xa1, 0x01, 0x26);
const STRUCTURE = concat(Uint8Array.of(0x84), encodeCbor('Signature1'), encodeCbor(PROTECTED), encodeCbor(new Uint8Array(0)));
/** RFC 9052 §3.1, RFC 9360 §2. */
export const HEADERS = { keyIdentifier: 4, certificate: 33 } as const;
const PARTS = 4;
const KEY_IDENTIFIER_PREFIX = utf8('key-identifier');

/** SPEC §8.1: first 8 bytes of SHA-256("key-identifier" ‖ key of 65 bytes). */
export const keyIdentifierOf = (crypto: Crypto, issuerKey: Bytes): Bytes => {
  assert(issuerKey.length === PUBLIC_KEY_BYTES, 'an issuer key has 65 bytes');
  return crypto.sha256(briefly(KEY_IDENTIFIER_PREFIX, issuerKey)).slice(0, KEY_IDENTIFIER_BYTES);
};

/** RFC 9052 §4.4, what is signed: an array of four, "Signature1", the protected header, nothing, and the payload. */
export const signedStructure = (payload: Bytes): Bytes => briefly(STRUCTURE, bytesHead(payload.length), payload);

/** Further unprotected headers under labels of a vendor's own: carried, not signed, and passed over by who does not know them. */
export type VendorHeaders = ReadonlyMap<number, Cbor>;

export const issuerAuthCbor = ({ keyIdentifier, certificate, payload, signature }: IssuerAuth, more: VendorHeaders = new Map()): Cbor => [
  PROTECTED,
  new Map<number, Cbor>([...optional(HEADERS.keyIdentifier, keyIdentifier), ...optional(HEADERS.certificate, certificate), ...more]),
  payload,
  signature,
];

/** The unprotected header under a label, as it came, from any value; nothing is believed because of it. */
export const headerOf = (issuerAuth: Cbor, label: number): Cbor | undefined => asMap(asArray(issuerAuth, PARTS)?.[1], MAX_LABELS)?.get(label);

type Headers = Result<IssuerNames, DocumentError>;

/** A chain (an array) is not for us: SPEC §9.2 wants a certificate that a trusted key signed, and RFC 9360 writes a single one bare. */
const readHeaders = (headers: ReadonlyMap<number | string, Cbor>): Headers => {
  const [kid, x5chain] = [headers.get(HEADERS.keyIdentifier), headers.get(HEADERS.certificate)];
  const keyIdentifier = asBytes(kid, KEY_IDENTIFIER_BYTES);
  const certificate = asBytes(x5chain);
  const fits = (kid === undefined || keyIdentifier !== undefined) && (x5chain === undefined || certificate !== undefined);
  if (!fits) return refuseDocument('issuer-auth-malformed');
  if (certificate !== undefined && certificate.length > MAX_CERTIFICATE_BYTES) return refuseDocument('certificate-malformed');
  return ok({ ...(keyIdentifier && { keyIdentifier }), ...(certificate && { certificate }) });
};

/**
 * `issuer-auth-malformed`: not four parts, another COSE form, headers of other sizes; `algorithm-unsupported`: not ES256 alone;
 * `certificate-malformed`: one of more than 2048 bytes.
 */
export const readIssuerAuth = (value: Cbor): Result<IssuerAuth, DocumentError> => {
  const parts = asArray(value, PARTS);
  const [protectedHeader, headers] = [asBytes(parts?.[0]), asMap(parts?.[1], MAX_LABELS)];
  const [payload, signature] = [asBytes(parts?.[2]), asBytes(parts?.[3], SIGNATURE_BYTES)];
  if (protectedHeader === undefined || headers === undefined || payload === undefined || signature === undefined) return refuseDocument('issuer-auth-malformed');
  if (!equalBytes(protectedHeader, PROTECTED)) return refuseDocument('algorithm-unsupported');
  const names = readHeaders(headers);
  return names.ok ? ok({ ...names.value, payload, signature }) : names;
};
