// Estates at work for five days, each from a seed of its own: passive locks, electronic keys, people and an office, with hands that slip, keys that are
// lost and stations that fail. Each thing that must hold is counted; the first that does not, fails. One estate again, with its story:
// `mortise simulate estate --seed S --days 5`.

import { assert } from '@mortise/base/assert.ts';
import { simulate } from '@mortise/estate/simulate.ts';
import { randomisedCrypto } from '@mortise/node/randomised-crypto.fixture.ts';
import type { Covered, Part } from './part.ts';

const DAYS = 5;

export const estates: Part = {
  name: 'estate: five days from random seeds',
  share: 6,
  maxChunks: 10_000,
  chunk: (seed) => {
    const { held, broken, invariants, statistics } = simulate(randomisedCrypto, { seed, days: DAYS });
    assert(held, `seed ${seed}: ${broken.map(({ invariant, what }) => `${invariant}: ${what}`).join('; ')}`);
    const told: Covered = Object.fromEntries(statistics.filter(([what]) => ['openings', 'contacts that broke off', 'updates that were cut', 'keys lost'].includes(what)));
    const checks: Covered = Object.fromEntries(invariants.map((invariant) => [`checks of ${invariant.name}`, invariant.checks]));
    return { estates: 1, days: DAYS, ...told, ...checks };
  },
};
