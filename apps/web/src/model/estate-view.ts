// The estate as its screens show it: locations with their doors, found by the words of either; what a location's locks come to.

import type { Location } from '@mortise/api/locations.ts';
import type { Door } from '@mortise/api/locks.ts';
import { isFound } from './find.ts';

/** `doors`: those that were found, or all where the location itself was. */
export type FoundLocation = { readonly location: Location; readonly doors: readonly Door[]; readonly isWhole: boolean };

/** Locations whose name, or one of whose doors, has each word that was typed; in the order given. */
export const foundLocations = (locations: readonly Location[], doors: readonly Door[], typed: string): readonly FoundLocation[] => {
  const byId = new Map(doors.map((door) => [door.id, door]));
  return locations.flatMap((location): readonly FoundLocation[] => {
    const within = location.doors.flatMap((id) => byId.get(id) ?? []);
    if (isFound(typed, location.name)) return [{ location, doors: within, isWhole: true }];
    const hits = within.filter(({ name }) => isFound(typed, location.name, name));
    return hits.length === 0 ? [] : [{ location, doors: hits, isWhole: false }];
  });
};

/** Doors that are in no location. */
export const placeless = (locations: readonly Location[], doors: readonly Door[]): readonly Door[] => {
  const placed = new Set(locations.flatMap((location) => location.doors));
  return doors.filter(({ id }) => !placed.has(id));
};

export const locationOf = (locations: readonly Location[], doorId: string): Location | undefined => locations.find(({ doors }) => doors.includes(doorId));

/** Doors of one name are told apart by where they are. */
export const doorLabel = (locations: readonly Location[], { id, name }: Pick<Door, 'id' | 'name'>): string => {
  const at = locationOf(locations, id);
  return at === undefined ? name : `${name}, ${at.name}`;
};
