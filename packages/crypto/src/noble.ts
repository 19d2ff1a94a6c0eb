// The adapter on @noble: the same code in the browser, in the simulator and as the yardstick of the other adapters.

import { p256 } from '@noble/curves/nist.js';
import { cbc, cmac, gcm } from '@noble/ciphers/aes.js';
import { hkdf } from '@noble/hashes/hkdf.js';
import { hmac } from '@noble/hashes/hmac.js';
import { sha1 } from '@noble/hashes/legacy.js';
import { sha256 } from '@noble/hashes/sha2.js';
import { assert } from '@mortise/base/assert.ts';
import type { Bytes } from '@mortise/base/bytes.ts';
import { assertAes128, assertCbc } from './aes-128.ts';
import { BLOCK_BYTES, IV_BYTES, PUBLIC_KEY_BYTES, SEED_BYTES, SIGNATURE_BYTES, TAG_BYTES, type Crypto, type P256 } from './crypto.ts';

const ECDSA = { lowS: false, prehash: true, extraEntropy: false, format: 'compact' } as const;
const MAX_HKDF_BYTES = 255 * 32;

// noble reports a wrong tag, point or signature by throwing; lengths of our own making are asserted before.
const refused = (_error: unknown): undefined => undefined;

const assertGcm = (key: Bytes, iv: Bytes): void => {
  assert(key.length === 16 || key.length === 32, 'an AES key has 16 or 32 bytes');
  assert(iv.length === IV_BYTES, 'a GCM IV has 12 bytes');
};

const aesGcmSeal = (key: Bytes, iv: Bytes, plaintext: Bytes, additional?: Bytes): Bytes => {
  assertGcm(key, iv);
  return gcm(key, iv, additional).encrypt(plaintext);
};

const aesGcmOpen = (key: Bytes, iv: Bytes, sealed: Bytes, additional?: Bytes): Bytes | undefined => {
  assertGcm(key, iv);
  if (sealed.length < TAG_BYTES) return undefined;
  try {
    return gcm(key, iv, additional).decrypt(sealed);
  } catch (error) {
    return refused(error);
  }
};

const UNPADDED = { disablePadding: true } as const;

const aesCbcEncrypt = (key: Bytes, iv: Bytes, plaintext: Bytes): Bytes => {
  assertCbc(key, iv);
  assert(plaintext.length % BLOCK_BYTES === 0, 'CBC without padding takes whole blocks');
  return cbc(key, iv, UNPADDED).encrypt(plaintext);
};

const aesCbcDecrypt = (key: Bytes, iv: Bytes, ciphertext: Bytes): Bytes | undefined => {
  assertCbc(key, iv);
  return ciphertext.length % BLOCK_BYTES === 0 ? cbc(key, iv, UNPADDED).decrypt(ciphertext) : undefined;
};

const aesCmac = (key: Bytes, data: Bytes): Bytes => {
  assertAes128(key);
  return cmac(data, key);
};

const hkdfSha256 = (ikm: Bytes, salt: Bytes, info: Bytes, length: number): Bytes => {
  assert(length > 0 && length <= MAX_HKDF_BYTES, 'HKDF gives 1 to 8160 bytes');
  return hkdf(sha256, ikm, salt, info, length);
};

const privateKeyFromSeed = (seed: Bytes): Bytes => {
  assert(seed.length === SEED_BYTES, 'a key seed has 48 bytes');
  return p256.utils.randomSecretKey(seed);
};

const assertPrivate = (privateKey: Bytes): void =>
  assert(p256.utils.isValidSecretKey(privateKey), 'a private key is a scalar from 1 to n-1');

const isPublicKey = (key: Bytes): boolean =>
  key.length === PUBLIC_KEY_BYTES && key[0] === 4 && p256.utils.isValidPublicKey(key, false);

const sharedX = (privateKey: Bytes, publicKey: Bytes): Bytes | undefined => {
  assertPrivate(privateKey);
  return isPublicKey(publicKey) ? p256.getSharedSecret(privateKey, publicKey, true).slice(1) : undefined;
};

const sign = (privateKey: Bytes, message: Bytes): Bytes => {
  assertPrivate(privateKey);
  return p256.sign(message, privateKey, ECDSA);
};

const verify = (publicKey: Bytes, signature: Bytes, message: Bytes): boolean => {
  if (signature.length !== SIGNATURE_BYTES || !isPublicKey(publicKey)) return false;
  try {
    return p256.verify(signature, message, publicKey, { lowS: false, prehash: true, format: 'compact' });
  } catch (error) {
    return refused(error) ?? false;
  }
};

const publicKey = (privateKey: Bytes): Bytes => {
  assertPrivate(privateKey);
  return p256.getPublicKey(privateKey, false);
};

export const nobleP256: P256 = { privateKeyFromSeed, publicKey, isPublicKey, sharedX, sign, verify };

export const nobleCrypto: Crypto = {
  sha256: (data) => sha256(data),
  sha1: (data) => sha1(data),
  hmacSha256: (key, data) => hmac(sha256, key, data),
  hkdfSha256,
  aesGcmSeal,
  aesGcmOpen,
  aesCbcEncrypt,
  aesCbcDecrypt,
  aesCmac,
  p256: nobleP256,
};
