// How long what is active goes on, over schedules that follow on each other. Never later than it is: an hour that the clock on the wall leaves out is
// taken off, one that it shows twice is looked at again, and where the zone table ends so does what is known.

import { instant, type Instant } from '@mortise/base/instant.ts';
import { endOnClock, type Schedule } from './schedule.ts';
import { LAST_SECOND, localSecondsAt, UTC, type ZoneTable } from './zone-table.ts';

/** So many windows are followed, one after the other; what goes on after them is not told. */
export const MAX_FOLLOWED = 16;

/** The first instant at which none of these is active any more, or an earlier one that is not before `at`; `Infinity`: there is none. `at` where none is active. */
export const activeUntil = (schedules: readonly Schedule[], at: Instant, zone?: ZoneTable): number => {
  let end: number = at;
  for (let followed = 0; followed < MAX_FOLLOWED && Number.isFinite(end); followed += 1) {
    const next = Math.max(end, ...schedules.map((schedule) => endOf(schedule, instant(end), schedule.utc ? UTC : zone)));
    if (next === end) return end;
    end = next;
  }
  return end;
};

const endOf = (schedule: Schedule, at: Instant, clock: ZoneTable | undefined): number => {
  const nowS = clock && localSecondsAt(clock, at);
  if (clock === undefined || nowS === undefined) return at;
  const endS = endOnClock(schedule, nowS);
  return endS === undefined ? at : instantAfter(clock, at, nowS, endS);
};

const instantAfter = (clock: ZoneTable, at: Instant, nowS: number, endS: number): number => {
  const unixS = Math.floor(at / 1000) + endS - nowS;
  if (unixS >= clock.untilS) return clock.untilS > LAST_SECOND ? Infinity : clock.untilS * 1000;
  const skippedS = Math.max(0, (localSecondsAt(clock, instant(unixS * 1000)) ?? endS) - endS);
  return (unixS - skippedS) * 1000;
};
