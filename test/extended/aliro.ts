// Whole transactions under altered messages: all phases, a million of them (packages/aliro mutation.conformance.ts), on OpenSSL.

import { runMutations } from '@mortise/aliro/mutation.conformance.ts';
import { nodeCrypto } from '@mortise/node/crypto.ts';
import type { Part } from './part.ts';

const RUNS = 20_000;
const ends = new Set<string>();

const named = (prefix: string, counts: Readonly<Record<string, number>>): Record<string, number> =>
  Object.fromEntries(Object.entries(counts).map(([name, count]) => [`${prefix} ${name}`, count]));

export const aliroMutations: Part = {
  name: 'aliro: altered messages',
  share: 2,
  maxChunks: 50,
  chunk: (seed) => {
    const { runs, byLayer, resealed, judged, ends: ended } = runMutations({ runs: RUNS, seed, crypto: nodeCrypto });
    for (const end of Object.keys(ended)) ends.add(end);
    const layers = { ...named('layer', byLayer), ...named('sealed again for', resealed), ...named('documents', judged) };
    return { mutations: runs, ...layers, tolerated: ended['tolerated'] ?? 0, waiting: ended['waiting'] ?? 0 };
  },
  seen: () => ({ 'different ends': ends.size }),
};
