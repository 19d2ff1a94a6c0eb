// The slow way to tell schedules, written apart from the fast one, on Temporal's dates: every day is looked at, ordinals are
// places in lists, a week is of the month that has most of its days. And schedules, to compare both on.

import { DAY_S, DATES, MAX_DURATION_S, MONTHS, WEEKDAYS, type Pattern, type Recurrence } from './recurrence.ts';
import type { Schedule } from './schedule.ts';

type Day = Temporal.PlainDate;

export const PATTERNS: readonly Pattern[] = [1, 2, 3, 4, 5, 6, 7, 8];

const EPOCH = new Temporal.PlainDate(1970, 1, 1);
export const dayOf = (number: number): Day => EPOCH.add({ days: number });
export const numberOf = (day: Day): number => EPOCH.until(day, { largestUnit: 'day' }).days;

/** What Temporal's wall clock shows in a zone, as seconds since 1970-01-01T00:00:00 on it. */
export const wallSeconds = (unixS: number, zoneId: string): number =>
  Temporal.Instant.fromEpochMilliseconds(unixS * 1000).toZonedDateTimeISO(zoneId).toPlainDateTime().toZonedDateTime('UTC').epochMilliseconds / 1000;

/** Seconds of a date and time of day, such as `2026-03-29T02:30`. */
export const secondsOf = (text: string): number => Temporal.PlainDateTime.from(text).toZonedDateTime('UTC').epochMilliseconds / 1000;

// ---- days ------------------------------------------------------------------------------------------------------------------

const within = (first: Day, days: number): readonly Day[] => Array.from({ length: days }, (_, offset) => first.add({ days: offset }));
const daysOfMonth = (day: Day): readonly Day[] => within(day.with({ day: 1 }), day.daysInMonth);
const mondayOf = (day: Day): Day => day.subtract({ days: day.dayOfWeek - 1 });
const weekOf = (day: Day): readonly Day[] => within(mondayOf(day), 7);

/** Whether `isIt` holds for the n-th of a list, counted from its end when the ordinal is negative. */
const isChosen = <T>(list: readonly T[], ordinal: number, isIt: (item: T) => boolean): boolean => {
  const chosen = list.at(ordinal > 0 ? ordinal - 1 : ordinal);
  return chosen !== undefined && isIt(chosen);
};

const hasWeekday = ({ mask }: Recurrence, day: Day): boolean => ((mask & WEEKDAYS) & (2 ** (day.dayOfWeek - 1))) !== 0;
const hasMonth = ({ mask }: Recurrence, month: number): boolean => (mask & (2 ** (6 + month))) !== 0;

const isNthWeekday = (rule: Recurrence, day: Day): boolean =>
  hasWeekday(rule, day) && isChosen(daysOfMonth(day).filter(({ dayOfWeek }) => dayOfWeek === day.dayOfWeek), rule.ordinal, (chosen) => chosen.equals(day));

const isDate = (rule: Recurrence, day: Day): boolean => {
  if ((rule.mask & WEEKDAYS) !== 0 && !hasWeekday(rule, day)) return false;
  return isChosen(daysOfMonth(day), rule.ordinal, (chosen) => chosen.equals(day));
};

type YearMonth = { readonly year: number; readonly month: number };

/** The month that four or more days of the week are in. */
const monthOfWeek = (day: Day): YearMonth => {
  const week = weekOf(day);
  const most = week.find(({ year, month }) => week.filter((other) => other.year === year && other.month === month).length >= 4);
  return most ?? day;
};

const isWeekOfMonth = (rule: Recurrence, day: Day): boolean => {
  const { year, month } = monthOfWeek(day);
  if (!hasMonth(rule, month)) return false;
  const first = mondayOf(new Temporal.PlainDate(year, month, 1));
  const mondays = Array.from({ length: 6 }, (_, weeks) => first.add({ weeks }));
  const weeks = mondays.filter((monday) => monthOfWeek(monday).month === month);
  return isChosen(weeks, rule.ordinal, (monday) => mondayOf(day).equals(monday));
};

const isWeekOfYear = (rule: Recurrence, day: Day): boolean => {
  const last = new Temporal.PlainDate(day.yearOfWeek ?? 0, 12, 28).weekOfYear ?? 0;
  return isChosen(Array.from({ length: last }, (_, index) => index + 1), rule.ordinal, (week) => week === day.weekOfYear);
};

const monthsBetween = (a: Day, b: Day): number => a.with({ day: 1 }).until(b.with({ day: 1 }), { largestUnit: 'month' }).months;
const weeksBetween = (a: Day, b: Day): number => mondayOf(a).until(mondayOf(b), { largestUnit: 'week' }).weeks;
const weekYears = (a: Day, b: Day): number => (b.yearOfWeek ?? 0) - (a.yearOfWeek ?? 0);

type Rule = (rule: Recurrence, start: Day, day: Day) => boolean;

const RULES: Readonly<Record<Pattern, Rule>> = {
  1: ({ interval }, start, day) => start.until(day, { largestUnit: 'day' }).days % interval === 0,
  2: (rule, start, day) => hasWeekday(rule, day) && weeksBetween(start, day) % rule.interval === 0,
  3: (rule, start, day) => isNthWeekday(rule, day) && monthsBetween(start, day) % rule.interval === 0,
  4: (rule, start, day) => (rule.ordinal === 0 ? (rule.mask & (2 ** (day.day - 1))) !== 0 : isDate(rule, day)) && monthsBetween(start, day) % rule.interval === 0,
  5: (rule, start, day) => (day.year - start.year) % rule.interval === 0 && hasMonth(rule, day.month) && isNthWeekday(rule, day),
  6: (rule, start, day) => (day.year - start.year) % rule.interval === 0 && hasMonth(rule, day.month) && isDate(rule, day),
  7: (rule, start, day) => hasWeekday(rule, day) && weekYears(start, day) % rule.interval === 0 && isWeekOfYear(rule, day),
  8: (rule, start, day) => hasWeekday(rule, day) && isWeekOfMonth(rule, day) && (monthOfWeek(day).year - monthOfWeek(start).year) % rule.interval === 0,
};

/** Whether an occurrence begins on the day. */
export const referenceOccurs = (rule: Recurrence, start: Day, day: Day): boolean => RULES[rule.pattern](rule, start, day);

// ---- windows ---------------------------------------------------------------------------------------------------------------

type Window = { readonly from: number; readonly to: number };

/** All windows of a schedule that begin up to a wall time, found by looking at each day from its start. */
export const referenceWindows = ({ startS, endS = Infinity, recurrence }: Schedule, untilS: number): readonly Window[] => {
  if (recurrence === undefined) return [{ from: startS, to: endS }];
  const start = dayOf(Math.floor(startS / DAY_S));
  const windows: Window[] = [];
  for (let [day, from] = [start, startS]; from <= untilS; [day, from] = [day.add({ days: 1 }), from + DAY_S]) {
    if (referenceOccurs(recurrence, start, day)) windows.push({ from, to: Math.min(from + recurrence.durationS, endS) });
  }
  return windows;
};

export const isInWindow = (windows: readonly Window[], wallS: number): boolean => windows.some(({ from, to }) => from <= wallS && wallS < to);

/** The same for many wall times far from the start: asks only the days whose occurrence could still last, each once. */
export const referenceOf = ({ startS, endS = Infinity, recurrence }: Schedule): ((wallS: number) => boolean) => {
  const start = dayOf(Math.floor(startS / DAY_S));
  const known = new Map<number, boolean>();
  const occurs = (rule: Recurrence, number: number): boolean => {
    const found = known.get(number) ?? referenceOccurs(rule, start, dayOf(number));
    known.set(number, found);
    return found;
  };
  return (wallS) => {
    if (recurrence === undefined || wallS < startS || wallS >= endS) return recurrence === undefined && wallS >= startS && wallS < endS;
    for (let from = startS + DAY_S * Math.floor((wallS - startS) / DAY_S); from >= startS && from + recurrence.durationS > wallS; from -= DAY_S) {
      if (occurs(recurrence, Math.floor(from / DAY_S))) return true;
    }
    return false;
  };
};

// ---- schedules that hit a day ------------------------------------------------------------------------------------------------

const bit = (day: Day): number => 2 ** (day.dayOfWeek - 1);
const monthBit = (month: number): number => 2 ** (6 + month);

/** A rule of the pattern that occurs on the day when its interval does; `fromEnd` says it by a negative ordinal. */
export const ruleHitting = (pattern: Pattern, day: Day, fromEnd: boolean, form: { readonly durationS: number; readonly interval: number }): Recurrence => {
  const place = (at: number, length: number, step: number): number => (fromEnd ? -Math.ceil((length + 1 - at) / step) : Math.ceil(at / step));
  const nth = place(day.day, day.daysInMonth, 7);
  const date = place(day.day, day.daysInMonth, 1);
  const thursday = day.add({ days: 4 - day.dayOfWeek });
  const week = place(thursday.dayOfYear, thursday.daysInYear, 7);
  const weekOfMonth = place(thursday.day, thursday.daysInMonth, 7);
  const dates = { mask: 2 ** (day.day - 1), ordinal: 0 };
  const numbers: Readonly<Record<Pattern, { readonly mask: number; readonly ordinal: number }>> = {
    1: { mask: 0, ordinal: 0 },
    2: { mask: bit(day), ordinal: 0 },
    3: { mask: bit(day), ordinal: nth },
    4: fromEnd ? { mask: WEEKDAYS, ordinal: date } : dates,
    5: { mask: bit(day) | monthBit(day.month), ordinal: nth },
    6: { mask: monthBit(day.month), ordinal: date },
    7: { mask: bit(day), ordinal: week },
    8: { mask: bit(day) | monthBit(thursday.month), ordinal: weekOfMonth },
  };
  return { ...numbers[pattern], ...form, pattern };
};

/** Bits and bounds of what a rule of each pattern may say. */
export const SPANS: Readonly<Record<Pattern, { readonly some: readonly number[]; readonly may: number; readonly ordinals: number }>> = {
  1: { some: [], may: 0, ordinals: 0 },
  2: { some: [WEEKDAYS], may: 0, ordinals: 0 },
  3: { some: [WEEKDAYS], may: 0, ordinals: 5 },
  4: { some: [], may: WEEKDAYS, ordinals: 31 },
  5: { some: [WEEKDAYS, MONTHS], may: 0, ordinals: 5 },
  6: { some: [MONTHS], may: WEEKDAYS, ordinals: 31 },
  7: { some: [WEEKDAYS], may: 0, ordinals: 53 },
  8: { some: [WEEKDAYS, MONTHS], may: 0, ordinals: 5 },
};

/** Any rule in form, from whole numbers below a limit: seeded chance or a property's. */
export const anyRule = (pattern: Pattern, below: (limit: number) => number, longestS: number = MAX_DURATION_S): Recurrence => {
  const { some, may, ordinals } = SPANS[pattern];
  const bits = below(DATES) + 1;
  const groups = some.reduce((mask, group) => mask | ((bits & group) === 0 ? group : bits & group), bits & may);
  const byDates = pattern === 4 && below(2) === 0;
  const ordinal = ordinals === 0 ? 0 : (below(ordinals) + 1) * (below(2) === 0 ? 1 : -1);
  const interval = below(4) === 0 ? below(255) + 1 : below(3) + 1;
  return { ...(byDates ? { mask: bits, ordinal: 0 } : { mask: groups, ordinal }), durationS: below(longestS) + 1, pattern, interval };
};
