// Rosters as an owner's browser follows on from them: the newest one, opened against the site's owners, and the next version for a
// phone that is added or takes the place of others, sealed to keys that the lock itself has named.

import { ROUTES } from '@mortise/api/routes.ts';
import type { Door, DoorLock } from '@mortise/api/locks.ts';
import { base64url, fromBase64url, type Bytes } from '@mortise/base/bytes.ts';
import { parseIdentifier, type LockId } from '@mortise/base/identifiers.ts';
import { err, ok, type Result } from '@mortise/base/result.ts';
import { freshEntropy } from '@mortise/browser/entropy.ts';
import type { Crypto } from '@mortise/crypto/crypto.ts';
import { nobleCrypto } from '@mortise/crypto/noble.ts';
import { reopenRoster } from '@mortise/documents/roster.ts';
import { proveLock, type ClaimedLock } from '@mortise/wallet/lock-keys.ts';
import { nextRoster, type RosterChange } from '@mortise/wallet/roster-change.ts';
import { call } from '../model/client.ts';
import { lockKeysSentence } from '../words/codes.ts';
import { failureSentence } from '../words/failures.ts';
import type { Authority } from './authority.ts';

/** What the hub says of a lock. */
export type SaidLock = Pick<DoorLock, 'lockId' | 'identityKey' | 'readerKey' | 'sealKey' | 'statement'>;

const claimOf = ({ lockId, identityKey, readerKey, sealKey, statement }: SaidLock): ClaimedLock | undefined => {
  const [id, keys] = [parseIdentifier<LockId>(lockId), [identityKey, readerKey, sealKey, statement].map(fromBase64url)];
  const [identity, reader, seal, word] = keys;
  if (id === undefined || identity === undefined || reader === undefined || seal === undefined || word === undefined) return undefined;
  return { lockId: id, identityKey: identity, readerKey: reader, sealKey: seal, statement: word };
};

/**
 * The signed roster that follows `newest`, the newest that the hub keeps for this lock. What the hub says is believed as far as the lock
 * or an owner signed it; where the roster stands in its chain the lock checks itself. Errors are sentences.
 */
export const nextDocument = (
  crypto: Crypto, said: SaidLock, { owner, ownerSet }: Pick<Authority, 'owner' | 'ownerSet'>, newest: Bytes, change: RosterChange, entropy: Bytes,
): Result<Bytes, string> => {
  const claimed = claimOf(said);
  const proven = claimed === undefined ? err({ code: 'statement-refused' } as const) : proveLock(crypto, ownerSet.siteId, claimed);
  if (!proven.ok) return err(lockKeysSentence(proven.error));
  const { lockId, sealKey } = proven.value;
  const last = reopenRoster(crypto, newest, { siteId: ownerSet.siteId, lockId, ownerKeys: ownerSet.keys });
  if (!last.ok) return err('Its roster was not signed by an owner of this site.');
  const next = nextRoster(crypto, last.value, { owner, sealKey }, change, entropy);
  if (next.ok) return next;
  return err(next.error.code === 'too-many-phones' ? 'It already knows sixteen phones. Take some back first.' : 'Nobody could open it then.');
};

/** Signs the next roster of a door's lock and hands it to the hub for delivery. Errors are sentences. */
export const changeRoster = async ({ lock }: Door, authority: Authority, change: RosterChange): Promise<Result<'delivered' | 'waiting', string>> => {
  const parameters = { lockId: lock.lockId };
  const answer = await call(ROUTES.roster, { parameters });
  if (!answer.ok) return err(failureSentence(answer.error));
  const newest = fromBase64url(answer.value.document) ?? new Uint8Array(0);
  const next = nextDocument(nobleCrypto, lock, authority, newest, change, freshEntropy());
  if (!next.ok) return next;
  const put = await call(ROUTES.putRoster, { parameters, body: { document: base64url(next.value) } });
  if (!put.ok) return err(failureSentence(put.error));
  return put.value.delivery.delivery === 'refused' ? err('The lock refused the roster.') : ok(put.value.delivery.delivery);
};
