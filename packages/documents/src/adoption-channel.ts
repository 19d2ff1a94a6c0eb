// The keys of an adoption and how they seal. okm = HKDF-SHA-256(ECDH of the ephemerals, salt = the setup secret,
// info = label ‖ SHA-256(transcript)): for each direction a key and a commitment to it. The commitment goes in front, because
// AES-GCM alone lets one ciphertext open under several keys: one offer shall try one secret, never many.

import { concat, equalBytes, utf8, type Bytes } from '@mortise/base/bytes.ts';
import { encodeCbor } from '@mortise/base/cbor.ts';
import { Secret } from '@mortise/base/secret.ts';
import { IV_BYTES, type Crypto } from '@mortise/crypto/crypto.ts';

export const ADOPTION_LABEL = 'mortise-adopt-1';

const KEY_BYTES = 32;
const HASH_BYTES = 32;

/** Keys for one direction. A holder of the setup secret and of an ephemeral private key has them, nobody else. */
export type DirectionKey = { readonly key: Secret; readonly commitment: Bytes };
export type AdoptionKeys = { readonly toLock: DirectionKey; readonly toOwner: DirectionKey };

/** What the identity key signs: the whole of hello and of the answer's body. */
export const answerToSign = (hello: Bytes, body: Bytes): Bytes => encodeCbor([ADOPTION_LABEL, hello, body]);

/** What the keys are bound to: SHA-256 of what the identity key signed. */
export const transcriptHash = (crypto: Crypto, hello: Bytes, body: Bytes): Bytes => crypto.sha256(answerToSign(hello, body));

export const adoptionKeys = (crypto: Crypto, sharedX: Secret, setupSecret: Secret, transcript: Bytes): AdoptionKeys => {
  const info = concat(utf8(ADOPTION_LABEL), transcript);
  const okm = crypto.hkdfSha256(sharedX.reveal(), setupSecret.reveal(), info, 2 * (KEY_BYTES + HASH_BYTES));
  return { toLock: directionKey(okm.subarray(0, KEY_BYTES + HASH_BYTES)), toOwner: directionKey(okm.subarray(KEY_BYTES + HASH_BYTES)) };
};

/** commitment (32) ‖ IV (12) ‖ ciphertext ‖ tag. The IV comes from the content, so that a second offer under one key is no nonce reuse. */
export const sealForDirection = (crypto: Crypto, { key, commitment }: DirectionKey, context: Bytes, plaintext: Bytes): Bytes => {
  const iv = crypto.hmacSha256(key.reveal(), concat(utf8('iv'), crypto.sha256(context), plaintext)).subarray(0, IV_BYTES);
  return concat(commitment, iv, crypto.aesGcmSeal(key.reveal(), iv, plaintext, context));
};

/** Undefined when it was sealed under another key or context, or altered. Takes any bytes. */
export const openForDirection = (crypto: Crypto, { key, commitment }: DirectionKey, context: Bytes, sealed: Bytes): Bytes | undefined => {
  const ivAt = HASH_BYTES;
  const ciphertextAt = ivAt + IV_BYTES;
  if (sealed.length < ciphertextAt || !equalBytes(sealed.subarray(0, ivAt), commitment)) return undefined;
  return crypto.aesGcmOpen(key.reveal(), sealed.subarray(ivAt, ciphertextAt), sealed.subarray(ciphertextAt), context);
};

const directionKey = (okm: Bytes): DirectionKey => ({ key: new Secret(okm.slice(0, KEY_BYTES)), commitment: okm.slice(KEY_BYTES) });
