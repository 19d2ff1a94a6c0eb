// A PIN in a roster. Its digits are in no document, not even under the seal: what is sealed is their image for this one lock, so that
// the same PIN at two locks has nothing in common. An image can be tried out by whoever reads it (10⁶ hashes for 6 digits); what keeps
// it is the seal, and the lock turns it into a verifier under a key of its own (packages/access/src/pin-book.ts). docs/CODES.md.

import { assert } from '@mortise/base/assert.ts';
import { concat, utf8, type Bytes } from '@mortise/base/bytes.ts';
import { asBytes, asNumber } from '@mortise/base/cbor.ts';
import { identifierBytes, type LockId } from '@mortise/base/identifiers.ts';
import type { Crypto } from '@mortise/crypto/crypto.ts';
import { readTerms, TERM_NAMES, termValues, type EntryTerms } from './entry-terms.ts';
import { exactFields } from './fields.ts';
import type { EntryForm } from './sealed-entry.ts';

export const PIN_DIGITS = { min: 6, max: 9 } as const;
const IMAGE_BYTES = 32;
const LABEL = utf8('mortise-pin-1');

export type PinEntry = EntryTerms & {
  /** `pinImage` of the digits. */
  readonly image: Bytes;
  /** How many digits: 6 to 9. */
  readonly length: number;
};

/** Whether a text is a PIN: 6 to 9 of the digits 0 to 9. */
export const isPin = (text: string): boolean => /^[0-9]{6,9}$/.test(text);

/** What stands for the digits at this lock: SHA-256(label ‖ lock id ‖ digits), 32 bytes. */
export const pinImage = (crypto: Crypto, lockId: LockId, pin: string): Bytes => pinImages(crypto, lockId)(pin);

/** The same for many PINs at one lock. */
export const pinImages = (crypto: Crypto, lockId: LockId): ((pin: string) => Bytes) => {
  const prefix = concat(LABEL, identifierBytes(lockId));
  return (pin) => {
    assert(isPin(pin), 'a PIN has 6 to 9 digits');
    return crypto.sha256(concat(prefix, utf8(pin)));
  };
};

/** The entry of a PIN, made where its digits were typed. */
export const pinEntry = (crypto: Crypto, lockId: LockId, pin: string, terms: EntryTerms): PinEntry =>
  ({ ...terms, image: pinImage(crypto, lockId, pin), length: pin.length });

export const PIN_ENTRY: EntryForm<PinEntry> = {
  kind: 'pin',
  write: (entry) => new Map([...termValues(entry), ['image', entry.image], ['length', entry.length]]),
  read: (value) => {
    const read = exactFields(value, [...TERM_NAMES, 'image', 'length']);
    const terms = read && readTerms(read);
    const [image, length] = [asBytes(read?.('image'), IMAGE_BYTES), asNumber(read?.('length'), PIN_DIGITS.min, PIN_DIGITS.max)];
    return terms === undefined || image === undefined || length === undefined ? undefined : { ...terms, image, length };
  },
};
