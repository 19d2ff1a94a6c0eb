// Batteries, each part of the lock its own. LEVELS is the specification: below `low` somebody should change it, below `reserve` the openings are
// counted, below `empty` nothing is moved, since a bolt left between its ends is worse than one that did not move.

import { BATTERY_EMPTY_MV } from '@mortise/courier/status.ts';

export const BATTERY_PARTS = ['main', 'keypad', 'doorSensor', 'clock'] as const;
export type BatteryPart = (typeof BATTERY_PARTS)[number];

export type BatteryLevel = 'good' | 'low' | 'reserve' | 'empty';

/** Millivolts. Only the main one moves anything: the others have no reserve. */
export const LEVELS: { readonly [P in BatteryPart]: { readonly low: number; readonly reserve: number; readonly empty: number } } = {
  main: { low: 4800, reserve: 4400, empty: BATTERY_EMPTY_MV },
  keypad: { low: 2500, reserve: 0, empty: 2200 },
  doorSensor: { low: 2500, reserve: 0, empty: 2200 },
  clock: { low: 2600, reserve: 0, empty: 2200 },
};

/** Past a level it must have risen so far above it again: a battery recovers between two movements. */
const RISES_BY_MV = 150;

/** In reserve the bolt is thrown as long as so many openings have not been made; then it stays open to those who want in. */
export const RESERVE_OPENINGS = 20;

const RANK: { readonly [L in BatteryLevel]: number } = { good: 3, low: 2, reserve: 1, empty: 0 };

/** The level at `mv`; `before`: what it was, undefined at first. It falls at once, and rises only well above a bound. */
export const levelOf = (part: BatteryPart, mv: number, before?: BatteryLevel): BatteryLevel => {
  const level = levelAt(part, mv);
  // Each level is wider than what it must rise by.
  return before !== undefined && RANK[level] > RANK[before] ? levelAt(part, mv - RISES_BY_MV) : level;
};

const levelAt = (part: BatteryPart, mv: number): BatteryLevel => {
  const { low, reserve, empty } = LEVELS[part];
  if (mv < empty) return 'empty';
  if (mv < reserve) return 'reserve';
  return mv < low ? 'low' : 'good';
};
