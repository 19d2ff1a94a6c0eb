// What a person's day at the estate is by the wall clock, told without anything that locks use: so that it can judge them.

import type { Instant } from '@mortise/base/instant.ts';
import { ZONE } from './site.ts';

const FORMAT = new Intl.DateTimeFormat('en-GB', { timeZone: ZONE, weekday: 'short', hour: '2-digit', minute: '2-digit', hourCycle: 'h23' });
const DAYS = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'];

/** `day`: 1 (Monday) to 7. `time`: like 07:05. */
export const wallClock = (at: Instant | number): { readonly day: number; readonly time: string } => {
  const parts = new Map(FORMAT.formatToParts(at).map(({ type, value }) => [type, value]));
  return { day: DAYS.indexOf(parts.get('weekday') ?? '') + 1, time: `${parts.get('hour') ?? ''}:${parts.get('minute') ?? ''}` };
};

export type WorkingHours = { readonly days: readonly number[]; readonly from: string; readonly until: string };

export const isWithin = (at: number, { days, from, until }: WorkingHours): boolean => {
  const { day, time } = wallClock(at);
  return days.includes(day) && time >= from && time < until;
};
