// The next owner set: somebody comes, somebody goes. The set before it signs, here by one owner where one is enough. The locks' rosters come
// first, so that nobody is left out by a set that voids who signed them; which is the caller's to see to.

import { equalBytes, type Bytes } from '@mortise/base/bytes.ts';
import { err, ok, type Result } from '@mortise/base/result.ts';
import type { Crypto } from '@mortise/crypto/crypto.ts';
import { derive, type KeyPair } from '@mortise/crypto/entropy.ts';
import { assembleOwnerSet, MAX_OWNER_KEYS, ownerSetPayload, ownerSetToSign, type OwnerSet } from '@mortise/documents/owner-set.ts';
import { signedBy } from './owner-signature.ts';

export type OwnerChange = { readonly kind: 'add'; readonly ownerKeys: readonly Bytes[] } | { readonly kind: 'remove'; readonly ownerKeys: readonly Bytes[] };

export type OwnerChangeError = {
  readonly code:
    /** The set needs more than one signature. */
    | 'needs-others'
    | 'is-owner' | 'too-many-owners'
    /** Nobody would be left, or not this owner, or fewer than the threshold. */
    | 'nobody-left';
};

const SALT_BYTES = 16;

const keysAfter = ({ keys }: OwnerSet, change: OwnerChange): readonly Bytes[] =>
  change.kind === 'add' ? [...keys, ...change.ownerKeys] : keys.filter((key) => !change.ownerKeys.some((gone) => equalBytes(gone, key)));

const has = (keys: readonly Bytes[], key: Bytes): boolean => keys.some((each) => equalBytes(each, key));

/** The document that follows `last`, signed by `owner`, who stays. */
export const nextOwnerSet = (crypto: Crypto, owner: KeyPair, last: OwnerSet, change: OwnerChange, entropy: Bytes): Result<Bytes, OwnerChangeError> => {
  if (last.threshold > 1) return err({ code: 'needs-others' });
  if (change.kind === 'add' && change.ownerKeys.some((key) => has(last.keys, key))) return err({ code: 'is-owner' });
  const keys = keysAfter(last, change);
  if (keys.length > MAX_OWNER_KEYS) return err({ code: 'too-many-owners' });
  if (!has(keys, owner.publicKey)) return err({ code: 'nobody-left' });
  const payload = ownerSetPayload(crypto, { keys, threshold: last.threshold, sequence: last.sequence + 1, previous: last.hash, salt: derive(crypto, entropy, 'owner-set-salt', SALT_BYTES) });
  return ok(assembleOwnerSet([signedBy(crypto, owner, ownerSetToSign(crypto, owner.publicKey, payload))]));
};
