// Whether one element of one known document opens now, under one power: Aliro's rules (SPEC §9 steps 8 to 16), then ours in an order
// that tells most. Nothing is remembered unless it opens.

import type { AccessExtension } from '@mortise/aliro/extension.ts';
import { judgeAgain, type JudgePolicy } from '@mortise/aliro/judge.ts';
import type { VerifiedElement } from '@mortise/aliro/verify-document.ts';
import { EMPTY, type Bytes } from '@mortise/base/bytes.ts';
import { identifierBytes } from '@mortise/base/identifiers.ts';
import { instant, type Instant } from '@mortise/base/instant.ts';
import type { Reason } from '@mortise/base/reasons.ts';
import { err, ok, type Result } from '@mortise/base/result.ts';
import type { IssuerMemories } from '@mortise/aliro/issuer-memory.ts';
import type { Crypto } from '@mortise/crypto/crypto.ts';
import { activeUntil } from '@mortise/schedule/active-until.ts';
import type { Schedule } from '@mortise/schedule/schedule.ts';
import { admit, type AdmissionMemory } from './admission-memory.ts';
import { powerRefusal, stamperUntil, type Claim, type Power } from './authority.ts';
import { NEAR_INTERFACES, type AccessVerb } from './decide.ts';
import type { DocumentMemory } from './document-memory.ts';
import { reasonOfFault } from './document-reason.ts';
import type { DocumentsRequest } from './documents-request.ts';
import { isWorkday } from './door-place.ts';
import { freshUntil } from './freshness.ts';
import { isGrantExtension, readConditions } from './grant-extension.ts';
import type { KnownDocument } from './known-document.ts';
import { isRevokedByAny } from './revocation-document.ts';
import { lastAfterFirstUse, recordUse, useRefusal, type UsedGrant } from './use-memory.ts';

/** `action`: the bit of Aliro's capabilities that the verb needs. */
export type Asked = { readonly request: DocumentsRequest; readonly verb: AccessVerb; readonly action: number };
export type Candidate = { readonly known: KnownDocument; readonly element: VerifiedElement; readonly power: Power };

/** `detail`: what exactly was found, where the reason covers several findings. */
export type ClaimRefusal = { readonly reason: Reason; readonly detail?: string };

/** `window`: index of the grant's window that is active. `until`: when, by what is known now, it ends at the latest. `spends`: a use was counted. */
export type ClaimGrant = { readonly grant?: Bytes; readonly window?: number; readonly until: Instant; readonly spends: boolean; readonly memory: DocumentMemory };

export const judgeClaim = (crypto: Crypto, asked: Asked, candidate: Candidate, memory: DocumentMemory): Result<ClaimGrant, ClaimRefusal> => {
  const permitted = judgeByAliro(crypto, asked, candidate, memory.issuers);
  if (!permitted.ok) return permitted;
  const { claim, window } = permitted.value;
  const { now, quality } = asked.request.clock;
  const { id } = claim.data;
  if (isRevokedByAny(crypto, memory.issuers, asked.request.credentialKey, id, quality === 'lost' ? undefined : now)) return refuse('revoked');
  if (quality === 'lost') return refuse('clock-lost');
  const refusal = powerRefusal(candidate.power, claim, now, asked.request.place.zoneTable) ?? conditionRefusal(asked, candidate, claim);
  if (refusal !== undefined) return refuse(refusal);
  const granted = remember(crypto, asked, candidate, claim, memory);
  return granted.ok ? ok({ ...granted.value, ...(window !== undefined && { window }) }) : granted;
};

const refuse = (reason: Reason, detail?: string): Result<never, ClaimRefusal> => err({ reason, ...(detail !== undefined && { detail }) });

// ---- Aliro's rules -----------------------------------------------------------------------------------------------------------

type Permitted = { readonly claim: Claim; readonly window?: number };

const judgeByAliro = (crypto: Crypto, { request, action }: Asked, { known, element }: Candidate, memories: IssuerMemories): Result<Permitted, ClaimRefusal> => {
  const document = { ...known.document, elements: [element] };
  const judged = judgeAgain(crypto, document, request.requests, request.credentialKey, policyOf(request, action, document.issuer), memories);
  if (!judged.ok) return refuse(reasonWith(request, reasonOfFault(judged.error.code)), judged.error.code);
  const { data, schedule: window } = judged.value;
  const conditions = readConditions(data.accessExtensions ?? []);
  if (conditions === undefined) return refuse('document-invalid', 'extension-malformed');
  return ok({ claim: { document, element: element.identifier, data, conditions }, ...(window !== undefined && { window }) });
};

// A lost clock is why schedules cannot be told, whatever the zone table.
const reasonWith = ({ clock }: DocumentsRequest, reason: Reason): Reason => (clock.quality === 'lost' && reason === 'zone-unknown' ? 'clock-lost' : reason);

const policyOf = ({ clock, place }: DocumentsRequest, action: number, issuer: Bytes): JudgePolicy => ({
  issuers: [issuer],
  action,
  acceptsNoRules: false,
  supportsSchedules: true,
  accessExtension,
  revocation: 'union',
  ...(clock.quality !== 'lost' && { now: clock.now }),
  ...(place.zoneTable && { zone: place.zoneTable }),
});

const accessExtension = (extension: AccessExtension): 'allows' | 'unknown' => (isGrantExtension(extension) ? 'allows' : 'unknown');

// ---- our conditions ----------------------------------------------------------------------------------------------------------

const conditionRefusal = ({ request }: Asked, { known }: Candidate, { conditions }: Claim): Reason | undefined => {
  const { remote, holidays, userVerification, freshForS } = conditions;
  if (!remote && !NEAR_INTERFACES.includes(request.interface)) return 'remote-not-allowed';
  if (holidays !== undefined && !isWorkday(request.place, holidays, request.clock.now)) return 'holiday';
  if (userVerification && !request.userVerified) return 'verification-missing';
  return freshForS !== undefined && freshEnd(request, known, freshForS) === undefined ? 'freshness-lapsed' : undefined;
};

const freshEnd = ({ authority, clock }: DocumentsRequest, { stamps }: KnownDocument, freshForS: number): number | undefined =>
  freshUntil(stamps, freshForS, (key) => stamperUntil(authority, key), clock.now);

// ---- what is remembered ------------------------------------------------------------------------------------------------------

const OPENING: readonly AccessVerb[] = ['unlock', 'unlatch', 'holdUnlocked'];

const remember = (crypto: Crypto, asked: Asked, candidate: Candidate, claim: Claim, memory: DocumentMemory): Result<ClaimGrant, ClaimRefusal> => {
  const { clock: { now } } = asked.request;
  const admissions = admission(crypto, asked.request, candidate.power, claim, memory.admissions);
  if (!admissions.ok) return refuse(admissions.error);
  const counted = claim.conditions.uses !== undefined || claim.conditions.minutesAfterFirstUse !== undefined;
  const grant = claim.data.id;
  if (counted && grant === undefined) return refuse('document-invalid', 'grant-unnamed');
  const used = usedGrant(candidate.power, claim);
  const spends = counted && OPENING.includes(asked.verb);
  // Who has opened may also lock up: what is counted is openings.
  const refusal = useRefusal(memory.uses, used, spends ? claim.conditions : withoutUses(claim.conditions), now);
  if (refusal !== undefined) return refuse(refusal);
  const uses = spends ? recordUse(memory.uses, used, now) : ok(memory.uses);
  if (!uses.ok) return refuse(uses.error);
  const until = endOf(asked.request, candidate.known, candidate.power, claim, lastAfterFirstUse(memory.uses, used, claim.conditions, now));
  return ok({ ...(grant && { grant }), until, spends, memory: { ...memory, admissions: admissions.value, uses: uses.value } });
};

const withoutUses = ({ minutesAfterFirstUse }: Claim['conditions']) => (minutesAfterFirstUse === undefined ? {} : { minutesAfterFirstUse });

// An invitation is the owners' own word, to the letter: what they sign in its place goes on counting.
const usedGrant = (power: Power, { document, data, conditions: { countsAs } }: Claim): UsedGrant => ({
  issuer: power.kind === 'delegate' ? { delegate: document.issuer } : 'owners',
  isContinued: countsAs !== undefined,
  grantId: countsAs === undefined ? (data.id ?? EMPTY) : identifierBytes(countsAs),
  from: document.validity.validFrom,
  until: document.validity.validUntil,
});

const admission = (
  crypto: Crypto, { credentialKey, clock }: DocumentsRequest, power: Power, { document }: Claim, memory: AdmissionMemory,
): Result<AdmissionMemory, Reason> => {
  if (power.kind === 'owner') return ok(memory);
  const credential = crypto.sha256(credentialKey);
  const place = power.kind === 'delegate' ? { perDay: power.issue.perDay, until: document.validity.validUntil } : { until: power.invitation.until };
  return admit(memory, { delegate: document.issuer, credential, ...place }, clock.now);
};

/** What a delegate issued ends with its delegation, so that the document's own end is the earlier one. */
const endOf = (request: DocumentsRequest, known: KnownDocument, power: Power, { document, data, conditions }: Claim, afterFirstUse: number | undefined): Instant => {
  const fresh = conditions.freshForS === undefined ? undefined : freshEnd(request, known, conditions.freshForS);
  const windows = Math.min(windowsEnd(request, allowing(data)), power.kind === 'delegate' ? windowsEnd(request, power.issue.hours) : Infinity);
  return instant(Math.min(document.validity.validUntil, fresh ?? Infinity, afterFirstUse ?? Infinity, windows));
};

const windowsEnd = ({ clock, place }: DocumentsRequest, hours: readonly Schedule[]): number =>
  (hours.length === 0 ? Infinity : activeUntil(hours, clock.now, place.zoneTable));

const allowing = ({ rules = [], schedules = [] }: Claim['data']): readonly Schedule[] =>
  schedules.filter((_schedule, index) => rules.some(({ allow = 0 }) => ((allow >> index) & 1) === 1));
