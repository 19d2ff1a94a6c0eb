// Locations, what a door is called and where it is, and the doors that somebody with an electronic key may ask for.

import { MAX_LOCATIONS } from '@mortise/api/locations.ts';
import { ROUTES } from '@mortise/api/routes.ts';
import { required } from '@mortise/base/assert.ts';
import { parseIdentifier, type Identifier, type LockId } from '@mortise/base/identifiers.ts';
import { ok } from '@mortise/base/result.ts';
import { doorById } from '../door-view.ts';
import { announceGrantsAt } from '../grants/announce.ts';
import { ekeysHeldBy } from '../store/ekey-store.ts';
import { changeDoor, locationsOf, placesOfDoors, putLocation, removeLocation } from '../store/location-store.ts';
import { doorRows } from '../store/lock-store.ts';
import { reads, readsByKey, takes, type App, type Web } from './mount.ts';
import { refuse } from './refusal.ts';

export const mountLocations = (app: App, web: Web): void => {
  const { hub } = web;
  const { database, now } = hub;
  const all = async () => ok({ locations: await locationsOf(database) });
  reads(app, web, ROUTES.locations, all);
  takes(app, web, ROUTES.putLocation, async ({ parameter, body }) => {
    const id = parseIdentifier<Identifier>(parameter('locationId'));
    if (id === undefined) return refuse('input-invalid', 'locationId: must be 16 bytes in base64url.');
    const known = new Set((await database.selectFrom('door').select('id').execute()).map((door) => door.id));
    if (body.doors.some((door) => !known.has(door))) return refuse('door-unknown', 'There is no such door. Look at the list of doors.');
    const put = await putLocation(database, { id, name: body.name, doors: [...new Set(body.doors)] }, MAX_LOCATIONS, now());
    return put ? all() : refuse('conflict', `There are ${MAX_LOCATIONS} locations, the most there can be.`);
  });
  takes(app, web, ROUTES.removeLocation, async ({ parameter }) =>
    (await removeLocation(database, parameter('locationId'))) ? all() : refuse('location-unknown', 'There is no such location. Look at the list of locations.'));
  takes(app, web, ROUTES.patchDoor, async ({ parameter, body }) => {
    const before = await doorById(hub, parameter('doorId'));
    if (before === undefined) return refuse('door-unknown', 'There is no such door. Look at the list of doors.');
    if (!(await changeDoor(database, before.id, body))) return refuse('location-unknown', 'There is no such location. Look at the list of locations.');
    const door = required(await doorById(hub, before.id), 'doors stay');
    hub.live.publish({ event: 'state', data: door });
    const lockId = required(parseIdentifier<LockId>(door.lock.lockId), 'stored lock ids are identifiers');
    if (door.name !== before.name) await announceGrantsAt(hub, lockId);
    return ok({ door });
  });
  // Whoever holds no key is told of no door.
  readsByKey(app, web, ROUTES.askablePlaces, async ({ caller }) => {
    if ((await ekeysHeldBy(database, caller.personId)).length === 0) return ok({ doors: [] });
    const at = await placesOfDoors(database);
    return ok({ doors: (await doorRows(database)).map((row) => ({ id: row.door_id, name: row.door_name, lockId: row.id, location: at.get(row.door_id) ?? null })) });
  });
};
