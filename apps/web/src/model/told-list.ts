// Doors and grants as this page knows them, from two sources: lists that it asks for, and single ones that the stream tells. A list that was
// asked for before one was told is older than that one, whenever it comes.

type Named = { readonly id: string };

/** `told`: how many the stream has told. `toldAs`: which of these was the last of each, by id. */
export type Heard = { readonly told: number; readonly toldAs: ReadonlyMap<string, number> };

export const NOTHING_HEARD: Heard = { told: 0, toldAs: new Map() };

export const withTold = ({ told, toldAs }: Heard, { id }: Named): Heard => ({ told: told + 1, toldAs: new Map([...toldAs, [id, told + 1]]) });

export const withOne = <T extends Named>(list: readonly T[], one: T): readonly T[] =>
  list.some(({ id }) => id === one.id) ? list.map((each) => (each.id === one.id ? one : each)) : [...list, one];

/** `asked`: what had been heard when the list was asked for. What was told since stays as it was told. */
export const withList = <T extends Named>(known: readonly T[], list: readonly T[], asked: Heard, heard: Heard): readonly T[] =>
  known.filter(({ id }) => (heard.toldAs.get(id) ?? 0) > asked.told).reduce<readonly T[]>(withOne, list);
