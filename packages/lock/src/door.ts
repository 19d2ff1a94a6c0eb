// The door, from its sensor: whether it is closed, and what of its being open is an alarm. DOOR is the specification: every phase × every
// input. It moves nothing; the relock asks whether it is open.

/**
 * `none`: there is no sensor, or it has not spoken; `held`: open while it is kept unlocked; `ajar`: open for longer than the owners let it; `forced`: it was opened
 * though the bolt was sensed locked. An alarm lasts until it is closed.
 */
export const DOOR_PHASES = ['none', 'closed', 'open', 'held', 'ajar', 'forced'] as const;
export type DoorPhase = (typeof DOOR_PHASES)[number];

/** `opened…`: the sensor, by what was known just before: nothing against it, sensed locked, kept unlocked; `hold…`: keeping it unlocked begins or ends. */
export const DOOR_INPUTS = ['opened', 'openedLocked', 'openedHeld', 'closed', 'deadline', 'holdBegan', 'holdEnded'] as const;
export type DoorInput = (typeof DOOR_INPUTS)[number];

/** `recovered`: an alarm is over. */
export type DoorHappening = 'ajar' | 'forced' | 'recovered';

type DoorCell = readonly [next: DoorPhase, ...happenings: readonly DoorHappening[]];

/** State × input, exhaustive; the compiler misses no cell. */
export const DOOR: { readonly [P in DoorPhase]: { readonly [I in DoorInput]: DoorCell } } = {
  none: {
    opened: ['open'],
    openedLocked: ['open'],
    openedHeld: ['held'],
    closed: ['closed'],
    deadline: ['none'],
    holdBegan: ['none'],
    holdEnded: ['none'],
  },
  closed: {
    opened: ['open'],
    openedLocked: ['forced', 'forced'],
    openedHeld: ['held'],
    closed: ['closed'],
    deadline: ['closed'],
    holdBegan: ['closed'],
    holdEnded: ['closed'],
  },
  open: {
    opened: ['open'],
    openedLocked: ['open'],
    openedHeld: ['held'],
    closed: ['closed'],
    deadline: ['ajar', 'ajar'],
    holdBegan: ['held'],
    holdEnded: ['open'],
  },
  held: {
    opened: ['held'],
    openedLocked: ['held'],
    openedHeld: ['held'],
    closed: ['closed'],
    deadline: ['held'],
    holdBegan: ['held'],
    holdEnded: ['open'],
  },
  ajar: {
    opened: ['ajar'],
    openedLocked: ['ajar'],
    openedHeld: ['ajar'],
    closed: ['closed', 'recovered'],
    deadline: ['ajar'],
    holdBegan: ['held', 'recovered'],
    holdEnded: ['ajar'],
  },
  forced: {
    opened: ['forced'],
    openedLocked: ['forced'],
    openedHeld: ['forced'],
    closed: ['closed', 'recovered'],
    deadline: ['forced'],
    holdBegan: ['forced'],
    holdEnded: ['forced'],
  },
};

/** `sinceMs`: since when, or since the end of a hold: what was meant to be unlocked was not left so. Monotonic. `deadlineMs`: when `open` becomes `ajar`, if it does. */
export type Door = { readonly phase: DoorPhase; readonly sinceMs: number; readonly deadlineMs?: number };

export const NO_DOOR: Door = { phase: 'none', sinceMs: 0 };

/** What is said of the door in records and status. */
export const DOOR_SAID: { readonly [P in DoorPhase]: 'none' | 'closed' | 'open' } = {
  none: 'none', closed: 'closed', open: 'open', held: 'open', ajar: 'open', forced: 'open',
};

export type DoorMove = { readonly door: Door; readonly happenings: readonly DoorHappening[] };

/** One cell of the table at `nowMs` (monotonic). `ajarAfterMs`: 0: never. */
export const moveDoor = (door: Door, input: DoorInput, nowMs: number, ajarAfterMs: number): DoorMove => {
  const [phase, ...happenings] = DOOR[door.phase][input];
  if (phase === door.phase) return { door: input === 'holdEnded' ? { ...door, sinceMs: nowMs } : door, happenings };
  const deadline = phase === 'open' && ajarAfterMs > 0 ? { deadlineMs: nowMs + ajarAfterMs } : {};
  return { door: { phase, sinceMs: nowMs, ...deadline }, happenings };
};

export const isDoorOverdue = ({ deadlineMs }: Door, nowMs: number): boolean => deadlineMs !== undefined && nowMs >= deadlineMs;
