// What is said of a lock's battery. Volts are rounded down: nothing looks better than it is.

import { BATTERY_EMPTY_MV } from '@mortise/courier/status.ts';
import { NBSP } from '@mortise/words/time.ts';

/** Below this it is time for new batteries: well before the lock refuses. */
const BATTERY_LOW_MV = 4200;

/** "4.1 V" */
export const volts = (mv: number): string => `${(Math.floor(mv / 100) / 10).toFixed(1)}${NBSP}V`;

export const isBatteryLow = (mv: number): boolean => mv < BATTERY_LOW_MV;

/** "The battery is low: 4.1 V." */
export const batterySentence = (mv: number): string => `The battery is ${mv < BATTERY_EMPTY_MV ? 'too low' : 'low'}: ${volts(mv)}.`;

/** What a low battery does, what to do about it, and what still works. */
export const BATTERY_ADVICE = `Below ${volts(BATTERY_EMPTY_MV)} the lock does not move the bolt: change the battery now. The inside handle always works.`;
