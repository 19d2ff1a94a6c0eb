// What may be said of the door at this moment: by the sensors, and by the clock. Records and status use the same words.

import { clockQuality, instantOf } from '@mortise/access/clock.ts';
import { isInstant, type ClockQuality, type Instant } from '@mortise/base/instant.ts';
import type { Reason } from '@mortise/base/reasons.ts';
import { BATTERY_EMPTY_MV } from '@mortise/courier/status.ts';
import type { Sensed } from '@mortise/journal/record.ts';
import { RESERVE_OPENINGS } from './battery.ts';
import { saidOf, type Ask } from './bolt.ts';
import { DOOR_SAID, NO_DOOR } from './door.ts';
import type { Reading } from './events.ts';
import type { LockState, Sensors } from './state.ts';

/** Before anything was sensed. */
export const UNSENSED: Sensors = {
  bolt: { phase: 'unknown' }, boltSinceMs: 0, position: undefined, movedMs: undefined, drivenBy: undefined, door: NO_DOOR, batteryMv: undefined, levels: {}, reserveSpent: 0,
  exit: false, fire: false, fireAgainMs: undefined, tamper: false, hasPower: true, celsius: undefined, band: 'usual', toldUnlockedMs: undefined,
};

export const sensedOf = ({ sensors }: LockState): Sensed => ({
  bolt: boltSaid(sensors),
  door: DOOR_SAID[sensors.door.phase],
  ...(sensors.batteryMv === undefined ? {} : { batteryMv: sensors.batteryMv }),
});

export const boltSaid = ({ bolt, position }: Pick<Sensors, 'bolt' | 'position'>): Sensed['bolt'] => saidOf(bolt.phase, position);

/** Whether the way out is being kept open, by request-to-exit or the fire release: nothing is thrown or secured against it. */
export const isFreed = ({ sensors: { exit, fire } }: Pick<LockState, 'sensors'>): boolean => exit || fire;

/** A lock that does not measure its battery is fed from the wall. */
export const isBatteryEmpty = ({ sensors }: LockState): boolean => sensors.batteryMv !== undefined && sensors.batteryMv < BATTERY_EMPTY_MV;

/** The last openings are made: what is thrown now might not be withdrawn again. */
export const isReserveSpent = ({ sensors }: LockState): boolean => sensors.reserveSpent >= RESERVE_OPENINGS;

/** What stands against moving it now: life safety, an empty battery or its reserve, the frame of an open door. */
export const hindranceOf = (state: LockState, ask: Ask): Reason | undefined => {
  if (isBatteryEmpty(state)) return 'battery-empty';
  if (ask === 'withdraw' || ask === 'unlatch') return undefined;
  if (isReserveSpent(state)) return 'battery-reserve';
  if (ask === 'hold') return undefined;
  if (isFreed(state)) return 'egress-active';
  return DOOR_SAID[state.sensors.door.phase] === 'open' ? 'door-open' : undefined;
};

/**
 * The instant to write down and how far to trust it. While the clock is lost it is the machine's own guess where that is not
 * plainly wrong: it helps a reader, and `lost` says that it proves nothing.
 */
export const stampOf = ({ clock }: LockState, now: Reading): { readonly instant: Instant; readonly clock: ClockQuality } => {
  const quality = clockQuality(clock, now);
  const guess = quality === 'lost' && isInstant(now.rtcMs) && now.rtcMs > clock.floor ? now.rtcMs : instantOf(clock, now);
  return { instant: guess, clock: quality };
};
