// A lock's radio in words: why none was chosen or is on the air, and how far somebody is on their way to it.

import { AWAY_MS, type Arrival } from '../model/arrival.ts';
import type { NotChosen } from '../model/bluetooth-port.ts';

export const WHY_NONE: Readonly<Record<NotChosen, string>> = {
  'no-choice': 'No lock was chosen. Stand at the door and press again: its radio is in the list as long as the lock has power.',
  'no-radio': 'Bluetooth is off on this device, or it has none. Switch it on and press again.',
  'forbidden': 'This browser does not let this page use Bluetooth. Allow it in the browser’s settings for this page.',
  'no-room': 'This page knows as many locks as it can. Load it anew, and choose this lock.',
};

/** By the code of a lock's own adapter. */
export const RADIO_WHY: Readonly<Record<string, string>> = {
  'driver-missing': 'The Bluetooth software did not install with Mortise on this machine.',
  'stack-missing': 'The Bluetooth software did not install with Mortise on this machine.',
  'adapter-missing': 'There is no such adapter on this machine.',
  'adapter-refused': 'The adapter refused: see that it is there, and that this user may use it.',
  'adapter-silent': 'The adapter does not answer.',
  'adapter-off': 'The adapter went off, or was pulled out.',
};

/** How much of the time out of reach is still to come before the lock opens to who arrives. */
export const awayWords = ({ awaySince }: Arrival & { readonly kind: 'coming' }, now: number): string => {
  if (awaySince === undefined) return 'The lock is heard: it opens only after it was out of reach for a minute on end.';
  const left = Math.ceil((awaySince + AWAY_MS - now) / 1000);
  return left > 0 ? `It has to be out of reach for ${left} s more.` : 'It was out of reach long enough.';
};
