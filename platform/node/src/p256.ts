// P-256 on OpenSSL. Raw keys become key objects at each call (15 µs): keeping them would keep secrets alive longer than
// their users do. OpenSSL takes compressed and hybrid points, infinity and the scalar n; we check before it is asked.

import { createECDH, createPrivateKey, createPublicKey, diffieHellman, sign, verify, type KeyObject } from 'node:crypto';
import { assert } from '@mortise/base/assert.ts';
import type { Bytes } from '@mortise/base/bytes.ts';
import { PUBLIC_KEY_BYTES, SIGNATURE_BYTES, type P256 } from '@mortise/crypto/crypto.ts';
import { nobleP256 } from '@mortise/crypto/noble.ts';
import { isScalar, scalarFromSeed } from '@mortise/crypto/scalar.ts';
import { plain } from './plain-bytes.ts';

const EC = { asymmetricKeyType: 'ec', namedCurve: 'prime256v1' } as const;
const RAW_SIGNATURE = 'ieee-p1363';

// OpenSSL reports a point off the curve by throwing.
const refused = (_error: unknown): undefined => undefined;

const assertPrivate = (privateKey: Bytes): void => assert(isScalar(privateKey), 'a private key is a scalar from 1 to n-1');

const importPrivate = (privateKey: Bytes): KeyObject => {
  assertPrivate(privateKey);
  return createPrivateKey({ key: privateKey, format: 'raw-private', ...EC });
};

const importPublic = (publicKey: Bytes): KeyObject | undefined => {
  if (publicKey.length !== PUBLIC_KEY_BYTES || publicKey[0] !== 4) return undefined;
  try {
    return createPublicKey({ key: publicKey, format: 'raw-public', ...EC });
  } catch (error) {
    return refused(error);
  }
};

const publicKeyOf = (privateKey: Bytes): Bytes => {
  assertPrivate(privateKey);
  const ecdh = createECDH(EC.namedCurve);
  ecdh.setPrivateKey(privateKey);
  return plain(ecdh.getPublicKey());
};

const sharedX = (privateKey: Bytes, publicKey: Bytes): Bytes | undefined => {
  const ours = importPrivate(privateKey);
  const theirs = importPublic(publicKey);
  return theirs === undefined ? undefined : plain(diffieHellman({ privateKey: ours, publicKey: theirs }));
};

const verifyRaw = (publicKey: Bytes, signature: Bytes, message: Bytes): boolean => {
  const key = signature.length === SIGNATURE_BYTES ? importPublic(publicKey) : undefined;
  return key !== undefined && verify('sha256', message, { key, dsaEncoding: RAW_SIGNATURE }, signature);
};

export const nodeP256: P256 = {
  privateKeyFromSeed: scalarFromSeed,
  publicKey: publicKeyOf,
  isPublicKey: (key) => importPublic(key) !== undefined,
  sharedX,
  // OpenSSL's deterministic nonces cannot be reached from Node; callers of this one need the same signature every time.
  sign: nobleP256.sign,
  verify: verifyRaw,
};

/**
 * A signer for a long-term key that lives in this process: randomised ECDSA over SHA-256, r ‖ s of 64 bytes, about
 * twenty times as fast as `nodeP256.sign`. The private key is imported once.
 */
export const longTermSigner = (privateKey: Bytes): ((message: Bytes) => Bytes) => {
  const key = importPrivate(privateKey);
  return (message) => plain(sign('sha256', message, { key, dsaEncoding: RAW_SIGNATURE }));
};
