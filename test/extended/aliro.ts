// The standard phase under altered messages, a million of them (packages/aliro mutation.conformance.ts), on OpenSSL.

import { runMutations } from '@mortise/aliro/mutation.conformance.ts';
import { nodeCrypto } from '@mortise/node/crypto.ts';
import type { Part } from './part.ts';

const RUNS = 20_000;
const ends = new Set<string>();

export const aliroMutations: Part = {
  name: 'aliro: altered messages',
  share: 2,
  maxChunks: 50,
  chunk: (seed) => {
    const { runs, byLayer, ends: ended } = runMutations({ runs: RUNS, seed, crypto: nodeCrypto });
    for (const end of Object.keys(ended)) ends.add(end);
    return { mutations: runs, ...byLayer, tolerated: ended['tolerated'] ?? 0, waiting: ended['waiting'] ?? 0 };
  },
  seen: () => ({ 'different ends': ends.size }),
};
