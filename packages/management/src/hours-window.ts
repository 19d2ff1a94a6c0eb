// Hours as people say them, such as Monday to Friday from 09:00 to 17:00 on the door's wall clock, and as documents say them: a weekly
// recurrence. One window has one schedule and back, so that whoever reads a document finds the words that were chosen.

import type { Recurrence } from '@mortise/schedule/recurrence.ts';
import { DAY_S } from '@mortise/schedule/recurrence.ts';
import type { Schedule } from '@mortise/schedule/schedule.ts';

/** `days`: 1 Monday to 7 Sunday, ascending, at least one. `from`, `until`: HH:MM; an `until` that is not later than `from` is of the next day. */
export type HoursWindow = { readonly days: readonly number[]; readonly from: string; readonly until: string };

const WEEKLY = 2;
const DAYS = [1, 2, 3, 4, 5, 6, 7] as const;

/** Undefined: the window is not in form. */
export const scheduleOf = ({ days, from, until }: HoursWindow): Schedule | undefined => {
  const [start, end] = [secondsOf(from), secondsOf(until)];
  const ordered = DAYS.filter((day) => days.includes(day));
  if (start === undefined || end === undefined || ordered.length === 0 || ordered.length !== days.length || !ordered.every((day, index) => day === days[index])) return undefined;
  const mask = ordered.reduce((sum, day) => sum | (1 << (day - 1)), 0);
  const durationS = end > start ? end - start : end - start + DAY_S;
  return { startS: start, recurrence: { durationS, mask, pattern: WEEKLY, interval: 1, ordinal: 0 }, utc: false };
};

/** The window that `scheduleOf` wrote; undefined for any other schedule. */
export const windowOf = ({ startS, endS, recurrence, utc }: Schedule): HoursWindow | undefined => {
  if (utc || endS !== undefined || startS >= DAY_S || startS % 60 !== 0 || recurrence === undefined || !isPlainWeek(recurrence)) return undefined;
  const days = DAYS.filter((day) => ((recurrence.mask >> (day - 1)) & 1) === 1);
  return { days, from: timeOf(startS), until: timeOf((startS + recurrence.durationS) % DAY_S) };
};

const isPlainWeek = ({ pattern, interval, durationS }: Recurrence): boolean => pattern === WEEKLY && interval === 1 && durationS <= DAY_S && durationS % 60 === 0;

const secondsOf = (time: string): number | undefined => {
  const [, hours = '', minutes = ''] = /^([01]\d|2[0-3]):([0-5]\d)$/.exec(time) ?? [];
  return hours === '' ? undefined : Number(hours) * 3600 + Number(minutes) * 60;
};

const timeOf = (seconds: number): string => `${twoDigits(Math.floor(seconds / 3600))}:${twoDigits(Math.floor((seconds % 3600) / 60))}`;
const twoDigits = (value: number): string => String(value).padStart(2, '0');
