// The setup code on a lock's label and in its QR code: who the lock is and the one-time secret that proves its owner.
// 25 bytes = version (1) ‖ first 12 of SHA-256(identity key) ‖ secret (10) ‖ checksum (first 2 of SHA-256 of what precedes),
// written as 40 characters of base32 in 8 groups of five. The checksum misses a slip of the hand once in 65,536.

import { assert } from '@mortise/base/assert.ts';
import { base32, concat, equalBytes, fromBase32, type Bytes } from '@mortise/base/bytes.ts';
import { identifierBytes, type LockId } from '@mortise/base/identifiers.ts';
import { err, ok, type Result } from '@mortise/base/result.ts';
import { Secret } from '@mortise/base/secret.ts';
import type { Crypto } from '@mortise/crypto/crypto.ts';

export const SETUP_SECRET_BYTES = 10;
export const SETUP_LOCK_PREFIX_BYTES = 12;
export const SETUP_CODE_CHARACTERS = 40;

const VERSION = 1;
const CHECKSUM_BYTES = 2;
const GROUP = 5;
const QR_PREFIX = 'MORTISE:';
/** Longer text is not looked at: a code with every separator a person could put in is far shorter. */
const MAX_TEXT_LENGTH = 256;

export type SetupCode = {
  /** First 12 bytes of the lock's id, and so of SHA-256 of its identity key. */
  readonly lockIdPrefix: Bytes;
  /** 10 random bytes, renewed at reset. */
  readonly secret: Secret;
};

export type SetupCodeError = {
  readonly code:
    /** Not 40 characters once spaces and dashes are gone. */
    | 'setup-code-length'
    /** A character that a code cannot have. */
    | 'setup-code-characters'
    /** A character is mistyped, or two are swapped. */
    | 'setup-code-checksum'
    /** Rightly written, for a newer kind of lock. */
    | 'setup-code-version';
};

/** The written form: `XXXXX-XXXXX-…`, 8 groups of five upper-case characters. */
export const encodeSetupCode = (crypto: Crypto, lock: { readonly lockId: LockId; readonly secret: Secret }): string => {
  const characters = setupCodeCharacters(crypto, lock);
  return Array.from({ length: SETUP_CODE_CHARACTERS / GROUP }, (_, group) => characters.slice(group * GROUP, (group + 1) * GROUP)).join('-');
};

/** The text of the QR code: `MORTISE:` and the 40 characters, all of them in QR's alphanumeric set. */
export const encodeSetupQr = (crypto: Crypto, lock: { readonly lockId: LockId; readonly secret: Secret }): string =>
  QR_PREFIX + setupCodeCharacters(crypto, lock);

/**
 * Reads a code as a person types it: either case, any spaces and dashes, with or without the QR code's prefix, and 0, 1, 8 for
 * the letters they look like. The kinds of error are told apart, so that the person can be told what to look at.
 */
export const parseSetupCode = (crypto: Crypto, text: string): Result<SetupCode, SetupCodeError> => {
  const characters = text.length > MAX_TEXT_LENGTH ? '' : normalise(text);
  if (characters.length !== SETUP_CODE_CHARACTERS) return err({ code: 'setup-code-length' });
  const bytes = fromBase32(characters);
  if (bytes === undefined) return err({ code: 'setup-code-characters' });
  const body = bytes.subarray(0, -CHECKSUM_BYTES);
  if (!equalBytes(checksum(crypto, body), bytes.subarray(-CHECKSUM_BYTES))) return err({ code: 'setup-code-checksum' });
  if (body[0] !== VERSION) return err({ code: 'setup-code-version' });
  const secretAt = 1 + SETUP_LOCK_PREFIX_BYTES;
  return ok({ lockIdPrefix: body.slice(1, secretAt), secret: new Secret(body.slice(secretAt)) });
};

const setupCodeCharacters = (crypto: Crypto, { lockId, secret }: { readonly lockId: LockId; readonly secret: Secret }): string => {
  assert(secret.reveal().length === SETUP_SECRET_BYTES, 'a setup secret has 10 bytes');
  const body = concat(Uint8Array.of(VERSION), identifierBytes(lockId).subarray(0, SETUP_LOCK_PREFIX_BYTES), secret.reveal());
  return base32(concat(body, checksum(crypto, body))).toUpperCase();
};

const checksum = (crypto: Crypto, body: Bytes): Bytes => crypto.sha256(body).subarray(0, CHECKSUM_BYTES);

const normalise = (text: string): string => {
  const bare = text.toUpperCase().replaceAll(/[\s\p{Dash}]/gu, '');
  const characters = bare.startsWith(QR_PREFIX) ? bare.slice(QR_PREFIX.length) : bare;
  return characters.replaceAll('0', 'O').replaceAll('1', 'I').replaceAll('8', 'B');
};
