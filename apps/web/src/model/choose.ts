// Choosing one of many by typing its name: which one is meant, if it is one.

import { isFound } from './find.ts';

/** An id, and the words by which people know it. */
export type Choice = readonly [string, string];

export type Chosen =
  | { readonly kind: 'nothing' }
  | { readonly kind: 'one'; readonly id: string }
  | { readonly kind: 'many'; readonly count: number }
  | { readonly kind: 'unknown' };

/** The one that is called so, or the only one that the words fit. */
export const chosenBy = (choices: readonly Choice[], typed: string): Chosen => {
  if (typed.trim() === '') return { kind: 'nothing' };
  const called = choices.filter(([, words]) => words === typed.trim());
  const found = called.length > 0 ? called : choices.filter(([, words]) => isFound(typed, words));
  const [only] = found;
  if (only === undefined) return { kind: 'unknown' };
  return found.length === 1 ? { kind: 'one', id: only[0] } : { kind: 'many', count: found.length };
};

/** The same choices with words of their own each: what is called the same gets a number. */
export const toldApart = (choices: readonly Choice[]): readonly Choice[] => {
  const seen = new Map<string, number>();
  return choices.map(([id, words]) => {
    const count = (seen.get(words) ?? 0) + 1;
    seen.set(words, count);
    return [id, count === 1 ? words : `${words} (${count})`];
  });
};
