// Steps 1 to 10 of SPEC §9 for one document, in their order: what it is, who signed it, what is in it, whether that is what was signed,
// for whom, when, and whether it is outdated. What passed is plain data, so that the fast phase can judge it again without its signature.

import { assert } from '@mortise/base/assert.ts';
import { equalBytes, type Bytes } from '@mortise/base/bytes.ts';
import type { Instant } from '@mortise/base/instant.ts';
import { ok, type Result } from '@mortise/base/result.ts';
import { PUBLIC_KEY_BYTES, type Crypto } from '@mortise/crypto/crypto.ts';
import type { ItemsRequest } from '../documents/device-request.ts';
import type { ReceivedDocument } from '../documents/device-response.ts';
import { MDOC_VERSION, isDocType, type DocType, type Embedded } from '../documents/document-cbor.ts';
import { refuseDocument, type DocumentError } from '../documents/document-error.ts';
import { readIssuerAuth } from '../documents/issuer-auth.ts';
import { isInForce } from '../documents/issuer-certificate.ts';
import { isBehind, raiseIteration, type IssuerMemories } from './issuer-memory.ts';
import { readItem, type IssuerSignedItem } from '../documents/issuer-signed-item.ts';
import { verifySigner, type CertifiedFor, type Signer, type Trust } from './issuer-trust.ts';
import { DIGEST_ALGORITHM, deviceKeyOf, readSecurityObject, type Digests, type SecurityObject, type ValidityInfo } from '../documents/security-object.ts';

/** An element whose digest was signed. `value` is not yet read. */
export type VerifiedElement = Pick<IssuerSignedItem, 'identifier' | 'value'>;

/** `issuer`: the trust anchor's key. `deviceKey`: of an Access Document. `certified`: the dates of the issuer's certificate, if one was needed. */
export type VerifiedDocument = {
  readonly docType: DocType;
  readonly issuer: Bytes;
  readonly certified?: CertifiedFor;
  readonly deviceKey?: Bytes;
  readonly validity: ValidityInfo;
  readonly timeVerificationRequired: boolean;
  readonly elements: readonly VerifiedElement[];
};

/** The most issuers that a reader trusts, which bounds the signatures that a certificate can make it check. */
export const MAX_ISSUERS = 32;

// ---- step 1 ------------------------------------------------------------------------------------------------------------------

const checkKind = ({ docType, items }: ReceivedDocument, requests: readonly ItemsRequest[]): Result<DocType, DocumentError> => {
  const asked = isDocType(docType) && requests.some((request) => request.docType === docType);
  if (!asked) return refuseDocument('document-doctype');
  return [...items.keys()].every((space) => space === docType) ? ok(docType) : refuseDocument('document-namespace');
};

// ---- steps 4 and 5 -----------------------------------------------------------------------------------------------------------

const checkItem = (crypto: Crypto, embedded: Embedded, digests: Digests): Result<IssuerSignedItem, DocumentError> => {
  const item = readItem(embedded);
  if (item === undefined) return refuseDocument('element-malformed');
  const digest = digests.get(item.digestId);
  return digest !== undefined && equalBytes(digest, crypto.sha256(embedded.encoded)) ? ok(item) : refuseDocument('digest-mismatch');
};

const isTwice = (read: readonly IssuerSignedItem[], { digestId, identifier }: IssuerSignedItem): boolean =>
  read.some((item) => item.digestId === digestId || item.identifier === identifier);

/** Every item counts, also one that nobody asked for. */
const checkItems = (crypto: Crypto, items: readonly Embedded[], digests: Digests): Result<readonly IssuerSignedItem[], DocumentError> => {
  const read: IssuerSignedItem[] = [];
  for (const embedded of items) {
    const item = checkItem(crypto, embedded, digests);
    if (!item.ok) return item;
    if (isTwice(read, item.value)) return refuseDocument('element-repeated');
    read.push(item.value);
  }
  return ok(read);
};

// ---- steps 6 and 7 -----------------------------------------------------------------------------------------------------------

const objectFault = ({ version, digestAlgorithm, docType, deviceKeyInfo }: SecurityObject, kind: DocType, credentialKey: Bytes): Fault => {
  if (version !== MDOC_VERSION) return refuseDocument('security-object-version');
  if (digestAlgorithm !== DIGEST_ALGORITHM) return refuseDocument('digest-algorithm');
  if (docType !== kind) return refuseDocument('security-object-doctype');
  if (kind !== 'aliro-a') return undefined;
  return equalBytes(deviceKeyOf(deviceKeyInfo) ?? new Uint8Array(0), credentialKey) ? undefined : refuseDocument('device-key-mismatch');
};

/** A refusal, or none. */
export type Fault = ReturnType<typeof refuseDocument> | undefined;

const assertInputs = (credentialKey: Bytes, { issuers }: Trust): void => {
  assert(credentialKey.length === PUBLIC_KEY_BYTES, 'a credential key has 65 bytes');
  assert(issuers.length <= MAX_ISSUERS, `a reader trusts at most ${MAX_ISSUERS} issuers`);
};

const verified = (docType: DocType, { anchor, certified }: Signer, object: SecurityObject, elements: readonly IssuerSignedItem[], key: Bytes): VerifiedDocument => {
  const { validity, timeVerificationRequired } = object;
  const document = { docType, issuer: anchor, validity, timeVerificationRequired, elements, ...(certified && { certified }) };
  return docType === 'aliro-a' ? { ...document, deviceKey: key } : document;
};

const verifyContent = (
  crypto: Crypto, items: readonly Embedded[], docType: DocType, signer: Signer, payload: Bytes, credentialKey: Bytes,
): Result<VerifiedDocument, DocumentError> => {
  if (items.length === 0) return refuseDocument('elements-missing');
  const object = readSecurityObject(payload);
  if (object === undefined) return refuseDocument('security-object-malformed');
  const checked = checkItems(crypto, items, object.digests.get(docType) ?? new Map<number, Bytes>());
  if (!checked.ok) return checked;
  return objectFault(object, docType, credentialKey) ?? ok(verified(docType, signer, object, checked.value, credentialKey));
};

/**
 * Steps 1 to 7. `credentialKey`: 65 bytes, as authenticated in AUTH1. The first of these that is wrong: `document-doctype`,
 * `document-namespace`; those of `readIssuerAuth`; those of `verifySigner`; `elements-missing`, `security-object-malformed`,
 * `element-malformed`, `digest-mismatch`, `element-repeated`; `security-object-version`, `digest-algorithm`, `security-object-doctype`;
 * `device-key-mismatch`.
 */
export const verifyDocument = (
  crypto: Crypto, document: ReceivedDocument, requests: readonly ItemsRequest[], credentialKey: Bytes, trust: Trust,
): Result<VerifiedDocument, DocumentError> => {
  assertInputs(credentialKey, trust);
  const kind = checkKind(document, requests);
  if (!kind.ok) return kind;
  const auth = readIssuerAuth(document.issuerAuth);
  if (!auth.ok) return auth;
  const signer = verifySigner(crypto, auth.value, trust);
  if (!signer.ok) return signer;
  return verifyContent(crypto, document.items.get(kind.value) ?? [], kind.value, signer.value, auth.value.payload, credentialKey);
};

// ---- steps 8 to 10 -----------------------------------------------------------------------------------------------------------

/** Steps 8 and 9: `not-yet-valid`, `expired`, `signed-outside-certificate`; without a clock `time-verification-required` if the document says so. */
export const dateFault = ({ validity, certified, timeVerificationRequired }: VerifiedDocument, now: Instant | undefined): Fault => {
  if (now === undefined) return timeVerificationRequired ? refuseDocument('time-verification-required') : undefined;
  if (now < validity.validFrom) return refuseDocument('not-yet-valid');
  if (now > validity.validUntil) return refuseDocument('expired');
  return certified === undefined || isInForce(certified, validity.signed) ? undefined : refuseDocument('signed-outside-certificate');
};

/** Step 10: `iteration-too-old`, or the memory with the highest iteration raised. */
export const passIteration = (
  { issuer, validity }: VerifiedDocument, memories: IssuerMemories,
): Result<IssuerMemories, DocumentError> => {
  const { validityIteration } = validity;
  return isBehind(memories, issuer, validityIteration) ? refuseDocument('iteration-too-old') : ok(raiseIteration(memories, issuer, validityIteration));
};
