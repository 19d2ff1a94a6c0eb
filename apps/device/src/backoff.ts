// How long to wait before trying again: doubling from a first wait to a longest one, spread over its upper half so that a
// thousand locks that lost the same hub do not come back in step.

export type BackoffLimits = { readonly firstMs: number; readonly longestMs: number };

/** The wait before try number `tries` (0 for the first), for a `random` number from 0 to 1. */
export const backoffMs = (limits: BackoffLimits, tries: number, random: number): number => {
  const whole = Math.min(limits.longestMs, limits.firstMs * 2 ** Math.min(tries, 30));
  return Math.round(whole * (0.5 + random / 2));
};
