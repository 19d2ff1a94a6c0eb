// What the locks of a location come to, in one line: only what is not locked is named.

import { counted } from '@mortise/words/lists.ts';
import { summary, WORDS, type DoorState } from './door-state.ts';

export const locksLine = (states: readonly DoorState[]): string => {
  if (states.length === 0) return 'No lock';
  const [only, ...more] = states;
  if (only !== undefined && more.length === 0) return `1 lock, ${WORDS[only].toLowerCase()}`;
  const others = summary(states);
  if (others.length === 0) return `All ${states.length.toLocaleString('en-GB')} locked`;
  return `${counted(states.length, 'lock')}: ${others.map(({ state, count }) => `${count.toLocaleString('en-GB')} ${WORDS[state].toLowerCase()}`).join(', ')}`;
};
