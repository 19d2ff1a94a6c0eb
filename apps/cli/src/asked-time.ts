// The instant that --at means: on the door's wall clock, or with an offset. A time that the clock leaves out, or shows twice, is not guessed at.

import { instant, isInstant, type Instant } from '@mortise/base/instant.ts';
import { err, ok, type Result } from '@mortise/base/result.ts';
import { instantOfWall, wallTime, type WallTime } from '@mortise/words/wall-clock.ts';
import type { CommandError } from './command.ts';

const FORM = /^(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d)(?::(\d\d))?(Z|[+-]\d\d:\d\d)?$/;

/** `zone`: of the door, by which a time without an offset goes. Seconds may be left out. Errors: `time-wrong`; `time-skipped`, `time-twice`: on that wall clock. */
export const askedTime = (text: string, zone: string): Result<Instant, CommandError> => {
  const [, day = '', time = '', seconds = '00', offset] = FORM.exec(text) ?? [];
  if (!isDay(day) || Number(seconds) > 59) return err(wrong(text));
  if (offset === undefined) return onTheWall({ day, time }, Number(seconds), { zone, text });
  return instantAt(Date.parse(`${day}T${time}:${seconds}${offset}`), text);
};

const instantAt = (at: number, text: string): Result<Instant, CommandError> => (isInstant(at) ? ok(instant(at)) : err(wrong(text)));

// Date.parse takes 30 February for 2 March.
const isDay = (day: string): boolean => {
  const midnight = Date.parse(`${day}T00:00:00Z`);
  return !Number.isNaN(midnight) && new Date(midnight).toISOString().startsWith(day);
};

type Asked = { readonly zone: string; readonly text: string };

const onTheWall = (wall: WallTime, seconds: number, { zone, text }: Asked): Result<Instant, CommandError> => {
  const [first, last] = [instantOfWall(wall, zone), instantOfWall(wall, zone, 'last')];
  if (first === undefined || last === undefined) return err(wrong(text));
  const shown = wallTime(first, zone);
  if (shown.day !== wall.day || shown.time !== wall.time) return err(skipped(text, zone, shown));
  return first === last ? instantAt(first + seconds * 1000, text) : err(twice(text, zone, [first, last].map((at) => `${text}${offsetOf(wall, at)}`)));
};

/** Of the wall clock from UTC, at the instant at which it shows this. */
const offsetOf = ({ day, time }: WallTime, at: number): string => {
  const minutes = Math.round((Date.parse(`${day}T${time}:00Z`) - at) / 60_000);
  const [hours, rest] = [Math.trunc(Math.abs(minutes) / 60), Math.abs(minutes) % 60].map((part) => String(part).padStart(2, '0'));
  return `${minutes < 0 ? '-' : '+'}${hours}:${rest}`;
};

const skipped = (text: string, zone: string, { day, time }: WallTime): CommandError => ({
  code: 'time-skipped',
  message: `"${text}" does not exist on the door's clock (${zone}): it is put forward over it. The clock shows ${day}T${time} in its place; write that, or a time with its offset.`,
});

const twice = (text: string, zone: string, both: readonly string[]): CommandError => ({
  code: 'time-twice',
  message: `"${text}" comes twice on the door's clock (${zone}): it is put back over it. Write which one: ${both.join(' or ')}.`,
});

const wrong = (text: string): CommandError => ({
  code: 'time-wrong',
  message: `"${text}" is no time. Write it like 2026-06-05T17:00, on the door's own clock, or with its offset like 2026-06-05T17:00+02:00.`,
});
