// Days of the proleptic Gregorian calendar as whole numbers, day 0 being 1970-01-01. A year is counted here from the first of
// March, so that the leap day is its last; 400 years are always 146,097 days.

/** A day under its number and its date: `month` 1 to 12, `date` 1 to 31. */
export type CivilDay = { readonly number: number; readonly year: number; readonly month: number; readonly date: number };

/** The date of a day; from year 1 on. */
export const civilDay = (number: number): CivilDay => {
  const sinceMarch0 = number + MARCH_0_TO_1970;
  const cycle = Math.floor(sinceMarch0 / DAYS_IN_CYCLE);
  const inCycle = sinceMarch0 - cycle * DAYS_IN_CYCLE;
  const yearOfCycle = yearOf(inCycle);
  const inYear = inCycle - daysBefore(yearOfCycle);
  const monthOfYear = Math.floor((5 * inYear + 2) / 153);
  const date = inYear - Math.floor((153 * monthOfYear + 2) / 5) + 1;
  const isAfterNewYear = monthOfYear >= MONTHS_FROM_MARCH;
  const year = YEARS_IN_CYCLE * cycle + yearOfCycle + Number(isAfterNewYear);
  return { number, year, month: isAfterNewYear ? monthOfYear - 9 : monthOfYear + 3, date };
};

/** The number of the first of January. */
export const newYear = (year: number): number => daysBefore(year - 1) + JANUARY_1 - MARCH_0_TO_1970;

export const daysInYear = (year: number): number => newYear(year + 1) - newYear(year);

export const daysInMonth = (year: number, month: number): number =>
  month === 2 ? daysInYear(year) - 337 : SHORT_MONTHS.has(month) ? 30 : 31;

/** 0 Monday to 6 Sunday. */
export const weekday = (number: number): number => number + EPOCH_WEEKDAY - 7 * weekNumber(number);

/** Weeks from Monday to Sunday, counted from the one that holds day 0. */
export const weekNumber = (number: number): number => Math.floor((number + EPOCH_WEEKDAY) / 7);

const MARCH_0_TO_1970 = 719_468;
const YEARS_IN_CYCLE = 400;
const DAYS_IN_CYCLE = 146_097;
const MONTHS_FROM_MARCH = 10;
/** From the first of March to the first of January. */
const JANUARY_1 = 306;
/** 1970-01-01 was a Thursday. */
const EPOCH_WEEKDAY = 3;
const SHORT_MONTHS: ReadonlySet<number> = new Set([4, 6, 9, 11]);

/** Days in the first `years` years that begin in March. */
const daysBefore = (years: number): number => 365 * years + Math.floor(years / 4) - Math.floor(years / 100) + Math.floor(years / 400);

// The leap days are taken out before dividing: one after each 4 years, none after 100, the cycle's own last day.
const yearOf = (inCycle: number): number =>
  Math.floor((inCycle - Math.floor(inCycle / 1460) + Math.floor(inCycle / 36_524) - Math.floor(inCycle / 146_096)) / 365);
