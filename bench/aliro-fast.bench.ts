// How much cheaper the fast phase is to a reader: a whole fast transaction, recognised by one stored key, against a whole standard
// one. Both make an ephemeral key; the fast one has no ECDH, no signature and no verification.

import { Secret } from '@mortise/base/secret.ts';
import { concat } from '@mortise/base/bytes.ts';
import { nodeCrypto } from '@mortise/node/crypto.ts';
import { filled, measurable, parties, type Parties } from './aliro-transaction.ts';
import type { Bench, Figure } from './bench.ts';
import { ratioOf } from './ratio.ts';

const GOAL = 0.35;

const knowing = (all: Parties): Parties => {
  const credentialKey = nodeCrypto.p256.publicKey(all.credential);
  const key = new Secret(filled(32, 20));
  const { groupIdentifier, subIdentifier } = all.config;
  return {
    ...all,
    config: { ...all.config, persistentKeys: [{ owner: credentialKey, key }] },
    deviceKeys: [{ owner: concat(groupIdentifier, subIdentifier, credentialKey), key }],
  };
};

const run = async (): Promise<Figure> => {
  const all = parties(nodeCrypto);
  return {
    ...ratioOf(measurable(nodeCrypto, knowing(all), 'a4 80 c9'), measurable(nodeCrypto, all, 'a4 80 81 c9')),
    goal: GOAL,
    better: 'lower',
    unit: 'ratio',
    against: 'a whole standard transaction of the same reader, on OpenSSL, same run',
  };
};

export const aliroFast: Bench = { name: 'aliro.fast.cpu_ratio', run };
