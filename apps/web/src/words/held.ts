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

// What a lock refuses for good, as far as the documents go that it was shown; other refusals end by themselves.
const FINAL: Readonly<Record<string, string>> = { 'revoked': 'Taken back', 'uses-spent': 'Used up', 'first-use-over': 'Time is over', 'invitation-used': 'Used before' };

/** The word for a refusal that stays; undefined: to ask again may help. */
export const finalWord = (code: string): string | undefined => (Object.hasOwn(FINAL, code) ? FINAL[code] : undefined);

/** What a key does at a door when there is no internet: it `works`, must be `confirmed` first, or is `over`. `refused`: by the lock, for good. */
export type Standing = 'works' | 'unconfirmed' | 'over';
export const standingAtDoor = (held: Held, stampUntil: number | undefined, refused: boolean, now: number): Standing => {
  if (refused || !isUsable(held, now)) return 'over';
  return held.terms.freshForS !== null && (stampUntil ?? 0) <= now ? 'unconfirmed' : 'works';
};

const AT_DOOR: Readonly<Record<Standing, string>> = {
  works: ' At the door the key works all the same: the lock decides by itself.', unconfirmed: ' The key must be confirmed before it opens: connect to the internet for a moment.', over: '',
};
/** What follows for the key from having no connection. */
export const offlineWords = (standing: Standing): string => AT_DOOR[standing];

/** "18 of 20 openings, by this phone’s count"; undefined: it is not counted. `refused`: what the lock said for good. */
export const usesLeft = (terms: Pick<GrantTermsJson, 'uses'>, used: number, refused?: string): string | undefined => {
  if (terms.uses === null) return undefined;
  return refused === 'uses-spent' ? 'None, as the lock says' : leftWords(terms.uses, used);
};

const leftWords = (uses: number, used: number): string => `${Math.max(0, uses - used)} of ${counted(uses, 'opening')}, by this phone’s count`;

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
