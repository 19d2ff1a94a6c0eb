// Instants in the words of a place: always in the site's zone, which is named ("Zurich time"), never in the device's own. A day is
// named by how far it is from today there: nothing, "yesterday", a weekday with its date.

import { instant, type Instant } from '@mortise/base/instant.ts';

const DAY_MS = 86_400_000;
/** A number and its unit stay on one line. */
export const NBSP = '\u00a0';

const part = (at: number, zone: string, options: Intl.DateTimeFormatOptions): string =>
  new Intl.DateTimeFormat('en-GB', { timeZone: zone, ...options }).format(at);

/** "Zurich time" for Europe/Zurich, "UTC" for UTC: the city people of the zone set their clocks by. */
export const zoneName = (zone: string): string => {
  const city = zone.slice(zone.lastIndexOf('/') + 1).replaceAll('_', ' ');
  return zone.includes('/') ? `${city} time` : city;
};

/** Whether this runtime knows the zone. */
export const isZone = (zone: string): boolean => {
  try {
    return new Intl.DateTimeFormat('en-GB', { timeZone: zone }).resolvedOptions().timeZone.length > 0;
  } catch {
    return false; // RangeError: no such zone
  }
};

/** "14:06" in the zone. */
export const clockTime = (at: number, zone: string): string => part(at, zone, { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' });
/** "14:06:41" in the zone. */
export const clockSeconds = (at: number, zone: string): string =>
  part(at, zone, { hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle: 'h23' });
/** "Friday 29 May 2026" in the zone. */
export const longDate = (at: number, zone: string): string =>
  part(at, zone, { weekday: 'long', day: 'numeric', month: 'long', year: 'numeric' }).replace(',', '');
/** "2026-05-29" in the zone: a key to group by. */
export const dayKey = (at: number, zone: string): string => {
  const [day, month, year] = part(at, zone, { day: '2-digit', month: '2-digit', year: 'numeric' }).split('/');
  return `${year}-${month}-${day}`;
};

/** "Today", "Yesterday", or the weekday. */
export const dayName = (at: number, now: number, zone: string): string => {
  const key = dayKey(at, zone);
  if (key === dayKey(now, zone)) return 'Today';
  if (key === dayKey(now - DAY_MS, zone)) return 'Yesterday';
  return part(at, zone, { weekday: 'long' });
};

/** "at 14:06", "yesterday at 14:06", "on Friday 22 May at 16:00", with the year when it is another. */
export const when = (at: number, now: number, zone: string): string => {
  const time = `at ${clockTime(at, zone)}`;
  const day = dayName(at, now, zone);
  if (day === 'Today') return time;
  if (day === 'Yesterday') return `yesterday ${time}`;
  const sameYear = part(at, zone, { year: 'numeric' }) === part(now, zone, { year: 'numeric' });
  const date = part(at, zone, { weekday: 'long', day: 'numeric', month: 'long', ...(sameYear ? {} : { year: 'numeric' }) });
  return `on ${date.replace(',', '')} ${time}`;
};

/** How old a thing is, coarsely: "just now", "40 s ago", "12 min ago"; from an hour on, when it was. */
export const ago = (at: number, now: number, zone: string): string => {
  const seconds = Math.max(0, Math.floor((now - at) / 1000));
  if (seconds < 5) return 'just now';
  if (seconds < 60) return `${Math.floor(seconds / 5) * 5}${NBSP}s ago`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)}${NBSP}min ago`;
  return when(at, now, zone);
};

/** "in 40 s", "in 5 min", "in 3 h 20": how long until, coarse from two minutes on. */
export const inWords = (at: number, now: number): string => {
  const seconds = secondsUntil(at, now);
  const minutes = Math.round(seconds / 60);
  if (minutes >= 120) return `in ${Math.floor(minutes / 60)}${NBSP}h${minutes % 60 === 0 ? '' : `${NBSP}${minutes % 60}`}`;
  return seconds < 120 ? `in ${seconds}${NBSP}s` : `in ${minutes}${NBSP}min`;
};

/** Whole seconds until an instant, never below zero. */
export const secondsUntil = (at: number, now: number): number => Math.max(0, Math.ceil((at - now) / 1000));

/** "9:00" in the zone: as a sentence says it, where `clockTime` stands in a column. */
export const plainTime = (at: number, zone: string): string => clockTime(at, zone).replace(/^0/, '');

/** "today", "tomorrow", "Friday", with its date when it is not within the six days ahead, and the year when it is another: a day to come. */
const dayAhead = (at: number, now: number, zone: string): string => {
  const ahead = Array.from({ length: 7 }, (_, days) => dayKey(now + days * DAY_MS, zone)).indexOf(dayKey(at, zone));
  return ['today', 'tomorrow'][ahead] ?? (ahead > 1 ? part(at, zone, { weekday: 'long' }) : shortDate(at, now, zone));
};

/** "17:00" today, "tomorrow 17:00", "Friday 17:00", "Friday 12 June 17:00": an instant to come. */
export const dayTime = (at: number, now: number, zone: string): string => `${dayAhead(at, now, zone)} ${plainTime(at, zone)}`.replace(/^today /, '');

/** Whether a day ends here: midnight, or what a night without midnight has in its place. */
const endsDay = (at: number, zone: string): boolean => dayKey(at - 1, zone) !== dayKey(at, zone);

/** The same of an end: "the end of Thursday" where a day ends, which nobody calls Friday 0:00. */
export const endTime = (at: number, now: number, zone: string): string => (endsDay(at, zone) ? `the end of ${dayAhead(at - 1, now, zone)}` : dayTime(at, now, zone));

/** `when` of an end that has passed: "at the end of yesterday", "at the end of Friday 22 May". */
export const endedWhen = (at: number, now: number, zone: string): string => {
  if (!endsDay(at, zone)) return when(at, now, zone);
  return `at the end of ${dayName(at - 1, now, zone) === 'Yesterday' ? 'yesterday' : shortDate(at - 1, now, zone)}`;
};

/** "Friday 29 May", with the year when it is another than now. */
export const shortDate = (at: number, now: number, zone: string): string => {
  const sameYear = part(at, zone, { year: 'numeric' }) === part(now, zone, { year: 'numeric' });
  return part(at, zone, { weekday: 'long', day: 'numeric', month: 'long', ...(sameYear ? {} : { year: 'numeric' }) }).replace(',', '');
};

/** The offset now, "UTC+2", to tell zones of one name apart in a list. */
export const offsetName = (zone: string, now: number): string => {
  const parts = new Intl.DateTimeFormat('en-GB', { timeZone: zone, timeZoneName: 'shortOffset' }).formatToParts(now);
  return (parts.find((p) => p.type === 'timeZoneName')?.value ?? '').replace('GMT', 'UTC');
};

export const toInstant = (ms: number): Instant => instant(Math.max(0, Math.trunc(ms)));
