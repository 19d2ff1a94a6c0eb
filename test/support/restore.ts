// Coming back with the recovery kit alone, as on a new device: signs in by the kit's key, opens the site's authority, makes a new
// phone key, and gives each lock a roster that trusts it (and, if wanted, no other phone).

import type { Door } from '@mortise/api/locks.ts';
import type { Me } from '@mortise/api/owner.ts';
import { ROUTES } from '@mortise/api/routes.ts';
import { assert, required } from '@mortise/base/assert.ts';
import { base64url, equalBytes, fromBase64url, type Bytes } from '@mortise/base/bytes.ts';
import { parseIdentifier, type LockId } from '@mortise/base/identifiers.ts';
import type { KeyPair } from '@mortise/crypto/entropy.ts';
import { openOwnerSets, type OwnerSet } from '@mortise/documents/owner-set.ts';
import { reopenRoster } from '@mortise/documents/roster.ts';
import { nodeCrypto } from '@mortise/node/crypto.ts';
import { freshEntropy } from '@mortise/node/entropy.ts';
import { openIssuerWrap } from '@mortise/wallet/issuer-key.ts';
import { proveLock } from '@mortise/wallet/lock-keys.ts';
import { kitKey, parseKit } from '@mortise/wallet/recovery-kit.ts';
import { nextRoster, type RosterChange } from '@mortise/wallet/roster-change.ts';
import { signInStatement } from '@mortise/wallet/sign-in.ts';
import type { Authority } from './adoption.ts';
import { freshPhoneKey, Owner } from './owner.ts';
import { Session } from './session.ts';

/** Restores by the kit's code; the locks get their rosters when they are on the link. Throws what was refused. */
export const restoreWithKit = async (url: string, kitCode: string, change: 'addPhone' | 'replacePhones'): Promise<Owner> => {
  const { session, me, authority, ownerSet } = await signInWithKit(url, kitCode);
  const key = authority.phone;
  await session.call(ROUTES.putPhoneKey, { body: { credentialKey: base64url(key.publicKey), label: 'Ada’s new phone' } });
  const site = { siteId: ownerSet.siteId, readerIssuerKey: authority.issuer.publicKey, credentialKey: key.publicKey };
  const restored = new Owner({ session, me, authority, phone: { site, key } });
  const phone = { credentialKey: key.publicKey };
  for (const door of await restored.doors()) {
    await changeRoster(session, authority, ownerSet, door, change === 'addPhone' ? { kind: change, phone } : { kind: change, phones: [phone] });
  }
  return restored;
};

export type ByKit = { readonly session: Session; readonly me: Me; readonly authority: Authority; readonly ownerSet: OwnerSet };

/** Signs in by the kit's key and opens the site's authority; nothing is changed. */
export const signInWithKit = async (url: string, kitCode: string): Promise<ByKit> => {
  const kit = parseKit(nodeCrypto, kitCode);
  assert(kit.ok, 'the kit’s code is rightly typed');
  const owner = kitKey(nodeCrypto, kit.value);
  const session = new Session(url);
  const challenge = await session.call(ROUTES.kitChallenge);
  const signed = signInStatement(nodeCrypto, owner, { nonce: bytesOf(challenge.nonce), origin: session.origin });
  const me = await session.call(ROUTES.kit, { body: { ceremony: challenge.ceremony, signed: base64url(signed) } });
  return { session, me, ...(await openAuthority(session, owner)) };
};

const openAuthority = async (session: Session, owner: KeyPair): Promise<{ readonly authority: Authority; readonly ownerSet: OwnerSet }> => {
  const ownerSets = (await session.call(ROUTES.ownerSets)).sets.map(bytesOf);
  const ownerSet = openOwnerSets(nodeCrypto, ownerSets);
  assert(ownerSet.ok, 'the owner sets hold');
  const { issuerWraps } = await session.call(ROUTES.vault);
  const mine = required(issuerWraps.find(({ ownerKey }) => equalBytes(bytesOf(ownerKey), owner.publicKey)), 'the issuer key is wrapped for the kit');
  const wrap = { ownerKey: bytesOf(mine.ownerKey), issuerKey: bytesOf(mine.issuerKey), wrapped: bytesOf(mine.wrapped) };
  const issuer = openIssuerWrap(nodeCrypto, ownerSet.value, owner, wrap);
  assert(issuer.ok, 'the kit’s key opens the issuer key');
  return { authority: { ownerSets, owner, issuer: issuer.value, phone: freshPhoneKey() }, ownerSet: ownerSet.value };
};

/** Signs the next roster of a door's lock and hands it to the hub. */
export const changeRoster = async (session: Session, { owner }: Authority, ownerSet: OwnerSet, { lock }: Door, change: RosterChange): Promise<void> => {
  const { document } = await session.call(ROUTES.roster, { parameters: { lockId: lock.lockId } });
  const lockId = required(parseIdentifier<LockId>(lock.lockId), 'the hub’s lock ids are identifiers');
  // Who comes back has the newest roster only; whether it is the newest the lock checks.
  const last = reopenRoster(nodeCrypto, bytesOf(document), { siteId: ownerSet.siteId, lockId, ownerKeys: ownerSet.keys });
  assert(last.ok, 'an owner signed the newest roster');
  const claimed = { lockId, identityKey: bytesOf(lock.identityKey), readerKey: bytesOf(lock.readerKey), sealKey: bytesOf(lock.sealKey), statement: bytesOf(lock.statement) };
  const proven = proveLock(nodeCrypto, ownerSet.siteId, claimed);
  assert(proven.ok, 'the lock itself said what its keys are');
  const next = nextRoster(nodeCrypto, last.value, { owner, sealKey: proven.value.sealKey }, change, freshEntropy());
  assert(next.ok, 'the next roster is in its bounds');
  await session.call(ROUTES.putRoster, { parameters: { lockId }, body: { document: base64url(next.value) } });
};

const bytesOf = (text: string): Bytes => required(fromBase64url(text), 'the hub’s bytes are base64url');
