// Access and revocation documents altered, and signed again by their issuer, a million of them (packages/aliro document-mutation.conformance.ts), on OpenSSL.

import { runDocumentMutations } from '@mortise/aliro/document-mutation.conformance.ts';
import { nodeCrypto } from '@mortise/node/crypto.ts';
import type { Part } from './part.ts';

const RUNS = 20_000;
const ends = new Set<string>();

export const documentMutations: Part = {
  name: 'aliro: altered documents',
  share: 2,
  maxChunks: 50,
  chunk: (seed) => {
    const { runs, byLayer, ends: ended, realSignatures } = runDocumentMutations({ runs: RUNS, seed, crypto: nodeCrypto });
    for (const end of Object.keys(ended)) ends.add(end);
    return { 'document mutations': runs, ...byLayer, granted: ended['granted'] ?? 0, 'with the curve': realSignatures };
  },
  seen: () => ({ 'different ends of documents': ends.size }),
};
