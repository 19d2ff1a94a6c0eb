// Sealing to a P-256 key, in the shape of HPKE's base mode (RFC 9180): ephemeral ECDH, HKDF over both keys and the context,
// AES-256-GCM. Form: ephemeral key (65) ‖ ciphertext ‖ tag (16). It hides; it does not say who sealed.

import { required } from '@mortise/base/assert.ts';
import { concat, EMPTY, hex, uint, utf8, type Bytes } from '@mortise/base/bytes.ts';
import { IV_BYTES, PUBLIC_KEY_BYTES, TAG_BYTES, type Crypto } from './crypto.ts';
import { deriveKeyPair, type KeyPair } from './entropy.ts';

const SUITE = utf8('mortise-seal-1');
const KEY_BYTES = 32;

/** How many bytes a seal adds to its plaintext. */
export const SEAL_OVERHEAD_BYTES = PUBLIC_KEY_BYTES + TAG_BYTES;

type GcmKey = { readonly key: Bytes; readonly iv: Bytes };

// The key serves one message only, so its IV may come from the same derivation.
const gcmKey = (crypto: Crypto, sharedX: Bytes, ephemeral: Bytes, recipient: Bytes, context: Bytes): GcmKey => {
  const info = concat(SUITE, ephemeral, recipient, context);
  const block = crypto.hkdfSha256(sharedX, EMPTY, info, KEY_BYTES + IV_BYTES);
  return { key: block.subarray(0, KEY_BYTES), iv: block.subarray(KEY_BYTES) };
};

// What is sealed goes into the name, so that one entropy used for two messages still gives two keys.
const ephemeralKey = (crypto: Crypto, recipient: Bytes, context: Bytes, plaintext: Bytes, entropy: Bytes): KeyPair => {
  const digest = crypto.sha256(concat(recipient, uint(context.length, 4), context, plaintext));
  return deriveKeyPair(crypto, entropy, `seal ${hex(digest)}`);
};

/**
 * Seals `plaintext` so that only the holder of `recipientPublicKey` reads it, and only under the same `context`.
 * The recipient's key must be a point of the curve (checked where it came in); `entropy` has 32 bytes.
 */
export const sealTo = (crypto: Crypto, recipientPublicKey: Bytes, context: Bytes, plaintext: Bytes, entropy: Bytes): Bytes => {
  const ephemeral = ephemeralKey(crypto, recipientPublicKey, context, plaintext, entropy);
  const sharedX = crypto.p256.sharedX(ephemeral.privateKey.reveal(), recipientPublicKey);
  const { key, iv } = gcmKey(crypto, required(sharedX, 'we seal to points of the curve only'), ephemeral.publicKey, recipientPublicKey, context);
  return concat(ephemeral.publicKey, crypto.aesGcmSeal(key, iv, plaintext));
};

/** Undefined when the bytes were not sealed to this key under this context, or were altered. Takes any bytes. */
export const openSealed = (
  crypto: Crypto,
  recipientPrivateKey: Bytes,
  recipientPublicKey: Bytes,
  context: Bytes,
  sealed: Bytes,
): Bytes | undefined => {
  const ephemeral = sealed.subarray(0, PUBLIC_KEY_BYTES);
  const sharedX = crypto.p256.sharedX(recipientPrivateKey, ephemeral);
  if (sharedX === undefined) return undefined;
  const { key, iv } = gcmKey(crypto, sharedX, ephemeral, recipientPublicKey, context);
  return crypto.aesGcmOpen(key, iv, sealed.subarray(PUBLIC_KEY_BYTES));
};
