// A zone table from this machine's time zone database. Locks have none: whoever writes a roster makes the table for them.

import { err, ok, type Result } from '@mortise/base/result.ts';
import { MAX_TRANSITIONS, type Transition, type ZoneTable } from '@mortise/schedule/zone-table.ts';

/** `zone-unknown`: no zone of that name here; `years-wrong`: not first < until, or outside 1970 to 9999; `too-many-transitions`: more than a table holds. */
export type ZoneTableError = { readonly code: 'zone-unknown' | 'years-wrong' | 'too-many-transitions' };

/**
 * The table of an IANA zone from the start of `fromYear` to the start of `untilYear`, in UTC; earlier instants are given the offset of its start.
 * It is as good as the database of today: governments change their minds, so make it anew every year.
 */
export const zoneTableOf = (zoneId: string, fromYear: number, untilYear: number): Result<ZoneTable, ZoneTableError> => {
  if (!areYears(fromYear, untilYear)) return err({ code: 'years-wrong' });
  const start = zonedNewYear(zoneId, fromYear);
  if (start === undefined) return err({ code: 'zone-unknown' });
  const untilS = newYearS(untilYear);
  const transitions = transitionsAfter(start, untilS);
  if (transitions.length > MAX_TRANSITIONS) return err({ code: 'too-many-transitions' });
  return ok({ initialOffsetS: offsetS(start), transitions, untilS });
};

const FIRST_YEAR = 1970;
const LAST_YEAR = 9999;
/** A name of the database; Temporal would also take an offset or a whole date with a zone behind it. */
const ZONE_NAME = /^[A-Za-z][A-Za-z0-9_+/-]*$/;

const areYears = (fromYear: number, untilYear: number): boolean =>
  Number.isSafeInteger(fromYear) && Number.isSafeInteger(untilYear) && fromYear >= FIRST_YEAR && fromYear < untilYear && untilYear <= LAST_YEAR;

const newYearOf = (year: number): Temporal.ZonedDateTime => new Temporal.PlainDate(year, 1, 1).toZonedDateTime('UTC');
const newYearS = (year: number): number => newYearOf(year).epochMilliseconds / 1000;
const offsetS = (at: Temporal.ZonedDateTime): number => at.offsetNanoseconds / 1e9;

const zonedNewYear = (zoneId: string, year: number): Temporal.ZonedDateTime | undefined => {
  if (!ZONE_NAME.test(zoneId)) return undefined;
  try {
    return newYearOf(year).withTimeZone(zoneId);
  } catch (error) {
    return unknown(error);
  }
};

// Temporal reports a zone that it does not know by throwing a RangeError; nothing else can go wrong with a name.
const unknown = (_error: unknown): undefined => undefined;

/** Those after `start` and before `untilS`; stops at one more than a table holds. */
const transitionsAfter = (start: Temporal.ZonedDateTime, untilS: number): readonly Transition[] => {
  const transitions: Transition[] = [];
  let next = start.getTimeZoneTransition('next');
  while (next !== null && next.epochMilliseconds / 1000 < untilS && transitions.length <= MAX_TRANSITIONS) {
    transitions.push({ fromS: next.epochMilliseconds / 1000, offsetS: offsetS(next) });
    next = next.getTimeZoneTransition('next');
  }
  return transitions;
};
