// Signing in with an owner key instead of a passkey, which the recovery kit makes possible: COSE_Sign1 'mortise-sign-in'
// over CBOR {"nonce", "origin"} (api: owner.ts). The origin is where the page runs, told by the browser and not by the hub:
// a statement that another origin asked for is worth nothing here.

import type { Bytes } from '@mortise/base/bytes.ts';
import { encodeCbor, type Cbor } from '@mortise/base/cbor.ts';
import type { Crypto } from '@mortise/crypto/crypto.ts';
import type { KeyPair } from '@mortise/crypto/entropy.ts';
import { toSign } from '@mortise/documents/cose.ts';
import { signedBy } from './owner-signature.ts';

export const SIGN_IN_TYPE = 'mortise-sign-in';

/** `nonce` is the hub's challenge (32 bytes); `origin` is the page's own, like `https://home.example`. */
export const signInStatement = (crypto: Crypto, owner: KeyPair, { nonce, origin }: { readonly nonce: Bytes; readonly origin: string }): Bytes => {
  const payload = encodeCbor(new Map<string, Cbor>([['nonce', nonce], ['origin', origin]]));
  return signedBy(crypto, owner, toSign(SIGN_IN_TYPE, 1, owner.publicKey, payload, crypto));
};
