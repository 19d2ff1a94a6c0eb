// What may be said of a lock on the link that has no door here yet.

import type { WaitingLock } from '@mortise/api/locks.ts';

/** Under its name in the list. `heard`: how long ago, as in "a minute ago". */
export const waitingNote = ({ adopted, finishing }: Pick<WaitingLock, 'adopted' | 'finishing'>, heard: string): string => {
  if (finishing) return 'Has taken you as its owner; finishing.';
  return adopted ? 'Belongs to somebody already.' : `Waits for its owner. Heard ${heard}.`;
};

/** Why the lock of a whole setup code cannot be added now; undefined: it can. */
export const waitingObstacle = (lock: Pick<WaitingLock, 'adopted' | 'finishing'> | undefined): string | undefined => {
  if (lock === undefined) return 'The code is whole, but its lock is not on the link. See that it has power and reaches the hub; this page notices by itself.';
  if (lock.finishing) return 'The code’s lock has taken you as its owner already. It is finishing by itself; its door appears in a moment.';
  return lock.adopted ? 'The code’s lock already belongs to somebody. Its owner has to reset it first.' : undefined;
};

/** After an offer that was not answered: how things stand with its lock, as far as the hub knows. */
export const unheardNote = (lock: Pick<WaitingLock, 'adopted' | 'finishing'> | undefined): string => {
  if (lock === undefined) return 'The lock is not on the link now. Once it is back, it says itself whether it took you.';
  if (lock.finishing) return 'The lock has taken you as its owner, and is telling the hub.';
  return lock.adopted ? 'The lock belongs to somebody; it has not said yet to whom.' : 'The lock still waits for its owner. Go back and try again.';
};
