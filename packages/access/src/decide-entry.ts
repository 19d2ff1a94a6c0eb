// May this card or finger do this here now, and why; and the lockout that stands before every entry, whatever its kind. A source that
// waits is not judged at all: nothing is tried, and nothing is told but that it waits.

import type { EntryTerms } from '@mortise/documents/entry-terms.ts';
import { refusedEntry, type EntryDecision, type EntryMemory, type EntryOutcome, type EntryRequest } from './entry-request.ts';
import { judgeEntry, type JudgedEntry } from './judge-entry.ts';
import { afterHit, afterMiss, lockoutAt, LOCKOUT_POLICIES, type Lockout } from './lockout.ts';
import { withoutPerson, withProof, type Proof } from './second-factor.ts';

/**
 * Decides by the roster's terms of the card that proved its key, or of the slot that the sensor matched; `terms` undefined: the roster has
 * none, or there was no proof. Reasons of its own: `locked-out`, `card-unknown`, `finger-unknown`, `second-factor-missing`.
 */
export const decideEntry = (factor: 'card' | 'finger', terms: EntryTerms | undefined, request: EntryRequest, memory: EntryMemory): EntryOutcome =>
  behindLockout(request, memory, { units: 1, isBare: () => true }, () => {
    if (terms === undefined) return { decision: refusedEntry(request, `${factor}-unknown`, `default:${request.rosterVersion}`), memory };
    const judged = judgeEntry(factor, terms, request, memory.proofs);
    return { decision: judged.decision, memory: { ...memory, proofs: proofsAfter(memory.proofs, judged) } };
  });

/** The proofs to remember after an entry that proved itself. */
export const proofsAfter = (proofs: readonly Proof[], { proof, pair }: JudgedEntry): readonly Proof[] => {
  if (proof === undefined) return proofs;
  return pair ? withoutPerson(proofs, proof.pseudonym) : withProof(proofs, proof);
};

/**
 * Judges only when the source need not wait; `units`: what a wrong entry costs; `isBare`: it could be one thing only, so that the first of two factors,
 * which costs nothing then, guessed nothing beside it.
 */
export const behindLockout = (request: EntryRequest, memory: EntryMemory, { units, isBare }: { readonly units: number; readonly isBare: () => boolean }, judge: () => EntryOutcome): EntryOutcome => {
  const lockout = lockoutAt(memory.lockout, request.nowMs);
  if (lockout.waitMs > 0) return { decision: refusedEntry(request, 'locked-out', waiting(request, lockout)), memory: { ...memory, lockout } };
  const { decision, memory: judged } = judge();
  return { decision, memory: { ...judged, lockout: settle(request, lockout, decision, decision.reason === 'second-factor-missing' && isBare() ? 0 : units) } };
};

const waiting = ({ source }: EntryRequest, { waitMs }: Lockout): string => `lockout:${source} ${Math.ceil(waitMs / 1000)}s`;

const settle = ({ source }: EntryRequest, lockout: Lockout, { allowed }: EntryDecision, units: number): Lockout => {
  if (units === 0) return lockout;
  return allowed ? afterHit(LOCKOUT_POLICIES[source], lockout) : afterMiss(LOCKOUT_POLICIES[source], lockout, units);
};
