// What a door controller switches: a strike, a magnetic lock, a gate. RELEASE is the specification: every phase × every input. The phases say what was
// commanded; what is said of the door is what the strike's monitor, the magnet's bond sensor or the gate's limit switch says. An opening that
// cannot be sensed has failed, and still ends: its pulse is over when its time is.

import type { BoltKind, Table } from './bolt.ts';

export type ReleasePhase = 'unknown' | 'jammed' | 'secured' | 'pulsing' | 'pulsed' | 'releasing' | 'released' | 'securing';
export type ReleaseInput =
  | 'sensedSecured' | 'sensedReleased' | 'sensedNeither' | 'driveSecure' | 'drivePulse' | 'driveRelease'
  | 'exitAsked' | 'fireReleased' | 'deadline';

/** State × input, exhaustive. */
export const RELEASE: Table<ReleasePhase, ReleaseInput> = {
  unknown: {
    sensedSecured: ['secured', 'settled'],
    sensedReleased: ['released', 'settled'],
    sensedNeither: ['unknown'],
    driveSecure: ['securing', 'throw'],
    drivePulse: ['pulsing', 'withdraw'],
    driveRelease: ['releasing', 'withdraw'],
    exitAsked: ['pulsing', 'withdraw'],
    fireReleased: ['releasing', 'withdraw'],
    deadline: ['unknown'],
  },
  jammed: {
    sensedSecured: ['secured', 'settled'],
    sensedReleased: ['released', 'settled'],
    sensedNeither: ['jammed'],
    driveSecure: ['securing', 'throw'],
    drivePulse: ['pulsing', 'withdraw'],
    driveRelease: ['releasing', 'withdraw'],
    exitAsked: ['pulsing', 'withdraw'],
    fireReleased: ['releasing', 'withdraw'],
    deadline: ['jammed'],
  },
  secured: {
    sensedSecured: ['secured'],
    sensedReleased: ['released', 'moved'],
    sensedNeither: ['secured', 'moved'],
    driveSecure: ['secured', 'already'],
    drivePulse: ['pulsing', 'withdraw'],
    driveRelease: ['releasing', 'withdraw'],
    exitAsked: ['pulsing', 'withdraw'],
    fireReleased: ['releasing', 'withdraw'],
    deadline: ['secured'],
  },
  pulsing: {
    sensedSecured: ['pulsing'],
    sensedReleased: ['pulsed', 'reached'],
    sensedNeither: ['pulsing'],
    driveSecure: ['securing', 'overruled', 'throw'],
    drivePulse: ['pulsing'],
    driveRelease: ['releasing'],
    exitAsked: ['pulsing'],
    fireReleased: ['releasing'],
    deadline: ['pulsed', 'jammed'],
  },
  pulsed: {
    sensedSecured: ['pulsed'],
    sensedReleased: ['pulsed'],
    sensedNeither: ['pulsed'],
    driveSecure: ['securing', 'throw'],
    drivePulse: ['pulsing', 'withdraw'],
    driveRelease: ['releasing', 'withdraw'],
    exitAsked: ['pulsing', 'withdraw'],
    fireReleased: ['releasing', 'withdraw'],
    deadline: ['securing', 'throw'],
  },
  releasing: {
    sensedSecured: ['releasing'],
    sensedReleased: ['released', 'reached'],
    sensedNeither: ['releasing'],
    driveSecure: ['securing', 'overruled', 'throw'],
    drivePulse: ['releasing'],
    driveRelease: ['releasing'],
    exitAsked: ['releasing'],
    fireReleased: ['releasing'],
    deadline: ['released', 'jammed'],
  },
  released: {
    sensedSecured: ['released'],
    sensedReleased: ['released'],
    sensedNeither: ['released'],
    driveSecure: ['securing', 'throw'],
    drivePulse: ['released', 'already'],
    driveRelease: ['released', 'already'],
    exitAsked: ['released'],
    fireReleased: ['releasing', 'withdraw'],
    deadline: ['released'],
  },
  securing: {
    sensedSecured: ['secured', 'reached'],
    sensedReleased: ['securing'],
    sensedNeither: ['securing'],
    driveSecure: ['securing'],
    drivePulse: ['pulsing', 'overruled', 'withdraw'],
    driveRelease: ['releasing', 'overruled', 'withdraw'],
    exitAsked: ['pulsing', 'overruled', 'withdraw'],
    fireReleased: ['releasing', 'overruled', 'withdraw'],
    deadline: ['jammed', 'jammed'],
  },
};

const SENSED = { thrown: 'sensedSecured', withdrawn: 'sensedReleased', between: 'sensedNeither' } as const;
const SECURED = { moves: ['securing'], rests: ['secured'] } as const;

/** Released for one opening, and secured again by itself. */
export const PULSED_KIND: BoltKind = {
  transitions: RELEASE,
  sensed: SENSED,
  turned: {},
  asked: { throw: 'driveSecure', withdraw: 'drivePulse', hold: 'driveRelease' },
  moves: { throw: SECURED.moves, withdraw: ['pulsing', 'releasing'], unlatch: [], hold: ['releasing'] },
  rests: { throw: SECURED.rests, withdraw: ['released'], unlatch: [], hold: ['released'] },
  isOutput: true,
};

/** Released until it is locked, or relocks as a bolt does. */
export const STANDING_KIND: BoltKind = {
  ...PULSED_KIND,
  asked: { throw: 'driveSecure', withdraw: 'driveRelease', hold: 'driveRelease' },
  moves: { ...PULSED_KIND.moves, withdraw: ['releasing'] },
};
