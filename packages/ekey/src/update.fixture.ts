// For tests: a key in its world, and the hub of its site.

import { instant } from '@mortise/base/instant.ts';
import { KeyHub, siteNamed } from './key-hub.conformance.ts';
import { KeyWorld, VirtualTime } from './world.conformance.ts';

export const TRUE_MS = 1_790_000_500_000;

export const fixture = (seed = 'a key') => {
  const time = new VirtualTime();
  const world = new KeyWorld(time, seed);
  const hub = new KeyHub(world, siteNamed(world.crypto, 'a site'), () => instant(TRUE_MS + time.nowMs));
  world.start();
  return { time, world, hub, run: (ms: number) => time.run(ms) };
};
