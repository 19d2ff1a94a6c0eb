// Why no lock was chosen by its radio, and what to do.

import type { NotChosen } from '../model/bluetooth-port.ts';

export const WHY_NONE: Readonly<Record<NotChosen, string>> = {
  'no-choice': 'No lock was chosen. Stand at the door and press again: its radio is in the list as long as the lock has power.',
  'no-radio': 'Bluetooth is off on this device, or it has none. Switch it on and press again.',
  'forbidden': 'This browser does not let this page use Bluetooth. Allow it in the browser’s settings for this page.',
  'no-room': 'This page knows as many locks as it can. Load it anew, and choose this lock.',
};
