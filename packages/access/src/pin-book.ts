// The PINs of a lock as it keeps them: a verifier for each, HMAC-SHA-256 under a key that never leaves the lock. What is typed may hold
// decoy digits around the PIN, so each run of a PIN's length is tried: two hashes a run, at most `MAX_RUNS` runs. Found by the first
// bytes of a verifier, which nobody without the key can steer, then compared in full in constant time. Two PINs of the same digits
// stand side by side and nobody is told.

import { assert } from '@mortise/base/assert.ts';
import { equalBytes, hex, type Bytes } from '@mortise/base/bytes.ts';
import type { LockId } from '@mortise/base/identifiers.ts';
import type { Secret } from '@mortise/base/secret.ts';
import type { Crypto } from '@mortise/crypto/crypto.ts';
import type { EntryTerms } from '@mortise/documents/entry-terms.ts';
import { pinImages, PIN_DIGITS, type PinEntry } from '@mortise/documents/pin-entry.ts';

/** The most digits that are read; decoys among them. */
export const MAX_TYPED = 20;
/** Runs of 6 to 9 digits in 20. */
export const MAX_RUNS = 54;
export const PIN_KEY_BYTES = 32;

type KeptPin = { readonly verifier: Bytes; readonly terms: EntryTerms };

export type PinBook = {
  readonly lockId: LockId;
  /** 32 bytes of the lock's own. */
  readonly key: Secret;
  /** Which lengths there are, ascending. */
  readonly lengths: readonly number[];
  /** By the first bytes of the verifier. */
  readonly kept: ReadonlyMap<string, readonly KeptPin[]>;
};

const PREFIX_BYTES = 8;
const prefixOf = (verifier: Bytes): string => hex(verifier.subarray(0, PREFIX_BYTES));

/** The book of a roster's PINs. Images go no further than here. */
export const pinBook = (crypto: Crypto, lockId: LockId, key: Secret, pins: readonly PinEntry[]): PinBook => {
  assert(key.reveal().length === PIN_KEY_BYTES, 'a PIN key has 32 bytes');
  const kept = new Map<string, readonly KeptPin[]>();
  for (const { image, length: _, ...terms } of pins) {
    const verifier = crypto.hmacSha256(key.reveal(), image);
    kept.set(prefixOf(verifier), [...(kept.get(prefixOf(verifier)) ?? []), { verifier, terms }]);
  }
  return { lockId, key, lengths: [...new Set(pins.map(({ length }) => length))].toSorted((one, other) => one - other), kept };
};

/** Whether it is 6 to 20 digits; anything else is no guess at anything. */
export const isTyped = (text: string): boolean => /^[0-9]{6,20}$/.test(text);

/**
 * What typing costs as a guess: 1 for 6 to 9 digits, and 1 for each four more, since a long entry tries more PINs at once.
 * So a unit is never more than four runs of any one length.
 */
export const guessUnits = (typed: string): number => Math.ceil((typed.length - PIN_DIGITS.min + 1) / RUNS_PER_UNIT);
export const RUNS_PER_UNIT = 4;

/** Every run of these lengths in what was typed. */
export const pinRuns = (typed: string, lengths: readonly number[]): readonly string[] =>
  lengths.flatMap((length) => Array.from({ length: Math.max(0, typed.length - length + 1) }, (_, at) => typed.slice(at, at + length)));

/** The terms of each PIN that stands in what was typed (6 to 20 digits). Every run is tried, whether or not one was found before. */
export const findPins = (crypto: Crypto, { lockId, key, lengths, kept }: PinBook, typed: string): readonly EntryTerms[] => {
  assert(isTyped(typed), 'what was typed has 6 to 20 digits');
  const imageOf = pinImages(crypto, lockId);
  return pinRuns(typed, lengths).flatMap((run) => {
    const verifier = crypto.hmacSha256(key.reveal(), imageOf(run));
    return (kept.get(prefixOf(verifier)) ?? []).filter((pin) => equalBytes(pin.verifier, verifier)).map(({ terms }) => terms);
  });
};
