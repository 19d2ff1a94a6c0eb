// From an instant to year, month, day, hour, minute and second in UTC and back, by arithmetic: a lock reads and writes a dozen times in each
// contact, and the language's own dates cost it more than a hash does. (The arithmetic of days: years begin on 1 March, in eras of 400.)

import { isInstant, type Instant } from './instant.ts';

export type WrittenTime = { readonly year: number; readonly month: number; readonly day: number; readonly hour: number; readonly minute: number; readonly second: number };

const DAY_S = 86_400;
const ERA_YEARS = 400;
const ERA_DAYS = 146_097;
/** From 1 March of the year 0 to 1 January 1970. */
const EPOCH_DAYS = 719_468;
const DAYS = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31] as const;

const isLeap = (year: number): boolean => year % 4 === 0 && (year % 100 !== 0 || year % ERA_YEARS === 0);
const daysOf = (year: number, month: number): number => (month === 2 && isLeap(year) ? 29 : (DAYS[month - 1] ?? 0));

/** Undefined: no such day or time, before 1970, or a part that is NaN. The parts are whole numbers from 0 up. */
export const instantOfTime = ({ year, month, day, hour, minute, second }: WrittenTime): Instant | undefined => {
  if (day < 1 || day > daysOf(year, month) || hour > 23 || minute > 59 || second > 59) return undefined;
  const at = ((daysBefore(year, month, day) * 24 + hour) * 60 + minute) * 60_000 + second * 1000;
  return isInstant(at) ? at : undefined;
};

const daysBefore = (year: number, month: number, day: number): number => {
  const marchYear = month > 2 ? year : year - 1;
  const era = Math.floor(marchYear / ERA_YEARS);
  const ofEra = marchYear - era * ERA_YEARS;
  const ofYear = Math.floor((153 * ((month + 9) % 12) + 2) / 5) + day - 1;
  return era * ERA_DAYS + ofEra * 365 + Math.floor(ofEra / 4) - Math.floor(ofEra / 100) + ofYear - EPOCH_DAYS;
};

/** Milliseconds are left out. */
export const timeOfInstant = (at: Instant): WrittenTime => {
  const seconds = Math.floor(at / 1000);
  const days = Math.floor(seconds / DAY_S);
  const ofDay = seconds - days * DAY_S;
  return { ...dayOf(days), hour: Math.floor(ofDay / 3600), minute: Math.floor(ofDay / 60) % 60, second: ofDay % 60 };
};

const dayOf = (days: number): Pick<WrittenTime, 'year' | 'month' | 'day'> => {
  const era = Math.floor((days + EPOCH_DAYS) / ERA_DAYS);
  const ofEra = days + EPOCH_DAYS - era * ERA_DAYS;
  const yearOfEra = Math.floor((ofEra - Math.floor(ofEra / 1460) + Math.floor(ofEra / 36_524) - Math.floor(ofEra / 146_096)) / 365);
  const ofYear = ofEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const marchMonth = Math.floor((5 * ofYear + 2) / 153);
  const month = marchMonth < 10 ? marchMonth + 3 : marchMonth - 9;
  return { year: era * ERA_YEARS + yearOfEra + (month < 3 ? 1 : 0), month, day: ofYear - Math.floor((153 * marchMonth + 2) / 5) + 1 };
};

/** The number that `length` decimal digits from `at` write; NaN: one of them is none. */
export const digitsAt = (text: string, at: number, length: number): number => {
  let value = 0;
  for (let index = at; index < at + length; index += 1) {
    const digit = text.charCodeAt(index) - 0x30;
    if (!(digit >= 0 && digit <= 9)) return NaN;
    value = value * 10 + digit;
  }
  return value;
};

const two = (value: number): string => (value < 10 ? `0${value}` : `${value}`);

/** `YYYY-MM-DDTHH:MM:SSZ`, seconds truncated: the form of Aliro's documents. */
export const isoSeconds = (at: Instant): string => {
  const { year, month, day, hour, minute, second } = timeOfInstant(at);
  return `${year}-${two(month)}-${two(day)}T${two(hour)}:${two(minute)}:${two(second)}Z`;
};
