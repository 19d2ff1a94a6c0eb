// A grant: what a person may do, where, when, under which conditions. Plain terms, the same that an owner chooses, that an access
// document says (grant-document.ts) and that a guest reads. Each condition only narrows; `remote` alone widens.

import { assert } from '@mortise/base/assert.ts';
import { asNumber } from '@mortise/base/cbor.ts';
import type { GrantId } from '@mortise/base/identifiers.ts';
import type { Instant } from '@mortise/base/instant.ts';
import { MAX_CALENDAR_ID } from '@mortise/documents/calendar.ts';
import { MAX_PLACES, elementOf, type Place } from '@mortise/documents/place.ts';
import { isSchedule, type Schedule } from '@mortise/schedule/schedule.ts';

/** `hold`: keep unlocked, and end that. `unlatch`: draw the latch for a moment. */
export const GRANT_VERBS = ['unlock', 'lock', 'unlatch', 'hold'] as const;
export type GrantVerb = (typeof GRANT_VERBS)[number];

/** What must hold besides places, verbs and times. Counts and first uses are each lock's own. */
export type GrantConditions = {
  /** Openings at each lock: 1 to 65535. */
  readonly uses?: number;
  /** Minutes from the first opening at each lock: 1 to 525,600. */
  readonly minutesAfterFirstUse?: number;
  /** How old a freshness stamp may be, seconds: 60 to 31,622,400. Absent: the grant does not lapse before its end. */
  readonly freshForS?: number;
  /** The roster's calendar on whose days the grant does not hold: 1 to 255. */
  readonly holidays?: number;
  /** Whether the phone must verify who holds it. */
  readonly userVerification: boolean;
  /** Whether it holds from afar. */
  readonly remote: boolean;
  /** Under which id uses are counted, where it is not the grant's: a changed grant goes on counting. */
  readonly countsAs?: GrantId;
};

export type GrantTerms = GrantConditions & {
  readonly grantId: GrantId;
  /** 1 to 32, each once. */
  readonly places: readonly Place[];
  /** At least one, each once, in the order of `GRANT_VERBS`. */
  readonly verbs: readonly GrantVerb[];
  /** First and last instant, whole seconds; `from` is before `until`. */
  readonly from: Instant;
  readonly until: Instant;
  /** At most 8 windows, of which one must be active; none: at all hours. On the door's wall clock unless a window is in UTC. */
  readonly hours: readonly Schedule[];
};

type Bounds = { readonly min: number; readonly max: number };
export const GRANT_BOUNDS = {
  uses: { min: 1, max: 0xffff },
  minutesAfterFirstUse: { min: 1, max: 525_600 },
  freshForS: { min: 60, max: 366 * 86_400 },
  holidays: { min: 1, max: MAX_CALENDAR_ID },
} as const satisfies Readonly<Record<string, Bounds>>;
export const MAX_GRANT_HOURS = 8;

/** Terms are ours: what is out of bounds is a bug of whoever made them. */
export const assertTerms = (terms: GrantTerms): void => {
  const { places, verbs, from, until, hours } = terms;
  assert(places.length > 0 && places.length <= MAX_PLACES && areDistinct(places.map(elementOf)), `a grant has 1 to ${MAX_PLACES} places, each once`);
  const ordered = GRANT_VERBS.filter((verb) => verbs.includes(verb));
  assert(verbs.length > 0 && verbs.length === ordered.length && verbs.every((verb, index) => verb === ordered[index]), 'a grant has verbs, each once, in their order');
  assert(from % 1000 === 0 && until % 1000 === 0 && from < until, 'a grant is from a whole second to a later one');
  assert(hours.length <= MAX_GRANT_HOURS && hours.every(isSchedule), `a grant has at most ${MAX_GRANT_HOURS} windows in form`);
  for (const [name, bounds] of Object.entries(GRANT_BOUNDS)) assertBound(terms, name, bounds);
};

const assertBound = (terms: GrantConditions, name: string, { min, max }: Bounds): void => {
  const values: Readonly<Record<string, number | boolean | undefined>> = { ...terms };
  const value = values[name];
  assert(value === undefined || asNumber(value, min, max) !== undefined, `${name} is ${min} to ${max}`);
};

const areDistinct = (texts: readonly string[]): boolean => new Set(texts).size === texts.length;

/** A part that is left out stays as it was; null takes a condition away. */
export type GrantPatch = { readonly [Part in keyof Omit<GrantTerms, 'grantId' | 'countsAs'>]?: GrantTerms[Part] | null };

/** The terms with the patch's parts in place of their own. What must be there cannot be taken away: null leaves it. */
export const changeTerms = (terms: GrantTerms, patch: GrantPatch): GrantTerms => {
  const given = Object.entries(patch).filter(([, value]) => value !== undefined);
  const gone = new Set(given.filter(([, value]) => value === null).map(([part]) => part));
  const { uses, minutesAfterFirstUse, freshForS, holidays, ...always } = { ...terms, ...Object.fromEntries(given.filter(([, value]) => value !== null)) };
  const conditions = { uses, minutesAfterFirstUse, freshForS, holidays };
  const kept = Object.entries(conditions).filter(([part, value]) => value !== undefined && !gone.has(part));
  const changed = { ...always, ...Object.fromEntries(kept) };
  assertTerms(changed);
  return changed;
};
