// What a key may do, in the words of a person: where, on which days and hours, from when to when, how often. Times are the door's, on its
// own wall clock; whoever shows them names the zone.

import type { HoursWindow } from '@mortise/management/hours-window.ts';
import type { PlainTerms } from '@mortise/management/plain-terms.ts';
import { MAX_SENTENCE_NAMES, listed } from './lists.ts';
import { plainTime, shortDate, zoneName } from './time.ts';
import { wallTime } from './wall-clock.ts';

const DAYS = ['Mondays', 'Tuesdays', 'Wednesdays', 'Thursdays', 'Fridays', 'Saturdays', 'Sundays'] as const;
export const DAY_NAMES = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'] as const;

/** "weekdays", "Mondays and Fridays", "every day". */
export const daysWords = (days: readonly number[]): string => {
  const key = days.join('');
  if (key === '1234567') return 'every day';
  if (key === '12345') return 'weekdays';
  if (key === '67') return 'weekends';
  return listed(days.map((day) => DAYS[day - 1] ?? ''), DAYS.length);
};

/** "9:00" for "09:00". */
export const hourWords = (time: string): string => time.replace(/^0/, '');

const windowWords = ({ days, from, until }: HoursWindow): string => {
  const when = days.length === 7 ? 'every day' : `on ${daysWords(days)}`;
  if (from === until) return from === '00:00' ? `${when}, all day` : `${when} from ${hourWords(from)} to the same time next day`;
  return `${when} from ${hourWords(from)} to ${until === '00:00' ? 'midnight' : hourWords(until)}${until < from && until !== '00:00' ? ' the next morning' : ''}`;
};

/** "on weekdays from 9:00 to 17:00"; "at any hour" where there are no windows. */
export const hoursWords = (hours: readonly HoursWindow[]): string =>
  hours.length === 0 ? 'at any hour' : listed(hours.map(windowWords), hours.length);

const isStart = (time: string): boolean => time === '00:00';
const isEnd = (time: string): boolean => time === '00:00' || time === '23:59';

type Dates = Pick<PlainTerms, 'from' | 'until'>;

/** The day that an instant ends: midnight is the end of the day before. */
const lastDay = (until: number, zone: string): number => (wallTime(until, zone).time === '00:00' ? until - 1 : until);

const monthOf = (at: number, zone: string): string => new Intl.DateTimeFormat('en-GB', { timeZone: zone, month: 'long', year: 'numeric' }).format(at);
const dateOf = (at: number, zone: string): string => new Intl.DateTimeFormat('en-GB', { timeZone: zone, day: 'numeric' }).format(at);

const daysFromTo = (from: number, until: number, now: number, zone: string): string => {
  const [first, last] = [shortDate(from, now, zone), shortDate(until, now, zone)];
  if (first === last) return `on ${first}`;
  const months = (text: string): string => text.replace(/^\S+ /, '');
  return monthOf(from, zone) === monthOf(until, zone) ? `from ${dateOf(from, zone)} to ${months(last)}` : `from ${months(first)} to ${months(last)}`;
};

/** "Friday 29 May 14:00", without the time where a day begins. */
const startWords = (from: number, now: number, zone: string): string =>
  isStart(wallTime(from, zone).time) ? shortDate(from, now, zone) : `${shortDate(from, now, zone)} ${plainTime(from, zone)}`;

/** The same, without the time where a day ends. */
const endWords = (until: number, now: number, zone: string): string =>
  isEnd(wallTime(until, zone).time) ? shortDate(lastDay(until, zone), now, zone) : `${shortDate(until, now, zone)} ${plainTime(until, zone)}`;

/** "from 1 to 14 June", "on Friday 29 May from 14:00 to 18:00", "from Friday 29 May 14:00 to Sunday 31 May". */
export const datesWords = ({ from, until }: Dates, now: number, zone: string): string => {
  const [start, end] = [wallTime(from, zone), wallTime(until, zone)];
  if (isStart(start.time) && isEnd(end.time)) return daysFromTo(from, lastDay(until, zone), now, zone);
  if (start.day !== wallTime(lastDay(until, zone), zone).day) return `from ${startWords(from, now, zone)} to ${endWords(until, now, zone)}`;
  return `on ${shortDate(from, now, zone)} from ${plainTime(from, zone)}${isEnd(end.time) ? '' : ` to ${plainTime(until, zone)}`}`;
};

/** The same of a key that has begun, or begins now: "until Sunday 31 May 18:00". */
export const untilWords = (dates: Dates, now: number, zone: string): string =>
  dates.from > now ? datesWords(dates, now, zone) : `until ${endWords(dates.until, now, zone)}`;

/** "at most 20 times"; each lock counts for itself. */
export const usesWords = (uses: number): string => (uses === 1 ? 'once' : uses === 2 ? 'at most twice' : `at most ${uses} times`);

const UNITS: readonly (readonly [number, string])[] = [[10_080, 'week'], [1440, 'day'], [60, 'hour'], [1, 'minute']];

/** "30 minutes", "2 hours", "a day". */
export const spanWords = (minutes: number): string => {
  const [size, unit] = UNITS.find(([each]) => minutes % each === 0) ?? [1, 'minute'];
  const count = minutes / size;
  return count === 1 ? `${unit === 'hour' ? 'an' : 'a'} ${unit}` : `${count} ${unit}s`;
};

/** What narrows besides dates and hours, and what it may besides opening and locking, each in a few words. */
export const limitsWords = (terms: Pick<PlainTerms, 'verbs' | 'uses' | 'minutesAfterFirstUse' | 'holidays' | 'remote'>, calendarName: (id: number) => string): readonly string[] => [
  ...(terms.uses === null ? [] : [usesWords(terms.uses)]),
  ...(terms.minutesAfterFirstUse === null ? [] : [`for ${spanWords(terms.minutesAfterFirstUse)} after the first opening`]),
  ...(terms.holidays === null ? [] : [`not on the days of ${calendarName(terms.holidays)}`]),
  ...(terms.verbs.includes('unlatch') ? ['may draw the latch'] : []),
  ...(terms.verbs.includes('hold') ? ['may keep it unlocked'] : []),
  ...(terms.remote ? ['also from afar'] : []),
];

export type TermsNames = { readonly calendarName: (id: number) => string; readonly now: number; readonly zone: string };

/** All in one line, for a list: "On weekdays from 9:00 to 17:00, until Sunday 14 June, at most 20 times. Zurich time." */
export const termsLine = (terms: PlainTerms, { calendarName, now, zone }: TermsNames): string => {
  const parts = [hoursWords(terms.hours), untilWords(terms, now, zone), ...limitsWords(terms, calendarName)];
  const text = parts.join(', ');
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}. ${zoneName(zone)}.`;
};

/** The names of places, for a sentence. */
export const placesWords = (places: readonly string[], nameOf: (place: string) => string | undefined): string =>
  places.length === 0 ? 'a door' : listed(places.map((place) => nameOf(place) ?? 'a door that is gone'), MAX_SENTENCE_NAMES);
