// The bolt of a lock without a motor: a granted opening frees it, and the hand that holds the key turns it. HAND_TRANSITIONS is the
// specification: every phase × every input. `withdrawing` is: freed, still at its thrown end; `turning`: freed, and on its way;
// `throwing`: on its way back by hand; `drifting`: left its thrown end though nobody freed it. Nothing jams, for nothing drives it.

import type { BoltKind, Table } from './bolt.ts';

export type HandPhase = 'unknown' | 'jammed' | 'thrown' | 'withdrawn' | 'throwing' | 'withdrawing' | 'turning' | 'drifting';
export type HandInput =
  | 'sensedThrown' | 'sensedWithdrawn' | 'sensedBetween' | 'turnedToThrown' | 'turnedToWithdrawn' | 'driveThrow' | 'driveWithdraw' | 'deadline';

/** State × input, exhaustive. A hand needs no thumb-turn, and nothing throws this bolt: those inputs change nothing. */
export const HAND_TRANSITIONS: Table<HandPhase, HandInput> = {
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

export const HAND_KIND: BoltKind = {
  transitions: HAND_TRANSITIONS,
  sensed: { thrown: 'sensedThrown', withdrawn: 'sensedWithdrawn', between: 'sensedBetween' },
  turned: { thrown: 'turnedToThrown', withdrawn: 'turnedToWithdrawn' },
  asked: { throw: 'driveThrow', withdraw: 'driveWithdraw' },
  moves: { throw: [], withdraw: ['withdrawing', 'turning'], unlatch: [], hold: [] },
  rests: { throw: ['thrown'], withdraw: ['withdrawn'], unlatch: [], hold: [] },
  isOutput: false,
};
