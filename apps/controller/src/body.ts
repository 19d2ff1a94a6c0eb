// The port between the lock and what it is built into: a motor, a bolt with end sensors, a thumb-turn, a door sensor, a battery.
// A body reports what its sensors say and carries out drives; it decides nothing. body.conformance.ts is the port's
// specification, run against every body.

import type { Direction, LockEffect, LockEvent, Position } from '@mortise/lock/events.ts';

/** What a body reports; `thumbTurn` comes before the movement that it causes. */
export type BodyEvent = Extract<LockEvent, { readonly kind: 'bolt' | 'thumbTurn' | 'door' | 'battery' }>;

/** What the sensors say now. `doorOpen` undefined: no sensor of a door. `batteryMv`: millivolts, 0 when it cannot be measured. */
export type BodySense = { readonly position: Position; readonly doorOpen: boolean | undefined; readonly batteryMv: number };

/** `wait`: after too many wrong entries; `another`: something else of the same person must come. */
export type Signal = Extract<LockEffect, { readonly kind: 'signal' }>['what'];

export type Body = {
  readonly sense: () => BodySense;
  /** Starts the motor. It stops by itself at the end, or when it stalls; a drive the other way reverses it. */
  readonly drive: (direction: Direction) => void;
  /** Cuts the motor's power at once. */
  readonly halt: () => void;
  /** Tells the person at the door (light, sound). */
  readonly signal: (what: Signal) => void;
  /** Reports every change from now on, one at a time and in order. Answers how to stop listening. */
  readonly listen: (listener: (event: BodyEvent) => void) => () => void;
  /** Halts, stops reporting, lets go of the hardware. */
  readonly close: () => void;
};
