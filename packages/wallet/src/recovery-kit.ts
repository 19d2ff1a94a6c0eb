// The recovery kit: one more owner key, on paper. Its code is a seed of 32 bytes, from which the key is derived.
// 35 bytes = version (1) ‖ seed (32) ‖ checksum (first 2 of SHA-256 of what precedes), written as 56 characters of base32 in
// 14 groups of four. The checksum misses a slip of the hand once in 65,536; the owner set then still knows no such key.

import { assert } from '@mortise/base/assert.ts';
import { base32, concat, equalBytes, fromBase32, type Bytes } from '@mortise/base/bytes.ts';
import { err, ok, type Result } from '@mortise/base/result.ts';
import { Secret } from '@mortise/base/secret.ts';
import type { Crypto } from '@mortise/crypto/crypto.ts';
import { deriveKeyPair, type KeyPair } from '@mortise/crypto/entropy.ts';

export const KIT_SEED_BYTES = 32;
export const KIT_CHARACTERS = 56;

export type KitError = {
  readonly code:
    /** Not 56 characters once spaces and dashes are gone. `characters` says how many there are. */
    | 'kit-length'
    /** A character that a kit cannot have. */
    | 'kit-characters'
    /** A character is mistyped, or two are swapped. */
    | 'kit-checksum'
    /** Rightly written, by a newer Mortise. */
    | 'kit-version';
  /** How many characters were typed, spaces and dashes aside. */
  readonly characters: number;
};

const VERSION = 1;
const CHECKSUM_BYTES = 2;
const GROUP = 4;
/** Longer text is not looked at. */
const MAX_TEXT_LENGTH = 512;

/** The written form, `XXXX-XXXX-…`: a secret, to be printed and never stored or sent. `seed` has 32 bytes. */
export const encodeKit = (crypto: Crypto, seed: Secret): string => {
  assert(seed.reveal().length === KIT_SEED_BYTES, 'a kit seed has 32 bytes');
  const body = concat(Uint8Array.of(VERSION), seed.reveal());
  const characters = base32(concat(body, checksum(crypto, body))).toUpperCase();
  return Array.from({ length: KIT_CHARACTERS / GROUP }, (_, group) => characters.slice(group * GROUP, (group + 1) * GROUP)).join('-');
};

/** Reads a kit as a person types it: either case, any spaces and dashes, and 0, 1, 8 for the letters they look like. */
export const parseKit = (crypto: Crypto, text: string): Result<Secret, KitError> => {
  const typed = text.length > MAX_TEXT_LENGTH ? text.slice(0, MAX_TEXT_LENGTH) : text;
  const written = normalise(typed);
  const refuse = (code: KitError['code']): Result<never, KitError> => err({ code, characters: written.length });
  if (text.length > MAX_TEXT_LENGTH || written.length !== KIT_CHARACTERS) return refuse('kit-length');
  const bytes = fromBase32(written);
  if (bytes === undefined) return refuse('kit-characters');
  const body = bytes.subarray(0, -CHECKSUM_BYTES);
  if (!equalBytes(checksum(crypto, body), bytes.subarray(-CHECKSUM_BYTES))) return refuse('kit-checksum');
  return body[0] === VERSION ? ok(new Secret(body.slice(1))) : refuse('kit-version');
};

/** The owner key of a kit. */
export const kitKey = (crypto: Crypto, seed: Secret): KeyPair => deriveKeyPair(crypto, seed.reveal(), 'mortise-kit-owner-key-1');

const checksum = (crypto: Crypto, body: Bytes): Bytes => crypto.sha256(body).subarray(0, CHECKSUM_BYTES);

const normalise = (text: string): string =>
  text.toUpperCase().replaceAll(/[\s\p{Dash}]/gu, '').replaceAll('0', 'O').replaceAll('1', 'I').replaceAll('8', 'B');
