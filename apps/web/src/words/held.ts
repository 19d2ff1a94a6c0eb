// A key as its holder reads it: whether it opens now, until when, what is left, what waits.

import type { GrantTermsJson } from '@mortise/api/grants.ts';
import type { HeldGrant } from '@mortise/api/keys.ts';
import { counted } from '@mortise/words/lists.ts';
import { hoursWords, limitsWords, spanWords, untilWords } from '@mortise/words/terms.ts';
import { dayTime, endTime, endedWhen, plainTime, when, zoneName } from '@mortise/words/time.ts';

export type HeldTimes = { readonly now: number; readonly zone: string };
type Held = Pick<HeldGrant, 'state' | 'from' | 'terms'>;

const end = (instant: number, { now, zone }: HeldTimes): string => endTime(instant, now, zone);

/** Under the door's name: "Your key opens it until 17:00, Zurich time." */
export const heldSentence = ({ state, from, terms }: Held, times: HeldTimes): string => {
  const zone = zoneName(times.zone);
  if (state === 'asking') return `${from} has yet to sign your key. This page notices by itself.`;
  if (state === 'paused') return `${from} has paused your key. It opens nothing until it is resumed.`;
  if (state === 'takenBack') return `${from} has taken your key back.`;
  if (state === 'ended' || terms.until < times.now) return `Your key ended ${endedWhen(terms.until, times.now, times.zone)}, ${zone}.`;
  if (terms.from > times.now) return `Your key opens it from ${dayTime(terms.from, times.now, times.zone)} on, ${zone}.`;
  return `Your key opens it until ${end(terms.until, times)}, ${zone}.`;
};

/** Whether it is worth a hold: what the lock would say is for the lock to say, but for what is over or has not come. */
export const isUsable = ({ state, terms }: Held, now: number): boolean => state === 'live' && terms.until >= now;

/** "18 of 20 openings, by this phone’s count"; undefined: it is not counted. */
export const usesLeft = (terms: Pick<GrantTermsJson, 'uses'>, used: number): string | undefined =>
  terms.uses === null ? undefined : `${Math.max(0, terms.uses - used)} of ${counted(terms.uses, 'opening')}, by this phone’s count`;

/** Without internet it opens until then; undefined: to its end. */
export const stampWords = (stampUntil: number | undefined, terms: GrantTermsJson, times: HeldTimes): string | undefined => {
  if (terms.freshForS === null || stampUntil === undefined || stampUntil >= terms.until) return undefined;
  return stampUntil <= times.now ? 'Connect to the internet for a moment: the key must be confirmed.' : `Until ${end(stampUntil, times)}; then it must be confirmed`;
};

/** Rows of "Your key": what it says, in the holder's words. */
export const heldRows = (terms: GrantTermsJson, calendarWords: string, { now, zone }: HeldTimes): readonly (readonly [string, string])[] => {
  const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);
  const limits = limitsWords({ ...terms, minutesAfterFirstUse: null }, () => calendarWords);
  return [
    ['When', `${capital(hoursWords(terms.hours))}, ${zoneName(zone)}`],
    [terms.from > now ? 'Dates' : 'Until', capital(untilWords(terms, now, zone).replace(/^until /, ''))],
    ...(terms.minutesAfterFirstUse === null ? [] : [['After opening', `For ${spanWords(terms.minutesAfterFirstUse)} from the first opening on`] as const]),
    ...(limits.length === 0 ? [] : [['Limits', limits.map(capital).join('. ')] as const]),
  ];
};

/** That somebody else tried the link that this key came by. */
export const triedWords = ({ triedAgain, triedAgainAt, from }: Pick<HeldGrant, 'triedAgain' | 'triedAgainAt' | 'from'>, { now, zone }: HeldTimes): string | undefined =>
  triedAgain === 0 || triedAgainAt === null ? undefined : `Somebody else tried your link at ${plainTime(triedAgainAt, zone)}${when(triedAgainAt, now, zone).startsWith('at') ? '' : `, ${when(triedAgainAt, now, zone).replace(/ at .*$/, '')}`}, and got nothing. ${from} has been told too.`;
