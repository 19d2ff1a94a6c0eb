// The end of a lock at this site (ADR 39): the owners' order to it is kept and sent; once its own record says that it was reset by them, its door is removed and the grants that were for
// that door alone end, by the next start if the hub stops in between. An order that waits can be withdrawn. An owner may also have a door removed whose lock is gone; what that lock still opens to is then the owner's to know.

import type { Door } from '@mortise/api/locks.ts';
import type { Bytes } from '@mortise/base/bytes.ts';
import { required } from '@mortise/base/assert.ts';
import { parseIdentifier, type LockId } from '@mortise/base/identifiers.ts';
import { ok, type Result } from '@mortise/base/result.ts';
import { openResetOrder } from '@mortise/documents/reset-order.ts';
import { doorByLock, waitingLocks } from './door-view.ts';
import { announceGrant } from './grants/announce.ts';
import { takeBack } from './grants/grant-changes.ts';
import { refuse, type Refusal } from './http/refusal.ts';
import type { Hub } from './hub.ts';
import type { Delivery } from './mqtt/delivery.ts';
import { locksOf, siteView, type SiteView } from './site-view.ts';
import { allGrants, changeGrant, type StoredGrant } from './store/grant-store.ts';
import { newestRecords } from './store/journal-store.ts';
import { doorRowOfLock } from './store/lock-store.ts';
import { currentOwnerSet } from './store/owner-store.ts';
import { orderedLocks, putReset, removeLock, resetOf, withdrawReset } from './store/removal-store.ts';

type Places = { readonly hub: Hub; readonly delivery: Delivery };

/** Keeps the owners' order and sends it, at once or when the lock is on the link again. */
export const orderReset = async ({ hub, delivery }: Places, lockId: LockId, order: Bytes, by: string): Promise<Result<Door, Refusal>> => {
  const ownerSet = required(await currentOwnerSet(hub.database, hub.crypto), 'somebody is signed in, so the hub was claimed');
  const opened = openResetOrder(hub.crypto, order, { lockId, ownerSet });
  if (!opened.ok) return refuse('document-refused', `The order was refused (${opened.error.code}). Sign it again as the owners.`);
  if (opened.value.until < hub.now()) return refuse('document-refused', 'The order is over. Sign it again.');
  await putReset(hub.database, lockId, { document: order, until: opened.value.until, by, at: hub.now() });
  await delivery.reset(hub, lockId);
  return tellDoor(hub, lockId);
};

// It may have gone meanwhile: by the lock's own word, or removed by another owner.
const tellDoor = async (hub: Hub, lockId: LockId): Promise<Result<Door, Refusal>> => {
  const door = await doorByLock(hub, lockId);
  if (door === undefined) return refuse('lock-unknown', 'This lock is no longer of this site. Look at the list of doors.');
  hub.live.publish({ event: 'state', data: door });
  return ok(door);
};

/** Sends the order no more. Whether the lock may have it all the same stands in the door. */
export const withdrawOrder = async ({ hub }: Pick<Places, 'hub'>, lockId: LockId): Promise<Result<Door, Refusal>> => {
  if (!(await withdrawReset(hub.database, lockId, hub.now()))) return refuse('conflict', 'There is no order for this lock to withdraw. Look at the door.');
  return tellDoor(hub, lockId);
};

/** A lock's record says that it was reset: by an order that went through this hub, be it withdrawn since, or by hand, which removes nothing here. */
export const wasReset = async (places: Places, lockId: LockId, rule: string): Promise<void> => {
  const isOrdered = rule.startsWith('owners:') && (await resetOf(places.hub.database, lockId)) !== undefined;
  if (isOrdered) await removeDoor(places, lockId, true);
};

/** A hub that stopped after it had stored such a record, and before the door was gone, finishes it when it starts: the lock is another by now, and says nothing more. */
export const finishResets = async (places: Places): Promise<void> => {
  const { database } = places.hub;
  for (const text of await orderedLocks(database)) {
    const lockId = required(parseIdentifier<LockId>(text), 'stored lock ids are identifiers');
    const resets = (await newestRecords(database, lockId, LAST_WORDS)).filter(({ reason }) => reason === 'reset');
    for (const { rule = '' } of resets) await wasReset(places, lockId, rule);
  }
};

/** A lock that was reset writes little more before it is another. */
const LAST_WORDS = 64;

/** Removes the lock and its door; once more changes nothing. `reset`: the lock's own record says that it has forgotten its owners. */
export const removeDoor = async (places: Places, lockId: LockId, reset = false): Promise<void> => {
  const { hub } = places;
  const row = await doorRowOfLock(hub.database, lockId);
  if (row === undefined) return;
  const ended = await grantsOfDoor(hub, lockId);
  for (const grant of ended) await endGrant(places, grant);
  if (!(await removeLock(hub.database, lockId, hub.now()))) return;
  hub.adopted.delete(lockId);
  hub.uncertified.delete(lockId);
  hub.askedAgain.delete(lockId);
  hub.openedRosters.delete(lockId);
  hub.presence.forget(lockId);
  hub.log('lock-removed', { lockId });
  hub.live.publish({ event: 'removed', data: { lockId, doorId: row.door_id, reset } });
  hub.live.publish({ event: 'waiting', data: { locks: waitingLocks(hub) } });
  for (const { id } of ended) await announceGrant(hub, id);
};

// Of those that name other places too the others go on; what they say of this one is nobody's any more.
const grantsOfDoor = async (hub: Hub, lockId: LockId): Promise<readonly StoredGrant[]> => {
  const view = await siteView(hub);
  return (await allGrants(hub.database)).filter(({ takenBackAt, terms }) => takenBackAt === null && isOnlyFor(view, lockId, terms.places));
};

const isOnlyFor = (view: SiteView, lockId: LockId, places: readonly string[]): boolean => {
  const locks = locksOf(view, places);
  return locks.length > 0 && locks.every((lock) => lock.lockId === lockId) && places.every((place) => place.startsWith('d.'));
};

// Taken back as the owners let the hub do; where they did not, it ends here all the same: the hub confirms it no more, and its lock is gone.
const endGrant = async (places: Places, grant: StoredGrant): Promise<void> => {
  const taken = await takeBack(places, grant.id, { revocation: null });
  if (!taken.ok) await changeGrant(places.hub.database, grant, { retire: true, takenBack: true }, places.hub.now());
};
