// For tests: a key in its world, and the hub of its site; as it comes from the factory, enrolled, or with its first orders in force.

import { instant } from '@mortise/base/instant.ts';
import type { KeyItem, KeyOrders } from '@mortise/courier/key-orders.ts';
import { KeyHub, siteNamed } from './key-hub.conformance.ts';
import { KeyWorld, VirtualTime } from './world.conformance.ts';

export const TRUE_MS = 1_790_000_500_000;

export type Fixture = { readonly time: VirtualTime; readonly world: KeyWorld; readonly hub: KeyHub; readonly run: (ms: number) => void };

export const fixture = (seed = 'a key'): Fixture => {
  const time = new VirtualTime();
  const world = new KeyWorld(time, seed);
  const hub = new KeyHub(world, siteNamed(world.crypto, 'a site'), () => instant(TRUE_MS + time.nowMs));
  world.start();
  return { time, world, hub, run: (ms) => time.run(ms) };
};

/** The courier is there still. */
export const enrolled = (): Fixture => {
  const all = fixture();
  all.hub.link();
  all.run(20);
  all.hub.say('enrol', all.hub.enrolment());
  all.run(50);
  return all;
};

/** Its clock set and certified, one grant, and nobody there. */
export const updated = (orders: Partial<KeyOrders> = {}, more: readonly KeyItem[] = []): Fixture => {
  const all = enrolled();
  all.hub.unlink();
  all.hub.order([all.hub.ownTimeKey(), all.hub.grant({ places: [{ kind: 'group', id: all.hub.group('all') }] }), ...more], orders);
  all.hub.link();
  all.run(1000);
  all.hub.unlink();
  all.run(5000);
  return all;
};
