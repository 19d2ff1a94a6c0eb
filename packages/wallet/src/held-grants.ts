// What a guest's wallet believes of what a hub shows: the site's owners, by the whole history that begins with the site's id; from one of them
// the key by which the locks are known; and of each door the lock that an owner signed for. A hub can withhold, and make up nothing.

import type { Bytes } from '@mortise/base/bytes.ts';
import type { SiteId } from '@mortise/base/identifiers.ts';
import { err, ok, type Result } from '@mortise/base/result.ts';
import type { Crypto } from '@mortise/crypto/crypto.ts';
import type { DocumentErrorCode } from '@mortise/documents/document-error.ts';
import { openIntroduction } from '@mortise/documents/introduction.ts';
import { openOwnerSets, type OwnerSet } from '@mortise/documents/owner-set.ts';
import { reopenRoster, type Roster } from '@mortise/documents/roster.ts';
import { proveLock, type ClaimedLock, type LockKeysError, type ProvenLock } from './lock-keys.ts';

export type IntroducedSite = { readonly ownerSet: OwnerSet; readonly readerIssuerKey: Bytes };

/** The site of this id, as an owner introduced it. `other-site`: the history is that of another. Takes any bytes. */
export const openSite = (
  crypto: Crypto, siteId: SiteId, { ownerSets, introduction }: { readonly ownerSets: readonly Bytes[]; readonly introduction: Bytes },
): Result<IntroducedSite, { readonly code: DocumentErrorCode }> => {
  const ownerSet = openOwnerSets(crypto, ownerSets);
  if (!ownerSet.ok) return ownerSet;
  if (ownerSet.value.siteId !== siteId) return err({ code: 'other-site' });
  const opened = openIntroduction(crypto, introduction, ownerSet.value);
  return opened.ok ? ok({ ownerSet: ownerSet.value, readerIssuerKey: opened.value.readerIssuerKey }) : opened;
};

export type GrantedLock = { readonly lock: ProvenLock; readonly roster: Roster };

/** The lock of a door that a grant names: its keys by its own word, its roster by an owner's. */
export const proveGrantedLock = (
  crypto: Crypto, { siteId, keys }: OwnerSet, claimed: ClaimedLock, rosterDocument: Bytes,
): Result<GrantedLock, LockKeysError | { readonly code: DocumentErrorCode }> => {
  const lock = proveLock(crypto, siteId, claimed);
  if (!lock.ok) return lock;
  const roster = reopenRoster(crypto, rosterDocument, { siteId, lockId: claimed.lockId, ownerKeys: keys });
  return roster.ok ? ok({ lock: lock.value, roster: roster.value }) : roster;
};
