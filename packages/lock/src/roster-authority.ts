// Whose access documents count at this lock: its owners', and those of the delegates that its roster names.

import type { Authority } from '@mortise/access/authority.ts';
import type { Crypto } from '@mortise/crypto/crypto.ts';
import type { OwnerSet } from '@mortise/documents/owner-set.ts';
import type { Roster } from '@mortise/documents/roster.ts';
import { openStanding } from '@mortise/documents/signed-delegation.ts';

/** Opens the roster's delegations, signatures and all: once for a roster and an owner set, not for each transaction. */
export const authorityOf = (crypto: Crypto, owners: OwnerSet, { access }: Roster): Authority =>
  ({ owners, delegations: openStanding(crypto, access?.delegations ?? [], owners) });
