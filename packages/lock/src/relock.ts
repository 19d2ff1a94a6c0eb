// Auto-relock: the bolt is thrown again some time after it was sensed withdrawn, while the door is closed. The time starts with
// the unlocking, anew when the door closes and anew when the lock is unlocked again; it never runs while the door is open, while the way out is
// kept open or while it is held unlocked, and never on a guess: nothing happens while the bolt's place is unknown. RELOCK_TABLE is the specification.

import type { BoltPhase } from './bolt.ts';
import type { DOOR_SAID, DoorPhase } from './door.ts';

/** `none`: the door has no sensor, or it has not spoken yet. */
export type DoorState = (typeof DOOR_SAID)[DoorPhase];

/** `dueMs`: monotonic. `deciding`: it was due, and its decision is being stored. */
export type Relock = { readonly kind: 'idle' } | { readonly kind: 'waiting'; readonly dueMs: number } | { readonly kind: 'deciding' };

export const NO_RELOCK: Relock = { kind: 'idle' };

/** `relockDelayMs`: the one that holds now (policies.ts); 0: never. */
export type RelockPolicy = { readonly relockDelayMs: number; readonly relockOnClose: boolean };

/** A lock that nobody owns yet leaves its bolt alone. */
export const NO_RELOCK_POLICY: RelockPolicy = { relockDelayMs: 0, relockOnClose: false };

/** What relocking depends on. `closedNow`: the door was open just before; `isKept`: the way out is kept open, or it is held unlocked. */
export type RelockFacts = {
  readonly phase: BoltPhase;
  readonly door: DoorState;
  readonly closedNow: boolean;
  readonly isKept: boolean;
  readonly policy: RelockPolicy;
};

const NEVER = { closed: false, open: false, none: false } as const;
const UNLESS_OPEN = { closed: true, open: false, none: true } as const;

/** Whether the time runs: bolt × door. Without a door sensor the time alone decides. */
export const RELOCK_TABLE: { readonly [Phase in BoltPhase]: { readonly [Door in DoorState]: boolean } } = {
  unknown: NEVER, jammed: NEVER, thrown: NEVER, withdrawn: UNLESS_OPEN, handled: NEVER,
  throwing: NEVER, withdrawing: NEVER, turning: NEVER, drifting: NEVER, unlatching: NEVER, unlatched: NEVER, latching: NEVER,
  secured: NEVER, released: UNLESS_OPEN, pulsing: NEVER, pulsed: NEVER, releasing: NEVER, securing: NEVER,
};

/** Whether the facts allow a relock, now or later. */
export const mayRelock = ({ phase, door, isKept, policy }: Omit<RelockFacts, 'closedNow'>): boolean =>
  RELOCK_TABLE[phase][door] && !isKept && policy.relockDelayMs > 0;

/** Relock after anything happened: it starts, goes on or ends as the facts say. `nowMs` is monotonic. */
export const nextRelock = (relock: Relock, facts: RelockFacts, nowMs: number): Relock => {
  if (!mayRelock(facts)) return NO_RELOCK;
  if (relock.kind !== 'idle') return relock;
  const atOnce = facts.closedNow && facts.policy.relockOnClose;
  return { kind: 'waiting', dueMs: nowMs + (atOnce ? 0 : facts.policy.relockDelayMs) };
};

export const isRelockDue = (relock: Relock, nowMs: number): boolean => relock.kind === 'waiting' && nowMs >= relock.dueMs;
