// The doors of a grant as whoever holds it needs them: what their locks are called and prove themselves by, and the newest rosters.

import type { GrantedDoor } from '@mortise/api/keys.ts';
import { base64url } from '@mortise/base/bytes.ts';
import { required } from '@mortise/base/assert.ts';
import type { Hub } from '../hub.ts';
import { locksOf, type SiteView } from '../site-view.ts';
import { newestRosters } from '../store/lock-store.ts';

/** `isOpen`: the grant may open; of one that is over it is not told any more whether a door is there. */
export const grantedDoors = async (hub: Hub, view: SiteView, places: readonly string[], isOpen: boolean): Promise<GrantedDoor[]> => {
  const rosters = new Map((await newestRosters(hub.database)).map(({ lockId, document }) => [lockId, document]));
  return locksOf(view, places).map(({ lockId, row }) => ({
    id: row.door_id, name: row.door_name, zone: row.zone ?? 'UTC', lockId,
    identityKey: base64url(row.identity_key), readerKey: base64url(row.reader_key), sealKey: base64url(row.seal_key), statement: base64url(row.statement),
    roster: base64url(required(rosters.get(lockId), 'an adopted lock has a roster')), online: isOpen && hub.presence.on(lockId)?.kind === 'adopted',
  }));
};
