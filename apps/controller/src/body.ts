// The port between the lock and what it is built into: a motor or a coil, end sensors, a thumb-turn, a door sensor, batteries, and what is wired
// ahead of the lock. A body reports what its sensors say and carries out drives; it decides nothing. body.conformance.ts is the port's
// specification, run against every body.

import type { BatteryPart } from '@mortise/lock/battery.ts';
import type { Direction, LockEffect, LockEvent, Position } from '@mortise/lock/events.ts';

/** What a body reports; `thumbTurn` and `power` come before the movement that they cause, `stalled` after the motor was cut. */
export type BodyEvent = Extract<
  LockEvent,
  { readonly kind: 'bolt' | 'thumbTurn' | 'stalled' | 'door' | 'battery' | 'exit' | 'fire' | 'tamper' | 'power' | 'temperature' }
>;

/**
 * What the sensors say now. `doorOpen` undefined: no sensor of a door. `batteryMv`: millivolts, 0 when it cannot be measured; `parts`: of the batteries beside the main one. `exit`, `fire`: what is wired ahead of
 * the lock is active; `hasPower`: of motor or coil; `celsius`: null without a sensor.
 */
export type BodySense = {
  readonly position: Position;
  readonly doorOpen: boolean | undefined;
  readonly batteryMv: number;
  readonly parts: { readonly [P in Exclude<BatteryPart, 'main'>]?: number };
  readonly exit: boolean;
  readonly fire: boolean;
  readonly tamper: boolean;
  readonly hasPower: boolean;
  readonly celsius: number | null;
};

/** `wait`: after too many wrong entries; `another`: something else of the same person must come. */
export type Signal = Extract<LockEffect, { readonly kind: 'signal' }>['what'];

export type Body = {
  readonly sense: () => BodySense;
  /** Starts the motor, which stops by itself at the end or when it stalls, and reverses for a drive the other way; or switches the coil, `throw` to secure. */
  readonly drive: (direction: Direction) => void;
  /** Cuts the power of motor or coil at once: a coil then does what it does without. */
  readonly halt: () => void;
  /** Tells the person at the door (light, sound). */
  readonly signal: (what: Signal) => void;
  /** Reports every change from now on, one at a time and in order. Answers how to stop listening. */
  readonly listen: (listener: (event: BodyEvent) => void) => () => void;
  /** Halts, stops reporting, lets go of the hardware. */
  readonly close: () => void;
};

/** What is sensed, as the events that a lock hears before it starts: what is as usual need not be said. */
export const sensedEvents = ({ position, doorOpen, batteryMv, parts, exit, fire, tamper, hasPower, celsius }: BodySense): readonly BodyEvent[] => [
  ...(hasPower ? [] : [{ kind: 'power', present: false } as const]),
  { kind: 'bolt', position },
  ...(doorOpen === undefined ? [] : [{ kind: 'door', open: doorOpen } as const]),
  { kind: 'battery', mv: batteryMv },
  ...PARTS.flatMap((part) => (parts[part] === undefined ? [] : [{ kind: 'battery', mv: parts[part], part } as const])),
  ...(celsius === null ? [] : [{ kind: 'temperature', celsius } as const]),
  ...(tamper ? [{ kind: 'tamper', active: true } as const] : []),
  ...(exit ? [{ kind: 'exit', active: true } as const] : []),
  ...(fire ? [{ kind: 'fire', active: true } as const] : []),
];

/** Of a body that has none of these. */
export const NO_WIRES: Pick<BodySense, 'parts' | 'exit' | 'fire' | 'tamper' | 'hasPower' | 'celsius'> = { parts: {}, exit: false, fire: false, tamper: false, hasPower: true, celsius: null };

export const PARTS = ['keypad', 'doorSensor', 'clock'] as const satisfies readonly BatteryPart[];
