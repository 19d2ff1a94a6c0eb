// What owners want of a lock's mechanism and its door beyond the three numbers that every roster has: at night, when the door stands open,
// how long a latch or a strike stays free, at which hours it is kept unlocked. A roster without this part has DEFAULT_DOOR_POLICY.

import { readSchedule, scheduleCbor } from '@mortise/aliro/access-schedule.ts';
import { asList, asNumber, type Cbor } from '@mortise/base/cbor.ts';
import type { Schedule } from '@mortise/schedule/schedule.ts';
import { orNull } from './entry-terms.ts';
import { exactFields, type Fields } from './fields.ts';

/** `from` and `until`: minutes from midnight on the door's wall clock; a night may go past midnight. `relockDelayMs` as in the policy by day. */
export type NightPolicy = { readonly relockDelayMs: number; readonly from: number; readonly until: number };

export type DoorPolicy = {
  /** Another relock delay at night; null: as by day. Needs the roster's zone table. */
  readonly night: NightPolicy | null;
  /** How long the door may stand open before that is an alarm, ms; 0: for ever. */
  readonly ajarAfterMs: number;
  /** How long it may stay unlocked with the door closed before that is an alarm, ms; 0: for ever. */
  readonly leftUnlockedAfterMs: number;
  /** How long a drawn latch is held, ms. */
  readonly latchMs: number;
  /** How long a strike, a magnet or a gate is released for one opening, ms. */
  readonly releaseMs: number;
  /** At most 4 windows in which the lock is kept unlocked; on the door's wall clock unless a window is in UTC. */
  readonly holdHours: readonly Schedule[];
};

export const DEFAULT_DOOR_POLICY: DoorPolicy = { night: null, ajarAfterMs: 0, leftUnlockedAfterMs: 0, latchMs: 3000, releaseMs: 5000, holdHours: [] };

const LAST_MINUTE = 1439;
export const DOOR_POLICY_BOUNDS = {
  nightRelockDelayMs: { min: 1000, max: 3_600_000 },
  ajarAfterMs: { min: 0, max: 86_400_000 },
  leftUnlockedAfterMs: { min: 0, max: 86_400_000 },
  latchMs: { min: 500, max: 30_000 },
  releaseMs: { min: 500, max: 60_000 },
} as const;
export const MAX_HOLD_HOURS = 4;

export const DOOR_POLICY_NAMES = ['night', 'ajarAfterMs', 'leftUnlockedAfterMs', 'latchMs', 'releaseMs', 'holdHours'] as const;
const NIGHT_NAMES = ['relockDelayMs', 'from', 'until'] as const;

/** The fields as they stand in the policy's map, beside those that every policy has. */
export const doorPolicyValues = (policy: DoorPolicy): readonly (readonly [string, Cbor])[] =>
  DOOR_POLICY_NAMES.map((name) => [name, valueOf(policy, name)]);

const valueOf = (policy: DoorPolicy, name: (typeof DOOR_POLICY_NAMES)[number]): Cbor => {
  if (name === 'holdHours') return policy.holdHours.map(scheduleCbor);
  const { night } = policy;
  return name !== 'night' ? policy[name] : night && new Map(NIGHT_NAMES.map((each) => [each, night[each]]));
};

export const readDoorPolicy = (read: Fields): DoorPolicy | undefined => {
  const night = orNull(read('night'), readNight);
  const holdHours = asList(read('holdHours'), 0, MAX_HOLD_HOURS, readSchedule);
  const [ajarAfterMs, leftUnlockedAfterMs] = [numberOf(read, 'ajarAfterMs'), numberOf(read, 'leftUnlockedAfterMs')];
  const [latchMs, releaseMs] = [numberOf(read, 'latchMs'), numberOf(read, 'releaseMs')];
  if (night === undefined || holdHours === undefined || ajarAfterMs === undefined || leftUnlockedAfterMs === undefined) return undefined;
  return latchMs === undefined || releaseMs === undefined ? undefined : { night, ajarAfterMs, leftUnlockedAfterMs, latchMs, releaseMs, holdHours };
};

type Measure = 'ajarAfterMs' | 'leftUnlockedAfterMs' | 'latchMs' | 'releaseMs';

const numberOf = (read: Fields, name: Measure): number | undefined => asNumber(read(name), DOOR_POLICY_BOUNDS[name].min, DOOR_POLICY_BOUNDS[name].max);

const readNight = (value: Cbor | undefined): NightPolicy | undefined => {
  const read = exactFields(value, NIGHT_NAMES);
  const { min, max } = DOOR_POLICY_BOUNDS.nightRelockDelayMs;
  const [relockDelayMs, from, until] = [asNumber(read?.('relockDelayMs'), min, max), asNumber(read?.('from'), 0, LAST_MINUTE), asNumber(read?.('until'), 0, LAST_MINUTE)];
  return relockDelayMs === undefined || from === undefined || until === undefined || from === until ? undefined : { relockDelayMs, from, until };
};
