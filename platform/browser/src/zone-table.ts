// A zone table from this browser's time zone database, by Intl, which all browsers have: the offset is asked for, and where it changes within a
// step the change is found by halving. Locks have no such database: whoever writes a roster makes the table for them.

import { err, ok, type Result } from '@mortise/base/result.ts';
import { MAX_TRANSITIONS, type Transition, type ZoneTable } from '@mortise/schedule/zone-table.ts';

/** `zone-unknown`: no zone of that name here; `too-many-transitions`: more than a table holds. */
export type ZoneTableError = { readonly code: 'zone-unknown' | 'too-many-transitions' };

/** No zone changes twice within so long and back again, but for a month of fasting, which is longer. */
const STEP_S = 7 * 86_400;
const ZONE_NAME = /^[A-Za-z][A-Za-z0-9_+/-]*$/;

type OffsetAt = (unixS: number) => number;

/** The table of an IANA zone from the start of `fromYear` to the start of `untilYear`, in UTC. As good as the database of today: make it anew every year. */
export const zoneTableOf = (zoneId: string, fromYear: number, untilYear: number): Result<ZoneTable, ZoneTableError> => {
  const offsetAt = offsetsOf(zoneId);
  if (offsetAt === undefined) return err({ code: 'zone-unknown' });
  const [fromS, untilS] = [Date.UTC(fromYear, 0, 1) / 1000, Date.UTC(untilYear, 0, 1) / 1000];
  const transitions = transitionsBetween(offsetAt, fromS, untilS);
  if (transitions.length > MAX_TRANSITIONS) return err({ code: 'too-many-transitions' });
  return ok({ initialOffsetS: offsetAt(fromS), transitions, untilS });
};

const offsetsOf = (zoneId: string): OffsetAt | undefined => {
  if (!ZONE_NAME.test(zoneId)) return undefined;
  try {
    const format = new Intl.DateTimeFormat('en-GB', {
      timeZone: zoneId, era: 'short', year: 'numeric', month: '2-digit', day: '2-digit', hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle: 'h23',
    });
    return (unixS) => wallS(format, unixS) - unixS;
  } catch (error) {
    return unknown(error);
  }
};

// Intl reports a zone that it does not know by throwing a RangeError; nothing else can go wrong with a name.
const unknown = (_error: unknown): undefined => undefined;

const wallS = (format: Intl.DateTimeFormat, unixS: number): number => {
  const parts = new Map(format.formatToParts(unixS * 1000).map(({ type, value }) => [type, value]));
  const of = (type: Intl.DateTimeFormatPartTypes): number => Number(parts.get(type));
  return Date.UTC(of('year'), of('month') - 1, of('day'), of('hour'), of('minute'), of('second')) / 1000;
};

const transitionsBetween = (offsetAt: OffsetAt, fromS: number, untilS: number): readonly Transition[] => {
  const transitions: Transition[] = [];
  let before = offsetAt(fromS);
  for (let start = fromS; start < untilS && transitions.length <= MAX_TRANSITIONS; start += STEP_S) {
    const end = Math.min(start + STEP_S, untilS);
    const after = offsetAt(end - 1);
    if (after !== before) transitions.push({ fromS: changeBetween(offsetAt, start, end - 1, before), offsetS: after });
    before = after;
  }
  return transitions;
};

/** The first second of another offset: not at `low`, at `high`. */
const changeBetween = (offsetAt: OffsetAt, low: number, high: number, before: number): number => {
  let [from, to] = [low - 1, high];
  while (to - from > 1) {
    const middle = Math.floor((from + to) / 2);
    if (offsetAt(middle) === before) from = middle;
    else to = middle;
  }
  return to;
};
