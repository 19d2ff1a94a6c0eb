// `--mechanism KIND[,pulse|stand][,fail-safe|fail-secure][,no-exit]`: what this lock is built into, as its board has it. What is left out is as that
// kind is built most often.

import { MECHANISM_NAMES } from '@mortise/courier/built.ts';
import { isMechanism, MECHANISMS, type Mechanism } from '@mortise/lock/mechanism.ts';

/** Kinds that this body can be; the bolt of a passive lock has another. */
export const POWERED = MECHANISM_NAMES.filter((name) => name !== 'hand');

export const MECHANISM_FORM = `${POWERED.join(', ')}; of strike, magnet and gate also how, like strike,stand,fail-safe,no-exit`;

const HOW: { readonly [word: string]: Partial<Mechanism> } = {
  'pulse': { opening: 'pulse' }, 'stand': { opening: 'stand' }, 'fail-safe': { withoutPower: 'fail-safe' }, 'fail-secure': { withoutPower: 'fail-secure' }, 'no-exit': { hasExit: false },
};

/** Undefined: no kind, or one that cannot be built so. */
export const parseMechanism = (text: string): Mechanism | undefined => {
  const [kind = '', ...words] = text.split(',').map((word) => word.trim());
  const name = POWERED.find((each) => each === kind);
  if (name === undefined || !words.every((word) => Object.hasOwn(HOW, word))) return undefined;
  const mechanism = words.reduce<Mechanism>((built, word) => ({ ...built, ...HOW[word] }), MECHANISMS[name]);
  return isMechanism(mechanism) ? mechanism : undefined;
};
