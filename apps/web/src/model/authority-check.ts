// The browser's own check of who holds power: the owner sets form one history of this site, and each lock's roster was signed for that
// lock by one of its owners. Pure; the documents come from the hub, which could withhold but not forge them.

import type { Bytes } from '@mortise/base/bytes.ts';
import type { LockId } from '@mortise/base/identifiers.ts';
import { err, type Result } from '@mortise/base/result.ts';
import type { Crypto } from '@mortise/crypto/crypto.ts';
import type { DocumentErrorCode } from '@mortise/documents/document-error.ts';
import { openOwnerSets, type OwnerSet } from '@mortise/documents/owner-set.ts';
import { reopenRoster } from '@mortise/documents/roster.ts';

export type AuthorityFault = { readonly code: 'owner-sets-broken' | 'other-site' | 'roster-not-signed' | 'roster-of-other'; readonly says: string };
export type NamedRoster = { readonly door: string; readonly lockId: LockId; readonly document: Bytes };

/** Opens the owner sets (the first one first) as those of `siteId`, and checks that an owner signed each roster for its lock. */
export const checkAuthority = (
  crypto: Crypto,
  siteId: string,
  sets: readonly Bytes[],
  rosters: readonly NamedRoster[],
): Result<OwnerSet, AuthorityFault> => {
  const newest = openOwnerSets(crypto, sets);
  if (!newest.ok) return err({ code: 'owner-sets-broken', says: `The owner sets that the hub keeps do not hold (${newest.error.code}).` });
  if (newest.value.siteId !== siteId) return err({ code: 'other-site', says: 'The owner sets that the hub keeps belong to another site.' });
  for (const { door, lockId, document } of rosters) {
    const roster = reopenRoster(crypto, document, { siteId: newest.value.siteId, lockId, ownerKeys: newest.value.keys });
    if (!roster.ok) return err(rosterFault(door, roster.error.code));
  }
  return newest;
};

const rosterFault = (door: string, code: DocumentErrorCode): AuthorityFault =>
  code === 'other-lock' || code === 'other-site'
    ? { code: 'roster-of-other', says: `What the hub shows as the roster of ${door} is that of another lock.` }
    : { code: 'roster-not-signed', says: `The roster of ${door} was not signed by an owner.` };
