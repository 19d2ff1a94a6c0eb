// Where keys open: doors and groups as documents name them, with the names that people know, and the doors of each.

import { identifierBytes, parseIdentifier, type DoorId, type GroupId } from '@mortise/base/identifiers.ts';
import type { Group } from '@mortise/api/grants.ts';
import type { Door } from '@mortise/api/locks.ts';
import { elementOf, placeOf } from '@mortise/documents/place.ts';
import { groups } from './grants.ts';
import { doors, zone } from './live.ts';

/** `d.…` of a door. */
export const placeOfDoor = (doorId: string): string => {
  const id = parseIdentifier<DoorId>(doorId);
  return id === undefined ? '' : elementOf({ kind: 'door', id });
};

/** `g.…` of a group. */
export const placeOfGroup = (groupId: string): string => {
  const id = parseIdentifier<GroupId>(groupId);
  return id === undefined ? '' : elementOf({ kind: 'group', id });
};

type Found = { readonly door?: Door | undefined; readonly group?: Group | undefined };

const found = (place: string): Found => {
  const read = placeOf(place);
  if (read === undefined) return {};
  const is = (id: string): boolean => parseIdentifier(id) === read.id && identifierBytes(read.id).length > 0;
  return read.kind === 'door' ? { door: doors.value?.find(({ id }) => is(id)) } : { group: groups.value.find(({ id }) => is(id)) };
};

/** The name of a door or group of this site; undefined: it is gone. */
export const nameOfPlace = (place: string): string | undefined => {
  const { door, group } = found(place);
  return door?.name ?? group?.name;
};

/** The doors that a key of these places opens, each once. */
export const doorsOf = (places: readonly string[]): readonly Door[] => {
  const ids = places.flatMap((place) => {
    const { door, group } = found(place);
    return door === undefined ? (group?.doors ?? []) : [door.id];
  });
  return (doors.value ?? []).filter(({ id }) => ids.includes(id));
};

/** The zone in which the times of a key are said: its first door's. */
export const zoneOfPlaces = (places: readonly string[]): string => doorsOf(places)[0]?.zone ?? zone.value;
