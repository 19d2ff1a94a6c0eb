// The hours at which a key opens, as a week of bars on the door's wall clock, with the moment that is asked about.

import type { HoursWindow } from '@mortise/api/grants.ts';
import { DAY_NAMES, hoursWords } from '@mortise/words/terms.ts';
import { zoneName } from '@mortise/words/time.ts';

const hour = (time: string): number => Number(time.slice(0, 2)) + Number(time.slice(3)) / 60;

/** What each day shows: a window over midnight goes on in the day after. */
export const barsOf = (hours: readonly HoursWindow[]): readonly (readonly (readonly [number, number])[])[] =>
  DAY_NAMES.map((_, index) => {
    if (hours.length === 0) return [[0, 24]];
    const [day, before] = [index + 1, index === 0 ? 7 : index];
    return hours.flatMap(({ days, from, until }) => {
      const [a, b] = [hour(from), hour(until)];
      const over = b <= a;
      const here = days.includes(day) ? [[a, over ? 24 : b] as const] : [];
      return over && b > 0 && days.includes(before) ? [...here, [0, b] as const] : here;
    });
  });

export type Moment = { readonly weekday: number; readonly time: string };

export const Week = ({ hours, zone, moment }: { hours: readonly HoursWindow[]; zone: string; moment?: Moment | undefined }) => (
  <div class="week" role="img" aria-label={`Opens ${hoursWords(hours)}, ${zoneName(zone)}.`}>
    {barsOf(hours).map((bars, index) => (
      <div class="week__row" key={DAY_NAMES[index]}>
        <span>{DAY_NAMES[index]}</span>
        <div class="week__bar">
          {bars.map(([a, b]) => <i key={`${a}-${b}`} style={{ '--a': a, '--b': b }} />)}
          {moment?.weekday === index + 1 && <u style={{ '--t': hour(moment.time) }} />}
        </div>
      </div>
    ))}
    <div class="week__hours">{[0, 6, 12, 18, 24].map((at) => <span key={at} style={{ '--t': at }}>{at}</span>)}</div>
  </div>
);
