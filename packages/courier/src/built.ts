// How a lock is built, as far as whoever operates it must know: which kind of mechanism, and whether one opening releases for a moment or until it is
// locked again. The lock says it in its status; what each kind does is the lock's own (its mechanism.ts, which a test holds to what is said here).

export const MECHANISM_NAMES = ['deadbolt', 'mortise', 'strike', 'magnet', 'gate', 'hand'] as const;
export type MechanismName = (typeof MECHANISM_NAMES)[number];

/** `pulse`: it is free for a moment and secures itself again; `stand`: until it is locked. */
export const OPENINGS = ['pulse', 'stand'] as const;
export type Opening = (typeof OPENINGS)[number];

export type Built = { readonly mechanism: MechanismName; readonly opening: Opening };

/** Whether there is a latch to be drawn. */
export const hasLatch = ({ mechanism }: Built): boolean => mechanism === 'mortise';

/** Whether it can be kept unlocked. */
export const canHold = ({ mechanism }: Built): boolean => mechanism !== 'hand';
