// A lent key as it is being changed: its terms in the fields, and of what the fields then say only what is another than before. What is
// left out stays as it is, at the hub and on the locks.

import type { Grant, GrantPatch, GrantTermsJson } from '@mortise/api/grants.ts';
import { dayAfter, wallTime, type WallTime } from '@mortise/words/wall-clock.ts';
import { freshDraft, moreOf, type LendDraft } from './lend-draft.ts';

const DAY_S = 86_400;

/** The end of a day is its last minute to the fields. */
const endOf = (until: number, zone: string): WallTime => {
  const wall = wallTime(until, zone);
  return wall.time === '00:00' ? { day: dayAfter(wall.day, -1), time: '23:59' } : wall;
};

/** The fields of a key that has these terms. */
export const draftOf = ({ terms, person, credentialKey, word }: Pick<Grant, 'terms' | 'person' | 'credentialKey' | 'word'>, now: number, zone: string): LendDraft => {
  const { places, hours, uses, minutesAfterFirstUse, holidays, freshForS, remote } = terms;
  return {
    ...freshDraft(places, now, zone), who: { kind: 'known', ...person, credentialKey: credentialKey ?? '' }, from: wallTime(terms.from, zone), until: endOf(terms.until, zone),
    hours, uses, minutesAfterFirstUse, holidays, freshForS: freshForS ?? DAY_S, remote, more: moreOf(terms.verbs), way: 'app', word,
  };
};

const same = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b);

const CHANGEABLE = ['from', 'until', 'hours', 'uses', 'minutesAfterFirstUse', 'holidays', 'freshForS', 'remote'] as const satisfies readonly (keyof LendDraft)[];

/** What the fields say now and did not before; `terms`: what they mean now. Empty: nothing. */
export const changesOf = (before: LendDraft, after: LendDraft, terms: GrantTermsJson): GrantPatch['changes'] =>
  Object.fromEntries(CHANGEABLE.filter((field) => !same(before[field], after[field])).map((field) => [field, terms[field]]));

/** Whether the changes take something away from what the key could do: then locks that have not heard still open to the former. */
export const narrows = (before: GrantTermsJson, changes: GrantPatch['changes']): boolean => {
  const { until = before.until, uses = before.uses, remote = before.remote } = changes;
  const hours = changes.hours !== undefined && !same(changes.hours, before.hours) && changes.hours.length > 0;
  const fewer = uses !== null && (before.uses === null || uses < before.uses);
  const limits = (['minutesAfterFirstUse', 'holidays', 'freshForS'] as const).some((limit) => changes[limit] !== undefined && changes[limit] !== null);
  return until < before.until || hours || fewer || (before.remote && !remote) || limits || (changes.from !== undefined && changes.from > before.from);
};
