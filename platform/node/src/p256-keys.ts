// P-256 keys in the forms that node's TLS and WebCrypto want. Inside Mortise a private key is a 32-byte scalar and a public
// key its 65 uncompressed bytes (SEC 1 §2.3.3); nothing outside this module knows about JWK or PKCS #8.

import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject, webcrypto } from 'node:crypto';
import { base64url, concat, fromBase64url, type Bytes } from '@mortise/base/bytes.ts';
import { assert, required } from '@mortise/base/assert.ts';
import { Secret } from '@mortise/base/secret.ts';

/** A P-256 key pair: 32-byte scalar, 65-byte uncompressed point. */
export type P256KeyPair = { readonly privateKey: Secret; readonly publicKey: Bytes };

const ECDSA = { name: 'ECDSA', namedCurve: 'P-256' } as const;
const POINT_BYTES = 65;

const coordinates = (publicKey: Bytes): { kty: 'EC'; crv: 'P-256'; x: string; y: string } => {
  assert(publicKey.length === POINT_BYTES && publicKey[0] === 4, 'a public key is 65 uncompressed bytes');
  return { kty: 'EC', crv: 'P-256', x: base64url(publicKey.slice(1, 33)), y: base64url(publicKey.slice(33)) };
};

const privateJwk = (keys: P256KeyPair) => ({ ...coordinates(keys.publicKey), d: base64url(keys.privateKey.reveal()) });

/** A fresh key pair from the operating system's randomness. */
export const generateP256KeyPair = (): P256KeyPair => {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const { x, y, d } = privateKey.export({ format: 'jwk' });
  return { privateKey: new Secret(coordinate(d)), publicKey: concat(Uint8Array.of(4), coordinate(x), coordinate(y)) };
};

/** The private key as PKCS #8 PEM, for TLS. The text is a secret. */
export const privateKeyPem = (keys: P256KeyPair): Secret => {
  const pem = createPrivateKey({ key: privateJwk(keys), format: 'jwk' }).export({ type: 'pkcs8', format: 'pem' });
  return new Secret(new TextEncoder().encode(pem));
};

/** The 65 bytes of a P-256 key that node holds; undefined for keys of another kind. */
export const publicKeyBytes = (key: KeyObject): Bytes | undefined => {
  if (key.asymmetricKeyType !== 'ec' || key.asymmetricKeyDetails?.namedCurve !== 'prime256v1') return undefined;
  const { x, y } = key.export({ format: 'jwk' });
  return concat(Uint8Array.of(4), coordinate(x), coordinate(y));
};

const coordinate = (text: string | undefined): Bytes => required(fromBase64url(text ?? '='), 'a JWK coordinate is base64url');

/** Undefined when the bytes are not a point of the curve. */
export const publicKeyObject = (publicKey: Bytes): KeyObject | undefined => {
  if (publicKey.length !== POINT_BYTES || publicKey[0] !== 4) return undefined;
  try {
    return createPublicKey({ key: coordinates(publicKey), format: 'jwk' });
  } catch (error) {
    return notAPoint(error);
  }
};

// OpenSSL reports a point off the curve by throwing; there is nothing else to tell apart once the length is right.
const notAPoint = (_error: unknown): undefined => undefined;

/** For signing with WebCrypto; the key cannot be taken out again. */
export const importSigningKey = (keys: P256KeyPair): Promise<webcrypto.CryptoKey> =>
  webcrypto.subtle.importKey('jwk', privateJwk(keys), ECDSA, false, ['sign']);

export const importVerifyingKey = (publicKey: Bytes): Promise<webcrypto.CryptoKey> =>
  webcrypto.subtle.importKey('jwk', coordinates(publicKey), ECDSA, true, ['verify']);
