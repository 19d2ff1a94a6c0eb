// What a lock says of its door beside locked and unlocked: kept unlocked, and what needs somebody. Only what it says now; nothing of it is guessed.

import type { Held, Warning } from '@mortise/courier/status.ts';
import { counted } from '@mortise/words/lists.ts';
import { dayTime } from '@mortise/words/time.ts';

/** "Kept unlocked until 15:00". */
export const heldWords = ({ until }: Held, now: number, zone: string): string =>
  until === null ? 'Kept unlocked, as its hours say' : `Kept unlocked until ${dayTime(until, now, zone)}`;

export type WarningWords = { readonly short: string; readonly title: string; readonly says: string; readonly tone: 'alarm' | 'plain' };

export const WARNING_WORDS: Readonly<Record<Warning, WarningWords>> = {
  forced: { short: 'Forced', title: 'The door was forced.', says: 'It opened though the bolt was sensed locked. This stands until the door is closed.', tone: 'alarm' },
  tamper: { short: 'Lock being opened', title: 'Somebody opens the lock itself.', says: 'Its body tells that it is tampered with. Look after it.', tone: 'alarm' },
  ajar: { short: 'Ajar', title: 'The door stands open for too long.', says: 'Close it: an open door does not lock.', tone: 'alarm' },
  leftUnlocked: { short: 'Left unlocked', title: 'The door was left unlocked.', says: 'It is closed, and nobody has locked it for as long as you let it.', tone: 'alarm' },
  fireRelease: { short: 'Fire release on', title: 'The fire release is on.', says: 'The lock is free, and nothing locks it before that is over.', tone: 'alarm' },
  powerLost: { short: 'No power', title: 'There is no power from outside.', says: 'Look after its supply. The inside handle always works.', tone: 'plain' },
};

/** The most urgent first. */
const URGENCY: readonly Warning[] = ['fireRelease', 'forced', 'tamper', 'ajar', 'leftUnlocked', 'powerLost'];
export const byUrgency = (warnings: readonly Warning[]): readonly Warning[] => URGENCY.filter((warning) => warnings.includes(warning));

/** Of the battery's last openings. */
export const reserveSentence = (left: number): string =>
  left === 0 ? 'The battery’s reserve is used up: the lock opens as long as it can, and does not lock any more.'
    : `The battery is almost empty: the lock opens and locks ${counted(left, 'more time', 'more times')}, then it only opens.`;
