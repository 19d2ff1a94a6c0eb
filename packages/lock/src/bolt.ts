// How a mechanism moves: the words that all tables share, and the one step over them. Each kind has a table of its own (deadbolt.ts,
// mortise-bolt.ts, release.ts, hand-bolt.ts), every phase × every input, which is its specification and is printed in docs/BOLT.md. A place is
// only ever claimed because a sensor said so; what does not end in time has failed, and is then unknown until the sensor says otherwise (DESIGN §3.8).

import { assert } from '@mortise/base/assert.ts';
import type { Direction, Position } from './events.ts';

/**
 * Of a bolt. `unknown`: nothing sensed yet, or left between its ends; `jammed`: the motor did not reach its end; `handled`: the latch is drawn, by
 * the handle inside or by a key. Of a strike, a magnet or a gate: `secured`, `released` until told otherwise.
 */
export type RestingPhase = 'unknown' | 'jammed' | 'thrown' | 'withdrawn' | 'handled' | 'secured' | 'released';

/**
 * Of a bolt. `throwing`, `withdrawing`, `unlatching`: driven by the motor; `unlatched`: the latch is drawn and held; `latching`: it is let go;
 * `turning`: moved by the thumb-turn; `drifting`: left its end by neither (a mechanical key, or force). Of a strike, a magnet or a gate: `pulsing`,
 * `pulsed`: being released, and released, for one opening; `releasing`: until told otherwise; `securing`.
 */
export type MovingPhase =
  | 'throwing' | 'withdrawing' | 'turning' | 'drifting' | 'unlatching' | 'unlatched' | 'latching'
  | 'pulsing' | 'pulsed' | 'releasing' | 'securing';
export type BoltPhase = RestingPhase | MovingPhase;

/** `deadlineMs`: monotonic; a movement that has not ended by then has failed. `tries`: how often the motor has been started for it. */
export type BoltState =
  | { readonly phase: RestingPhase }
  | { readonly phase: MovingPhase; readonly deadlineMs: number; readonly tries?: number };

/**
 * `sensed…`: where the sensor finds it; `turnedTo…`: a hand moves it that way; `drive…`: a granted operation, a relock, a hold. `exitAsked`: request-to-exit;
 * `fireReleased`: the fire release. `deadline`: the time of a movement is over; `stalled`: the motor's current stood above its limit, and it may
 * try again; `stalledLast`: the same, and it may not.
 */
export type BoltInput =
  | 'sensedThrown' | 'sensedWithdrawn' | 'sensedBetween' | 'sensedUnlatched'
  | 'sensedSecured' | 'sensedReleased' | 'sensedNeither'
  | 'turnedToThrown' | 'turnedToWithdrawn' | 'turnedToUnlatched'
  | 'driveThrow' | 'driveWithdraw' | 'driveUnlatch' | 'driveSecure' | 'drivePulse' | 'driveRelease'
  | 'exitAsked' | 'fireReleased'
  | 'deadline' | 'stalled' | 'stalledLast';

/**
 * What a transition means to the rest of the lock, in order. `throw`, `withdraw`, `unlatch`: command the motor or the output (`throw` secures, `withdraw` releases);
 * `halt`: cut the motor; `already`: it stands where it should go; `reached`: what was commanded is sensed; `jammed`: it was not, in time; `overruled`: a hand or
 * another command took the movement over; `turned`: the thumb-turn or handle moved it; `moved`: nobody inside and no command did;
 * `settled`: its place became known; `notTurned`: it was freed, and no hand turned it; `returned`: a hand threw it again; `block`: it is not
 * free any more. The last three are of a bolt without a motor.
 */
export type Happening =
  | 'throw' | 'withdraw' | 'unlatch' | 'halt' | 'already' | 'reached' | 'jammed' | 'overruled' | 'turned' | 'moved' | 'settled'
  | 'notTurned' | 'returned' | 'block';

/** What is asked of a mechanism: to throw its bolt, withdraw it, draw its latch for a moment, stay withdrawn. */
export type Ask = Direction | 'hold';

/** How long a movement may take where the roster says nothing; a motor needs about 1 s. */
export const MOVEMENT_MS = 3000;

/** How often a motor that stalls is started for one movement, all of it within the movement's time. */
export const MAX_TRIES = 3;

export type Cell<Phase extends BoltPhase = BoltPhase> = readonly [next: Phase, ...happenings: readonly Happening[]];

/** A table: the compiler misses no cell. */
export type Table<Phase extends BoltPhase, Input extends BoltInput> = { readonly [P in Phase]: { readonly [I in Input]: Cell<Phase> } };

/** The same, of whatever kind. */
export type Transitions = { readonly [P in BoltPhase]?: { readonly [I in BoltInput]?: Cell } };

/** How long a phase may last: a motor's movement (the policy's jam time), a hand's, a held latch, a release. */
export type PhaseTime = 'movement' | 'hand' | 'latch' | 'release';

/**
 * One kind of mechanism. `sensed`, `turned`, `asked`: which input of its table a sensor, a hand, an ask is; what is missing it does not have. `moves`: the phases in which it
 * is on its way for an ask; `rests`: those in which it stands there already. `isOutput`: a coil rather than a bolt: it is secured with the door open too.
 */
export type BoltKind = {
  readonly transitions: Transitions;
  readonly sensed: { readonly [P in Position]?: BoltInput };
  readonly turned: { readonly [P in Position]?: BoltInput };
  readonly asked: { readonly [A in Ask]?: BoltInput };
  readonly moves: { readonly [A in Ask]: readonly BoltPhase[] };
  readonly rests: { readonly [A in Ask]: readonly BoltPhase[] };
  readonly isOutput: boolean;
};

export type BoltMove = { readonly bolt: BoltState; readonly happenings: readonly Happening[] };

/** Whether the kind has such an input at all. */
export const hasInput = ({ transitions }: BoltKind, input: BoltInput): boolean => transitions.unknown?.[input] !== undefined;

/** One cell of the table at `nowMs` (monotonic). A movement's time, `timeMs` by its phase, starts when its phase does; another try has what is left of it. */
export const moveBolt = (transitions: Transitions, bolt: BoltState, input: BoltInput, nowMs: number, timeMs: (phase: MovingPhase) => number): BoltMove => {
  const cell = transitions[bolt.phase]?.[input];
  assert(cell !== undefined, `the table has no cell ${bolt.phase} × ${input}`);
  const [next, ...happenings] = cell;
  if (next === bolt.phase) return { bolt: input === 'stalled' && happenings.length > 0 ? againOf(bolt) : bolt, happenings };
  return { bolt: isMoving(next) ? { phase: next, deadlineMs: nowMs + timeMs(next) } : { phase: next }, happenings };
};

const againOf = (bolt: BoltState): BoltState => ('deadlineMs' in bolt ? { ...bolt, tries: triesOf(bolt) + 1 } : bolt);

/** How often the motor has been started for the movement under way. */
export const triesOf = (bolt: BoltState): number => ('deadlineMs' in bolt ? (bolt.tries ?? 1) : 0);

/** Whether the movement under way has failed by `nowMs`. */
export const isOverdue = (bolt: BoltState, nowMs: number): boolean => 'deadlineMs' in bolt && nowMs >= bolt.deadlineMs;

/**
 * What may be said by the phase: only `thrown` is locked, only `withdrawn` is unlocked. `sensed`: what the sensor says, whatever was commanded; a coil
 * is no bolt, and its command no place.
 */
export const SAID: { readonly [Phase in BoltPhase]: 'locked' | 'unlocked' | 'unlatched' | 'moving' | 'unknown' | 'sensed' } = {
  unknown: 'unknown', jammed: 'unknown', thrown: 'locked', withdrawn: 'unlocked', handled: 'unlatched', unlatched: 'unlatched',
  throwing: 'moving', withdrawing: 'moving', unlatching: 'moving', latching: 'moving', turning: 'moving', drifting: 'moving',
  secured: 'sensed', released: 'sensed', pulsing: 'sensed', pulsed: 'sensed', releasing: 'sensed', securing: 'sensed',
};

const SAID_BY_SENSOR = { thrown: 'locked', withdrawn: 'unlocked', between: 'unknown', unlatched: 'unlatched' } as const;

/** What may be said of a mechanism in this phase whose sensor said `position` last. */
export const saidOf = (phase: BoltPhase, position: Position | undefined): Exclude<(typeof SAID)[BoltPhase], 'sensed'> => {
  const said = SAID[phase];
  if (said !== 'sensed') return said;
  return position === undefined ? 'unknown' : SAID_BY_SENSOR[position];
};

/** Which of its times a moving phase has. */
export const PHASE_TIME: { readonly [Phase in MovingPhase]: PhaseTime } = {
  throwing: 'movement', withdrawing: 'movement', unlatching: 'movement', latching: 'movement', pulsing: 'movement', releasing: 'movement', securing: 'movement',
  turning: 'hand', drifting: 'hand', unlatched: 'latch', pulsed: 'release',
};

const isMoving = (phase: BoltPhase): phase is MovingPhase => Object.hasOwn(PHASE_TIME, phase);
