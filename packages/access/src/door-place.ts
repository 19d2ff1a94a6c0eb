// What the roster says of the place where a door is, as far as time goes: what its wall clock shows, and its days without work.

import type { Instant } from '@mortise/base/instant.ts';
import type { Reason } from '@mortise/base/reasons.ts';
import { err, ok, type Result } from '@mortise/base/result.ts';
import { isHoliday, type Calendar } from '@mortise/documents/calendar.ts';
import { isActive, type Schedule } from '@mortise/schedule/schedule.ts';
import type { ZoneTable } from '@mortise/schedule/zone-table.ts';

/** From the roster. `zone`: its name, for the record; `zoneTable`: what counts. */
export type DoorPlace = { readonly zone: string; readonly zoneTable?: ZoneTable; readonly calendars: readonly Calendar[] };

/** Whether it is certain that this is no day of the calendar with that id. */
export const isWorkday = ({ calendars, zoneTable }: DoorPlace, id: number, now: Instant): boolean => {
  const calendar = calendars.find((one) => one.id === id);
  return calendar !== undefined && isHoliday(calendar, now, zoneTable) === false;
};

/** Which of these windows is active, null where there are none. `outside-hours`; `zone-unknown`: that of none can be told. */
export const activeWindow = (hours: readonly Schedule[], now: Instant, zone: ZoneTable | undefined): Result<number | null, Reason> => {
  if (hours.length === 0) return ok(null);
  const active = hours.map((schedule) => isActive(schedule, now, zone));
  if (active.includes(true)) return ok(active.indexOf(true));
  return err(active.includes(undefined) ? 'zone-unknown' : 'outside-hours');
};
