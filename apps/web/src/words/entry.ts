// PINs, cards, fingers and codes in words.

import type { Code, Entry, EntryKind } from '@mortise/api/entries.ts';
import { hoursWords } from '@mortise/words/terms.ts';
import { endTime } from '@mortise/words/time.ts';

export const KIND_WORDS: Readonly<Record<EntryKind, string>> = { pin: 'PIN', card: 'Card', finger: 'Finger', codeKey: 'Key of codes' };

const SECOND_WORDS = { phone: 'their phone', pin: 'their PIN', card: 'their card', finger: 'their finger' } as const;

/** "Always.", "Until 4 July, 17:00, Monday to Friday, 09:00 to 17:00. Asks for their finger too." */
export const entryTermsWords = ({ terms }: Entry, now: number, zone: string): string => {
  if (terms === null) return 'Nobody noted whose it is, nor when it opens.';
  const { from, until, hours, second } = terms;
  const dates = [from !== null && from > now ? `from ${endTime(from, now, zone)}` : '', until === null ? '' : `until ${endTime(until, now, zone)}`].filter((part) => part !== '');
  const times = [...dates, ...(hours.length === 0 ? [] : [hoursWords(hours)])];
  const [first] = second;
  const said = times.length === 0 ? 'Always' : times.join(', ');
  return `${said.charAt(0).toUpperCase()}${said.slice(1)}.${first === undefined ? '' : ` Asks for ${SECOND_WORDS[first]} too.`}`;
};

/** "Opens once, from today 14:00 until tomorrow 14:00." */
export const codeWords = ({ kind, from, until }: Pick<Code, 'kind' | 'from' | 'until'>, now: number, zone: string): string =>
  `Opens ${kind === 'once' ? 'once, ' : ''}${from > now ? `from ${endTime(from, now, zone)} ` : ''}until ${endTime(until + 1, now, zone)}.`;
