// PINs, cards, fingers and keys of codes as an owner's browser makes them: sealed to one lock, so that nobody between reads them, nor the browser again. What stands
// for a person at a lock follows from the site's reader issuer key, which every owner has, so that entries by different owners pair; the key of codes follows from
// the owner's own key: codes are an owner's, and end when that owner's entry goes.

import type { Bytes } from '@mortise/base/bytes.ts';
import { IDENTIFIER_BYTES, type LockId } from '@mortise/base/identifiers.ts';
import { Secret } from '@mortise/base/secret.ts';
import { unreachable } from '@mortise/base/assert.ts';
import type { Crypto } from '@mortise/crypto/crypto.ts';
import { derive, type KeyPair } from '@mortise/crypto/entropy.ts';
import { CARD_ENTRY, type CardEntry } from '@mortise/documents/card-entry.ts';
import { CODE_KEY_BYTES, CODE_KEY_ENTRY, type CodeKeyEntry } from '@mortise/documents/code-key-entry.ts';
import type { EntryTerms } from '@mortise/documents/entry-terms.ts';
import { FINGER_ENTRY, type FingerEntry } from '@mortise/documents/finger-entry.ts';
import { PIN_ENTRY, pinEntry } from '@mortise/documents/pin-entry.ts';
import type { SealedEntry } from '@mortise/documents/roster.ts';
import { sealEntry, type EntryForm, type SealAddress } from '@mortise/documents/sealed-entry.ts';

export type NewEntry =
  /** `pin`: 6 to 9 digits. */
  | { readonly kind: 'pin'; readonly pin: string; readonly terms: EntryTerms }
  | { readonly kind: 'card'; readonly entry: CardEntry }
  | { readonly kind: 'finger'; readonly entry: FingerEntry }
  | { readonly kind: 'codeKey'; readonly entry: CodeKeyEntry };

/** `entropy`: 32 fresh bytes. */
export const sealNewEntry = (crypto: Crypto, lock: SealAddress, entry: NewEntry, entropy: Bytes): SealedEntry => {
  const seal = <E>(form: EntryForm<E>, value: E): SealedEntry => ({ kind: form.kind, sealed: sealEntry(crypto, form, lock, value, entropy) });
  switch (entry.kind) {
    case 'pin':
      return seal(PIN_ENTRY, pinEntry(crypto, lock.lockId, entry.pin, entry.terms));
    case 'card':
      return seal(CARD_ENTRY, entry.entry);
    case 'finger':
      return seal(FINGER_ENTRY, entry.entry);
    case 'codeKey':
      return seal(CODE_KEY_ENTRY, entry.entry);
    default:
      return unreachable(entry);
  }
};

/** By what an entry is known to those who cannot read it: SHA-256 of what is sealed (32 bytes). */
export const entryId = (crypto: Crypto, { sealed }: SealedEntry): Bytes => crypto.sha256(sealed);

/** What stands for a person in a lock's entries and records (16 bytes). Without the issuer key nobody can tell whose it is, or at which locks they are. */
export const pseudonymAt = (crypto: Crypto, issuer: KeyPair, lockId: LockId, personId: string): Bytes =>
  derive(crypto, issuer.privateKey.reveal(), `pseudonym ${lockId} ${personId}`, IDENTIFIER_BYTES);

/** An owner's key of codes for a lock, the `generation`th: the next one ends all codes of those before. */
export const codeKeyAt = (crypto: Crypto, owner: KeyPair, lockId: LockId, generation: number): Pick<CodeKeyEntry, 'keyId' | 'key'> => {
  const part = (label: string, length: number): Bytes => derive(crypto, owner.privateKey.reveal(), `${label} ${lockId} ${generation}`, length);
  return { keyId: part('code key id', IDENTIFIER_BYTES), key: new Secret(part('code key', CODE_KEY_BYTES)) };
};
