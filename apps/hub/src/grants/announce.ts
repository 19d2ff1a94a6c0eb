// Tells whoever watches that a grant is another than before: its own change, or what a lock said that concerns it.

import type { LockId } from '@mortise/base/identifiers.ts';
import { announceEkey } from '../ekeys/announce.ts';
import type { Hub } from '../hub.ts';
import { locksOf, siteView } from '../site-view.ts';
import { allEkeys } from '../store/ekey-store.ts';
import { allGrants, grantById, grantsOfCredential, type StoredGrant } from '../store/grant-store.ts';
import { entriesOf } from '../store/revocation-store.ts';
import { stateOf } from './grant-state.ts';
import { tellGrants } from './grant-view.ts';

/** One happening at a lock tells of so many grants, the newest; a list that is fetched has all. */
export const MAX_TOLD_AT_ONCE = 128;

export const announceGrant = async (hub: Hub, id: string): Promise<void> => {
  const grant = await grantById(hub.database, id);
  if (grant !== undefined) await announce(hub, [grant]);
};

/** All grants of one credential. */
export const announceGrantsOf = async (hub: Hub, credentialHash: string): Promise<void> => {
  await announce(hub, (await grantsOfCredential(hub.database, credentialHash)).slice(0, MAX_TOLD_AT_ONCE));
};

/** The lock has taken or refused something: how it stands with every grant that is about it and not over. */
export const announceGrantsAt = async (hub: Hub, lockId: LockId): Promise<void> => {
  const view = await siteView(hub);
  const now = hub.now();
  const grants = (await allGrants(hub.database)).filter((grant) => !['ended', 'lapsed'].includes(stateOf(grant, now)) && locksOf(view, grant.terms.places).some((lock) => lock.lockId === lockId));
  await announce(hub, grants.slice(0, MAX_TOLD_AT_ONCE));
};

/** A lock has said something of this revocation document. */
export const announceRevoked = async (hub: Hub, revocationId: string): Promise<void> => {
  const named = new Set((await entriesOf(hub.database, revocationId)).map(({ accessId }) => accessId));
  const grants = (await allGrants(hub.database)).filter(({ documents }) => documents.some(({ accessId, terms }) => named.has(accessId) && terms.until >= hub.now()));
  await announce(hub, grants.slice(0, MAX_TOLD_AT_ONCE));
};

const announce = async (hub: Hub, grants: readonly StoredGrant[]): Promise<void> => {
  for (const data of await tellGrants(hub, grants)) hub.live.publish({ event: 'grant', data });
  // What a key shall hold follows from its grants.
  const credentials = new Set(grants.map(({ credential }) => credential?.hash));
  for (const { id } of (await allEkeys(hub.database)).filter(({ credential }) => credentials.has(credential.hash))) await announceEkey(hub, id);
};
