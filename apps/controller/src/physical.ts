// What is physical about a virtual body and survives a restart: where the bolt and the door stand, the battery, the jam. Kept
// in a file of its own, apart from the lock's store: erasing the lock's memory does not move its bolt.

import { fromUtf8, utf8 } from '@mortise/base/bytes.ts';
import { err, ok, type Result } from '@mortise/base/result.ts';
import { readBounded, writeDurably, type FileError } from '@mortise/node/durable-file.ts';
import type { Position } from '@mortise/lock/events.ts';

export type Physical = { readonly position: Position; readonly doorOpen: boolean; readonly batteryMv: number; readonly jammed: boolean };

/** As it leaves the factory: bolt thrown, door closed, battery full. */
export const NEW_BODY: Physical = { position: 'thrown', doorOpen: false, batteryMv: 6000, jammed: false };
export const MAX_BATTERY_MV = 9000;

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

const isPosition = (value: unknown): value is Position => value === 'thrown' || value === 'withdrawn' || value === 'between';

const physicalOf = (value: unknown): Physical | undefined => {
  if (typeof value !== 'object' || value === null) return undefined;
  if (!('position' in value && 'doorOpen' in value && 'batteryMv' in value && 'jammed' in value)) return undefined;
  const { position, doorOpen, batteryMv, jammed } = value;
  if (!isPosition(position) || typeof doorOpen !== 'boolean' || !isBattery(batteryMv) || typeof jammed !== 'boolean') return undefined;
  return { position, doorOpen, batteryMv, jammed };
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
