// How each kind of roster entry is sealed: singly, to one lock, as its kind. Couriers and other owners carry it unread, and what was
// sealed as one kind, or for another lock, never opens as this one.

import { assert } from '@mortise/base/assert.ts';
import type { Bytes } from '@mortise/base/bytes.ts';
import { decodeCbor, encodeCbor, type Cbor } from '@mortise/base/cbor.ts';
import { identifierBytes, type LockId } from '@mortise/base/identifiers.ts';
import type { Crypto } from '@mortise/crypto/crypto.ts';
import type { KeyPair } from '@mortise/crypto/entropy.ts';
import { openSealed, sealTo, SEAL_OVERHEAD_BYTES } from '@mortise/crypto/seal.ts';

/** How many entries of each kind a roster holds at most. */
export const MAX_OF_KIND = { trusted: 16, pin: 64, card: 64, finger: 64, codeKey: 4 } as const;
export type EntryKind = keyof typeof MAX_OF_KIND;

/** The longest sealed entry that is read. */
export const MAX_SEALED_ENTRY_BYTES = 512;

/** One kind of entry between data and CBOR; `read` answers undefined for what is not in form. */
export type EntryForm<Entry> = {
  readonly kind: EntryKind;
  readonly write: (entry: Entry) => Cbor;
  readonly read: (value: Cbor | undefined, crypto: Crypto) => Entry | undefined;
};

/** For whom an entry is sealed: the lock's seal key (65 bytes) and its id. */
export type SealAddress = { readonly sealKey: Bytes; readonly lockId: LockId };

/** Whether a text is a kind of entry. */
export const isEntryKind = (value: unknown): value is EntryKind => typeof value === 'string' && Object.hasOwn(MAX_OF_KIND, value);

/** Seals an entry, which must be within its bounds. `entropy`: 32 fresh bytes. */
export const sealEntry = <Entry>(crypto: Crypto, form: EntryForm<Entry>, { sealKey, lockId }: SealAddress, entry: Entry, entropy: Bytes): Bytes => {
  const plaintext = encodeCbor(form.write(entry));
  const fits = plaintext.length + SEAL_OVERHEAD_BYTES <= MAX_SEALED_ENTRY_BYTES;
  assert(fits && form.read(decodeCbor(plaintext), crypto) !== undefined, `a ${form.kind} entry within its bounds`);
  return sealTo(crypto, sealKey, sealContext(lockId, form.kind), plaintext, entropy);
};

/** Undefined when it was sealed to another lock, as another kind, or is not in form. Takes any bytes. */
export const openEntry = <Entry>(crypto: Crypto, form: EntryForm<Entry>, seal: KeyPair, lockId: LockId, sealed: Bytes): Entry | undefined => {
  if (sealed.length > MAX_SEALED_ENTRY_BYTES) return undefined;
  const plaintext = openSealed(crypto, seal.privateKey.reveal(), seal.publicKey, sealContext(lockId, form.kind), sealed);
  return plaintext === undefined ? undefined : form.read(decodeCbor(plaintext, MAX_SEALED_ENTRY_BYTES), crypto);
};

const sealContext = (lockId: LockId, kind: EntryKind): Bytes => encodeCbor(['mortise-roster-entry', 1, identifierBytes(lockId), kind]);
