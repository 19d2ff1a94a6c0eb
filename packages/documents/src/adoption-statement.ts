// The lock's signed word that it was adopted: by which owner set, with which roster, under which keys. The owner checks it
// against what was offered; the hub keeps it as proof that the lock is the site's.

import { assert } from '@mortise/base/assert.ts';
import type { Bytes } from '@mortise/base/bytes.ts';
import { asBytes, decodeCbor, encodeCbor, type Cbor } from '@mortise/base/cbor.ts';
import { identifierBytes, identifierOf, IDENTIFIER_BYTES, type LockId, type SiteId } from '@mortise/base/identifiers.ts';
import { ok, type Result } from '@mortise/base/result.ts';
import { PUBLIC_KEY_BYTES, type Crypto } from '@mortise/crypto/crypto.ts';
import { openSigned, toSign, type ToSign } from './cose.ts';
import { refuseDocument, type DocumentError } from './document-error.ts';
import { asIdentifier, exactFieldsAnd } from './fields.ts';
import { profileFields, readProfile, type LockProfile } from './lock-profile.ts';

export const ADOPTION_TYPE = 'mortise-adoption';
export const MAX_STATEMENT_BYTES = 1024;

const FORMAT = 1;
const HASH_BYTES = 32;
const NAMES = ['lockId', 'siteId', 'ownerSetHash', 'rosterHash', 'readerKey', 'sealKey'] as const;

export type AdoptionStatement = {
  readonly lockId: LockId;
  readonly siteId: SiteId;
  /** Hash of the newest owner set that the lock took, 32 bytes. */
  readonly ownerSetHash: Bytes;
  /** Hash of the roster that the lock took, 32 bytes. */
  readonly rosterHash: Bytes;
  readonly readerKey: Bytes;
  readonly sealKey: Bytes;
  /** A passive lock has no link and no clock of its own, and never will: whoever keeps its papers knows it by this. */
  readonly profile: LockProfile;
};

/** First 16 bytes of SHA-256 of the identity key (65 bytes). */
export const lockIdOf = (crypto: Crypto, identityKey: Bytes): LockId =>
  identifierOf<LockId>(crypto.sha256(identityKey).subarray(0, IDENTIFIER_BYTES));

/** What the lock's identity key signs. */
export const adoptionStatementToSign = (crypto: Crypto, identityKey: Bytes, statement: AdoptionStatement): ToSign => {
  const values: Readonly<Record<(typeof NAMES)[number], Cbor>> = {
    ...statement,
    lockId: identifierBytes(statement.lockId),
    siteId: identifierBytes(statement.siteId),
  };
  const payload = encodeCbor(new Map([...NAMES.map((name) => [name, values[name]] as const), ...profileFields(statement.profile)]));
  assert(decodeStatement(payload) !== undefined, 'an adoption statement within its bounds');
  return toSign(ADOPTION_TYPE, FORMAT, identityKey, payload, crypto);
};

/**
 * Opens a statement by the lock whose identity key this is.
 * Errors: `too-long`, `malformed`, `type-wrong`, `version-unknown`, `signer-unknown`, `signature-invalid`, `other-lock`.
 */
export const openAdoptionStatement = (crypto: Crypto, identityKey: Bytes, bytes: Bytes): Result<AdoptionStatement, DocumentError> => {
  if (bytes.length > MAX_STATEMENT_BYTES) return refuseDocument('too-long');
  const signed = openSigned(crypto, bytes, ADOPTION_TYPE, [identityKey]);
  if (!signed.ok) return signed;
  if (signed.value.version !== FORMAT) return refuseDocument('version-unknown');
  const statement = decodeStatement(signed.value.payload);
  if (statement === undefined) return refuseDocument('malformed');
  return statement.lockId === lockIdOf(crypto, identityKey) ? ok(statement) : refuseDocument('other-lock');
};

const decodeStatement = (payload: Bytes): AdoptionStatement | undefined => {
  const read = exactFieldsAnd(decodeCbor(payload, MAX_STATEMENT_BYTES), NAMES, 'profile');
  const profile = read && readProfile(read);
  const lockId = asIdentifier<LockId>(read?.('lockId'));
  const siteId = asIdentifier<SiteId>(read?.('siteId'));
  const ownerSetHash = asBytes(read?.('ownerSetHash'), HASH_BYTES);
  const rosterHash = asBytes(read?.('rosterHash'), HASH_BYTES);
  const readerKey = asBytes(read?.('readerKey'), PUBLIC_KEY_BYTES);
  const sealKey = asBytes(read?.('sealKey'), PUBLIC_KEY_BYTES);
  if (lockId === undefined || siteId === undefined || ownerSetHash === undefined || rosterHash === undefined) return undefined;
  return readerKey === undefined || sealKey === undefined || profile === undefined
    ? undefined
    : { lockId, siteId, ownerSetHash, rosterHash, readerKey, sealKey, profile };
};
