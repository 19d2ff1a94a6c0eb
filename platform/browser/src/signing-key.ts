// This browser's own P-256 signing key. Its private half is made unextractable: a page that runs here can use it while it
// runs, and nobody can carry it away. It is kept as it is in storage.ts.

import { assert } from '@mortise/base/assert.ts';
import type { Bytes } from '@mortise/base/bytes.ts';
import { PUBLIC_KEY_BYTES, SIGNATURE_BYTES } from '@mortise/crypto/crypto.ts';
import { owned } from './owned-bytes.ts';

export type SigningKey = {
  readonly privateKey: CryptoKey;
  /** 65 bytes, uncompressed. */
  readonly publicKey: Bytes;
};

const KEY = { name: 'ECDSA', namedCurve: 'P-256' } as const;
const SIGNATURE = { name: 'ECDSA', hash: 'SHA-256' } as const;

/** A fresh signing key. Rejects only where the page has no WebCrypto (an insecure origin). */
export const generateSigningKey = async (): Promise<SigningKey> => {
  const pair = await globalThis.crypto.subtle.generateKey(KEY, false, ['sign', 'verify']);
  const publicKey = new Uint8Array(await globalThis.crypto.subtle.exportKey('raw', pair.publicKey));
  return { privateKey: pair.privateKey, publicKey };
};

/** ECDSA over SHA-256 of the message: r ‖ s, 64 bytes. */
export const signWith = async (key: SigningKey, message: Bytes): Promise<Bytes> => {
  const signature = new Uint8Array(await globalThis.crypto.subtle.sign(SIGNATURE, key.privateKey, owned(message)));
  assert(signature.length === SIGNATURE_BYTES, 'a P-256 signature has 64 bytes');
  return signature;
};

/** A signing key as storage gave it back; undefined when it is anything else. */
export const asSigningKey = (value: unknown): SigningKey | undefined => {
  if (typeof value !== 'object' || value === null || !('privateKey' in value) || !('publicKey' in value)) return undefined;
  const { privateKey, publicKey } = value;
  if (!(privateKey instanceof CryptoKey) || privateKey.type !== 'private') return undefined;
  return publicKey instanceof Uint8Array && publicKey.length === PUBLIC_KEY_BYTES ? { privateKey, publicKey } : undefined;
};
