// From a DeviceResponse to documents that are known to be what their issuer signed (SPEC §9 steps 1 to 10): revocations applied first, as a
// union; access documents verified, each with its invitation, if it carries one, opened before that is trusted; and the stamps that
// speak of them. What is known stays so: a lock keeps it for the fast phase and decides from it again.

import { decodeDeviceResponse, type ReceivedDocument } from '@mortise/aliro/device-response.ts';
import type { ItemsRequest } from '@mortise/aliro/device-request.ts';
import { documentError, furtherOf, type DocumentError, type DocumentErrorCode } from '@mortise/aliro/document-error.ts';
import type { IssuerMemories } from '@mortise/aliro/issuer-memory.ts';
import { dateFault, passIteration, verifyDocument, type VerifiedDocument } from '@mortise/aliro/verify-document.ts';
import { equalBytes, type Bytes } from '@mortise/base/bytes.ts';
import type { Instant } from '@mortise/base/instant.ts';
import { err, ok, type Result } from '@mortise/base/result.ts';
import type { Crypto } from '@mortise/crypto/crypto.ts';
import { invitationIn, issuerKeys, powersOf, stamperKeys, type Authority } from './authority.ts';
import { digestOfAuth, stampOf, type Stamp } from './freshness.ts';
import { carriedDelegation } from './invitation.ts';
import { applyReceived, isCertified, type AppliedRevocation } from './revocation-document.ts';

/** A verified access document. `digest`: what stamps name. `delegation`: the signed invitation that it carries. `stamps`: those that speak of it. */
export type KnownDocument = {
  readonly document: VerifiedDocument;
  readonly digest: Bytes;
  readonly delegation?: Bytes;
  readonly stamps: readonly Stamp[];
};

/** `now`: absent while the clock is lost. `requests`: what was asked for. */
export type Reading = {
  readonly requests: readonly ItemsRequest[];
  readonly credentialKey: Bytes;
  readonly authority: Authority;
  readonly now?: Instant;
};

/** `fault`: why nothing is known. `revocations`: the Revocation Documents that counted, whatever became of the rest. */
export type Known = {
  readonly documents: readonly KnownDocument[];
  readonly memory: IssuerMemories;
  readonly revocations: readonly AppliedRevocation[];
  readonly fault?: DocumentError;
};

/**
 * Takes any `response`. Faults: those of `judgeResponse` up to `iteration-too-old`, but for dates, which the decision looks at. A document
 * with a certificate is by nobody (`issuer-unknown`): whoever may issue may not let others issue.
 */
export const readDocuments = (crypto: Crypto, response: Bytes, reading: Reading, memory: IssuerMemories): Known => {
  const decoded = decodeDeviceResponse(response);
  if (!decoded.ok) return { documents: [], memory, revocations: [], fault: decoded.error };
  const revoked = applyRevocations(crypto, decoded.value, reading, memory);
  if (revoked.fault !== undefined) return { documents: [], ...revoked };
  return { ...readAccess(crypto, decoded.value, reading, revoked.memory), revocations: revoked.revocations };
};

// ---- revocations -------------------------------------------------------------------------------------------------------------

// What a courier could as well have left out does not keep its bearer from opening: a document of an owner who left or of one whom this
// lock does not know yet, one out of its dates, one that a newer one replaced.
const PASSED_OVER: readonly DocumentErrorCode[] = [
  'issuer-unknown', 'not-yet-valid', 'expired', 'time-verification-required', 'iteration-too-old',
];

type Applied = Omit<Known, 'documents'>;

const applyRevocations = (crypto: Crypto, documents: readonly ReceivedDocument[], reading: Reading, memory: IssuerMemories): Applied => {
  let applied: Applied = { memory, revocations: [] };
  for (const received of documents.filter(({ docType }) => docType === 'aliro-r')) {
    const outcome = applyReceived(crypto, received, reading, applied.memory);
    const { error } = outcome;
    const revocations = outcome.applied === undefined ? applied.revocations : [...applied.revocations, outcome.applied];
    applied = { memory: outcome.memory, revocations };
    if (error !== undefined && !PASSED_OVER.includes(error.code)) return { ...applied, fault: error };
  }
  return applied;
};

// ---- access documents --------------------------------------------------------------------------------------------------------

const readAccess = (crypto: Crypto, received: readonly ReceivedDocument[], reading: Reading, memory: IssuerMemories): Omit<Known, 'revocations'> => {
  const stamps = readStamps(crypto, received, reading);
  let error = documentError('document-missing');
  let raised = memory;
  const documents: KnownDocument[] = [];
  for (const one of received) {
    if (one.docType === 'aliro-r' || one.docType === 'mortise-f') continue;
    const known = verifyOne(crypto, one, reading, stamps);
    if (!known.ok) error = furtherOf(error, known.error);
    else documents.push(known.value);
    if (known.ok) raised = raiseIteration(known.value, reading, raised);
  }
  return { documents, memory: raised, ...(documents.length === 0 && { fault: error }) };
};

const verifyOne = (crypto: Crypto, received: ReceivedDocument, { requests, credentialKey, authority }: Reading, stamps: readonly Stamp[]): Result<KnownDocument, DocumentError> => {
  if (isCertified(received)) return err(documentError('issuer-unknown'));
  const delegation = carriedDelegation(received.issuerAuth);
  const issuers = issuerKeys(authority, invitationIn(crypto, authority, delegation));
  const verified = verifyDocument(crypto, received, requests, credentialKey, { issuers });
  if (!verified.ok) return verified;
  const digest = digestOfAuth(crypto, received.issuerAuth) ?? new Uint8Array(0);
  const about = stamps.filter((stamp) => equalBytes(stamp.digest, digest));
  return ok({ document: verified.value, digest, stamps: about, ...(delegation && { delegation }) });
};

/** As SPEC §9 step 10, of owners and standing delegates: an invitation's key signs once, and is not worth a place. */
const raiseIteration = ({ document }: KnownDocument, { authority, now }: Reading, memory: IssuerMemories): IssuerMemories => {
  if (powersOf(authority, document.issuer, undefined).length === 0 || dateFault(document, now) !== undefined) return memory;
  const raised = passIteration(document, memory);
  return raised.ok ? raised.value : memory;
};

/** A stamp that does not verify is none. */
const readStamps = (crypto: Crypto, received: readonly ReceivedDocument[], reading: Reading): readonly Stamp[] => {
  const stamps: Stamp[] = [];
  for (const one of received) {
    const stamp = one.docType === 'mortise-f' && !isCertified(one) ? readStamp(crypto, one, reading) : undefined;
    if (stamp !== undefined) stamps.push(stamp);
  }
  return stamps;
};

const readStamp = (crypto: Crypto, received: ReceivedDocument, { requests, credentialKey, authority }: Reading): Stamp | undefined => {
  const verified = verifyDocument(crypto, received, requests, credentialKey, { issuers: stamperKeys(authority) });
  return verified.ok ? stampOf(verified.value) : undefined;
};
