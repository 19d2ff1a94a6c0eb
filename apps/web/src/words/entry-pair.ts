// Two factors of one person in words: what an entry that asks for another one comes to at its door, by what that person has there.

import type { Entry, EntryTermsJson } from '@mortise/api/entries.ts';
import { PAIR_MS } from '@mortise/access/second-factor.ts';

type Factor = EntryTermsJson['second'][number];
export type PairKind = Exclude<Factor, 'phone'>;

const NOUN: Readonly<Record<Factor, string>> = { phone: 'phone', pin: 'PIN', card: 'card', finger: 'finger' };
const WITHIN = `within ${PAIR_MS / 1000} seconds`;

/** `kind`: of the entry that asks for `second`; `theirs`: what its person has at this door. */
export const pairWords = (kind: PairKind, second: Factor, theirs: readonly Pick<Entry, 'kind' | 'terms'>[]): string => {
  if (second === 'phone') return `Their phone comes ${WITHIN}, before or after.`;
  const others = theirs.filter((entry) => entry.kind === second);
  if (others.length === 0) return `They have no ${NOUN[second]} here yet: until then it opens nothing.`;
  if (others.every(({ terms }) => terms?.second.includes(kind) === true)) return `Either comes first, the other ${WITHIN}.`;
  return `Their ${NOUN[second]} still opens alone: it does not ask for their ${NOUN[kind]}.`;
};

/** Of an entry that stands among others; undefined: it asks for nothing else. */
export const pairOf = ({ kind, person, terms }: Pick<Entry, 'kind' | 'person' | 'terms'>, atDoor: readonly Entry[]): string | undefined => {
  const [second] = terms?.second ?? [];
  return second === undefined || kind === 'codeKey' ? undefined : pairWords(kind, second, atDoor.filter((other) => person !== null && other.person?.id === person.id));
};
