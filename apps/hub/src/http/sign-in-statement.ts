// What is signed to sign in without a passkey, by an owner key or by a lent key: the hub's nonce, and the origin that the page was at.

import { equalBytes, type Bytes } from '@mortise/base/bytes.ts';
import { asBytes, decodeCbor } from '@mortise/base/cbor.ts';
import { openSigned } from '@mortise/documents/cose.ts';
import type { Crypto } from '@mortise/crypto/crypto.ts';

export const SIGN_IN_TYPE = 'mortise-sign-in';
const VERSION = 1;
const MAX_PAYLOAD_BYTES = 512;

/** Who of `keys` signed this nonce for this origin. Takes any bytes. */
export const signInBy = (crypto: Crypto, signed: Bytes, keys: readonly Bytes[], begun: { readonly nonce: Bytes; readonly origin: string }): Bytes | undefined => {
  const opened = openSigned(crypto, signed, SIGN_IN_TYPE, keys);
  if (!opened.ok || opened.value.version !== VERSION) return undefined;
  const map = decodeCbor(opened.value.payload, MAX_PAYLOAD_BYTES);
  if (!(map instanceof Map) || map.size !== 2 || map.get('origin') !== begun.origin) return undefined;
  const nonce = asBytes(map.get('nonce'), begun.nonce.length);
  return nonce !== undefined && equalBytes(nonce, begun.nonce) ? opened.value.signer : undefined;
};

export const isSignIn = (crypto: Crypto, signed: Bytes, keys: readonly Bytes[], begun: { readonly nonce: Bytes; readonly origin: string }): boolean =>
  signInBy(crypto, signed, keys, begun) !== undefined;
