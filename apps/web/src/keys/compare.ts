// Twelve characters of a key, for two people to compare over the phone or face to face: who stands in between would have to make a key whose
// characters are the same, one in 2^60.

import { base32, fromBase64url } from '@mortise/base/bytes.ts';
import { nobleCrypto } from '@mortise/crypto/noble.ts';

/** "ABCD EFGH JKLM" of a public key in base64url; of the same key the same on both sides. */
export const compareCode = (publicKey: string): string => {
  const bytes = fromBase64url(publicKey) ?? new Uint8Array(0);
  const text = base32(nobleCrypto.sha256(bytes).subarray(0, 8)).toUpperCase();
  return `${text.slice(0, 4)} ${text.slice(4, 8)} ${text.slice(8, 12)}`;
};
