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

export const shellPort: NearPort = {
  isRadio: true,
  has: (place) => place.startsWith(BEGINNING),
  wireOf: () => 'radio',
  places: async () => ((await shell()?.places()) ?? []).map((place) => `${BEGINNING}${place}`),
  open: async (place) => shell()?.open(place.slice(BEGINNING.length)),
};
