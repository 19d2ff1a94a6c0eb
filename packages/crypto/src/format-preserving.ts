// FF1 of NIST SP 800-38G over decimal digits: a keyed permutation of all strings of one length. Not part of `Crypto`: no platform
// has one of its own, so that there is nothing to adapt.

import { FF1 } from '@noble/ciphers/ff1.js';
import { assert } from '@mortise/base/assert.ts';
import type { Bytes } from '@mortise/base/bytes.ts';

/** SP 800-38G Rev. 1 asks for a million strings at least. */
export const FF1_DIGITS = { min: 6, max: 32 } as const;
const RADIX = 10;

/** The digits that `digits` become under the key (16 or 32 bytes) and the tweak, which is public. */
export const ff1Encrypt = (key: Bytes, tweak: Bytes, digits: string): string => textOf(FF1(RADIX, checked(key), tweak).encrypt(digitsOf(digits)));

/** The inverse of `ff1Encrypt`; any digits are of something. */
export const ff1Decrypt = (key: Bytes, tweak: Bytes, digits: string): string => textOf(FF1(RADIX, checked(key), tweak).decrypt(digitsOf(digits)));

const checked = (key: Bytes): Bytes => {
  assert(key.length === 16 || key.length === 32, 'an AES key has 16 or 32 bytes');
  return key;
};

const digitsOf = (text: string): number[] => {
  assert(/^[0-9]+$/.test(text) && text.length >= FF1_DIGITS.min && text.length <= FF1_DIGITS.max, 'FF1 takes 6 to 32 digits');
  return Array.from(text, Number);
};

const textOf = (digits: readonly number[]): string => digits.join('');
