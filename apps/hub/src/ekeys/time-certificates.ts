// The owners' certificates that an electronic key goes by: of its own clock, and of this hub's time key.

import { equalBytes, type Bytes } from '@mortise/base/bytes.ts';
import type { Crypto } from '@mortise/crypto/crypto.ts';
import { openTimeKey, type TimeKey } from '@mortise/documents/time.ts';

/** Whose certificate it must be. */
export type Certified = { readonly kind: TimeKey['kind']; readonly key: Bytes };

/** What it says, if it is by one of these owners, of this kind, for this key. */
export const certified = (crypto: Crypto, certificate: Bytes, ownerKeys: readonly Bytes[], { kind, key }: Certified): TimeKey | undefined => {
  const opened = openTimeKey(crypto, certificate, ownerKeys);
  return opened.ok && opened.value.kind === kind && equalBytes(opened.value.key, key) ? opened.value : undefined;
};
