// The terms of a grant in plain values, as the API and the app have them, against the terms that documents say (access/grant.ts): there and
// back without loss. And how a change of them is read: what it does not name stays as it was.

import { GRANT_BOUNDS, GRANT_VERBS, MAX_GRANT_HOURS, type GrantConditions, type GrantTerms, type GrantVerb } from '@mortise/access/grant.ts';
import type { GrantId } from '@mortise/base/identifiers.ts';
import { isInstant } from '@mortise/base/instant.ts';
import { err, ok, type Result } from '@mortise/base/result.ts';
import { elementOf, MAX_PLACES, placeOf } from '@mortise/documents/place.ts';
import { scheduleOf, windowOf, type HoursWindow } from './hours-window.ts';

/** `places`: element identifiers. `from`, `until`: milliseconds, whole seconds. Null: no such limit. */
export type PlainTerms = {
  readonly places: readonly string[];
  readonly verbs: readonly GrantVerb[];
  readonly from: number;
  readonly until: number;
  readonly hours: readonly HoursWindow[];
  readonly uses: number | null;
  readonly minutesAfterFirstUse: number | null;
  readonly freshForS: number | null;
  readonly holidays: number | null;
  readonly remote: boolean;
};

/** Which part is out of form or bounds. */
export type TermsError = { readonly code: 'places' | 'verbs' | 'dates' | 'hours' | keyof typeof GRANT_BOUNDS };

/** Which document of which grant: a grant's first document has the grant's id, each later one another. */
export type DocumentName = { readonly accessId: GrantId; readonly grantId: GrantId };

/** The terms that this document says. What is counted goes on under the grant's id. */
export const grantTermsOf = ({ accessId, grantId }: DocumentName, plain: PlainTerms): Result<GrantTerms, TermsError> => {
  const places = plain.places.map(placeOf).filter((place) => place !== undefined);
  const verbs = GRANT_VERBS.filter((verb) => plain.verbs.includes(verb));
  const hours = plain.hours.map(scheduleOf).filter((schedule) => schedule !== undefined);
  const { from, until } = plain;
  if (places.length !== plain.places.length || places.length === 0 || places.length > MAX_PLACES || new Set(plain.places).size !== places.length) return err({ code: 'places' });
  if (verbs.length === 0 || verbs.length !== plain.verbs.length) return err({ code: 'verbs' });
  if (!isInstant(from) || !isInstant(until) || from % 1000 !== 0 || until % 1000 !== 0 || from >= until) return err({ code: 'dates' });
  if (hours.length !== plain.hours.length || hours.length > MAX_GRANT_HOURS) return err({ code: 'hours' });
  const conditions = conditionsOf(plain);
  const isCounted = plain.uses !== null || plain.minutesAfterFirstUse !== null;
  const counting = isCounted && accessId !== grantId ? { countsAs: grantId } : {};
  return conditions.ok ? ok({ grantId: accessId, places, verbs, from, until, hours, ...conditions.value, ...counting }) : conditions;
};

const LIMITS = ['uses', 'minutesAfterFirstUse', 'freshForS', 'holidays'] as const;

const conditionsOf = (plain: PlainTerms): Result<GrantConditions, TermsError> => {
  const given = LIMITS.flatMap((name) => {
    const value = plain[name];
    return value === null ? [] : [[name, value] as const];
  });
  const wrong = given.find(([name, value]) => !Number.isSafeInteger(value) || value < GRANT_BOUNDS[name].min || value > GRANT_BOUNDS[name].max);
  return wrong === undefined ? ok({ ...Object.fromEntries(given), userVerification: false, remote: plain.remote }) : err({ code: wrong[0] });
};

/** The plain values of a document's terms; undefined: it says what they cannot (user verification, other schedules). */
export const plainTermsOf = ({ places, verbs, from, until, hours, userVerification, remote, ...limits }: GrantTerms): PlainTerms | undefined => {
  const windows = hours.map(windowOf).filter((window) => window !== undefined);
  if (userVerification || windows.length !== hours.length) return undefined;
  const { uses = null, minutesAfterFirstUse = null, freshForS = null, holidays = null } = limits;
  return { places: places.map(elementOf), verbs, from, until, hours: windows, uses, minutesAfterFirstUse, freshForS, holidays, remote };
};

/** Whether two say the same; places in whatever order. */
export const isSamePlain = (one: PlainTerms, other: PlainTerms): boolean => wordOf(one) === wordOf(other);

const wordOf = ({ places, verbs, from, until, hours, uses, minutesAfterFirstUse, freshForS, holidays, remote }: PlainTerms): string =>
  JSON.stringify([places.toSorted(), verbs, from, until, hours.map((window) => [window.days, window.from, window.until]), uses, minutesAfterFirstUse, freshForS, holidays, remote]);

/** What a change may name. Null takes a limit away; absent (or undefined): as it was. */
export type TermsChange = { readonly [Part in keyof Omit<PlainTerms, 'places' | 'verbs'>]?: PlainTerms[Part] | undefined };

/** The terms with what the change names in place of their own, and nothing else. */
export const patchTerms = <T extends PlainTerms>(terms: T, change: TermsChange): T => {
  const named = Object.entries(change).filter(([, value]) => value !== undefined);
  return { ...terms, ...Object.fromEntries(named) };
};
