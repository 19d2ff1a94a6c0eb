// "Would it open at …?": yes or no first, then why, then when next.

import type { PlainTerms } from '@mortise/management/plain-terms.ts';
import { keyReason } from './key-reason.ts';
import { spanWords } from './terms.ts';
import { shortDate, plainTime, zoneName } from './time.ts';

/** What the lock's own judgement says of an instant; `next`: the next instant at which it opens, if there is one. */
export type Opening = { readonly opens: true } | { readonly opens: false; readonly code: string; readonly next?: number | undefined };

export type OpeningContext = { readonly terms: PlainTerms; readonly at: number; readonly now: number; readonly zone: string; readonly calendarName?: string | undefined };

export type OpeningWords = { readonly word: 'Yes' | 'No'; readonly why: string; readonly next?: string };

const whyNot = (code: string, { terms, at, now, zone, calendarName }: OpeningContext): string => {
  if (code === 'grant-expired') return 'The key has ended by then.';
  if (code === 'grant-not-yet') return 'The key has not begun by then.';
  if (code === 'outside-hours') return `It is ${shortDate(at, now, zone)}, ${plainTime(at, zone)} there, and that is not among its hours.`;
  if (code === 'holiday') return `It is one of the days of ${calendarName ?? 'the holidays'}.`;
  return keyReason(code, { terms, now, zone, calendarName }).says;
};

/** What only the lock knows: how often the key was used, and when first. The answer takes both at their best. */
const provided = ({ uses, minutesAfterFirstUse }: PlainTerms): string => {
  const parts = [
    ...(uses === null ? [] : [uses === 1 ? 'if it has not opened before' : `if it has opened fewer than ${uses} times`]),
    ...(minutesAfterFirstUse === null ? [] : [`no longer than ${spanWords(minutesAfterFirstUse)} after the first opening`]),
  ];
  return parts.length === 0 ? '' : `, ${parts.join(', and ')}`;
};

export const openingWords = (opening: Opening, context: OpeningContext): OpeningWords => {
  const { at, now, zone } = context;
  if (opening.opens) return { word: 'Yes', why: `On ${shortDate(at, now, zone)}, ${plainTime(at, zone)}, ${zoneName(zone)}, the lock would open${provided(context.terms)}.` };
  const why = whyNot(opening.code, context);
  return opening.next === undefined ? { word: 'No', why } : { word: 'No', why, next: `${shortDate(opening.next, now, zone)}, ${plainTime(opening.next, zone)}` };
};
