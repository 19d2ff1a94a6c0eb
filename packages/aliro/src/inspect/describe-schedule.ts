// A schedule in a sentence (SPEC §8.3; what the patterns mean is packages/schedule's reading, ADR 11).

import type { Recurrence } from '@mortise/schedule/recurrence.ts';
import type { Schedule } from '@mortise/schedule/schedule.ts';
import { listed } from './described.ts';

const WEEKDAYS = ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday'] as const;
const MONTHS = ['January', 'February', 'March', 'April', 'May', 'June', 'July', 'August', 'September', 'October', 'November', 'December'] as const;
const FIRST_MONTH_BIT = 7;
const DAYS_OF_MONTH = Array.from({ length: 31 }, (_, index) => String(index + 1));
const LEAST_RUN = 3;

/** Runs of three and more as "Monday to Friday". */
const runs = (names: readonly string[], isSet: (index: number) => boolean): readonly string[] => {
  const said: string[] = [];
  for (let at = 0; at < names.length; at += 1) {
    let end = at;
    while (end < names.length && isSet(end)) end += 1;
    if (end - at >= LEAST_RUN) said.push(`${names[at]} to ${names[end - 1]}`);
    else said.push(...names.slice(at, end));
    at = end;
  }
  return said;
};

const setIn = (mask: number, shift: number) => (index: number): boolean => ((mask >> (index + shift)) & 1) === 1;

export const weekdaysIn = (mask: number): readonly string[] => runs(WEEKDAYS, setIn(mask, 0));
const monthsIn = (mask: number): readonly string[] => runs(MONTHS, setIn(mask, FIRST_MONTH_BIT));
const datesIn = (mask: number): readonly string[] => runs(DAYS_OF_MONTH, setIn(mask, 0));

const ordinalWord = (number: number): string => {
  const teen = number % 100 >= 11 && number % 100 <= 13;
  const ending = teen ? 'th' : (['th', 'st', 'nd', 'rd'][number % 10] ?? 'th');
  return `${number}${ending}`;
};

/** −1 is the last one. */
const ranked = (ordinal: number): string => {
  if (ordinal >= 0) return ordinalWord(ordinal);
  return ordinal === -1 ? 'last' : `${ordinalWord(-ordinal)} to last`;
};

const every = (interval: number, unit: string): string => (interval === 1 ? `every ${unit}` : `every ${interval} ${unit}s`);

const ifWeekday = (mask: number): string => {
  const days = weekdaysIn(mask);
  return days.length === 0 ? '' : `, if it is a ${listed(days).replace(/ and /, ' or ')}`;
};

const byMonth = ({ mask, ordinal, interval }: Recurrence): string =>
  ordinal === 0 ? `${every(interval, 'month')} on day ${listed(datesIn(mask))}` : `${every(interval, 'month')} on the ${ranked(ordinal)} day${ifWeekday(mask)}`;

const WHEN: { readonly [P in Recurrence['pattern']]: (recurrence: Recurrence) => string } = {
  1: ({ interval }) => every(interval, 'day'),
  2: ({ interval, mask }) => `${every(interval, 'week')} on ${listed(weekdaysIn(mask))}`,
  3: ({ interval, mask, ordinal }) => `${every(interval, 'month')} on the ${ranked(ordinal)} ${listed(weekdaysIn(mask))}`,
  4: byMonth,
  5: ({ interval, mask, ordinal }) => `${every(interval, 'year')} in ${listed(monthsIn(mask))} on the ${ranked(ordinal)} ${listed(weekdaysIn(mask))}`,
  6: ({ interval, mask, ordinal }) => `${every(interval, 'year')} in ${listed(monthsIn(mask))} on the ${ranked(ordinal)} day${ifWeekday(mask)}`,
  7: ({ interval, mask, ordinal }) => `${every(interval, 'year')} in the ${ranked(ordinal)} week on ${listed(weekdaysIn(mask))}`,
  8: ({ interval, mask, ordinal }) => `${every(interval, 'year')} in the ${ranked(ordinal)} week of ${listed(monthsIn(mask))} on ${listed(weekdaysIn(mask))}`,
};

const UNITS = [['day', 86_400], ['h', 3600], ['min', 60], ['s', 1]] as const;

/** "1 day 12 h", "8 h 30 min". */
export const durationText = (seconds: number): string => {
  let rest = seconds;
  const said: string[] = [];
  for (const [unit, size] of UNITS) {
    const count = Math.floor(rest / size);
    rest -= count * size;
    if (count > 0) said.push(`${count} ${unit === 'day' && count > 1 ? 'days' : unit}`);
  }
  return said.length === 0 ? '0 s' : said.join(' ');
};

const wall = (seconds: number, utc: boolean): string => `${new Date(seconds * 1000).toISOString().slice(0, 19).replace('T', ' ')}${utc ? ' UTC' : ' local time'}`;
const timeOfDay = (seconds: number): string => new Date(seconds * 1000).toISOString().slice(11, 19).replace(/:00$/, '');

/** In a sentence: "every week on Monday to Friday at 08:00 for 10 h, from 2026-01-01 08:00:00 UTC until …". `schedule` is in form. */
export const scheduleText = ({ startS, endS, recurrence, utc }: Schedule): string => {
  const bounds = `from ${wall(startS, utc)}${endS === undefined ? '' : ` until ${wall(endS, utc)}`}`;
  if (recurrence === undefined) return bounds;
  return `${WHEN[recurrence.pattern](recurrence)} at ${timeOfDay(startS)} for ${durationText(recurrence.durationS)}, ${bounds}`;
};
