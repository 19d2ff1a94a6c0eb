// Whether a PIN, card or finger of the roster that has proved itself may do this here now: its rights, its times, its second factor.
// Entries without any limit in time open on a lost clock, as trusted phones do; those with one do not.

import type { Reason } from '@mortise/base/reasons.ts';
import { err, type Result } from '@mortise/base/result.ts';
import type { EntryTerms, Factor } from '@mortise/documents/entry-terms.ts';
import { rightsRefusal } from './decide.ts';
import { activeWindow, isWorkday } from './door-place.ts';
import { entryRule, refusedEntry, type EntryDecision, type EntryRequest } from './entry-request.ts';
import { pairedWith, type Proof } from './second-factor.ts';

/** `proof`: to be remembered, unless `pair` says that it was the second of a pair. */
export type JudgedEntry = { readonly decision: EntryDecision; readonly proof?: Proof; readonly pair: boolean };

const GRANTED = { pin: 'granted-pin', card: 'granted-card', finger: 'granted-finger' } as const satisfies Partial<Record<Factor, Reason>>;
/** What the roster's entries prove; a phone has rules of its own. */
export type EntryFactor = keyof typeof GRANTED;

/** Decides by the terms of the entry that proved itself. The first rule that refuses is the reason. */
export const judgeEntry = (factor: EntryFactor, terms: EntryTerms, request: EntryRequest, proofs: readonly Proof[]): JudgedEntry => {
  const { pseudonym, duress, second } = terms;
  const who = { pseudonym, duress };
  const what = `${factor}:${request.rosterVersion}`;
  const window = judgeTerms(terms, request);
  if (!window.ok) return { decision: { ...refusedEntry(request, window.error, what), ...who }, pair: false };
  const first = pairedWith(proofs, factor, terms, request.nowMs);
  const proof: Proof = { factor, pseudonym, atMs: request.nowMs, duress };
  if (second.length > 0 && first === undefined) return { decision: { ...refusedEntry(request, 'second-factor-missing', what), ...who }, proof, pair: false };
  const finding = `${window.value === null ? 'always' : `window ${window.value}`}${first === undefined ? '' : ` with ${first.factor}`}`;
  const reason: Reason = request.verb === 'lock' ? 'secured-entry' : GRANTED[factor];
  const decision = { allowed: true, reason, rule: entryRule(request, what, finding), pseudonym, duress: duress || first?.duress === true };
  return { decision, proof, pair: first !== undefined };
};

/** The window that is active, null without windows. */
const judgeTerms = (terms: EntryTerms, request: EntryRequest): Result<number | null, Reason> => {
  const refusal = rightsRefusal(request, terms.rights, request.source !== 'relay') ?? dateRefusal(terms, request);
  if (refusal !== undefined) return err(refusal);
  const window = activeWindow(terms.hours, request.clock.now, request.place.zoneTable);
  const free = terms.holidays === null || isWorkday(request.place, terms.holidays, request.clock.now);
  return window.ok && !free ? err('holiday') : window;
};

const dateRefusal = ({ from, until, hours, holidays }: EntryTerms, { clock }: EntryRequest): Reason | undefined => {
  const limited = from !== null || until !== null || hours.length > 0 || holidays !== null;
  if (limited && clock.quality === 'lost') return 'clock-lost';
  if (from !== null && clock.now < from) return 'grant-not-yet';
  return until !== null && clock.now > until ? 'grant-expired' : undefined;
};
