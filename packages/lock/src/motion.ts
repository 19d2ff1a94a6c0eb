// Between the bolt's table and the rest of the lock: what a transition means is recorded, signalled and told to those who
// wait for it. A movement that no motor made has no actor.

import { assert } from '@mortise/base/assert.ts';
import type { Reason } from '@mortise/base/reasons.ts';
import { isOverdue, moveBolt, SAID, DRIVE_INPUT, type BoltInput, type BoltPhase, type Happening } from './bolt.ts';
import { changed, forEach, inTurn, type Change, type Moment } from './change.ts';
import { note } from './journal-keeper.ts';
import { peerOf, updateConnection } from './near-connections.ts';
import { traitsOf } from './profile.ts';
import { isBatteryEmpty } from './sensing.ts';
import type { LockState, Operation } from './state.ts';

/** More than there can be sessions, and a relock. */
export const MAX_OPERATIONS = 12;

/** Something was sensed, or time passed: one cell of the table and all that follows from it. */
export const inputBolt = (moment: Moment, state: LockState, input: BoltInput): Change => {
  const from = state.sensors.bolt.phase;
  const { bolt, happenings } = moveBolt(state.sensors.bolt, input, moment.now.monotonicMs, movementMs(state), traitsOf(state).bolt.transitions);
  const moved = { ...state, sensors: { ...state.sensors, bolt, boltSinceMs: sinceMsOf(moment, state, bolt.phase) } };
  return forEach(moved, happenings, (current, happening) => happen(moment, current, happening, from));
};

/** A drive that did not end in time has failed; a hand's movement that did not end leaves the place unknown. */
export const expireMovement = (moment: Moment, state: LockState): Change =>
  isOverdue(state.sensors.bolt, moment.now.monotonicMs) ? inputBolt(moment, state, 'deadline') : changed(state);

/**
 * Carries out a granted operation whose decision is durable. What was under way the other way is overruled first; where the
 * bolt already stands is sensed, recorded and not driven again.
 */
export const beginOperation = (moment: Moment, state: LockState, operation: Operation): Change => {
  const driven = inputBolt(moment, state, DRIVE_INPUT[operation.direction]);
  return inTurn(
    state,
    () => driven,
    (current) =>
      isMovingFor(current, operation)
        ? changed({ ...current, operations: [...current.operations, operation] })
        : endOperation(moment, current, operation, operation.reason),
  );
};

/**
 * Records how an operation ended, as sensed now; its credential gets the receipt. It was allowed if the bolt was driven for it or
 * stood there already, whatever came of it; `reason` says what did. Where a hand moves the bolt, its return is that of whoever opened it last.
 */
export const endOperation = (moment: Moment, state: LockState, operation: Operation, reason: Reason): Change => {
  const { actor, peer } = operation;
  const allowed = reason === operation.reason || FAILED.includes(reason);
  const record = { ...actor, kind: 'operation', reason, allowed } as const;
  return note(moment, withOpened(state, operation), record, (receipt) => (peer === undefined ? { kind: 'nothing' } : { kind: 'operated', peer, receipt }));
};

/** Driven, or freed, and yet not there. */
const FAILED: readonly Reason[] = ['bolt-jammed', 'not-turned'];

/** What stands against driving the bolt now: an empty battery, or throwing it against an open door's frame. */
export const hindranceOf = (state: LockState, direction: Operation['direction']): Reason | undefined => {
  if (isBatteryEmpty(state)) return 'battery-empty';
  return direction === 'throw' && state.sensors.door === 'open' ? 'door-open' : undefined;
};

const isMovingFor = (state: LockState, { direction }: Operation): boolean => {
  assert(state.operations.length < MAX_OPERATIONS, 'operations are bounded by sessions');
  return traitsOf(state).bolt.moves[direction].includes(state.sensors.bolt.phase);
};

const withOpened = (state: LockState, { actor, peer }: Operation): LockState => (peer?.kind === 'near' ? updateConnection(state, peer, { opened: actor }) : state);

const movementMs = (state: LockState): number | undefined =>
  traitsOf(state).movementMs ?? (state.membership.kind === 'adopted' ? state.membership.roster.policy.jamTimeoutMs : undefined);

const sinceMsOf = ({ now }: Moment, { sensors }: LockState, phase: BoltPhase): number =>
  SAID[phase] === SAID[sensors.bolt.phase] ? sensors.boltSinceMs : now.monotonicMs;

const happen = (moment: Moment, state: LockState, happening: Happening, from: BoltPhase): Change => {
  switch (happening) {
    case 'throw':
    case 'withdraw':
      return changed(state, { kind: 'drive', direction: happening });
    case 'already':
      return changed(state);
    case 'reached':
      return endAll(moment, state, (operation) => operation.reason);
    case 'overruled':
      return endAll(moment, state, () => 'bolt-jammed');
    case 'jammed':
      return inTurn(state, (current) => endAll(moment, current, () => 'bolt-jammed'), (current) => changed(current, { kind: 'signal', what: 'jammed' }));
    case 'turned':
      return noteMotion(moment, state, 'manual', 'thumb-turn');
    case 'moved':
      return noteMotion(moment, state, 'moved-by-other');
    case 'settled':
      return noteMotion(moment, state, from === 'jammed' ? 'bolt-jammed' : 'started', 'settled');
    case 'notTurned':
      return endAll(moment, state, () => 'not-turned');
    case 'returned':
      return noteReturn(moment, state);
    case 'block':
      return changed(state, { kind: 'block' });
  }
};

// Of whoever opened by this contact; else the key that opened has gone, and another one's power lets the lock see it.
const noteReturn = (moment: Moment, state: LockState): Change => {
  const known = state.near.find(({ opened }) => opened !== undefined);
  if (known?.opened === undefined || !state.isStarted) return noteMotion(moment, state, 'bolt-returned');
  const peer = peerOf(known);
  const record = { ...known.opened, kind: 'operation', reason: 'bolt-returned', allowed: true } as const;
  return note(moment, state, record, (receipt) => ({ kind: 'returned', peer, receipt }));
};

// What the sensors find before the lock has started is how it was found; the record of the start says it.
const noteMotion = (moment: Moment, state: LockState, reason: Reason, rule?: string): Change =>
  state.isStarted ? note(moment, state, { kind: 'event', reason, ...(rule === undefined ? {} : { rule }) }) : changed(state);

const endAll = (moment: Moment, state: LockState, reasonOf: (operation: Operation) => Reason): Change =>
  forEach({ ...state, operations: [] }, state.operations, (current, operation) => endOperation(moment, current, operation, reasonOf(operation)));
