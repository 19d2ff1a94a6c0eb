// Auto-relock: the bolt is thrown again some time after it was sensed withdrawn, while the door is closed. The time starts with
// the unlocking, anew when the door closes and anew when the lock is unlocked again; it never runs while the door is open, and
// never on a guess: nothing happens while the bolt's place is unknown. RELOCK_TABLE is the specification.

import type { Policy } from '@mortise/documents/roster.ts';
import type { BoltPhase } from './bolt.ts';

/** `none`: the door has no sensor, or it has not spoken yet. */
export type DoorState = 'open' | 'closed' | 'none';

/** `dueMs`: monotonic. `deciding`: it was due, and its decision is being stored. */
export type Relock = { readonly kind: 'idle' } | { readonly kind: 'waiting'; readonly dueMs: number } | { readonly kind: 'deciding' };

export const NO_RELOCK: Relock = { kind: 'idle' };

export type RelockPolicy = Pick<Policy, 'relockDelayMs' | 'relockOnClose'>;

/** A lock that nobody owns yet leaves its bolt alone. */
export const NO_RELOCK_POLICY: RelockPolicy = { relockDelayMs: 0, relockOnClose: false };

/** What relocking depends on. `closedNow`: the door was open just before. */
export type RelockFacts = {
  readonly phase: BoltPhase;
  readonly door: DoorState;
  readonly closedNow: boolean;
  readonly policy: RelockPolicy;
};

/** Whether the time runs: bolt × door. Without a door sensor the time alone decides. */
export const RELOCK_TABLE: { readonly [Phase in BoltPhase]: { readonly [Door in DoorState]: boolean } } = {
  unknown: { closed: false, open: false, none: false },
  jammed: { closed: false, open: false, none: false },
  thrown: { closed: false, open: false, none: false },
  withdrawn: { closed: true, open: false, none: true },
  throwing: { closed: false, open: false, none: false },
  withdrawing: { closed: false, open: false, none: false },
  turning: { closed: false, open: false, none: false },
  drifting: { closed: false, open: false, none: false },
};

/** Whether the facts allow a relock, now or later. */
export const mayRelock = ({ phase, door, policy }: Omit<RelockFacts, 'closedNow'>): boolean =>
  policy.relockDelayMs > 0 && RELOCK_TABLE[phase][door];

/** Relock after anything happened: it starts, goes on or ends as the facts say. `nowMs` is monotonic. */
export const nextRelock = (relock: Relock, facts: RelockFacts, nowMs: number): Relock => {
  if (!mayRelock(facts)) return NO_RELOCK;
  if (relock.kind !== 'idle') return relock;
  const atOnce = facts.closedNow && facts.policy.relockOnClose;
  return { kind: 'waiting', dueMs: nowMs + (atOnce ? 0 : facts.policy.relockDelayMs) };
};

export const isRelockDue = (relock: Relock, nowMs: number): boolean => relock.kind === 'waiting' && nowMs >= relock.dueMs;
