// How much CPU a reader spends on a whole standard transaction beyond the cryptography that the protocol demands of it.

import type { Crypto } from '@mortise/crypto/crypto.ts';
import { nodeCrypto } from '@mortise/node/crypto.ts';
import { filled, measurable, parties, type Parties } from './aliro-transaction.ts';
import type { Bench, Figure } from './bench.ts';
import { ratioOf } from './ratio.ts';

const GOAL = 1.3;

/** The calls that SPEC §4 and §5 demand of a reader, with inputs of the sizes that the transaction has. */
const primitives = (crypto: Crypto, { seed, signAsReader, credential, deviceEphemeral }: Parties): (() => void) => {
  const peerKey = crypto.p256.publicKey(deviceEphemeral);
  const credentialKey = crypto.p256.publicKey(credential);
  const message = filled(126, 8);
  const signature = crypto.p256.sign(credential, message);
  const [key, iv] = [filled(32, 9), filled(12, 10)];
  const [auth1, closing] = [crypto.aesGcmSeal(key, iv, filled(137, 11)), crypto.aesGcmSeal(key, iv, filled(4, 12))];
  const [kdhInput, salt, info, status] = [filled(52, 13), filled(174, 14), filled(59, 15), filled(4, 16)];
  return () => {
    const ephemeral = crypto.p256.privateKeyFromSeed(seed);
    crypto.p256.publicKey(ephemeral);
    crypto.p256.sharedX(ephemeral, peerKey);
    crypto.hkdfSha256(crypto.sha256(kdhInput), salt, info, 160);
    signAsReader(message);
    crypto.aesGcmOpen(key, iv, auth1);
    crypto.p256.verify(credentialKey, signature, message);
    crypto.aesGcmSeal(key, iv, status);
    crypto.aesGcmOpen(key, iv, closing);
  };
};

const run = async (): Promise<Figure> => {
  const all = parties(nodeCrypto);
  return {
    ...ratioOf(measurable(nodeCrypto, all, 'a4 80 81 c9'), primitives(nodeCrypto, all)),
    goal: GOAL,
    better: 'lower',
    unit: 'ratio',
    against: 'the primitives a reader must call (key generation, ECDH, sign, verify, AES-GCM, HKDF, SHA-256), on OpenSSL, same run',
  };
};

export const aliroStandard: Bench = { name: 'aliro.standard.cpu_ratio', run };
