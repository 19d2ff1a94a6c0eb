// On which days a recurrence occurs (SPEC §8.3; the readings are in recurrence.ts). Every pattern is a question to one day, so
// that nothing is ever counted up from the start: how many units lie between is a difference.

import { civilDay, daysInMonth, daysInYear, newYear, weekday, weekNumber, type CivilDay } from './civil-day.ts';
import { WEEKDAYS, type Pattern, type Recurrence } from './recurrence.ts';

/** Whether an occurrence begins on `day`, which is not before `startDay`; both are days since 1970-01-01. */
export const occursOn = (recurrence: Recurrence, startDay: number, day: number): boolean =>
  PATTERNS[recurrence.pattern](recurrence, civilDay(startDay), civilDay(day));

type Rule = (recurrence: Recurrence, start: CivilDay, day: CivilDay) => boolean;

const PATTERNS: Readonly<Record<Pattern, Rule>> = {
  1: (rule, start, day) => isTurn(rule, day.number - start.number),
  2: (rule, start, day) => isTurn(rule, weekNumber(day.number) - weekNumber(start.number)) && hasWeekday(rule, day),
  3: (rule, start, day) => isTurn(rule, months(day) - months(start)) && isNthWeekday(rule, day),
  4: (rule, start, day) => isTurn(rule, months(day) - months(start)) && (rule.ordinal === 0 ? hasDate(rule, day) : isDate(rule, day)),
  5: (rule, start, day) => isTurn(rule, day.year - start.year) && hasMonth(rule, day) && isNthWeekday(rule, day),
  6: (rule, start, day) => isTurn(rule, day.year - start.year) && hasMonth(rule, day) && isDate(rule, day),
  7: (rule, start, day) => isInWeek(rule, start, day, isWeekOfYear),
  8: (rule, start, day) => isInWeek(rule, start, day, isWeekOfMonth),
};

// ISO 8601: a week is of the year of its Thursday. So are its days here, and likewise a week is of the month of its Thursday.
const isInWeek = (rule: Recurrence, start: CivilDay, day: CivilDay, isWeek: (rule: Recurrence, thursday: CivilDay) => boolean): boolean => {
  const thursday = thursdayOf(day);
  return isTurn(rule, thursday.year - thursdayOf(start).year) && hasWeekday(rule, day) && isWeek(rule, thursday);
};

const isWeekOfYear = ({ ordinal }: Recurrence, { number, year }: CivilDay): boolean =>
  isNth(ordinal, number - newYear(year) + 1, daysInYear(year), 7);

const isWeekOfMonth = (rule: Recurrence, thursday: CivilDay): boolean => hasMonth(rule, thursday) && isNthOfMonth(rule.ordinal, thursday, 7);

const isNthWeekday = (rule: Recurrence, day: CivilDay): boolean => hasWeekday(rule, day) && isNthOfMonth(rule.ordinal, day, 7);

const isDate = (rule: Recurrence, day: CivilDay): boolean =>
  isNthOfMonth(rule.ordinal, day, 1) && ((rule.mask & WEEKDAYS) === 0 || hasWeekday(rule, day));

const isNthOfMonth = (ordinal: number, { year, month, date }: CivilDay, step: number): boolean => isNth(ordinal, date, daysInMonth(year, month), step);

/** Whether `place`, of 1 to `length`, is in the n-th group of `step`, counted from the end when the ordinal is negative. */
const isNth = (ordinal: number, place: number, length: number, step: number): boolean =>
  ordinal > 0 ? Math.ceil(place / step) === ordinal : Math.ceil((length + 1 - place) / step) === -ordinal;

const isTurn = ({ interval }: Recurrence, units: number): boolean => units % interval === 0;
const months = ({ year, month }: CivilDay): number => 12 * year + month;
const thursdayOf = ({ number }: CivilDay): CivilDay => civilDay(number - weekday(number) + 3);

const hasBit = ({ mask }: Recurrence, bit: number): boolean => ((mask >> bit) & 1) === 1;
const hasWeekday = (rule: Recurrence, { number }: CivilDay): boolean => hasBit(rule, weekday(number));
const hasMonth = (rule: Recurrence, { month }: CivilDay): boolean => hasBit(rule, month + 6);
const hasDate = (rule: Recurrence, { date }: CivilDay): boolean => hasBit(rule, date - 1);
