// How far a lent key reaches into this hub: the locks that its grants name, and of those the ones that it may speak with from afar.

import type { LockId } from '@mortise/base/identifiers.ts';
import type { KeyCaller } from '../http/key-session.ts';
import type { Hub } from '../hub.ts';
import { locksOf, siteView } from '../site-view.ts';
import { grantsOfCredential, type StoredGrant } from '../store/grant-store.ts';
import { stateOf } from './grant-state.ts';

/** A grant of this key, whatever has become of it, names the lock. */
export const mayCarryFor = (hub: Hub, caller: KeyCaller, lockId: LockId): Promise<boolean> => reaches(hub, caller, lockId, () => true);

/** A live grant of this key names the lock and holds from afar. */
export const mayRelayTo = (hub: Hub, caller: KeyCaller, lockId: LockId): Promise<boolean> =>
  reaches(hub, caller, lockId, (grant) => grant.terms.remote && stateOf(grant, hub.now()) === 'live');

const reaches = async (hub: Hub, { credentialHash }: KeyCaller, lockId: LockId, counts: (grant: StoredGrant) => boolean): Promise<boolean> => {
  const places = (await grantsOfCredential(hub.database, credentialHash)).filter(counts).flatMap(({ terms }) => terms.places);
  return places.length > 0 && locksOf(await siteView(hub), places).some((lock) => lock.lockId === lockId);
};
