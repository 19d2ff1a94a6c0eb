// Carrying out relock.ts: when it is due, the decision is written down like any other; the bolt is thrown once that is durable
// and if nothing ended the relock meanwhile.

import { changed, inTurn, type Change, type Moment } from './change.ts';
import { hasRoomForRequest, note } from './journal-keeper.ts';
import { isBatteryEmpty } from './sensing.ts';
import { traitsOf } from './profile.ts';
import { isRelockDue, nextRelock, NO_RELOCK_POLICY, type RelockPolicy } from './relock.ts';
import type { LockState, Operation } from './state.ts';

/** A due relock that cannot be written down yet is looked at again after this. */
const LATER_MS = 1000;

/** Relock after anything happened; `before` is the state before it. */
export const updateRelock = (moment: Moment, before: LockState, state: LockState): LockState => {
  const { bolt, door } = state.sensors;
  const closedNow = before.sensors.door === 'open' && door === 'closed';
  const relock = nextRelock(state.relock, { phase: bolt.phase, door, closedNow, policy: policyOf(state) }, moment.now.monotonicMs);
  return relock === state.relock ? state : { ...state, relock };
};

/** Begins the relock that is due. */
export const expireRelock = (moment: Moment, state: LockState): Change => {
  const { monotonicMs } = moment.now;
  if (!isRelockDue(state.relock, monotonicMs) || state.membership.kind !== 'adopted') return changed(state);
  if (!hasRoomForRequest(state)) return changed({ ...state, relock: { kind: 'waiting', dueMs: monotonicMs + LATER_MS } });
  const actor = { verb: 'lock', rule: `policy:${state.membership.roster.version}` } as const;
  const operation: Operation = { direction: 'throw', actor, reason: 'auto-relock', peer: undefined, validUntilMs: monotonicMs };
  return inTurn({ ...state, relock: { kind: 'deciding' } }, (current) =>
    note(moment, current, { ...actor, kind: 'decision', reason: 'auto-relock', allowed: true }, () => ({ kind: 'granted', operation })),
  );
};

// With an empty battery nothing is promised that could not be kept.
const policyOf = (state: LockState): RelockPolicy =>
  state.membership.kind === 'adopted' && traitsOf(state).relocks && !isBatteryEmpty(state) ? state.membership.roster.policy : NO_RELOCK_POLICY;
