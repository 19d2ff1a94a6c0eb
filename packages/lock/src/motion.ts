// Between the mechanism's table and the rest of the lock: what a transition means is recorded, signalled and told to those who
// wait for it. A movement that no motor made has no actor.

import { assert } from '@mortise/base/assert.ts';
import type { Reason } from '@mortise/base/reasons.ts';
import { hasInput, isOverdue, MAX_TRIES, moveBolt, MOVEMENT_MS, PHASE_TIME, saidOf, triesOf, type BoltInput, type BoltKind, type BoltPhase, type BoltState, type Happening, type MovingPhase, type PhaseTime } from './bolt.ts';
import { changed, forEach, inTurn, type Change, type Moment } from './change.ts';
import { DOOR_SAID } from './door.ts';
import type { Position, Turn } from './events.ts';
import { note } from './journal-keeper.ts';
import { kindOf } from './mechanism.ts';
import { peerOf, updateConnection } from './near-connections.ts';
import { doorPolicyOf, policyOf } from './policies.ts';
import { traitsOf } from './profile.ts';
import { boltSaid, isFreed } from './sensing.ts';
import type { LockState, Operation, Sensors } from './state.ts';
import { SLOWNESS } from './temperature.ts';

/** More than there can be sessions, and what the lock does by itself. */
export const MAX_OPERATIONS = 12;

/** Its sensor has spoken. A place that its table does not know is none. */
export const onPosition = (moment: Moment, state: LockState, position: Position): Change => {
  const input = kindOf(state.mechanism).sensed[position];
  return input === undefined ? changed(state) : inputBolt(moment, withSensors(state, { position }), input);
};

/** A hand is at the thumb-turn, or at the handle. */
export const onTurned = (moment: Moment, state: LockState, to: Turn): Change => {
  const input = kindOf(state.mechanism).turned[to];
  return input === undefined ? changed(state) : inputBolt(moment, state, input);
};

/** The motor stalled: it tries again, a bounded number of times, within the movement's time. */
export const onStalled = (moment: Moment, state: LockState): Change =>
  inputBolt(moment, state, triesOf(state.sensors.bolt) < MAX_TRIES ? 'stalled' : 'stalledLast');

/** Something was sensed, asked, or time passed: one cell of the table and all that follows from it. An input that the mechanism does not have changes nothing. */
export const inputBolt = (moment: Moment, state: LockState, input: BoltInput): Change => {
  const kind = kindOf(state.mechanism);
  if (!hasInput(kind, input)) return changed(state);
  const { bolt: before } = state.sensors;
  const { bolt, happenings } = moveBolt(kind.transitions, before, input, moment.now.monotonicMs, (phase) => phaseMs(state, phase));
  return inTurn(
    withBolt(moment, state, bolt),
    (current) => forEach(current, happenings, (each, happening) => happen(moment, each, happening, before.phase)),
    (current) => senseAgain(moment, current, kind, before.phase),
  );
};

const withBolt = (moment: Moment, state: LockState, bolt: BoltState): LockState => withSensors(state, { bolt, boltSinceMs: sinceMsOf(moment, state, bolt.phase) });

// A coil that is commanded to where its sensor says that it is already will hear nothing new from it.
const senseAgain = (moment: Moment, state: LockState, kind: BoltKind, from: BoltPhase): Change => {
  const { bolt, position } = state.sensors;
  const input = position === undefined ? undefined : kind.sensed[position];
  return kind.isOutput && input !== undefined && bolt.phase !== from && 'deadlineMs' in bolt ? inputBolt(moment, state, input) : changed(state);
};

/** A drive that did not end in time has failed; a hand's movement that did not end leaves the place unknown; what was to last a moment is over. */
export const expireMovement = (moment: Moment, state: LockState): Change => {
  const { bolt } = state.sensors;
  if (!isOverdue(bolt, moment.now.monotonicMs)) return changed(state);
  return isAwaited(state) ? changed(postponed(moment, state)) : inputBolt(moment, state, arrived(state) ?? 'deadline');
};

// A sensor speaks when something changes: a motor that was reversed before it had left its end never hears that it is there.
const arrived = ({ mechanism, sensors: { bolt, position } }: LockState): BoltInput | undefined => {
  const { sensed, transitions } = kindOf(mechanism);
  const input = position === undefined ? undefined : sensed[position];
  return input !== undefined && transitions[bolt.phase]?.[input]?.includes('reached') === true ? input : undefined;
};

// Nothing is secured against the way out, and a magnet cannot hold a door that is not there yet.
const isAwaited = (state: LockState): boolean => {
  const { bolt: { phase }, door } = state.sensors;
  return (phase === 'pulsed' && isFreed(state)) || (phase === 'securing' && DOOR_SAID[door.phase] === 'open');
};

const postponed = ({ now }: Moment, state: LockState): LockState => {
  const { bolt } = state.sensors;
  return 'deadlineMs' in bolt ? withSensors(state, { bolt: { ...bolt, deadlineMs: now.monotonicMs + phaseMs(state, bolt.phase) } }) : state;
};

/**
 * Carries out a granted operation whose decision is durable. What was under way the other way is overruled first; where the
 * mechanism already stands is sensed, recorded and not driven again.
 */
export const beginOperation = (moment: Moment, state: LockState, operation: Operation): Change => {
  const input = kindOf(state.mechanism).asked[operation.ask];
  assert(input !== undefined, 'nothing is granted that the mechanism cannot do');
  assert(state.operations.length < MAX_OPERATIONS, 'operations are bounded by sessions');
  const driven = inputBolt(moment, state, input);
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

/** Whether it stands already as asked. */
export const isThere = (state: LockState, ask: Operation['ask']): boolean => kindOf(state.mechanism).rests[ask].includes(state.sensors.bolt.phase);

const isMovingFor = (state: LockState, { ask }: Operation): boolean => kindOf(state.mechanism).moves[ask].includes(state.sensors.bolt.phase);

const withOpened = (state: LockState, { actor, peer }: Operation): LockState => (peer?.kind === 'near' ? updateConnection(state, peer, { opened: actor }) : state);

const withSensors = (state: LockState, fields: Partial<Sensors>): LockState => ({ ...state, sensors: { ...state.sensors, ...fields } });

const phaseMs = (state: LockState, phase: MovingPhase): number => traitsOf(state).movementMs ?? TIME_OF[PHASE_TIME[phase]](state);

const TIME_OF: { readonly [T in PhaseTime]: (state: LockState) => number } = {
  movement: (state) => (policyOf(state)?.jamTimeoutMs ?? MOVEMENT_MS) * SLOWNESS[state.sensors.band],
  hand: (state) => policyOf(state)?.jamTimeoutMs ?? MOVEMENT_MS,
  latch: (state) => doorPolicyOf(state).latchMs,
  release: (state) => doorPolicyOf(state).releaseMs,
};

const sinceMsOf = ({ now }: Moment, { sensors }: LockState, phase: BoltPhase): number =>
  saidOf(phase, sensors.position) === boltSaid(sensors) ? sensors.boltSinceMs : now.monotonicMs;

const happen = (moment: Moment, state: LockState, happening: Happening, from: BoltPhase): Change => {
  switch (happening) {
    case 'throw':
      // The one thing that no table, policy or order may do.
      assert(!isFreed(state), 'nothing is driven against the way out');
      return changed(withSensors(state, { drivenBy: from === 'pulsed' ? 'auto-relock' : undefined }), { kind: 'drive', direction: 'throw' });
    case 'withdraw':
    case 'unlatch':
      return changed(withSensors(state, { drivenBy: undefined }), { kind: 'drive', direction: happening });
    case 'halt':
      return changed(state, { kind: 'block' });
    case 'already':
      return changed(state);
    case 'reached':
      return endDriven(moment, state, (operation) => operation.reason);
    case 'overruled':
      return endAll(moment, state, () => 'bolt-jammed');
    case 'jammed':
      return inTurn(state, (current) => endDriven(moment, current, () => 'bolt-jammed'), (current) => changed(current, { kind: 'signal', what: 'jammed' }));
    case 'turned':
      return noteMotion(moment, state, 'manual', 'thumb-turn');
    case 'moved':
      return noteMotion(moment, withSensors(state, { movedMs: moment.now.monotonicMs }), state.sensors.hasPower ? 'moved-by-other' : 'power-lost');
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

// What the lock did of its own accord, for a hand inside or for a fire, has no operation: then its end is an event.
const endDriven = (moment: Moment, state: LockState, reasonOf: (operation: Pick<Operation, 'reason'>) => Reason): Change => {
  const { operations, sensors: { drivenBy } } = state;
  const ended = withSensors(state, { drivenBy: undefined });
  if (operations.length > 0 || drivenBy === undefined) return endAll(moment, ended, reasonOf);
  const reason = reasonOf({ reason: drivenBy });
  return noteMotion(moment, ended, reason, reason === drivenBy ? undefined : `for:${drivenBy}`);
};
