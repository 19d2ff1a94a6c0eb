// The bolt: what is known of it, from its sensor, its thumb-turn and the motor's commands. TRANSITIONS is the specification (hand-bolt.ts: of one without a motor):
// every phase × every input. A place is only ever claimed because the sensor said so; a drive that does not end in time is
// `jammed`, and the place is then unknown until the sensor says otherwise (DESIGN §3.8).

import type { Direction, Position } from './events.ts';

/**
 * `unknown`: nothing sensed yet, or left between its ends; `jammed`: the motor did not reach its end; `throwing`, `withdrawing`:
 * driven by the motor; `turning`: by the thumb-turn; `drifting`: left its end by neither (a mechanical key, or force).
 */
export type RestingPhase = 'unknown' | 'jammed' | 'thrown' | 'withdrawn';
export type MovingPhase = 'throwing' | 'withdrawing' | 'turning' | 'drifting';
export type BoltPhase = RestingPhase | MovingPhase;

/** `deadlineMs`: monotonic; a movement that has not ended by then has failed. */
export type BoltState =
  | { readonly phase: RestingPhase }
  | { readonly phase: MovingPhase; readonly deadlineMs: number };

export type BoltInput =
  | 'sensedThrown' | 'sensedWithdrawn' | 'sensedBetween'
  | 'turnedToThrown' | 'turnedToWithdrawn'
  | 'driveThrow' | 'driveWithdraw'
  | 'deadline';

/**
 * What a transition means to the rest of the lock, in order. `throw`, `withdraw`: command the motor; `already`: it stands where it
 * should go; `reached`: the motor's movement ended as asked; `jammed`: it did not end in time; `overruled`: a hand or an opposite
 * command took the movement over; `turned`: the thumb-turn moved it; `moved`: neither motor nor thumb-turn did;
 * `settled`: its place became known; `notTurned`: it was freed, and no hand turned it; `returned`: a hand threw it again; `block`: it is not
 * free any more. The last three are of a bolt without a motor.
 */
export type Happening =
  | 'throw' | 'withdraw' | 'already' | 'reached' | 'jammed' | 'overruled' | 'turned' | 'moved' | 'settled'
  | 'notTurned' | 'returned' | 'block';

/** How long a movement may take where the roster says nothing; a motor needs about 1 s. */
export const MOVEMENT_MS = 3000;

type Cell = readonly [next: BoltPhase, ...happenings: readonly Happening[]];
type Row = { readonly [Input in BoltInput]: Cell };

export type Transitions = { readonly [Phase in BoltPhase]: Row };

/** How a bolt moves: its table, and the phases in which it is on its way for an operation. */
export type BoltKind = { readonly transitions: Transitions; readonly moves: { readonly [D in Direction]: readonly BoltPhase[] } };

/** State × input, exhaustive; the compiler misses no cell. */
export const TRANSITIONS: Transitions = {
  unknown: {
    sensedThrown: ['thrown', 'settled'],
    sensedWithdrawn: ['withdrawn', 'settled'],
    sensedBetween: ['unknown'],
    turnedToThrown: ['turning'],
    turnedToWithdrawn: ['turning'],
    driveThrow: ['throwing', 'throw'],
    driveWithdraw: ['withdrawing', 'withdraw'],
    deadline: ['unknown'],
  },
  jammed: {
    sensedThrown: ['thrown', 'settled'],
    sensedWithdrawn: ['withdrawn', 'settled'],
    sensedBetween: ['jammed'],
    turnedToThrown: ['turning'],
    turnedToWithdrawn: ['turning'],
    driveThrow: ['throwing', 'throw'],
    driveWithdraw: ['withdrawing', 'withdraw'],
    deadline: ['jammed'],
  },
  thrown: {
    sensedThrown: ['thrown'],
    sensedWithdrawn: ['withdrawn', 'moved'],
    sensedBetween: ['drifting'],
    turnedToThrown: ['thrown'],
    turnedToWithdrawn: ['turning'],
    driveThrow: ['thrown', 'already'],
    driveWithdraw: ['withdrawing', 'withdraw'],
    deadline: ['thrown'],
  },
  withdrawn: {
    sensedThrown: ['thrown', 'moved'],
    sensedWithdrawn: ['withdrawn'],
    sensedBetween: ['drifting'],
    turnedToThrown: ['turning'],
    turnedToWithdrawn: ['withdrawn'],
    driveThrow: ['throwing', 'throw'],
    driveWithdraw: ['withdrawn', 'already'],
    deadline: ['withdrawn'],
  },
  throwing: {
    sensedThrown: ['thrown', 'reached'],
    sensedWithdrawn: ['throwing'],
    sensedBetween: ['throwing'],
    turnedToThrown: ['throwing', 'turned'],
    turnedToWithdrawn: ['turning', 'overruled'],
    driveThrow: ['throwing'],
    driveWithdraw: ['withdrawing', 'overruled', 'withdraw'],
    deadline: ['jammed', 'jammed'],
  },
  withdrawing: {
    sensedThrown: ['withdrawing'],
    sensedWithdrawn: ['withdrawn', 'reached'],
    sensedBetween: ['withdrawing'],
    turnedToThrown: ['turning', 'overruled'],
    turnedToWithdrawn: ['withdrawing', 'turned'],
    driveThrow: ['throwing', 'overruled', 'throw'],
    driveWithdraw: ['withdrawing'],
    deadline: ['jammed', 'jammed'],
  },
  turning: {
    sensedThrown: ['thrown', 'turned'],
    sensedWithdrawn: ['withdrawn', 'turned'],
    sensedBetween: ['turning'],
    turnedToThrown: ['turning'],
    turnedToWithdrawn: ['turning'],
    driveThrow: ['throwing', 'turned', 'throw'],
    driveWithdraw: ['withdrawing', 'turned', 'withdraw'],
    deadline: ['unknown', 'turned'],
  },
  drifting: {
    sensedThrown: ['thrown', 'moved'],
    sensedWithdrawn: ['withdrawn', 'moved'],
    sensedBetween: ['drifting'],
    turnedToThrown: ['turning'],
    turnedToWithdrawn: ['turning'],
    driveThrow: ['throwing', 'moved', 'throw'],
    driveWithdraw: ['withdrawing', 'moved', 'withdraw'],
    deadline: ['unknown', 'moved'],
  },
};

export const MOTOR_MOVES: BoltKind['moves'] = { throw: ['throwing'], withdraw: ['withdrawing'] };

export const SENSED_INPUT: { readonly [P in Position]: BoltInput } = {
  thrown: 'sensedThrown', withdrawn: 'sensedWithdrawn', between: 'sensedBetween',
};
export const TURNED_INPUT = { thrown: 'turnedToThrown', withdrawn: 'turnedToWithdrawn' } as const;
export const DRIVE_INPUT: { readonly [D in Direction]: BoltInput } = { throw: 'driveThrow', withdraw: 'driveWithdraw' };

export type BoltMove = { readonly bolt: BoltState; readonly happenings: readonly Happening[] };

/** One cell of the table at `nowMs` (monotonic). A movement's time, `movementMs`, starts when its phase does. */
export const moveBolt = (bolt: BoltState, input: BoltInput, nowMs: number, movementMs: number = MOVEMENT_MS, transitions: Transitions = TRANSITIONS): BoltMove => {
  const [next, ...happenings] = transitions[bolt.phase][input];
  if (next === bolt.phase) return { bolt, happenings };
  return { bolt: isMoving(next) ? { phase: next, deadlineMs: nowMs + movementMs } : { phase: next }, happenings };
};

/** Whether the movement under way has failed by `nowMs`. */
export const isOverdue = (bolt: BoltState, nowMs: number): boolean => 'deadlineMs' in bolt && nowMs >= bolt.deadlineMs;

/** What may be said of the bolt: only `thrown` is locked, only `withdrawn` is unlocked. */
export const SAID: { readonly [Phase in BoltPhase]: 'locked' | 'unlocked' | 'moving' | 'unknown' } = {
  unknown: 'unknown', jammed: 'unknown', thrown: 'locked', withdrawn: 'unlocked',
  throwing: 'moving', withdrawing: 'moving', turning: 'moving', drifting: 'moving',
};

const isMoving = (phase: BoltPhase): phase is MovingPhase => SAID[phase] === 'moving';
