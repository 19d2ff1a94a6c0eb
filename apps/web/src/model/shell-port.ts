// A native shell around this page may have a radio of its own: it sets `globalThis.mortiseNear` to an object with `places` and `open` as NearPort has them
// (near-port.ts, courier/near-channel.ts), before the page's script runs. What it brings is believed as little as any radio.

import type { NearPort } from './near-port.ts';

type Shell = Pick<NearPort, 'places' | 'open'>;

const isShell = (value: unknown): value is Shell =>
  typeof value === 'object' && value !== null && 'places' in value && typeof value.places === 'function' && 'open' in value && typeof value.open === 'function';

const shell = (): Shell | undefined => {
  const found: unknown = Reflect.get(globalThis, 'mortiseNear');
  return isShell(found) ? found : undefined;
};

/** Whether there is such a shell. */
export const hasShell = (): boolean => shell() !== undefined;

const BEGINNING = 'shell:';

// A shell that throws, or rejects, is one that has nothing: the other ports go on.
const orNothing = async <T>(ask: () => T | Promise<T>): Promise<T | undefined> => {
  try {
    return await ask();
  } catch (error) {
    console.warn('mortiseNear failed', error);
    return undefined;
  }
};

export const shellPort: NearPort = {
  isRadio: true,
  has: (place) => place.startsWith(BEGINNING),
  wireOf: () => 'radio',
  places: async () => ((await orNothing(() => shell()?.places())) ?? []).map((place) => `${BEGINNING}${place}`),
  open: (place) => orNothing(() => shell()?.open(place.slice(BEGINNING.length))),
};
