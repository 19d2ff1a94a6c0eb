// What this site is made of, as far as grants are concerned: the present owners, each lock with its door, its newest roster, and the powers
// that the owners gave this hub there. Read anew for each use; what was verified once is remembered by its version.

import type { Group } from '@mortise/api/grants.ts';
import { required } from '@mortise/base/assert.ts';
import { base64url, equalBytes } from '@mortise/base/bytes.ts';
import { parseIdentifier, type DoorId, type GroupId, type LockId } from '@mortise/base/identifiers.ts';
import type { StandingDelegation } from '@mortise/documents/delegation.ts';
import type { OwnerSet } from '@mortise/documents/owner-set.ts';
import { elementOf } from '@mortise/documents/place.ts';
import { reopenRoster, type Roster } from '@mortise/documents/roster.ts';
import { openStanding } from '@mortise/documents/signed-delegation.ts';
import type { Hub } from './hub.ts';
import type { OpenedRoster } from './opened-roster.ts';
import { doorRows, newestRosters, type DoorRow, type NewestRoster } from './store/lock-store.ts';
import { ownerSets } from './store/owner-store.ts';
import { groupsOf } from './store/place-store.ts';

/**
 * `roster`: undefined when it is by nobody who is an owner now. `signed`: what the lock calls its own places once it has that roster: its door and
 * groups. `elements`: those, and the groups that it is to be in.
 */
export type LockView = {
  readonly lockId: LockId; readonly row: DoorRow; readonly roster: Roster | undefined; readonly standing: readonly StandingDelegation[];
  readonly signed: readonly string[]; readonly elements: readonly string[];
};

export type SiteView = { readonly set: OwnerSet; readonly sets: readonly OwnerSet[]; readonly locks: readonly LockView[]; readonly groups: readonly Group[] };

/** Of a hub that was claimed. */
export const siteView = async (hub: Hub): Promise<SiteView> => {
  const sets = await ownerSets(hub.database, hub.crypto);
  const set = required(sets.at(-1), 'the hub was claimed');
  const groups = await groupsOf(hub.database);
  const rosters = new Map((await newestRosters(hub.database)).map((roster) => [roster.lockId, roster]));
  const locks = (await doorRows(hub.database)).map((row): LockView => {
    const lockId = required(parseIdentifier<LockId>(row.id), 'stored lock ids are identifiers');
    const { roster, standing } = openedRoster(hub, set, lockId, required(rosters.get(lockId), 'an adopted lock has a roster'));
    const signed = signedElements(row, roster);
    const written = groups.filter(({ doors }) => doors.includes(row.door_id)).map(({ id }) => groupElement(id));
    return { lockId, row, roster, standing, signed, elements: [...new Set([...signed, ...written])] };
  });
  return { set, sets, locks, groups };
};

/** The locks that a grant with these places is about. */
export const locksOf = ({ locks }: SiteView, places: readonly string[]): readonly LockView[] => locks.filter(({ elements }) => elements.some((element) => places.includes(element)));

/** Whether there is such a door or group. */
export const isPlaceKnown = ({ locks, groups }: SiteView, element: string): boolean =>
  groups.some(({ id }) => groupElement(id) === element) || locks.some(({ row }) => doorElement(row.door_id) === element);

const openedRoster = (hub: Hub, set: OwnerSet, lockId: LockId, { version, document }: NewestRoster): OpenedRoster => {
  const kept = hub.openedRosters.get(lockId);
  if (kept?.version === version && kept.sequence === set.sequence) return kept;
  const opened = reopenRoster(hub.crypto, document, { siteId: set.siteId, lockId, ownerKeys: set.keys });
  const roster = opened.ok ? opened.value : undefined;
  const delegate = hub.keys.delegate.publicKey;
  const standing = openStanding(hub.crypto, roster?.access?.delegations ?? [], set).filter((delegation) => equalBytes(delegation.delegate, delegate));
  const fresh = { version, sequence: set.sequence, roster, standing };
  hub.openedRosters.set(lockId, fresh);
  return fresh;
};

const signedElements = ({ door_id }: DoorRow, roster: Roster | undefined): readonly string[] =>
  [doorElement(door_id), ...(roster?.groups ?? []).map((group) => groupElement(base64url(group)))];

const doorElement = (id: string): string => elementOf({ kind: 'door', id: required(parseIdentifier<DoorId>(id), 'stored door ids are identifiers') });
const groupElement = (id: string): string => elementOf({ kind: 'group', id: required(parseIdentifier<GroupId>(id), 'stored group ids are identifiers') });
