// Building a document (SPEC §8): the issuer's side. Signing with a long-term key is an effect outside: `prepareDocument` says what to
// sign, `completeDocument` puts the signature in. What is prepared is plain data. Randomness comes in.

import { assert } from '@mortise/base/assert.ts';
import { equalBytes, type Bytes } from '@mortise/base/bytes.ts';
import { encodeCbor, type Cbor } from '@mortise/base/cbor.ts';
import { PUBLIC_KEY_BYTES, SIGNATURE_BYTES, type Crypto } from '@mortise/crypto/crypto.ts';
import { accessDataCbor, type AccessData } from './access-data.ts';
import { MAX_ELEMENTS, assertIdentifier, type DocType } from './document-cbor.ts';
import { KEY_IDENTIFIER_BYTES, MAX_CERTIFICATE_BYTES, issuerAuthCbor, signedStructure, type IssuerNames, type VendorHeaders } from './issuer-auth.ts';
import { ITEM_RANDOM_BYTES, itemCbor } from './issuer-signed-item.ts';
import { revocationDataCbor, type RevocationData } from './revocation-data.ts';
import { encodeSecurityObject, type Digests, type ValidityInfo } from './security-object.ts';

/** `identifier`: 1 to 64 characters, once in a document. `random`: 16 fresh bytes, never used before. */
export type NewElement<Data> = { readonly identifier: string; readonly random: Bytes; readonly data: Data };

/** `issuer`: how readers find the key that signs. `timeVerificationRequired`: true unless a reader without a clock shall skip the dates. */
type NewDocument = { readonly issuer: IssuerNames; readonly validity: ValidityInfo; readonly timeVerificationRequired?: boolean };

/** `deviceKey`: the credential's key of 65 bytes. 1 to 32 elements. */
export type NewAccessDocument = NewDocument & { readonly deviceKey: Bytes; readonly elements: readonly NewElement<AccessData>[] };
export type NewRevocationDocument = NewDocument & { readonly elements: readonly NewElement<RevocationData>[] };
/** Each element's data: the digest that it speaks of. */
export type NewStampDocument = NewDocument & { readonly elements: readonly NewElement<Bytes>[] };

/** `toSign`: to be signed with ECDSA over SHA-256 by the issuer's key; the rest is for `completeDocument`. */
export type PreparedDocument = {
  readonly docType: DocType;
  readonly issuer: IssuerNames;
  readonly items: readonly Cbor[];
  readonly payload: Bytes;
  readonly toSign: Bytes;
};

const FIRST_DIGEST_ID = 1;

const assertElements = (elements: readonly NewElement<unknown>[]): void => {
  assert(elements.length > 0 && elements.length <= MAX_ELEMENTS, `a document has 1 to ${MAX_ELEMENTS} elements`);
  assert(new Set(elements.map(({ identifier }) => identifier)).size === elements.length, 'a document has an element once');
  elements.forEach(({ identifier }) => { assertIdentifier(identifier); });
  assert(elements.every(({ random }) => random.length === ITEM_RANDOM_BYTES), `an element has ${ITEM_RANDOM_BYTES} random bytes`);
  const repeated = elements.some(({ random }, index) => elements.slice(0, index).some((other) => equalBytes(other.random, random)));
  assert(!repeated, 'each element has random bytes of its own');
};

const assertIssuer = ({ keyIdentifier, certificate }: IssuerNames): void => {
  assert(keyIdentifier !== undefined || certificate !== undefined, 'a document names its issuer');
  assert(keyIdentifier === undefined || keyIdentifier.length === KEY_IDENTIFIER_BYTES, `a key identifier has ${KEY_IDENTIFIER_BYTES} bytes`);
  assert(certificate === undefined || certificate.length <= MAX_CERTIFICATE_BYTES, `a certificate has at most ${MAX_CERTIFICATE_BYTES} bytes`);
};

const assertDates = ({ validFrom, validUntil, validityIteration = 0 }: ValidityInfo): void => {
  assert(validFrom <= validUntil, 'a document is valid from before it ends');
  assert(Number.isSafeInteger(validityIteration) && validityIteration >= 0, 'a validity iteration is a whole number');
};

const prepare = <Data>(
  crypto: Crypto, docType: DocType, document: NewDocument & { readonly elements: readonly NewElement<Data>[] }, write: (data: Data) => Cbor, deviceKey?: Bytes,
): PreparedDocument => {
  const { issuer, elements, validity, timeVerificationRequired = true } = document;
  assertElements(elements);
  assertIssuer(issuer);
  assertDates(validity);
  const items = elements.map(({ identifier, random, data }, index) => itemCbor({ digestId: FIRST_DIGEST_ID + index, random, identifier, value: write(data) }));
  const digests: Digests = new Map(items.map((item, index) => [FIRST_DIGEST_ID + index, crypto.sha256(encodeCbor(item))]));
  const payload = encodeSecurityObject({ validity, docType, digests, ...(deviceKey && { deviceKey }), timeVerificationRequired });
  return { docType, issuer, items, payload, toSign: signedStructure(payload) };
};

/** Asserts that everything is within its bounds: it is ours. Digest ids are 1, 2, … in the order of the elements. */
export const prepareAccessDocument = (crypto: Crypto, document: NewAccessDocument): PreparedDocument => {
  const { deviceKey } = document;
  assert(deviceKey.length === PUBLIC_KEY_BYTES, 'a credential key has 65 bytes');
  return prepare(crypto, 'aliro-a', document, accessDataCbor, deviceKey);
};

/** Likewise. */
export const prepareRevocationDocument = (crypto: Crypto, document: NewRevocationDocument): PreparedDocument =>
  prepare(crypto, 'aliro-r', document, revocationDataCbor);

/** Likewise. */
export const prepareStampDocument = (crypto: Crypto, document: NewStampDocument): PreparedDocument =>
  prepare(crypto, 'mortise-f', document, (digest) => digest);

/** The Document. `signature`: r ‖ s of 64 bytes over `toSign`. `headers`: unprotected ones beside those that name the issuer. */
export const completeDocument = ({ docType, issuer, items, payload }: PreparedDocument, signature: Bytes, headers?: VendorHeaders): Bytes => {
  assert(signature.length === SIGNATURE_BYTES, 'a signature has 64 bytes');
  const issuerSigned = new Map<string, Cbor>([['1', new Map([[docType, items]])], ['2', issuerAuthCbor({ ...issuer, payload, signature }, headers)]]);
  return encodeCbor(new Map<string, Cbor>([['1', issuerSigned], ['5', docType]]));
};
