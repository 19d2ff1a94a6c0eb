// The browser's own check of who holds power: the owner sets form one history of this site, and each lock's roster was signed by one
// of its owners. Pure; the documents come from the hub, which could withhold but not forge them.

import type { Bytes } from '@mortise/base/bytes.ts';
import { err, type Result } from '@mortise/base/result.ts';
import type { Crypto } from '@mortise/crypto/crypto.ts';
import { openSigned } from '@mortise/documents/cose.ts';
import { openOwnerSets, type OwnerSet } from '@mortise/documents/owner-set.ts';
import { ROSTER_TYPE } from '@mortise/documents/roster.ts';

export type AuthorityFault = { readonly code: 'owner-sets-broken' | 'other-site' | 'roster-not-signed'; readonly says: string };
export type NamedRoster = { readonly door: string; readonly document: Bytes };

/** Opens the owner sets (the first one first) as those of `siteId`, and checks that an owner signed each roster. */
export const checkAuthority = (
  crypto: Crypto,
  siteId: string,
  sets: readonly Bytes[],
  rosters: readonly NamedRoster[],
): Result<OwnerSet, AuthorityFault> => {
  const newest = openOwnerSets(crypto, sets);
  if (!newest.ok) return err({ code: 'owner-sets-broken', says: `The owner sets that the hub keeps do not hold (${newest.error.code}).` });
  if (newest.value.siteId !== siteId) return err({ code: 'other-site', says: 'The owner sets that the hub keeps belong to another site.' });
  const unsigned = rosters.find(({ document }) => !openSigned(crypto, document, ROSTER_TYPE, newest.value.keys).ok);
  if (unsigned !== undefined) return err({ code: 'roster-not-signed', says: `The roster of ${unsigned.door} was not signed by an owner.` });
  return newest;
};
