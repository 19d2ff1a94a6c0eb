// What the owners' policy says at this moment: by day and at night, whether it is an hour of holding open. A wall clock that is not known is
// nobody's night: then the shorter delay holds, and nothing is held open.

import { clockQuality, instantOf } from '@mortise/access/clock.ts';
import { DEFAULT_DOOR_POLICY, type DoorPolicy, type NightPolicy } from '@mortise/documents/door-policy.ts';
import type { Policy } from '@mortise/documents/roster.ts';
import { isActive } from '@mortise/schedule/schedule.ts';
import { localSecondsAt, type ZoneTable } from '@mortise/schedule/zone-table.ts';
import type { Reading } from './events.ts';
import type { LockState } from './state.ts';

const DAY_S = 86_400;

/** Undefined: nobody owns the lock yet. */
export const policyOf = ({ membership }: Pick<LockState, 'membership'>): Policy | undefined => (membership.kind === 'adopted' ? membership.roster.policy : undefined);

export const doorPolicyOf = (state: Pick<LockState, 'membership'>): DoorPolicy => policyOf(state)?.door ?? DEFAULT_DOOR_POLICY;

/** The relock delay that holds now; 0: none. */
export const relockDelayMs = (state: LockState, now: Reading): number => {
  const policy = policyOf(state);
  if (policy === undefined) return 0;
  const night = policy.door?.night ?? null;
  return night === null ? policy.relockDelayMs : delayBy(policy.relockDelayMs, night, isNight(state, night, now));
};

// Not knowing whether it is night must not keep a door open for longer than either says.
const delayBy = (byDay: number, { relockDelayMs: atNight }: NightPolicy, night: boolean | undefined): number => {
  if (night === undefined) return byDay === 0 ? atNight : Math.min(byDay, atNight);
  return night ? atNight : byDay;
};

const isNight = (state: LockState, { from, until }: NightPolicy, now: Reading): boolean | undefined => {
  const minute = minuteOfDay(state, now);
  if (minute === undefined) return undefined;
  return from < until ? minute >= from && minute < until : minute >= from || minute < until;
};

const minuteOfDay = (state: LockState, now: Reading): number | undefined => {
  const zone = zoneOf(state);
  const localS = zone === undefined || clockQuality(state.clock, now) === 'lost' ? undefined : localSecondsAt(zone, instantOf(state.clock, now));
  return localS === undefined ? undefined : Math.floor((((localS % DAY_S) + DAY_S) % DAY_S) / 60);
};

/** Whether the owners' schedule keeps it unlocked now. */
export const isHoldHour = (state: LockState, now: Reading): boolean => {
  const { holdHours } = doorPolicyOf(state);
  if (holdHours.length === 0 || clockQuality(state.clock, now) === 'lost') return false;
  const at = instantOf(state.clock, now);
  return holdHours.some((schedule) => isActive(schedule, at, zoneOf(state)) === true);
};

const zoneOf = ({ membership }: LockState): ZoneTable | undefined => (membership.kind === 'adopted' ? membership.roster.access?.zoneTable : undefined);
