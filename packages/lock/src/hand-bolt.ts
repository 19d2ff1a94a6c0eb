// The bolt of a lock without a motor: a granted opening frees it, and the hand that holds the key turns it. HAND_TRANSITIONS is the
// specification: every phase × every input. `withdrawing` is: freed, still at its thrown end; `turning`: freed, and on its way;
// `throwing`: on its way back by hand; `drifting`: left its thrown end though nobody freed it. Nothing jams, for nothing drives it.

import type { BoltPhase, Transitions } from './bolt.ts';
import type { Direction } from './events.ts';

/** State × input, exhaustive. A hand needs no thumb-turn, and nothing throws this bolt: those inputs change nothing. */
export const HAND_TRANSITIONS: Transitions = {
  unknown: {
    sensedThrown: ['thrown', 'block', 'returned'],
    sensedWithdrawn: ['withdrawn', 'moved'],
    sensedBetween: ['unknown'],
    turnedToThrown: ['unknown'],
    turnedToWithdrawn: ['unknown'],
    driveThrow: ['unknown'],
    driveWithdraw: ['turning', 'withdraw'],
    deadline: ['unknown'],
  },
  jammed: {
    sensedThrown: ['thrown', 'block', 'returned'],
    sensedWithdrawn: ['withdrawn', 'moved'],
    sensedBetween: ['jammed'],
    turnedToThrown: ['jammed'],
    turnedToWithdrawn: ['jammed'],
    driveThrow: ['jammed'],
    driveWithdraw: ['turning', 'withdraw'],
    deadline: ['jammed'],
  },
  thrown: {
    sensedThrown: ['thrown'],
    sensedWithdrawn: ['withdrawn', 'moved'],
    sensedBetween: ['drifting'],
    turnedToThrown: ['thrown'],
    turnedToWithdrawn: ['thrown'],
    driveThrow: ['thrown', 'already'],
    driveWithdraw: ['withdrawing', 'withdraw'],
    deadline: ['thrown'],
  },
  withdrawn: {
    sensedThrown: ['thrown', 'block', 'returned'],
    sensedWithdrawn: ['withdrawn'],
    sensedBetween: ['throwing'],
    turnedToThrown: ['withdrawn'],
    turnedToWithdrawn: ['withdrawn'],
    driveThrow: ['withdrawn'],
    driveWithdraw: ['withdrawn', 'already'],
    deadline: ['withdrawn'],
  },
  throwing: {
    sensedThrown: ['thrown', 'block', 'returned'],
    sensedWithdrawn: ['withdrawn'],
    sensedBetween: ['throwing'],
    turnedToThrown: ['throwing'],
    turnedToWithdrawn: ['throwing'],
    driveThrow: ['throwing'],
    driveWithdraw: ['turning', 'withdraw'],
    deadline: ['unknown', 'moved'],
  },
  withdrawing: {
    sensedThrown: ['withdrawing'],
    sensedWithdrawn: ['withdrawn', 'reached'],
    sensedBetween: ['turning'],
    turnedToThrown: ['withdrawing'],
    turnedToWithdrawn: ['withdrawing'],
    driveThrow: ['withdrawing'],
    driveWithdraw: ['withdrawing'],
    deadline: ['thrown', 'block', 'notTurned'],
  },
  turning: {
    sensedThrown: ['withdrawing'],
    sensedWithdrawn: ['withdrawn', 'reached'],
    sensedBetween: ['turning'],
    turnedToThrown: ['turning'],
    turnedToWithdrawn: ['turning'],
    driveThrow: ['turning'],
    driveWithdraw: ['turning'],
    deadline: ['unknown', 'block', 'notTurned'],
  },
  drifting: {
    sensedThrown: ['thrown', 'moved'],
    sensedWithdrawn: ['withdrawn', 'moved'],
    sensedBetween: ['drifting'],
    turnedToThrown: ['drifting'],
    turnedToWithdrawn: ['drifting'],
    driveThrow: ['drifting'],
    driveWithdraw: ['turning', 'withdraw'],
    deadline: ['unknown', 'moved'],
  },
};

/** The phases in which the bolt is on its way for an operation. */
export const HAND_MOVES: { readonly [D in Direction]: readonly BoltPhase[] } = { throw: [], withdraw: ['withdrawing', 'turning'] };
