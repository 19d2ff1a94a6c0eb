// Finding by what somebody types: each word must stand somewhere in the names, without accents, small or capital.

const plain = (text: string): string => text.normalize('NFD').replaceAll(/\p{Diacritic}/gu, '').toLowerCase();

/** Nothing typed: everything is found. */
export const isFound = (typed: string, ...names: readonly string[]): boolean => {
  const all = plain(names.join('\n'));
  return plain(typed).split(/\s+/).every((word) => all.includes(word));
};
