// May this credential do this here now, by the documents that it shows, and why (CONTRACTS: grants). The lock decides alone: from the
// owners' keys, its roster's delegations, its clock and what it remembers. Any one element of any one document suffices. The same
// function answers "would this key open this door at …?": give it that instant, and throw away the memory that comes out.

import { readAccessData } from '@mortise/aliro/access-data.ts';
import { isAsked } from '@mortise/aliro/device-request.ts';
import type { VerifiedDocument, VerifiedElement } from '@mortise/aliro/verify-document.ts';
import { hex, type Bytes } from '@mortise/base/bytes.ts';
import type { Instant } from '@mortise/base/instant.ts';
import type { Reason } from '@mortise/base/reasons.ts';
import type { Crypto } from '@mortise/crypto/crypto.ts';
import { invitationIn, powersOf } from './authority.ts';
import type { AccessVerb, Decision } from './decide.ts';
import type { DocumentMemory } from './document-memory.ts';
import { rankOf, reasonOfFault } from './document-reason.ts';
import type { DocumentsRequest } from './documents-request.ts';
import { capabilityOf } from './grant-document.ts';
import { judgeClaim, type Asked, type Candidate, type ClaimGrant, type ClaimRefusal } from './judge-claim.ts';
import { readDocuments, type KnownDocument } from './known-document.ts';
import type { AppliedRevocation } from './revocation-document.ts';

/**
 * `rule`: `<owner | delegate | invitation>:<digest of the document> <element> <window | always | finding> <clock> <zone>`, or
 * `documents <finding> …` when no document came so far. `grant`: AccessData's id, also of a grant that was truly issued to the credential and is
 * refused. `until`: an allowed hold ends by then.
 */
export type DocumentDecision = Decision & { readonly grant?: Bytes; readonly until?: Instant };

/** `memory`: to be stored before the bolt moves. `known`: what allowed it, for the fast phase. `revocations`: those of the response that counted. */
export type DocumentOutcome = KnownOutcome & { readonly revocations: readonly AppliedRevocation[] };
/** The same of documents that were read before. */
export type KnownOutcome = { readonly decision: DocumentDecision; readonly memory: DocumentMemory; readonly known?: KnownDocument };

/** The journal's bound for a rule. */
export const MAX_RULE_LENGTH = 96;
const DIGEST_DIGITS = 12;

/** Decides by a DeviceResponse; takes any bytes. Revocations and iterations in it are remembered whatever the decision is. */
export const decideDocuments = (crypto: Crypto, response: Bytes, request: DocumentsRequest, memory: DocumentMemory): DocumentOutcome => {
  const { requests, credentialKey, authority, clock } = request;
  const reading = { requests, credentialKey, authority, ...(clock.quality !== 'lost' && { now: clock.now }) };
  const read = readDocuments(crypto, response, reading, memory.issuers);
  const learnt = { ...memory, issuers: read.memory };
  const { fault, revocations } = read;
  if (fault === undefined) return { ...decideKnown(crypto, read.documents, request, learnt), revocations };
  return { decision: refused(reasonOfFault(fault.code), withoutDocument(fault.code, request)), memory: learnt, revocations };
};

/** The same by documents that were read before: in the fast phase, or to ask about another instant. */
export const decideKnown = (crypto: Crypto, documents: readonly KnownDocument[], request: DocumentsRequest, memory: DocumentMemory): KnownOutcome => {
  const asked = askedOf(request);
  if (typeof asked === 'string') return { decision: refused(asked, withoutDocument(asked, request)), memory };
  const judged = candidatesOf(crypto, documents, request).map((candidate) => {
    const verdict = judgeClaim(crypto, asked, candidate, memory);
    return verdict.ok ? allow(asked, candidate, verdict.value) : deny(request, candidate, verdict.error, memory);
  });
  const allowed = judged.filter(({ decision }) => decision.allowed);
  // A grant that has its uses counted is not spent where another one opens as well.
  return allowed.find(({ spends }) => !spends) ?? allowed[0] ?? furthest(judged) ?? nothing(documents, request, memory);
};

// ---- what is asked -----------------------------------------------------------------------------------------------------------

const askedOf = (request: DocumentsRequest): Asked | Reason => {
  const { verb, capabilities } = request;
  if (verb === undefined) return 'verb-missing';
  if (!capabilities.includes(verb)) return 'verb-not-supported';
  const action = capabilityOf(verb);
  return action === undefined ? 'right-missing' : { request, verb, action };
};

/** Each element that was asked for, under each power that its issuer has now. */
const candidatesOf = (crypto: Crypto, documents: readonly KnownDocument[], request: DocumentsRequest): readonly Candidate[] => {
  const candidates: Candidate[] = [];
  for (const known of documents) {
    const powers = powersOf(request.authority, known.document.issuer, invitationIn(crypto, request.authority, known.delegation));
    for (const element of askedElements(known.document, request)) for (const power of powers) candidates.push({ known, element, power });
  }
  return candidates;
};

const askedElements = ({ elements }: VerifiedDocument, { requests }: DocumentsRequest): readonly VerifiedElement[] =>
  elements.filter(({ identifier }) => isAsked(requests, 'aliro-a', identifier));

// ---- decisions ---------------------------------------------------------------------------------------------------------------

type Judged = KnownOutcome & { readonly spends: boolean };

const allow = ({ request, verb }: Asked, candidate: Candidate, { grant, window, until, spends, memory }: ClaimGrant): Judged => ({
  decision: {
    allowed: true,
    reason: isSecuring(verb) ? 'secured-document' : 'granted-document',
    rule: ruleOf(candidate, window === undefined ? 'always' : `window ${window}`, request),
    until,
    ...(grant && { grant }),
  },
  memory,
  known: candidate.known,
  spends,
});

const isSecuring = (verb: AccessVerb): boolean => verb === 'lock' || verb === 'endHold';

const deny = (request: DocumentsRequest, candidate: Candidate, { reason, detail }: ClaimRefusal, memory: DocumentMemory): Judged =>
  ({ decision: { ...refused(reason, ruleOf(candidate, detail ?? reason, request)), ...grantOf(candidate) }, memory, spends: false });

const grantOf = ({ element }: Candidate): Pick<DocumentDecision, 'grant'> => {
  const data = readAccessData(element.value);
  return data.ok && data.value.id !== undefined ? { grant: data.value.id } : {};
};

const refused = (reason: Reason, rule: string): DocumentDecision => ({ allowed: false, reason, rule });

const furthest = (judged: readonly Judged[]): Judged | undefined =>
  judged.toSorted((one, other) => rankOf(other.decision.reason) - rankOf(one.decision.reason))[0];

/** No candidate: nothing that was asked for, or nobody who has power now. */
const nothing = (documents: readonly KnownDocument[], request: DocumentsRequest, memory: DocumentMemory): KnownOutcome => {
  const reason = documents.some(({ document }) => askedElements(document, request).length > 0) ? 'issuer-unknown' : 'document-missing';
  return { decision: refused(reason, withoutDocument(reason, request)), memory };
};

// ---- rules -------------------------------------------------------------------------------------------------------------------

const ruleOf = ({ known, element, power }: Candidate, finding: string, request: DocumentsRequest): string =>
  cut(`${power.kind}:${hex(known.digest).slice(0, DIGEST_DIGITS)} ${element.identifier} ${finding} ${stateOf(request)}`);

const withoutDocument = (finding: string, request: DocumentsRequest): string => cut(`documents ${finding} ${stateOf(request)}`);

const stateOf = ({ clock, place }: DocumentsRequest): string => `${clock.quality} ${place.zone}`;

const cut = (rule: string): string => rule.slice(0, MAX_RULE_LENGTH);
