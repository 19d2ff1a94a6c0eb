// What this browser remembers about how it is used. Nothing secret: localStorage.

import { effect, signal } from '@preact/signals';

const TWO_TAPS = 'mortise.two-taps';

const stored = (key: string): string | null => {
  try {
    return localStorage.getItem(key);
  } catch {
    return null; // storage is off: the default holds
  }
};

/** For hands that cannot hold: the first tap says what the second will do. */
export const twoTaps = signal(stored(TWO_TAPS) === 'yes');

effect(() => {
  try {
    localStorage.setItem(TWO_TAPS, twoTaps.value ? 'yes' : 'no');
  } catch {
    // storage is off: the choice holds until the page is closed
  }
});
