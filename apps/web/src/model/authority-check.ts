// The browser's own check of who holds power: the owner sets form one history of this site, and each lock's roster was signed for that
// lock by one of its owners and is not older than one that was seen here. Pure; the documents come from the hub, which could withhold but
// not forge them.

import type { Bytes } from '@mortise/base/bytes.ts';
import type { LockId } from '@mortise/base/identifiers.ts';
import { err, ok, type Result } from '@mortise/base/result.ts';
import type { Crypto } from '@mortise/crypto/crypto.ts';
import { openOwnerSets, type OwnerSet } from '@mortise/documents/owner-set.ts';
import type { Roster } from '@mortise/documents/roster.ts';
import { checkPapers, type PapersError, type SeenRoster } from '@mortise/wallet/lock-papers.ts';

export type AuthorityFault = { readonly code: 'owner-sets-broken' | 'other-site' | 'roster-not-signed' | 'roster-of-other' | 'roster-withheld'; readonly says: string };
export type NamedRoster = { readonly door: string; readonly lockId: LockId; readonly document: Bytes; readonly seen?: SeenRoster | undefined };
/** `rosters` in the order of the documents. */
export type CheckedAuthority = { readonly ownerSet: OwnerSet; readonly rosters: readonly Roster[] };

/** Opens the owner sets (the first one first) as those of `siteId`, and checks that an owner signed each roster for its lock. */
export const checkAuthority = (
  crypto: Crypto,
  siteId: string,
  sets: readonly Bytes[],
  rosters: readonly NamedRoster[],
): Result<CheckedAuthority, AuthorityFault> => {
  const newest = openOwnerSets(crypto, sets);
  if (!newest.ok) return err({ code: 'owner-sets-broken', says: `The owner sets that the hub keeps do not hold (${newest.error.code}).` });
  if (newest.value.siteId !== siteId) return err({ code: 'other-site', says: 'The owner sets that the hub keeps belong to another site.' });
  const opened: Roster[] = [];
  for (const { door, lockId, document, seen } of rosters) {
    const roster = checkPapers(crypto, document, { siteId: newest.value.siteId, lockId, ownerKeys: newest.value.keys }, seen);
    if (!roster.ok) return err(rosterFault(door, roster.error.code));
    opened.push(roster.value);
  }
  return ok({ ownerSet: newest.value, rosters: opened });
};

const rosterFault = (door: string, code: PapersError['code']): AuthorityFault => {
  if (code === 'other-lock' || code === 'other-site') return { code: 'roster-of-other', says: `What the hub shows as the roster of ${door} is that of another lock.` };
  if (code === 'withheld') return { code: 'roster-withheld', says: `The hub shows an older roster of ${door} than this browser has seen.` };
  if (code === 'fork') return { code: 'roster-withheld', says: `The hub shows another roster of ${door} than the one this browser has seen.` };
  return { code: 'roster-not-signed', says: `The roster of ${door} was not signed by an owner.` };
};
