// Owners sign with software keys that are unwrapped for the moment of use (DESIGN §3.3), so a signature is a plain call.

import type { Bytes } from '@mortise/base/bytes.ts';
import type { Crypto } from '@mortise/crypto/crypto.ts';
import type { KeyPair } from '@mortise/crypto/entropy.ts';
import type { ToSign } from '@mortise/documents/cose.ts';

/** The signed object. */
export const signedBy = (crypto: Crypto, signer: KeyPair, { message, assemble }: ToSign): Bytes =>
  assemble(crypto.p256.sign(signer.privateKey.reveal(), message));
