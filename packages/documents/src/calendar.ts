// A calendar of the roster: the days on which grants that name it do not open. Days are local dates, counted from 1970-01-01 on the
// door's wall clock. Like the zone table it ends somewhere, and from there on nobody knows which days are holidays.

import { asArray, asList, asNumber, type Cbor } from '@mortise/base/cbor.ts';
import type { Instant } from '@mortise/base/instant.ts';
import { DAY_S } from '@mortise/schedule/recurrence.ts';
import { LAST_SECOND, localSecondsAt, type ZoneTable } from '@mortise/schedule/zone-table.ts';

export type Calendar = {
  /** 1 to 255. */
  readonly id: number;
  /** Ascending, at most 128, each before `untilDay`. */
  readonly days: readonly number[];
  /** The first day that the calendar does not reach. */
  readonly untilDay: number;
};

export const MAX_CALENDARS = 8;
export const MAX_CALENDAR_ID = 255;
export const MAX_CALENDAR_DAYS = 128;
const LAST_DAY = Math.floor(LAST_SECOND / DAY_S);

/** Whether this is one of the calendar's days at the door. Undefined when that cannot be told: the calendar or the zone table does not reach. */
export const isHoliday = ({ days, untilDay }: Calendar, at: Instant, zone: ZoneTable | undefined): boolean | undefined => {
  const localS = zone === undefined ? undefined : localSecondsAt(zone, at);
  const day = localS === undefined ? untilDay : Math.floor(localS / DAY_S);
  return day >= untilDay ? undefined : days.includes(day);
};

/** [[id, untilDay, [day, …]], …], as it stands in the roster. */
export const calendarsCbor = (calendars: readonly Calendar[]): Cbor => calendars.map(({ id, days, untilDay }) => [id, untilDay, days]);

/** At most 8, each id once. */
export const asCalendars = (value: Cbor | undefined): readonly Calendar[] | undefined => {
  const calendars = asList(value, 0, MAX_CALENDARS, readCalendar);
  return new Set(calendars?.map(({ id }) => id)).size === calendars?.length ? calendars : undefined;
};

const readCalendar = (value: Cbor): Calendar | undefined => {
  const [number, until, list, ...more] = asArray(value, 3) ?? [];
  const [id, untilDay] = [asNumber(number, 1, MAX_CALENDAR_ID), asNumber(until, 0, LAST_DAY + 1)];
  if (id === undefined || untilDay === undefined || more.length > 0) return undefined;
  const days = asList(list, 0, MAX_CALENDAR_DAYS, (day) => asNumber(day, 0, untilDay - 1));
  return days !== undefined && isAscending(days) ? { id, days, untilDay } : undefined;
};

const isAscending = (days: readonly number[]): boolean => days.every((day, index) => day > (days[index - 1] ?? -1));
