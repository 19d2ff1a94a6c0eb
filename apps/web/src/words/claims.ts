// The headline over the claims of the Trust page: what fails first, what holds, and the rest by what is the matter with it.

import type { JournalSummary } from '@mortise/journal/stored-journal.ts';

/**
 * How a claim stands. `unchecked`: nobody has asked yet. `failed`: it could not be checked. `empty`: there is nothing to check.
 * `gaps`: it holds for what is there, and something is not.
 */
export type Standing = 'holds' | 'fails' | 'failed' | 'unchecked' | 'checking' | 'late' | 'empty' | 'gaps';

const ORDER: readonly (readonly [Standing, (count: number) => string])[] = [
  ['fails', (count) => `${count} ${count === 1 ? 'does' : 'do'} not hold`],
  ['gaps', (count) => `${count} with a gap`],
  ['holds', (count) => `${count} ${count === 1 ? 'holds' : 'hold'}`],
  ['failed', (count) => `${count} could not be checked`],
  ['late', (count) => `${count} on its way`],
  ['checking', (count) => `${count} being checked`],
  ['unchecked', (count) => `${count} not checked yet`],
];

/** "2 hold, 1 not checked yet" */
export const headline = (standings: readonly Standing[]): string => {
  const parts = ORDER.flatMap(([standing, words]) => {
    const count = standings.filter((each) => each === standing).length;
    return count === 0 ? [] : [words(count)];
  });
  return parts.length === 0 ? 'Nothing to check yet' : parts.join(', ');
};

const counted = (count: number, thing: string): string => `${count.toLocaleString('en-GB')} ${thing}${count === 1 ? '' : 's'}`;

/** How journals that were checked stand, together: the standing, its word, and what was found. */
export const journalsOutcome = (summaries: readonly Pick<JournalSummary, 'entries' | 'missing' | 'unsigned'>[]): { readonly standing: 'holds' | 'gaps'; readonly word: string; readonly found: string } => {
  const sum = (of: (summary: (typeof summaries)[number]) => number): number => summaries.reduce((total, each) => total + of(each), 0);
  const [entries, missing, unsigned] = [sum((each) => each.entries), sum((each) => each.missing), sum((each) => each.unsigned)];
  const rest = unsigned === 0 ? '' : `; the newest ${unsigned} are chained but not signed yet`;
  if (missing === 0) return { standing: 'holds', word: 'Holds', found: `${counted(entries, 'record')}, no gap${rest}` };
  return {
    standing: 'gaps', word: 'Holds, with a gap',
    found: `${counted(entries, 'record')} as the lock signed them${rest}. ${counted(missing, 'record')} ${missing === 1 ? 'is' : 'are'} missing: the hub lost them or never got them, or somebody took them out`,
  };
};
