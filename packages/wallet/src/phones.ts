// Phones that a lock trusts directly, as entries of its roster: sealed one by one to the lock, each under a pseudonym that
// its records carry in place of a name.

import type { Bytes } from '@mortise/base/bytes.ts';
import { IDENTIFIER_BYTES, type LockId } from '@mortise/base/identifiers.ts';
import type { Crypto } from '@mortise/crypto/crypto.ts';
import { derive } from '@mortise/crypto/entropy.ts';
import type { SealedEntry } from '@mortise/documents/roster.ts';
import { ALL_RIGHTS, sealTrusted } from '@mortise/documents/trusted-entry.ts';

export type Phone = {
  /** The phone key, public half, 65 bytes. */
  readonly credentialKey: Bytes;
  /** Sum of documents' `RIGHTS`; all of them when left out. */
  readonly rights?: number;
  /** 16 bytes; fresh ones when left out. */
  readonly pseudonym?: Bytes;
};

/** Seals each phone to the lock whose seal key (65 bytes) this is. */
export const sealPhones = (
  crypto: Crypto,
  lock: { readonly lockId: LockId; readonly sealKey: Bytes },
  phones: readonly Phone[],
  entropy: Bytes,
): readonly SealedEntry[] =>
  phones.map(({ credentialKey, rights = ALL_RIGHTS, pseudonym }, index) => {
    const entry = { credentialKey, rights, pseudonym: pseudonym ?? derive(crypto, entropy, `pseudonym ${index}`, IDENTIFIER_BYTES) };
    return { kind: 'trusted', sealed: sealTrusted(crypto, lock.sealKey, lock.lockId, entry, derive(crypto, entropy, `entry ${index}`, 32)) };
  });
