// Aliro's recurrence rule (SPEC §8.3): eight patterns that are iCalendar's (RFC 5545) in five numbers. What is out of form is
// refused, never guessed. The open points and how they are read are in ADR 11; in short:
//   n-th weekday (3, 5)     of each weekday in the mask by itself: "the second Tuesday and the second Thursday"
//   date (4, 6)             the ordinal is the day of the month, negative from its end; weekdays in the mask narrow it
//                           ("Friday the 13th"), none in the mask leave it as it is
//   week of the year (7)    ISO weeks, of the ISO week-year
//   week of the month (8)   whole ISO weeks; a week belongs to the month (and year) of its Thursday

/** 1 daily, 2 weekly, 3 monthly by day, 4 monthly by date, 5 yearly by day, 6 yearly by date, 7 yearly by week, 8 yearly by month and week. */
export type Pattern = 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8;

export type Recurrence = {
  /** How long an occurrence lasts on the wall clock, seconds: 1 to `MAX_DURATION_S`. */
  readonly durationS: number;
  /** Weekdays: Monday bit 0 to Sunday bit 6. Months: January bit 7 to December bit 18. Or dates: the 1st bit 0 to the 31st bit 30. */
  readonly mask: number;
  readonly pattern: Pattern;
  /** Every so many days, weeks, months or years, counted from the one in which the schedule starts: 1 to 255. */
  readonly interval: number;
  /** Which one, negative from the end; 0 where the pattern has none. */
  readonly ordinal: number;
};

/** Five numbers that somebody says are a recurrence. */
export type RecurrenceNumbers = { readonly [Name in keyof Recurrence]: number };

export const DAY_S = 86_400;
/** The most days on which an occurrence can have begun that is not over; what bounds the work of one answer. */
export const MAX_CANDIDATE_DAYS = 366;
export const MAX_DURATION_S = MAX_CANDIDATE_DAYS * DAY_S;
export const MAX_INTERVAL = 255;

export const WEEKDAYS = 0x7f;
export const MONTHS = 0x7_ff80;
export const DATES = 0x7fff_ffff;

/** Whether five numbers are a recurrence in form: whole, in range, and of their pattern's mask and ordinal. */
export const isRecurrence = (numbers: RecurrenceNumbers): numbers is Recurrence => {
  const { durationS, mask, interval, ordinal } = numbers;
  const form = formOf(numbers);
  return (
    form !== undefined && isWhole(durationS, 1, MAX_DURATION_S) && isWhole(interval, 1, MAX_INTERVAL) &&
    isOrdinal(ordinal, form.ordinals) && isMask(mask, form)
  );
};

/** Whether `value` is a whole number from `min` to `max`. */
export const isWhole = (value: number, min: number, max: number): boolean => Number.isSafeInteger(value) && value >= min && value <= max;

/** `some`: groups of which the mask has at least one bit each; `may`: bits it can have besides; `ordinals`: 0 none, else ±1 to ±`ordinals`. */
type Form = { readonly some: readonly number[]; readonly may: number; readonly ordinals: number };

const FORMS: ReadonlyMap<number, Form> = new Map([
  [1, { some: [], may: 0, ordinals: 0 }],
  [2, { some: [WEEKDAYS], may: 0, ordinals: 0 }],
  [3, { some: [WEEKDAYS], may: 0, ordinals: 5 }],
  [4, { some: [], may: WEEKDAYS, ordinals: 31 }],
  [5, { some: [WEEKDAYS, MONTHS], may: 0, ordinals: 5 }],
  [6, { some: [MONTHS], may: WEEKDAYS, ordinals: 31 }],
  [7, { some: [WEEKDAYS], may: 0, ordinals: 53 }],
  [8, { some: [WEEKDAYS, MONTHS], may: 0, ordinals: 5 }],
]);
const MONTHLY_BY_DATES: Form = { some: [DATES], may: 0, ordinals: 0 };

const formOf = ({ pattern, ordinal }: RecurrenceNumbers): Form | undefined => (pattern === 4 && ordinal === 0 ? MONTHLY_BY_DATES : FORMS.get(pattern));

const isOrdinal = (ordinal: number, ordinals: number): boolean => isWhole(ordinal, -ordinals, ordinals) && (ordinal === 0) === (ordinals === 0);

const isMask = (mask: number, { some, may }: Form): boolean => {
  const known = some.reduce((bits, group) => bits | group, may);
  return isWhole(mask, 0, DATES) && (mask & ~known) === 0 && some.every((group) => (mask & group) !== 0);
};
