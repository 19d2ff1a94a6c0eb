// The doors as this page knows them, from two sources: lists that it asks for, and single doors that the stream tells. A list that was asked
// for before a door was told is older than that door, whenever it comes.

import type { Door } from '@mortise/api/locks.ts';

/** `told`: how many doors the stream has told. `toldAs`: which of these was the last of each door, by id. */
export type DoorsHeard = { readonly told: number; readonly toldAs: ReadonlyMap<string, number> };

export const NOTHING_HEARD: DoorsHeard = { told: 0, toldAs: new Map() };

export const withTold = ({ told, toldAs }: DoorsHeard, { id }: Door): DoorsHeard => ({ told: told + 1, toldAs: new Map([...toldAs, [id, told + 1]]) });

export const withDoor = (doors: readonly Door[], door: Door): readonly Door[] =>
  doors.some(({ id }) => id === door.id) ? doors.map((each) => (each.id === door.id ? door : each)) : [...doors, door];

/** `asked`: what had been heard when the list was asked for. What was told since stays as it was told. */
export const withList = (doors: readonly Door[], list: readonly Door[], asked: DoorsHeard, heard: DoorsHeard): readonly Door[] =>
  doors.filter(({ id }) => (heard.toldAs.get(id) ?? 0) > asked.told).reduce(withDoor, list);
