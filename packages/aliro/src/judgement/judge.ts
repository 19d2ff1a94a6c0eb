// The whole of SPEC §9 for one DeviceResponse: Revocation Documents first, all of which must pass, then any Access Document that
// suffices. Pure: what the reader remembers of its issuers goes in and comes out.

import { equalBytes, type Bytes } from '@mortise/base/bytes.ts';
import { ok, type Result } from '@mortise/base/result.ts';
import type { Crypto } from '@mortise/crypto/crypto.ts';
import { decideAccess, type AccessPolicy, type Permission } from './decide-access.ts';
import { isAsked, type ItemsRequest } from '../documents/device-request.ts';
import { decodeDeviceResponse, type ReceivedDocument } from '../documents/device-response.ts';
import { documentError, furtherOf, refuseDocument, type DocumentError } from '../documents/document-error.ts';
import { isInForce } from '../documents/issuer-certificate.ts';
import { applyRevocations, type IssuerMemories, type RevocationMode } from './issuer-memory.ts';
import type { Trust } from './issuer-trust.ts';
import { readRevocationData } from '../documents/revocation-data.ts';
import { dateFault, passIteration, verifyDocument, type Fault, type VerifiedDocument, type VerifiedElement } from './verify-document.ts';

/** `issuers`: trusted issuer keys of 65 bytes, at most 32. */
export type JudgePolicy = RevocationPolicy & AccessPolicy;

/** What Revocation Documents are judged by. */
export type RevocationPolicy = Trust & { readonly revocation: RevocationMode };

/** Which document, element and rule opened. A reader that keeps `document` can decide from it again (`judgeAgain`). */
export type GrantedAccess = Permission & { readonly document: VerifiedDocument };

export type Judgement = { readonly memory: IssuerMemories; readonly verdict: Result<GrantedAccess, DocumentError> };

type Context<Policy = RevocationPolicy> = {
  readonly crypto: Crypto; readonly requests: readonly ItemsRequest[]; readonly credentialKey: Bytes; readonly policy: Policy;
};

type Passed = { readonly document: VerifiedDocument; readonly memory: IssuerMemories };

/** Steps 1 to 10. Until they are passed nothing is remembered. */
const pass = ({ crypto, requests, credentialKey, policy }: Context, received: ReceivedDocument, memory: IssuerMemories): Result<Passed, DocumentError> => {
  const verified = verifyDocument(crypto, received, requests, credentialKey, policy);
  if (!verified.ok) return verified;
  const fault = dateFault(verified.value, policy.now);
  if (fault !== undefined) return fault;
  const raised = passIteration(verified.value, memory);
  return raised.ok ? ok({ document: verified.value, memory: raised.value }) : raised;
};

// ---- Revocation Documents ------------------------------------------------------------------------------------------------------

/** `fault`: the response is refused; what was applied before stays. */
export type Applied = { readonly memory: IssuerMemories; readonly fault?: Fault };

const applyElement = ({ policy }: Context, { issuer }: VerifiedDocument, { value }: VerifiedElement, memory: IssuerMemories): Applied => {
  const data = readRevocationData(value);
  if (!data.ok) return { memory, fault: data };
  const next = applyRevocations(memory, issuer, data.value, policy.revocation, policy.now);
  return next === undefined ? { memory, fault: refuseDocument('revocations-full') } : { memory: next };
};

const applyElements = (context: Context, { document, memory }: Passed): Applied => {
  const elements = document.elements.filter(({ identifier }) => isAsked(context.requests, 'aliro-r', identifier));
  if (elements.length === 0) return { memory, fault: refuseDocument('element-not-requested') };
  let applied: Applied = { memory };
  for (const element of elements) {
    applied = applyElement(context, document, element, applied.memory);
    if (applied.fault !== undefined) return applied;
  }
  return applied;
};

const applyDocuments = (context: Context, documents: readonly ReceivedDocument[], memory: IssuerMemories): Applied => {
  let applied: Applied = { memory };
  for (const received of documents) {
    const passed = pass(context, received, applied.memory);
    applied = passed.ok ? applyElements(context, passed.value) : { memory: applied.memory, fault: passed };
    if (applied.fault !== undefined) return applied;
  }
  return applied;
};

/** Steps 1 to 10 and the revocations of one received Revocation Document, as `judgeResponse` does them. */
export const applyRevocationDocument = (
  crypto: Crypto, received: ReceivedDocument, requests: readonly ItemsRequest[], credentialKey: Bytes, policy: RevocationPolicy, memory: IssuerMemories,
): Applied => applyDocuments({ crypto, requests, credentialKey, policy }, [received], memory);

// ---- Access Documents ----------------------------------------------------------------------------------------------------------

const decide = ({ crypto, requests, credentialKey, policy }: Context<JudgePolicy>, { document, memory }: Passed): Result<GrantedAccess, DocumentError> => {
  const permission = decideAccess(crypto, { document, credentialKey, memories: memory }, requests, policy);
  return permission.ok ? ok({ ...permission.value, document }) : permission;
};

const decideDocuments = (context: Context<JudgePolicy>, documents: readonly ReceivedDocument[], memory: IssuerMemories): Judgement => {
  let error = documentError('document-missing');
  let remembered = memory;
  for (const received of documents) {
    const passed = pass(context, received, remembered);
    if (passed.ok) remembered = passed.value.memory;
    const verdict = passed.ok ? decide(context, passed.value) : passed;
    if (verdict.ok) return { memory: remembered, verdict };
    error = furtherOf(error, verdict.error);
  }
  return { memory: remembered, verdict: { ok: false, error } };
};

/**
 * Takes any `response`. `credentialKey`: 65 bytes, as authenticated in AUTH1. `memory` out: with the revocations and iterations of the
 * documents that passed steps 1 to 9, whatever the verdict. Refused by: a code of `decodeDeviceResponse`; any fault of a Revocation Document
 * (the response is refused whole); `document-missing` when no Access Document came; else the fault of the document that came furthest.
 */
export const judgeResponse = (
  crypto: Crypto, response: Bytes, requests: readonly ItemsRequest[], credentialKey: Bytes, policy: JudgePolicy, memory: IssuerMemories,
): Judgement => {
  const decoded = decodeDeviceResponse(response);
  if (!decoded.ok) return { memory, verdict: decoded };
  const context = { crypto, requests, credentialKey, policy };
  const applied = applyDocuments(context, decoded.value.filter(({ docType }) => docType === 'aliro-r'), memory);
  if (applied.fault !== undefined) return { memory: applied.memory, verdict: applied.fault };
  return decideDocuments(context, decoded.value.filter(({ docType }) => docType !== 'aliro-r' && docType !== 'mortise-f'), applied.memory);
};

const standsStill = (document: VerifiedDocument, credentialKey: Bytes, { issuers, now }: JudgePolicy): Fault => {
  if (!issuers.some((issuer) => equalBytes(issuer, document.issuer))) return refuseDocument('issuer-unknown');
  const inForce = now === undefined || document.certified === undefined || isInForce(document.certified, now);
  if (!inForce) return refuseDocument('certificate-expired');
  return equalBytes(document.deviceKey ?? new Uint8Array(0), credentialKey) ? dateFault(document, now) : refuseDocument('device-key-mismatch');
};

/**
 * The same decision from a document that `judgeResponse` granted by and the reader kept, for the fast phase: everything but the
 * signature, the digests and the form, which do not change. Codes as `judgeResponse`.
 */
export const judgeAgain = (
  crypto: Crypto, document: VerifiedDocument, requests: readonly ItemsRequest[], credentialKey: Bytes, policy: JudgePolicy, memory: IssuerMemories,
): Result<GrantedAccess, DocumentError> => {
  const fault = standsStill(document, credentialKey, policy);
  if (fault !== undefined) return fault;
  const raised = passIteration(document, memory);
  return raised.ok ? decide({ crypto, requests, credentialKey, policy }, { document, memory: raised.value }) : raised;
};
