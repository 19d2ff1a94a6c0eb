// What may be said of the door at this moment: by the sensors, and by the clock. Records and status use the same words.

import { clockQuality, instantOf } from '@mortise/access/clock.ts';
import { isInstant, type ClockQuality, type Instant } from '@mortise/base/instant.ts';
import { BATTERY_EMPTY_MV } from '@mortise/courier/status.ts';
import type { Sensed } from '@mortise/journal/record.ts';
import { SAID } from './bolt.ts';
import type { Reading } from './events.ts';
import type { LockState } from './state.ts';

export const sensedOf = ({ sensors }: LockState): Sensed => ({
  bolt: SAID[sensors.bolt.phase],
  door: sensors.door,
  ...(sensors.batteryMv === undefined ? {} : { batteryMv: sensors.batteryMv }),
});

/** A lock that does not measure its battery is fed from the wall. */
export const isBatteryEmpty = ({ sensors }: LockState): boolean => sensors.batteryMv !== undefined && sensors.batteryMv < BATTERY_EMPTY_MV;

/**
 * The instant to write down and how far to trust it. While the clock is lost it is the machine's own guess where that is not
 * plainly wrong: it helps a reader, and `lost` says that it proves nothing.
 */
export const stampOf = ({ clock }: LockState, now: Reading): { readonly instant: Instant; readonly clock: ClockQuality } => {
  const quality = clockQuality(clock, now);
  const guess = quality === 'lost' && isInstant(now.rtcMs) && now.rtcMs > clock.floor ? now.rtcMs : instantOf(clock, now);
  return { instant: guess, clock: quality };
};
