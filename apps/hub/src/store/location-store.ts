// Locations and which doors are in them.

import type { Location } from '@mortise/api/locations.ts';
import type { Database } from './open-store.ts';

export const locationsOf = async (database: Database): Promise<Location[]> => {
  const locations = await database.selectFrom('location').select(['id', 'name']).orderBy('name').orderBy('id').execute();
  const doors = await database.selectFrom('door').select(['id', 'location_id']).where('location_id', 'is not', null).orderBy('created_at').orderBy('id').execute();
  const byLocation = Map.groupBy(doors, (door) => door.location_id);
  return locations.map((location) => ({ ...location, doors: (byLocation.get(location.id) ?? []).map(({ id }) => id) }));
};

export type PlaceOfDoor = { readonly id: string; readonly name: string };

/** Where each door is that is in a location, by the door's id. */
export const placesOfDoors = async (database: Database): Promise<ReadonlyMap<string, PlaceOfDoor>> =>
  new Map((await locationsOf(database)).flatMap(({ doors, id, name }) => doors.map((door) => [door, { id, name }] as const)));

/** Makes the location, or gives it this name and these doors, which are in no other then. False: there is no room for another one. */
export const putLocation = (database: Database, { id, name, doors }: Location, most: number, at: number): Promise<boolean> =>
  database.transaction().execute(async (transaction) => {
    const others = await transaction.selectFrom('location').select(({ fn }) => fn.countAll().as('count')).where('id', '!=', id).executeTakeFirst();
    if (Number(others?.count ?? 0) >= most) return false;
    await transaction.insertInto('location').values({ id, name, created_at: at }).onConflict((conflict) => conflict.column('id').doUpdateSet({ name })).execute();
    await transaction.updateTable('door').set({ location_id: null }).where('location_id', '=', id).execute();
    if (doors.length > 0) await transaction.updateTable('door').set({ location_id: id }).where('id', 'in', doors).execute();
    return true;
  });

/** Changes of a door what is named. False: there is no such location, and nothing changed. */
export const changeDoor = (database: Database, doorId: string, { name, locationId }: { readonly name?: string | undefined; readonly locationId?: string | null | undefined }): Promise<boolean> =>
  database.transaction().execute(async (transaction) => {
    const wanted = typeof locationId === 'string' ? await transaction.selectFrom('location').select('id').where('id', '=', locationId).executeTakeFirst() : null;
    if (wanted === undefined) return false;
    const set = { ...(name !== undefined && { name }), ...(locationId !== undefined && { location_id: locationId }) };
    if (Object.keys(set).length > 0) await transaction.updateTable('door').set(set).where('id', '=', doorId).execute();
    return true;
  });

/** False: there is none of this id. */
export const removeLocation = (database: Database, id: string): Promise<boolean> =>
  database.transaction().execute(async (transaction) => {
    await transaction.updateTable('door').set({ location_id: null }).where('location_id', '=', id).execute();
    const removed = await transaction.deleteFrom('location').where('id', '=', id).executeTakeFirst();
    return removed.numDeletedRows === 1n;
  });
