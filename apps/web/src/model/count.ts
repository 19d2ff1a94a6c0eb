// A whole number as a field holds it while it is typed: cleared and typed anew, it says nothing for a moment, and nothing is put in its place.

/** In the place of a number that is not said yet, or out of bounds: no count is 0. */
export const NO_COUNT = 0;

/** What was typed, as a number from 1 to `most`; else `NO_COUNT`. */
export const countIn = (typed: string, most: number): number => {
  const count = /^\s*\d{1,9}\s*$/.test(typed) ? Number(typed) : NO_COUNT;
  return count <= most ? count : NO_COUNT;
};

/** What the field shows: what was typed while it means the number that is held; else that number, for it was changed elsewhere. */
export const shownCount = (typed: string | undefined, value: number, most: number): string =>
  typed !== undefined && countIn(typed, most) === value ? typed : String(value);
