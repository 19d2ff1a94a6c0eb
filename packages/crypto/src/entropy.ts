// Randomness comes in with an input: 32 fresh bytes, from which each value is derived under a name of its own. One name is
// used once per input; two names never give related values.

import { assert } from '@mortise/base/assert.ts';
import { briefText } from '@mortise/base/brief.ts';
import { EMPTY, type Bytes } from '@mortise/base/bytes.ts';
import { Secret } from '@mortise/base/secret.ts';
import { SEED_BYTES, type Crypto } from './crypto.ts';

export const ENTROPY_BYTES = 32;

export type KeyPair = { readonly privateKey: Secret; readonly publicKey: Bytes };

/** `length` bytes (1 to 8160) that belong to `label`: HKDF-SHA-256(entropy, no salt, info = label). */
export const derive = (crypto: Crypto, entropy: Bytes, label: string, length: number): Bytes => {
  assert(entropy.length === ENTROPY_BYTES, 'entropy has 32 bytes');
  return crypto.hkdfSha256(entropy, EMPTY, briefText(label), length);
};

/** A P-256 key pair that belongs to `label`. */
export const deriveKeyPair = (crypto: Crypto, entropy: Bytes, label: string): KeyPair => {
  const privateKey = crypto.p256.privateKeyFromSeed(derive(crypto, entropy, label, SEED_BYTES));
  return { privateKey: new Secret(privateKey), publicKey: crypto.p256.publicKey(privateKey) };
};
