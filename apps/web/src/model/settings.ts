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

/** Storage may be off; then the choice holds until the page is closed, and the answer says so. */
export const keep = (key: string, value: string): boolean => {
  try {
    localStorage.setItem(key, value);
    return true;
  } catch {
    return false;
  }
};

effect(() => {
  keep(TWO_TAPS, twoTaps.value ? 'yes' : 'no');
});
