// OpenSSL for tests that sign by the thousand and compare no signatures: randomised ones, some twenty times as fast as those that
// are the same every time.

import { hex, type Bytes } from '@mortise/base/bytes.ts';
import type { Crypto } from '@mortise/crypto/crypto.ts';
import { nodeCrypto } from './crypto.ts';
import { longTermSigner } from './p256.ts';

const MAX_SIGNERS = 256;
const signers = new Map<string, (message: Bytes) => Bytes>();

const signerOf = (privateKey: Bytes): ((message: Bytes) => Bytes) => {
  const known = signers.get(hex(privateKey));
  if (known !== undefined) return known;
  const signer = longTermSigner(privateKey);
  if (signers.size >= MAX_SIGNERS) signers.clear();
  signers.set(hex(privateKey), signer);
  return signer;
};

export const randomisedCrypto: Crypto = { ...nodeCrypto, p256: { ...nodeCrypto.p256, sign: (privateKey, message) => signerOf(privateKey)(message) } };
