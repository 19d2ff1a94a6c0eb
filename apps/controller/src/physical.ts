// What is physical about a virtual body and survives a restart: where the bolt and the door stand, batteries, wires, the jam. Kept
// in a file of its own, apart from the lock's store: erasing the lock's memory does not move its bolt.

import { fromUtf8, utf8 } from '@mortise/base/bytes.ts';
import { err, ok, type Result } from '@mortise/base/result.ts';
import { learnTravel, type Calibration } from '@mortise/lock/calibration.ts';
import type { Position } from '@mortise/lock/events.ts';
import { readBounded, writeDurably, type FileError } from '@mortise/node/durable-file.ts';
import { PARTS, type BodySense } from './body.ts';

/** `position`: where the metal is, whatever a sensor makes of it. `calibration`: of a retrofit on a thumb-turn; null: it was not taught its travel. */
export type Physical = Omit<BodySense, 'position' | 'doorOpen'> & { readonly position: Position; readonly doorOpen: boolean; readonly jammed: boolean; readonly calibration: Calibration | null };

/** Where the thumb-turn stands at its end stops and between, tenths of a degree. */
export const ANGLES: { readonly [P in Position]: number } = { thrown: 900, between: 450, withdrawn: 0, unlatched: -300 };

/** As it leaves the factory: bolt thrown, door closed, batteries full, its travel learnt. */
export const NEW_BODY: Physical = {
  position: 'thrown', doorOpen: false, batteryMv: 6000, parts: { keypad: 3000, doorSensor: 3000 }, exit: false, fire: false, tamper: false, hasPower: true, celsius: 20,
  jammed: false, calibration: { thrownAt: ANGLES.thrown, withdrawnAt: ANGLES.withdrawn },
};
export const MAX_BATTERY_MV = 9000;
export const CELSIUS_BOUNDS = { min: -60, max: 120 } as const;

/** `body-malformed`: the file is no body's; nothing was written. */
export type BodyError = FileError | { readonly code: 'body-malformed' };

/** What stands in the file; a new body when there is none. */
export const readPhysical = (path: string): Result<Physical, BodyError> => {
  const file = readBounded(path);
  if (!file.ok) return file.error.code === 'file-missing' ? ok(NEW_BODY) : file;
  const physical = physicalOf(json(file.value));
  return physical === undefined ? err({ code: 'body-malformed' }) : ok(physical);
};

/** A bolt moves whether or not its place can be written down: a failed write must not keep a hand from turning, so it is only answered. */
export const keepPhysical = (path: string, physical: Physical): Result<undefined, FileError> =>
  writeDurably(path, utf8(`${JSON.stringify(physical)}\n`));

export const isBattery = (mv: unknown): mv is number => typeof mv === 'number' && Number.isInteger(mv) && mv >= 0 && mv <= MAX_BATTERY_MV;

export const isCelsius = (value: unknown): value is number =>
  typeof value === 'number' && Number.isInteger(value) && value >= CELSIUS_BOUNDS.min && value <= CELSIUS_BOUNDS.max;

const isPosition = (value: unknown): value is Position => typeof value === 'string' && Object.hasOwn(ANGLES, value);

const isFlag = (value: unknown): value is boolean => typeof value === 'boolean';

// A body from before it had a part gets the part as it leaves the factory.
const physicalOf = (value: unknown): Physical | undefined => {
  if (typeof value !== 'object' || value === null) return undefined;
  if (!('position' in value && 'doorOpen' in value && 'batteryMv' in value && 'jammed' in value)) return undefined;
  const read = { ...NEW_BODY, ...value };
  return isPhysical(read) ? read : undefined;
};

// Of what a file claims to be: each field is looked at.
const isPhysical = (read: { readonly [K in keyof Physical]: unknown }): read is Physical => {
  const { position, doorOpen, batteryMv, parts, exit, fire, tamper, hasPower, celsius, jammed, calibration } = read;
  if (!isPosition(position) || !isBattery(batteryMv) || ![doorOpen, exit, fire, tamper, hasPower, jammed].every(isFlag)) return false;
  return areParts(parts) && (celsius === null || isCelsius(celsius)) && (calibration === null || isCalibration(calibration));
};

const areParts = (value: unknown): boolean =>
  typeof value === 'object' && value !== null && Object.entries(value).every(([part, mv]) => PARTS.some((each) => each === part) && isBattery(mv));

const isCalibration = (value: unknown): boolean => {
  if (typeof value !== 'object' || value === null || !('thrownAt' in value && 'withdrawnAt' in value)) return false;
  const { thrownAt, withdrawnAt } = value;
  return Number.isInteger(thrownAt) && Number.isInteger(withdrawnAt) && learnTravel(Number(thrownAt), Number(withdrawnAt)).ok;
};

const json = (bytes: Uint8Array): unknown => {
  try {
    return JSON.parse(fromUtf8(bytes));
  } catch (error) {
    return notJson(error);
  }
};

// Whatever the parser says, the file is not ours.
const notJson = (_error: unknown): undefined => undefined;
