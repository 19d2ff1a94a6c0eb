// One Revocation Document at a lock, whether a credential showed it in a step-up or a courier brought it by itself: applied as a union
// (CONTRACTS: revocation), and named by what was received, so that a lock can say in its journal which of them have arrived.

import { decodeDocument, type ReceivedDocument } from '@mortise/aliro/device-response.ts';
import { documentError, type DocumentError } from '@mortise/aliro/document-error.ts';
import { HEADERS, headerOf, readIssuerAuth } from '@mortise/aliro/issuer-auth.ts';
import { isRevoked, isSameMemory, memoryOf, type IssuerMemories } from '@mortise/aliro/issuer-memory.ts';
import { applyRevocationDocument } from '@mortise/aliro/judge.ts';
import { readSecurityObject } from '@mortise/aliro/security-object.ts';
import { base64url, fromHex, type Bytes } from '@mortise/base/bytes.ts';
import type { Instant } from '@mortise/base/instant.ts';
import { PUBLIC_KEY_BYTES, type Crypto } from '@mortise/crypto/crypto.ts';
import { revokerKeys, type Authority } from './authority.ts';
import { REVOCATION_ELEMENT } from './documents-request.ts';

/** `now`: absent while the clock is lost. */
export type Revoking = { readonly authority: Authority; readonly now?: Instant };

/** `name`: `revocationName` of its bytes, which are `document`. `taught`: whether the lock knows more by it than before. */
export type AppliedRevocation = { readonly name: string; readonly taught: boolean; readonly document: Bytes };

/** What a document says of itself: nobody's word until it was applied. `issuer`: the identifier of the key that is said to have signed it. */
export type RevocationFacts = { readonly name: string; readonly issuer: Bytes; readonly signed: Instant; readonly until: Instant };

/** `applied` when it counts, else `error` says why it does not; then `memory` is as it was, but for what a document in part out of form said first. */
export type RevocationOutcome = { readonly memory: IssuerMemories } & (
  | { readonly applied: AppliedRevocation; readonly error?: never }
  | { readonly applied?: never; readonly error: DocumentError }
);

const NAME_BYTES = 16;
const REQUESTS = [{ docType: 'aliro-r', elements: [REVOCATION_ELEMENT] }] as const;
/** A Revocation Document belongs to no credential. */
const NO_CREDENTIAL: Bytes = new Uint8Array(PUBLIC_KEY_BYTES);

/** What journals call a Revocation Document, by its bytes as they are stored: base64url of the first 16 bytes of their SHA-256. */
export const revocationName = (crypto: Crypto, document: Bytes): string => base64url(crypto.sha256(document).slice(0, NAME_BYTES));

/** The rule in the record of a Revocation Document that a lock took. */
export const revocationRule = (name: string): string => `revocation:${name}`;
/** The name in such a rule; undefined: it is another rule. */
export const nameInRule = (rule: string): string | undefined => /^revocation:([\w-]{22})$/.exec(rule)?.[1];

/** Takes any bytes: one Document as it is stored. Errors: `document-malformed`, and those of `applyReceived`. */
export const applyRevocation = (crypto: Crypto, bytes: Bytes, revoking: Revoking, memory: IssuerMemories): RevocationOutcome => {
  const received = decodeDocument(bytes);
  return received === undefined ? { memory, error: documentError('document-malformed') } : applyReceived(crypto, received, revoking, memory);
};

/**
 * Errors: those of `verifyDocument`; `not-yet-valid`, `expired`, `time-verification-required`, `iteration-too-old`, `element-not-requested`,
 * `revocation-data-…`, `revocations-full`. A document with a certificate is by nobody (`issuer-unknown`).
 */
export const applyReceived = (crypto: Crypto, received: ReceivedDocument, { authority, now }: Revoking, memory: IssuerMemories): RevocationOutcome => {
  if (isCertified(received)) return { memory, error: documentError('issuer-unknown') };
  const policy = { issuers: revokerKeys(authority), ...(now !== undefined && { now }), revocation: 'union' } as const;
  const applied = applyRevocationDocument(crypto, received, REQUESTS, NO_CREDENTIAL, policy, memory);
  if (applied.fault !== undefined) return { memory: applied.memory, error: applied.fault.error };
  return { memory: applied.memory, applied: { name: revocationName(crypto, received.bytes), taught: saysMore(memory, applied.memory), document: received.bytes } };
};

/** Takes any bytes: one Document as it is stored; undefined: none that names its issuer's key. No signature is looked at. */
export const describeRevocation = (crypto: Crypto, bytes: Bytes): RevocationFacts | undefined => {
  const received = decodeDocument(bytes);
  const auth = received?.docType === 'aliro-r' ? readIssuerAuth(received.issuerAuth) : undefined;
  const validity = auth?.ok === true ? readSecurityObject(auth.value.payload)?.validity : undefined;
  const issuer = auth?.ok === true ? auth.value.keyIdentifier : undefined;
  return validity === undefined || issuer === undefined ? undefined : { name: revocationName(crypto, bytes), issuer, signed: validity.signed, until: validity.validUntil };
};

/** Whether issuers let others sign in their name, which our locks do not take. */
export const isCertified = ({ issuerAuth }: ReceivedDocument): boolean => headerOf(issuerAuth, HEADERS.certificate) !== undefined;

const saysMore = (before: IssuerMemories, after: IssuerMemories): boolean =>
  [...after].some(([issuer, memory]) => !isSameMemory(memoryOf(before, fromHex(issuer) ?? new Uint8Array(0)), memory));

/** Whether a lent key is taken back: 65 bytes of `credentialKey`, or the AccessData id. Who may revoke, revokes whoever issued: what is in memory was signed by somebody who could. */
export const isRevokedByAny = (crypto: Crypto, memories: IssuerMemories, credentialKey: Bytes, id: Bytes | undefined, now: Instant | undefined): boolean =>
  [...memories.keys()].some((issuer) => isRevoked(crypto, memories, fromHex(issuer) ?? new Uint8Array(0), credentialKey, id, now));
