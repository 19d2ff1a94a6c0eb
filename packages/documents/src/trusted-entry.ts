// An entry of a roster that trusts one credential key directly (Aliro's direct trust): owners' own phones, and emergencies.
// It has no expiry. It is sealed to one lock, so that couriers and other owners carry it unread.

import type { Bytes } from '@mortise/base/bytes.ts';
import { asBytes, asNumber } from '@mortise/base/cbor.ts';
import { IDENTIFIER_BYTES, type LockId } from '@mortise/base/identifiers.ts';
import { PUBLIC_KEY_BYTES, type Crypto } from '@mortise/crypto/crypto.ts';
import type { KeyPair } from '@mortise/crypto/entropy.ts';
import { exactFields } from './fields.ts';
import { openEntry, sealEntry, type EntryForm } from './sealed-entry.ts';

/**
 * What a trusted key may do; `rights` is their sum. `remote` widens each of the others to the relay interface; `unlatch`: draw the latch, so that the
 * door can be pushed open; `hold`: keep it unlocked for a time, and end that. Locks from before these two refuse an entry that has one of them.
 */
export const RIGHTS = { unlock: 1, lock: 2, remote: 4, unlatch: 8, hold: 16 } as const;
export const ALL_RIGHTS = RIGHTS.unlock | RIGHTS.lock | RIGHTS.remote | RIGHTS.unlatch | RIGHTS.hold;

const NAMES = ['credentialKey', 'pseudonym', 'rights'] as const;

export type TrustedEntry = {
  /** P-256 public key, 65 bytes. */
  readonly credentialKey: Bytes;
  /** 16 random bytes that stand for the person in the lock's records. */
  readonly pseudonym: Bytes;
  /** Sum of `RIGHTS`, 1 to `ALL_RIGHTS`. */
  readonly rights: number;
};

const form: EntryForm<TrustedEntry> = {
  kind: 'trusted',
  write: (entry) => new Map(NAMES.map((name) => [name, entry[name]])),
  read: (value, crypto) => {
    const read = exactFields(value, NAMES);
    const credentialKey = asBytes(read?.('credentialKey'), PUBLIC_KEY_BYTES);
    const pseudonym = asBytes(read?.('pseudonym'), IDENTIFIER_BYTES);
    const rights = asNumber(read?.('rights'), 1, ALL_RIGHTS);
    if (credentialKey === undefined || pseudonym === undefined || rights === undefined) return undefined;
    return crypto.p256.isPublicKey(credentialKey) ? { credentialKey, pseudonym, rights } : undefined;
  },
};

/** Seals the entry to the lock whose seal key (65 bytes) this is; the seal opens for that lock and as this kind of entry only. */
export const sealTrusted = (crypto: Crypto, sealKey: Bytes, lockId: LockId, entry: TrustedEntry, entropy: Bytes): Bytes =>
  sealEntry(crypto, form, { sealKey, lockId }, entry, entropy);

/** Undefined when it was sealed to another lock, as another kind, or is no trusted entry. Takes any bytes. */
export const openTrusted = (crypto: Crypto, seal: KeyPair, lockId: LockId, sealed: Bytes): TrustedEntry | undefined =>
  openEntry(crypto, form, seal, lockId, sealed);
