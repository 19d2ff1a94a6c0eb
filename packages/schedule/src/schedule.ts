// Schedules (SPEC §8.3) as arithmetic on the wall clock (ADR 11). The times of a local schedule are what a clock on the wall
// shows, written as if it were UTC; an occurrence that begins at wall time w and lasts d is active while the clock shows a time in
// [w, w + d). So the times that a gap leaves out are never shown, and those of an overlap are shown twice.

import { assert } from '@mortise/base/assert.ts';
import type { Instant } from '@mortise/base/instant.ts';
import { occursOn } from './occurrence.ts';
import { DAY_S, isRecurrence, isWhole, type Recurrence, type RecurrenceNumbers } from './recurrence.ts';
import { LAST_SECOND, localSecondsAt, UTC, type ZoneTable } from './zone-table.ts';

export type Schedule = {
  /** Seconds since 1970-01-01T00:00:00 on the clock that `utc` chooses: 0 to `LAST_SECOND`. With a recurrence, its time of day is when each occurrence begins. */
  readonly startS: number;
  /** The first second that is not of the schedule any more, later than `startS`; absent: it has no end. It cuts an occurrence that would outlast it. */
  readonly endS?: number;
  /** Absent: the schedule is one window from start to end. */
  readonly recurrence?: Recurrence;
  /** Whether the times are UTC; else they are the wall clock's of the lock's zone. */
  readonly utc: boolean;
};

/** What somebody says is a schedule. */
export type ScheduleNumbers = Omit<Schedule, 'recurrence'> & { readonly recurrence?: RecurrenceNumbers };

/** Whether times and recurrence are in form. */
export const isSchedule = (numbers: ScheduleNumbers): numbers is Schedule => {
  const { startS, endS, recurrence } = numbers;
  if (!isWhole(startS, 0, LAST_SECOND) || (endS !== undefined && !isWhole(endS, startS + 1, LAST_SECOND))) return false;
  return recurrence === undefined || isRecurrence(recurrence);
};

/**
 * Whether the schedule, which is in form, is active. Undefined when that cannot be told: it is local, and there is no zone or the zone table does
 * not reach. Looks at no more than `MAX_CANDIDATE_DAYS` days, at one when occurrences last no longer than a day.
 */
export const isActive = (schedule: Schedule, at: Instant, zone?: ZoneTable): boolean | undefined => {
  assert(isSchedule(schedule), 'a schedule in form');
  const clock = schedule.utc ? UTC : zone;
  const nowS = clock === undefined ? undefined : localSecondsAt(clock, at);
  return nowS === undefined ? undefined : isActiveWhen(schedule, nowS);
};

const isActiveWhen = (schedule: Schedule, nowS: number): boolean => endOnClock(schedule, nowS) !== undefined;

/** Where the schedule, which is in form, is active: when on its clock it no longer is. `Infinity`: it has no end. */
export const endOnClock = ({ startS, endS = Infinity, recurrence }: Schedule, nowS: number): number | undefined => {
  if (nowS < startS || nowS >= endS) return undefined;
  if (recurrence === undefined) return endS;
  const day = occurrenceAt(recurrence, startS, nowS);
  return day === undefined ? undefined : Math.min(endS, day * DAY_S + (startS % DAY_S) + recurrence.durationS);
};

/** The day of the occurrence that lasts: of several the latest, which ends last. */
const occurrenceAt = (recurrence: Recurrence, startS: number, nowS: number): number | undefined => {
  const startDay = Math.floor(startS / DAY_S);
  // Occurrences of the last day have begun; those of the days up to `over` have ended.
  const lastDay = Math.floor((nowS - (startS % DAY_S)) / DAY_S);
  const over = Math.floor((nowS - (startS % DAY_S) - recurrence.durationS) / DAY_S);
  for (let day = lastDay; day > over && day >= startDay; day -= 1) {
    if (occursOn(recurrence, startDay, day)) return day;
  }
  return undefined;
};
