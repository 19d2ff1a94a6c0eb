// The wall clock of a zone as fields show it, a day and a time of day, and the instants that it means. A time that a spring night leaves
// out means the one that the clock shows in its place; one that an autumn night shows twice means its first or its last.

export type WallTime = {
  /** "2026-06-01" */
  readonly day: string;
  /** "09:00" */
  readonly time: string;
};

const DAY_MS = 86_400_000;

const wallMs = (at: number, zone: string): number => {
  const parts = new Intl.DateTimeFormat('en-GB', {
    timeZone: zone, year: 'numeric', month: '2-digit', day: '2-digit', hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle: 'h23',
  }).formatToParts(at);
  const of = (type: Intl.DateTimeFormatPartTypes): number => Number(parts.find((each) => each.type === type)?.value);
  return Date.UTC(of('year'), of('month') - 1, of('day'), of('hour'), of('minute'), of('second'));
};

const offsetMs = (at: number, zone: string): number => wallMs(at, zone) - Math.floor(at / 1000) * 1000;

/** What a clock on the wall of the zone shows. */
export const wallTime = (at: number, zone: string): WallTime => {
  const [day = '', rest = ''] = new Date(wallMs(at, zone)).toISOString().split('T');
  return { day, time: rest.slice(0, 5) };
};

const FIELDS = /^(\d{4}-\d\d-\d\d)T(\d\d:\d\d)$/;

/** The instant, in ms; undefined for what is no day or no time. `which`: where the clock shows it twice. */
export const instantOfWall = ({ day, time }: WallTime, zone: string, which: 'first' | 'last' = 'first'): number | undefined => {
  const wall = FIELDS.test(`${day}T${time}`) ? Date.parse(`${day}T${time}:00Z`) : NaN;
  if (Number.isNaN(wall)) return undefined;
  const [before, after] = [offsetMs(wall - DAY_MS, zone), offsetMs(wall + DAY_MS, zone)];
  const shown = [wall - before, wall - after].filter((at) => wallMs(at, zone) === wall).toSorted((a, b) => a - b);
  return (which === 'first' ? shown[0] : shown.at(-1)) ?? wall - before;
};

/** The day that comes `days` after. */
export const dayAfter = (day: string, days: number): string => new Date(Date.parse(`${day}T00:00:00Z`) + days * DAY_MS).toISOString().slice(0, 10);

/** 1 Monday to 7 Sunday. */
export const weekdayOf = (day: string): number => new Date(`${day}T00:00:00Z`).getUTCDay() || 7;
