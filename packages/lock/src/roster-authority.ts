// What owner set and roster come to once they are opened: whose access documents count at this lock, its owners' and those of the delegates
// that its roster names; and its PINs, as the lock keeps them.

import type { Authority } from '@mortise/access/authority.ts';
import { pinBook, PIN_KEY_BYTES, type PinBook } from '@mortise/access/pin-book.ts';
import { Secret } from '@mortise/base/secret.ts';
import type { LockId } from '@mortise/base/identifiers.ts';
import type { Crypto } from '@mortise/crypto/crypto.ts';
import { derive, type KeyPair } from '@mortise/crypto/entropy.ts';
import type { OwnerSet } from '@mortise/documents/owner-set.ts';
import type { Roster } from '@mortise/documents/roster.ts';
import type { OpenedEntries } from '@mortise/documents/roster-credentials.ts';
import { openStanding } from '@mortise/documents/signed-delegation.ts';

export type Power = { readonly authority: Authority; readonly pins: PinBook };

/** Opened once for a roster and an owner set, signatures and all, not for each transaction. */
export const powerOf = (crypto: Crypto, lock: { readonly lockId: LockId; readonly seal: KeyPair }, owners: OwnerSet, roster: Roster, entries: OpenedEntries): Power =>
  ({ authority: authorityOf(crypto, owners, roster), pins: pinBook(crypto, lock.lockId, pinKeyOf(crypto, lock.seal), entries.credentials.pins) });

/** Whose access documents count. */
export const authorityOf = (crypto: Crypto, owners: OwnerSet, { access }: Roster): Authority =>
  ({ owners, delegations: openStanding(crypto, access?.delegations ?? [], owners) });

// The seal key opens the entries that the verifiers are of: who has it has the images too, so a key of its own would guard nothing more.
const pinKeyOf = (crypto: Crypto, seal: KeyPair): Secret =>
  new Secret(derive(crypto, seal.privateKey.reveal(), 'PIN key', PIN_KEY_BYTES));
