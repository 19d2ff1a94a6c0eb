// What is said of a lock's battery. Volts are rounded down: nothing looks better than it is.

import { BATTERY_EMPTY_MV, BATTERY_LOW_MV } from '@mortise/api/locks.ts';

/** "4.1 V" */
export const volts = (mv: number): string => `${(Math.floor(mv / 100) / 10).toFixed(1)} V`;

export const isBatteryLow = (mv: number): boolean => mv < BATTERY_LOW_MV;

export const batterySentence = (mv: number): string =>
  `The battery is ${mv < BATTERY_EMPTY_MV ? 'too low' : 'low'}: ${volts(mv)}. Below ${volts(BATTERY_EMPTY_MV)} the lock does not move the bolt.`;
