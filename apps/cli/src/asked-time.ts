// The instant that --at means: on the door's wall clock, or with an offset.

import { instant, isInstant, type Instant } from '@mortise/base/instant.ts';
import { err, ok, type Result } from '@mortise/base/result.ts';
import { instantOfWall } from '@mortise/words/wall-clock.ts';
import type { CommandError } from './command.ts';

const FORM = /^(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d)(?::(\d\d))?(Z|[+-]\d\d:\d\d)?$/;

/** `zone`: of the door, by which a time without an offset goes. Seconds may be left out. Error: `time-wrong`. */
export const askedTime = (text: string, zone: string): Result<Instant, CommandError> => {
  const [, day = '', time = '', seconds = '00', offset] = FORM.exec(text) ?? [];
  if (!isDay(day) || Number(seconds) > 59) return err(wrong(text));
  const at = offset === undefined ? onTheWall(day, time, Number(seconds), zone) : Date.parse(`${day}T${time}:${seconds}${offset}`);
  return at !== undefined && isInstant(at) ? ok(instant(at)) : err(wrong(text));
};

// Date.parse takes 30 February for 2 March.
const isDay = (day: string): boolean => {
  const midnight = Date.parse(`${day}T00:00:00Z`);
  return !Number.isNaN(midnight) && new Date(midnight).toISOString().startsWith(day);
};

const onTheWall = (day: string, time: string, seconds: number, zone: string): number | undefined => {
  const minute = instantOfWall({ day, time }, zone);
  return minute === undefined ? undefined : minute + seconds * 1000;
};

const wrong = (text: string): CommandError => ({
  code: 'time-wrong',
  message: `"${text}" is no time. Write it like 2026-06-05T17:00, on the door's own clock, or with its offset like 2026-06-05T17:00+02:00.`,
});
