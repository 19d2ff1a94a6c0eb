// When a key opens next, by whatever tells of an instant whether it does: a lock's judgement over a key's own documents, or over those that
// its terms would be signed as.

import { assert } from '@mortise/base/assert.ts';
import { instant, isInstant, type Instant } from '@mortise/base/instant.ts';
import type { GrantTerms } from '@mortise/access/grant.ts';
import { DAY_S } from '@mortise/schedule/recurrence.ts';
import { localSecondsAt, type ZoneTable } from '@mortise/schedule/zone-table.ts';

/** How far ahead is looked. */
export const MAX_DAYS_AHEAD = 400;

/** Dates and hours of the key, and the door's wall clock. */
export type KeyTimes = Pick<GrantTerms, 'from' | 'until' | 'hours'> & { readonly zoneTable: ZoneTable };

/** The first instant after `at` at which `opensAt` says yes; undefined: none within `MAX_DAYS_AHEAD`, or the zone's table does not reach. */
export const nextOpening = ({ from, until, hours, zoneTable }: KeyTimes, at: Instant, opensAt: (at: Instant) => boolean): Instant | undefined => {
  // What keeps a key shut ends where the key begins, where a window begins, or where a day does: no other instant need be looked at.
  if (at < from && opensAt(from)) return from;
  const start = Math.max(at, from);
  const today = localSecondsAt(zoneTable, instant(start));
  if (today === undefined) return undefined;
  const times = [0, ...hours.map(({ startS }) => startS % DAY_S)].toSorted((a, b) => a - b);
  for (let day = 0; day <= MAX_DAYS_AHEAD; day += 1) {
    const midnight = (Math.floor(today / DAY_S) + day) * DAY_S;
    if ((midnight - today) * 1000 > until - start + DAY_S * 1000) return undefined;
    const found = times.map((time) => atLocal(zoneTable, midnight + time)).find((each) => each !== undefined && each > start && opensAt(each));
    if (found !== undefined) return found;
  }
  return undefined;
};

/** The first instant at which the wall clock shows this, or has passed it; undefined where the table does not reach. */
const atLocal = ({ initialOffsetS, transitions, untilS }: ZoneTable, localS: number): Instant | undefined => {
  assert(Number.isSafeInteger(localS), 'whole seconds');
  const offsets = [initialOffsetS, ...transitions.map(({ offsetS }) => offsetS)];
  const table = { initialOffsetS, transitions, untilS };
  const shown = [...new Set(offsets)].map((offsetS) => (localS - offsetS) * 1000).filter(isInstant).filter((each) => localSecondsAt(table, each) === localS);
  if (shown.length > 0) return instant(Math.min(...shown));
  // A spring night leaves it out: the clock passes it where the offset changes.
  const passed = transitions.find(({ fromS, offsetS }, index) => fromS + offsetS > localS && fromS + (offsets[index] ?? initialOffsetS) <= localS);
  return passed === undefined ? undefined : instant(passed.fromS * 1000);
};
