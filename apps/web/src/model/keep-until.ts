// Until when a door can be kept unlocked: what is offered, and what a time that somebody picks means. A time is the next one on the door's own wall clock; the lock holds no
// longer than a day.

import { err, ok, type Result } from '@mortise/base/result.ts';
import { dayAfter, instantOfWall, wallTime } from '@mortise/words/wall-clock.ts';

const [MINUTE_MS, HOUR_MS, DAY_MS] = [60_000, 3_600_000, 86_400_000];
/** What is offered first is at least so far away. */
const LEAST_OFFERED_MS = 20 * MINUTE_MS;
const LATER_HOURS = 3;

/** The next full hour that is worth it, and one some hours after it; full hours of the door's wall clock. None is after `latest`: that itself is offered in their place. */
export const keepOffers = (now: number, zone: string, latest = Infinity): readonly [number, ...number[]] => {
  const soonest = now + LEAST_OFFERED_MS;
  const { time } = wallTime(soonest, zone);
  const past = Number(time.slice(3)) * MINUTE_MS + (soonest % MINUTE_MS);
  const first = past === 0 ? soonest : soonest - past + HOUR_MS;
  return first >= latest ? [latest] : [first, Math.min(latest, first + LATER_HOURS * HOUR_MS)];
};

/** The next time that the clock at the door shows `time` (HH:MM), where it is not after `latest`, when the asker's key ends. Errors are sentences. */
export const nextTime = (time: string, now: number, zone: string, latest = Infinity): Result<number, string> => {
  const { day } = wallTime(now, zone);
  const at = [day, dayAfter(day, 1)].map((each) => instantOfWall({ day: each, time }, zone)).find((each) => each !== undefined && each > now);
  if (at === undefined) return err('Pick a time, such as 18:30.');
  if (at > latest) return err('Your key ends before that.');
  return at - now > DAY_MS ? err('The lock is kept unlocked for a day at the longest.') : ok(at);
};
