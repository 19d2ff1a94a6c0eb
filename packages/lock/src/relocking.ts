// Carrying out relock.ts: when it is due, the decision is written down like any other; the bolt is thrown once that is durable
// and if nothing ended the relock meanwhile.

import { changed, inTurn, type Change, type Moment } from './change.ts';
import { DOOR_SAID } from './door.ts';
import type { Reading } from './events.ts';
import { isHeld } from './hold.ts';
import { hasRoomForRequest, note } from './journal-keeper.ts';
import { kindOf } from './mechanism.ts';
import { doorPolicyOf, policyOf, relockDelayMs } from './policies.ts';
import { isBatteryEmpty, isFreed, isReserveSpent } from './sensing.ts';
import { traitsOf } from './profile.ts';
import { isRelockDue, nextRelock, NO_RELOCK, NO_RELOCK_POLICY, RELOCK_TABLE, type RelockPolicy } from './relock.ts';
import type { LockState, Operation } from './state.ts';

/** A due relock that cannot be written down yet is looked at again after this. */
const LATER_MS = 1000;

/** Relock after anything happened; `before` is the state before it. */
export const updateRelock = (moment: Moment, before: LockState, state: LockState): LockState => {
  const { phase } = state.sensors.bolt;
  const door = DOOR_SAID[state.sensors.door.phase];
  // Most of the time it is locked, and there is nothing to look up.
  if (!RELOCK_TABLE[phase][door]) return state.relock.kind === 'idle' ? state : { ...state, relock: NO_RELOCK };
  const closedNow = DOOR_SAID[before.sensors.door.phase] === 'open' && door === 'closed';
  const isKept = isFreed(state) || isHeld(state);
  const running = isOtherDelay(moment, before, state) && state.relock.kind === 'waiting' ? NO_RELOCK : state.relock;
  const relock = nextRelock(running, { phase, door, closedNow, isKept, policy: relockPolicyOf(moment, state) }, moment.now.monotonicMs);
  return relock === state.relock ? state : { ...state, relock };
};

// A new roster may say another time: what runs begins anew with it, so that the owners' word holds from when the lock has it.
const isOtherDelay = ({ now }: Moment, before: LockState, state: LockState): boolean =>
  before.membership !== state.membership && delayMs(before, now) !== delayMs(state, now);

/** Begins the relock that is due. */
export const expireRelock = (moment: Moment, state: LockState): Change => {
  const { monotonicMs } = moment.now;
  if (!isRelockDue(state.relock, monotonicMs) || state.membership.kind !== 'adopted') return changed(state);
  if (!hasRoomForRequest(state)) return changed({ ...state, relock: { kind: 'waiting', dueMs: monotonicMs + LATER_MS } });
  const actor = { verb: 'lock', rule: `policy:${state.membership.roster.version}` } as const;
  const operation: Operation = { ask: 'throw', own: 'relock', actor, reason: 'auto-relock', peer: undefined, validUntilMs: monotonicMs };
  return inTurn({ ...state, relock: { kind: 'deciding' } }, (current) =>
    note(moment, current, { ...actor, kind: 'decision', reason: 'auto-relock', allowed: true }, () => ({ kind: 'granted', operation })),
  );
};

// With an empty battery nothing is promised that could not be kept.
const relockPolicyOf = ({ now }: Moment, state: LockState): RelockPolicy => {
  const policy = policyOf(state);
  if (policy === undefined || !traitsOf(state).relocks || isBatteryEmpty(state) || isReserveSpent(state)) return NO_RELOCK_POLICY;
  return { relockOnClose: policy.relockOnClose, relockDelayMs: delayMs(state, now) };
};

// What is released for one opening at a time is never left released: after a hold, a fire or a cut of its power it is secured as after an opening. A bolt's delay is none of its own.
const delayMs = (state: LockState, now: Reading): number =>
  kindOf(state.mechanism).isOutput && state.mechanism.opening === 'pulse' ? doorPolicyOf(state).releaseMs : relockDelayMs(state, now);
