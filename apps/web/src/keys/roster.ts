// Rosters as an owner's browser follows on from them: the newest one, opened against the site's owners, and the next version for a
// phone that is added or takes the place of others.

import { ROUTES } from '@mortise/api/routes.ts';
import type { Door } from '@mortise/api/locks.ts';
import { base64url, EMPTY, fromBase64url, type Bytes } from '@mortise/base/bytes.ts';
import { asBytes, asNumber, decodeCbor, field } from '@mortise/base/cbor.ts';
import { parseIdentifier, type LockId, type SiteId } from '@mortise/base/identifiers.ts';
import { err, ok, type Result } from '@mortise/base/result.ts';
import { freshEntropy } from '@mortise/browser/entropy.ts';
import type { Crypto } from '@mortise/crypto/crypto.ts';
import type { KeyPair } from '@mortise/crypto/entropy.ts';
import { nobleCrypto } from '@mortise/crypto/noble.ts';
import { openSigned } from '@mortise/documents/cose.ts';
import type { OwnerSet } from '@mortise/documents/owner-set.ts';
import { MAX_ROSTER_BYTES, openRoster, ROSTER_TYPE, rosterPayload, rosterToSign, type Roster, type RosterFields } from '@mortise/documents/roster.ts';
import { HOUSEHOLD_POLICY } from '@mortise/wallet/adopt.ts';
import { nextRoster, type RosterChange } from '@mortise/wallet/roster-change.ts';
import { call } from '../model/client.ts';
import { failureSentence } from '../words/failures.ts';
import type { Authority } from './authority.ts';

/** The signed document of a roster. Signatures are deterministic, so this is the very document that was offered. */
export const rosterDocument = (crypto: Crypto, owner: KeyPair, fields: RosterFields): Bytes => {
  const { siteId, lockId, version, previous, entries, zone, policy, timeKeys, journalKey, groups } = fields;
  const payload = rosterPayload(crypto, { siteId, lockId, version, previous, entries, zone, policy, timeKeys, journalKey, groups });
  const { message, assemble } = rosterToSign(crypto, owner.publicKey, payload);
  return assemble(crypto.p256.sign(owner.privateKey.reveal(), message));
};

// A lock asks that a roster follows the one it holds. Whoever writes the next one has only the newest: its place in the chain is what
// it says itself, and the lock checks it. Of a predecessor openRoster looks at version and hash only.
const predecessorOf = (payload: Bytes, siteId: SiteId, lockId: LockId): Roster | undefined => {
  const map = decodeCbor(payload, MAX_ROSTER_BYTES);
  const [version, hash] = [asNumber(field(map, 'version'), 2), asBytes(field(map, 'previous'), 32)];
  if (version === undefined || hash === undefined) return undefined;
  const content = { entries: [], zone: 'UTC', policy: HOUSEHOLD_POLICY, timeKeys: [], journalKey: EMPTY, groups: [] };
  return { siteId, lockId, version: version - 1, previous: null, ...content, hash, signer: EMPTY };
};

/** The newest roster of a lock, when one of the site's owners signed it. */
export const openNewest = (crypto: Crypto, document: Bytes, ownerSet: OwnerSet, lockId: LockId): Roster | undefined => {
  const { siteId, keys } = ownerSet;
  const signed = openSigned(crypto, document, ROSTER_TYPE, keys);
  const before = signed.ok ? predecessorOf(signed.value.payload, siteId, lockId) : undefined;
  const opened = openRoster(crypto, document, { siteId, lockId, ownerKeys: keys }, before);
  return opened.ok ? opened.value : undefined;
};

/** Signs the next roster of a door's lock and hands it to the hub for delivery. Errors are sentences. */
export const changeRoster = async (door: Door, { owner, ownerSet }: Authority, change: RosterChange): Promise<Result<'delivered' | 'waiting', string>> => {
  const [lockId, sealKey] = [parseIdentifier<LockId>(door.lock.lockId), fromBase64url(door.lock.sealKey)];
  const answer = await call(ROUTES.roster, { parameters: { lockId: door.lock.lockId } });
  if (!answer.ok) return err(failureSentence(answer.error));
  const document = fromBase64url(answer.value.document);
  const newest = lockId === undefined || document === undefined ? undefined : openNewest(nobleCrypto, document, ownerSet, lockId);
  if (newest === undefined || sealKey === undefined) return err('Its roster was not signed by an owner of this site.');
  const next = nextRoster(nobleCrypto, newest, { owner, sealKey }, change, freshEntropy());
  if (!next.ok) return err(next.error.code === 'too-many-phones' ? 'It already knows sixteen phones. Take some back first.' : 'Nobody could open it then.');
  const put = await call(ROUTES.putRoster, { parameters: { lockId: door.lock.lockId }, body: { document: base64url(next.value) } });
  if (!put.ok) return err(failureSentence(put.error));
  return put.value.delivery.delivery === 'refused' ? err('The lock refused the roster.') : ok(put.value.delivery.delivery);
};
