// Steps 11 to 16 of SPEC §9: whether what a verified Access Document says allows the action at this place, now. Elements that nobody
// asked for are not used. Any element suffices, and in it any rule; every other condition of an element must hold.

import { assert } from '@mortise/base/assert.ts';
import type { Bytes } from '@mortise/base/bytes.ts';
import type { Instant } from '@mortise/base/instant.ts';
import { ok, type Result } from '@mortise/base/result.ts';
import type { Crypto } from '@mortise/crypto/crypto.ts';
import { isActive, type Schedule } from '@mortise/schedule/schedule.ts';
import type { ZoneTable } from '@mortise/schedule/zone-table.ts';
import { readAccessData, type AccessData } from '../documents/access-data.ts';
import { CAPABILITY, type AccessRule } from '../documents/access-schedule.ts';
import { isAsked, type ItemsRequest } from '../documents/device-request.ts';
import { documentError, furtherOf, refuseDocument, type DocumentError } from '../documents/document-error.ts';
import type { AccessExtension } from '../documents/extension.ts';
import { isRevoked, type IssuerMemories } from './issuer-memory.ts';
import type { Fault, VerifiedDocument, VerifiedElement } from './verify-document.ts';

/** What the reader is about to do and what it knows. */
export type AccessPolicy = {
  /** Absent: no trusted clock. */
  readonly now?: Instant;
  /** Absent: schedules in local time cannot be told. */
  readonly zone?: ZoneTable;
  /** The bit of `CAPABILITY` of the action. */
  readonly action: number;
  /** Whether AccessData without rules allow everything (SPEC §9 step 15). */
  readonly acceptsNoRules: boolean;
  readonly supportsSchedules: boolean;
  /** Whether the rule is known and satisfied; absent: every id is unknown. */
  readonly readerRule?: (id: number) => boolean;
  /** Absent: every extension is unknown. */
  readonly accessExtension?: (extension: AccessExtension) => 'allows' | 'refuses' | 'unknown';
};

/** `data`: what the element says. `rule`: index; absent when there are none. `schedule`: index of the allow schedule that was active, if the rule needs one. */
export type Permission = { readonly element: string; readonly data: AccessData; readonly rule?: number; readonly schedule?: number };

// ---- steps 13 and 14 ---------------------------------------------------------------------------------------------------------

const extensionFault = (extension: AccessExtension, { accessExtension }: AccessPolicy): Fault => {
  const says = accessExtension?.(extension) ?? 'unknown';
  if (says === 'refuses') return refuseDocument('extension-refuses');
  return says === 'unknown' && extension.critical ? refuseDocument('extension-unknown') : undefined;
};

const conditionFault = ({ readerRuleIds = [], accessExtensions = [] }: AccessData, policy: AccessPolicy): Fault => {
  if (!readerRuleIds.every((id) => policy.readerRule?.(id) === true)) return refuseDocument('reader-rule-unknown');
  return accessExtensions.map((extension) => extensionFault(extension, policy)).find((fault) => fault !== undefined);
};

// ---- steps 15 and 16 ---------------------------------------------------------------------------------------------------------

type Choice = { readonly schedule?: number };

const indices = (bitmap: number): readonly number[] => {
  const found: number[] = [];
  for (let index = 0; bitmap >> index > 0; index += 1) if (((bitmap >> index) & 1) === 1) found.push(index);
  return found;
};

/** What cannot be told is neither: it does not allow, and it does not let a deny schedule pass. */
const judgeSchedules = (allow: readonly (boolean | undefined)[], deny: readonly (boolean | undefined)[]): Fault => {
  if (deny.some((active) => active === true)) return refuseDocument('schedule-denies');
  if (allow.length > 0 && allow.every((active) => active === false)) return refuseDocument('schedule-inactive');
  const told = deny.every((active) => active === false) && (allow.length === 0 || allow.includes(true));
  return told ? undefined : refuseDocument('schedule-without-time');
};

const chooseSchedule = ({ allow = 0, deny = 0 }: AccessRule, schedules: readonly Schedule[], { now, zone, supportsSchedules }: AccessPolicy): Result<Choice, DocumentError> => {
  const [allowed, denied] = [indices(allow), indices(deny)];
  if (allowed.length + denied.length === 0) return ok({});
  if (!supportsSchedules) return refuseDocument('schedule-unsupported');
  if (now === undefined) return refuseDocument('schedule-without-time');
  const named = [...allowed, ...denied].map((index) => schedules[index]).filter((schedule) => schedule !== undefined);
  if (named.length !== allowed.length + denied.length) return refuseDocument('schedule-missing');
  const active = named.map((schedule) => isActive(schedule, now, zone));
  const [allows, denies] = [active.slice(0, allowed.length), active.slice(allowed.length)];
  const schedule = allowed[allows.indexOf(true)];
  return judgeSchedules(allows, denies) ?? ok(schedule === undefined ? {} : { schedule });
};

const judgeRule = (rule: AccessRule, schedules: readonly Schedule[], policy: AccessPolicy): Result<Choice, DocumentError> =>
  ((rule.capabilities >> policy.action) & 1) === 1 ? chooseSchedule(rule, schedules, policy) : refuseDocument('capability-missing');

type Chosen = Choice & { readonly rule?: number };

const chooseRule = ({ rules, schedules = [] }: AccessData, policy: AccessPolicy): Result<Chosen, DocumentError> => {
  if (rules === undefined) return policy.acceptsNoRules ? ok({}) : refuseDocument('rules-missing');
  let error = documentError('capability-missing');
  for (const [index, rule] of rules.entries()) {
    const judged = judgeRule(rule, schedules, policy);
    if (judged.ok) return ok({ rule: index, ...judged.value });
    error = furtherOf(error, judged.error);
  }
  return { ok: false, error };
};

// ---- the whole ---------------------------------------------------------------------------------------------------------------

const ACTIONS: readonly number[] = Object.values(CAPABILITY);

type Presented = { readonly document: VerifiedDocument; readonly credentialKey: Bytes; readonly memories: IssuerMemories };

const judgeElement = (crypto: Crypto, { identifier, value }: VerifiedElement, presented: Presented, policy: AccessPolicy): Result<Permission, DocumentError> => {
  const data = readAccessData(value);
  if (!data.ok) return data;
  const { document, credentialKey, memories } = presented;
  if (isRevoked(crypto, memories, document.issuer, credentialKey, data.value.id, policy.now)) return refuseDocument('revoked');
  const fault = conditionFault(data.value, policy);
  if (fault !== undefined) return fault;
  const chosen = chooseRule(data.value, policy);
  return chosen.ok ? ok({ element: identifier, data: data.value, ...chosen.value }) : chosen;
};

/**
 * The first element of the document that was asked for and allows the action. Otherwise the refusal that came furthest: `element-not-requested`;
 * `access-data-malformed`, `access-data-version`; `revoked`; `reader-rule-unknown`; `extension-unknown`, `extension-refuses`;
 * `rules-missing`, `capability-missing`; `schedule-unsupported`, `schedule-without-time`, `schedule-missing`, `schedule-denies`, `schedule-inactive`.
 */
export const decideAccess = (crypto: Crypto, presented: Presented, requests: readonly ItemsRequest[], policy: AccessPolicy): Result<Permission, DocumentError> => {
  assert(ACTIONS.includes(policy.action), 'an action is a capability that is defined');
  let error = documentError('element-not-requested');
  for (const element of presented.document.elements) {
    if (!isAsked(requests, 'aliro-a', element.identifier)) continue;
    const judged = judgeElement(crypto, element, presented, policy);
    if (judged.ok) return judged;
    error = furtherOf(error, judged.error);
  }
  return { ok: false, error };
};
