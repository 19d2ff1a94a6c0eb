// Why a lock refused a lent key, to the person who holds it: the lock's own reason, with the times of the key's terms where they say more
// than the reason alone. "This key ended at 17:00, Zurich time."

import type { PlainTerms } from '@mortise/management/plain-terms.ts';
import { reasonSentence } from './reasons.ts';
import { hoursWords, spanWords, usesWords } from './terms.ts';
import { dayTime, endedWhen, zoneName } from './time.ts';

/** `next`: when the key would open again, as far as its terms tell; undefined: never, or not to be told. */
export type KeyReasonContext = { readonly terms: PlainTerms; readonly now: number; readonly zone: string; readonly next?: number | undefined; readonly calendarName?: string | undefined };

/** `says` is the reason, `follows` what follows from it, if anything does. */
export type KeyReason = { readonly says: string; readonly follows?: string };

const again = ({ next, now, zone }: KeyReasonContext): Pick<KeyReason, 'follows'> =>
  next === undefined ? {} : { follows: `It opens again ${/^\d/.test(dayTime(next, now, zone)) ? 'at ' : ''}${dayTime(next, now, zone)}, ${zoneName(zone)}.` };

type Words = (context: KeyReasonContext) => KeyReason;

const WORDS: Readonly<Record<string, Words>> = {
  'grant-expired': ({ terms, now, zone }) => ({ says: `This key ended ${endedWhen(terms.until, now, zone)}, ${zoneName(zone)}.`, follows: 'Ask whoever lent it to you to renew it.' }),
  'grant-not-yet': ({ terms, now, zone }) => ({ says: `This key begins ${dayTime(terms.from, now, zone).replace(/^(?=\d)/, 'at ')}, ${zoneName(zone)}.` }),
  'outside-hours': (context) => ({ says: `This key opens ${hoursWords(context.terms.hours)}, ${zoneName(context.zone)}.`, ...again(context) }),
  'holiday': (context) => ({ says: `This key does not open on the days of ${context.calendarName ?? 'the site’s holidays'}, and today is one.`, ...again(context) }),
  'uses-spent': ({ terms }) => ({ says: terms.uses === null ? reasonSentence('uses-spent') : `This key opens ${usesWords(terms.uses)}, and that is used up.` }),
  'first-use-over': ({ terms }) => ({
    says: terms.minutesAfterFirstUse === null ? reasonSentence('first-use-over') : `This key opens for ${spanWords(terms.minutesAfterFirstUse)} after its first opening, and they have passed.`,
  }),
};

/** Takes any code; one that the terms say nothing about is told as it is. */
export const keyReason = (code: string, context: KeyReasonContext): KeyReason =>
  (Object.hasOwn(WORDS, code) ? WORDS[code]?.(context) : undefined) ?? { says: reasonSentence(code) };
