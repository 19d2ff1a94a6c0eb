// How long the lock does not listen after wrong setup codes in a row. The count survives restarts, and the wait then starts
// anew: the lock has no clock that it could trust to have run on.

export const FREE_TRIES = 5;
export const FIRST_WAIT_MS = 60_000;
export const LONGEST_WAIT_MS = 3_600_000;

/** Milliseconds to wait after the `wrong`th wrong code in a row (0 or more): none for the first four, then 1, 2, 4 … 60 minutes. */
export const backOffMs = (wrong: number): number =>
  wrong < FREE_TRIES ? 0 : Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** Math.min(wrong - FREE_TRIES, 16));
