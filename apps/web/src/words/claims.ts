// The headline over the claims of the Trust page: what fails first, what holds, and the rest by what is the matter with it.

/** How a claim stands. `unchecked`: nobody has asked yet. `failed`: it could not be checked. `empty`: there is nothing to check. */
export type Standing = 'holds' | 'fails' | 'failed' | 'unchecked' | 'checking' | 'late' | 'empty';

const ORDER: readonly (readonly [Standing, (count: number) => string])[] = [
  ['fails', (count) => `${count} ${count === 1 ? 'does' : 'do'} not hold`],
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
