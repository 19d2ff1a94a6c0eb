// Several things in one sentence.

/** More names than these are counted. */
export const MAX_SENTENCE_NAMES = 4;

/** "a", "a and b", "a, b and c", "a, b, c and 5 more". */
export const listed = (items: readonly string[], most: number): string => {
  const shown = items.length > most ? [...items.slice(0, most - 1), `${items.length - most + 1} more`] : items;
  const [last, ...before] = shown.toReversed();
  return before.length === 0 ? (last ?? '') : `${before.toReversed().join(', ')} and ${last}`;
};

/** "1 door", "3 doors". */
export const counted = (count: number, one: string, many = `${one}s`): string => `${count} ${count === 1 ? one : many}`;

/** "Ana" of "Ana Keller", for a label that is short. */
export const firstName = (name: string): string => name.trim().split(/\s+/)[0] ?? '';

/** "Ana’s", "Jonas’" is left to those who like it: one rule for all names. */
export const possessive = (name: string): string => `${name}’s`;
