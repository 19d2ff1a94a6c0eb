// What a lock is asked by a PIN, a code, a card or a finger, what it remembers of such entries, and what it answers.

import type { ClockQuality, Instant } from '@mortise/base/instant.ts';
import type { Reason } from '@mortise/base/reasons.ts';
import type { CodeMemory } from './code-memory.ts';
import type { AccessVerb, Decision } from './decide.ts';
import type { DoorPlace } from './door-place.ts';
import type { Lockout, LockSource } from './lockout.ts';
import type { Proof } from './second-factor.ts';

export type EntryRequest = {
  readonly verb: AccessVerb | undefined;
  /** The verbs that this lock can carry out. */
  readonly capabilities: readonly AccessVerb[];
  /** Where it came from; what comes by `relay` needs the remote right. */
  readonly source: LockSource;
  /** `now` is a lower bound only when the quality is `lost`. */
  readonly clock: { readonly quality: ClockQuality; readonly now: Instant };
  /** A reading of the clock that never jumps while the lock runs. */
  readonly nowMs: number;
  readonly place: DoorPlace;
  /** Of the roster that the entries come from. */
  readonly rosterVersion: number;
};

/** `lockout` is that of the request's source. It and `codes` are to be stored before the answer; `proofs` are kept in memory only. */
export type EntryMemory = { readonly lockout: Lockout; readonly codes: CodeMemory; readonly proofs: readonly Proof[] };

/** `duress`: raise the alarm without a sign at the door, whether it is allowed or not. A record's reason does not tell it. */
export type EntryDecision = Decision & { readonly duress: boolean };
export type EntryOutcome = { readonly decision: EntryDecision; readonly memory: EntryMemory };

/** The journal's bound for a rule. */
const MAX_RULE_LENGTH = 96;

/** `<what> <finding> <clock> <zone>`: never a digit of what was typed. */
export const entryRule = ({ clock, place }: EntryRequest, what: string, finding: string): string =>
  `${what} ${finding} ${clock.quality} ${place.zone}`.slice(0, MAX_RULE_LENGTH);

export const refusedEntry = (request: EntryRequest, reason: Reason, what: string): EntryDecision =>
  ({ allowed: false, reason, rule: entryRule(request, what, reason), duress: false });
