// A lock's keys, proven. An owner seals roster entries to a lock's key, and the hub is who says what that key is: a hub that named its own
// would read them. So the lock's own statement of its adoption is asked for: the lock id is the hash of the identity key, the
// statement is signed by it and names the site and the keys. The roster, signed by an owner, names the lock id.

import { equalBytes, type Bytes } from '@mortise/base/bytes.ts';
import type { LockId, SiteId } from '@mortise/base/identifiers.ts';
import { err, ok, type Err, type Result } from '@mortise/base/result.ts';
import type { Crypto } from '@mortise/crypto/crypto.ts';
import { lockIdOf, openAdoptionStatement } from '@mortise/documents/adoption-statement.ts';

/** What somebody says of a lock: keys of 65 bytes, and the signed adoption statement. */
export type ClaimedLock = {
  readonly lockId: LockId;
  readonly identityKey: Bytes;
  readonly readerKey: Bytes;
  readonly sealKey: Bytes;
  readonly statement: Bytes;
};

/** What the lock itself said, under the identity key that `lockId` is the hash of. */
export type ProvenLock = { readonly lockId: LockId; readonly identityKey: Bytes; readonly readerKey: Bytes; readonly sealKey: Bytes };

export type LockKeysError = {
  readonly code:
    /** The identity key is another lock's, or nobody's. */
    | 'identity-mismatch'
    /** Not signed by the identity key, or no statement. */
    | 'statement-refused'
    /** The lock was adopted by another site. */
    | 'other-site'
    /** The lock named another reader key or seal key than is claimed. */
    | 'keys-differ';
};

/** The keys of the lock `lockId`, to be used for documents of `siteId`. */
export const proveLock = (crypto: Crypto, siteId: SiteId, claimed: ClaimedLock): Result<ProvenLock, LockKeysError> => {
  const { lockId, identityKey } = claimed;
  if (!crypto.p256.isPublicKey(identityKey) || lockIdOf(crypto, identityKey) !== lockId) return refuse('identity-mismatch');
  const statement = openAdoptionStatement(crypto, identityKey, claimed.statement);
  if (!statement.ok) return refuse('statement-refused');
  const { readerKey, sealKey } = statement.value;
  if (statement.value.siteId !== siteId) return refuse('other-site');
  const isAsClaimed = equalBytes(readerKey, claimed.readerKey) && equalBytes(sealKey, claimed.sealKey);
  return isAsClaimed ? ok({ lockId, identityKey, readerKey, sealKey }) : refuse('keys-differ');
};

const refuse = (code: LockKeysError['code']): Err<LockKeysError> => err({ code });
