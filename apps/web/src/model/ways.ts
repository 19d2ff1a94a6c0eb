// By which way a lock is asked: straight at the door, or by the hub's relay. The way is looked for while the ring fills, and is settled
// when it is full; who stands at the door needs no hub.

import { signal } from '@preact/signals';
import { err } from '@mortise/base/result.ts';
import { reachNear } from './near.ts';
import type { NearLink } from './near-link.ts';
import { operateByRelay, operateNear, type Asking, type Running } from './operate.ts';

export type Way = 'near' | 'hub' | 'none';

/** The way of the operation under way, or of the last one, by lock. */
export const usedWay = signal<ReadonlyMap<string, Way>>(new Map());
const use = (lockId: string, way: Way): void => { usedWay.value = new Map([...usedWay.value, [lockId, way]]); };

export type Ways = {
  /** Whether the relay may be used: the key may open from afar, and the hub says that the lock is there. */
  readonly relay: boolean;
  /** Which is taken where both are open. */
  readonly first: 'near' | 'hub';
};

/** Straight at the door, and in no other way. */
export const AT_DOOR: Ways = { relay: false, first: 'near' };

/** How long the relay waits for a lock that may be near, before it is warmed too. */
const HEAD_START_MS = 350;
/** How long a full ring waits for a lock to be found at the door, where there is no other way. */
const LAST_LOOK_MS = 1500;

/** Where `asking` has no way yet when the ring is full, it fails as `go-nearer`. */
export const operateBest = (asking: Asking, ways: Ways): Running => {
  if (ways.relay && ways.first === 'hub') {
    use(asking.lockId, 'hub');
    return operateByRelay(asking);
  }
  return operateAtDoor(asking, ways);
};

const operateAtDoor = (asking: Asking, { relay }: Ways): Running => {
  const { promise, resolve } = Promise.withResolvers<Awaited<Running['outcome']>>();
  let running: Running | undefined;
  let [isFull, isDropped] = [false, false];
  const settle = (way: Way, next: Running): void => {
    running = next;
    use(asking.lockId, way);
    void next.outcome.then(resolve);
    if (isFull) next.send();
  };
  const byRelay = (): void => {
    if (running === undefined && !isDropped) settle('hub', operateByRelay(asking));
  };
  const met = (link: NearLink | undefined): void => {
    if (link !== undefined && (running !== undefined || isDropped)) link.close();
    else if (link !== undefined) settle('near', operateNear(asking, link));
    else if (relay) byRelay();
    else if (isFull) giveUp();
  };
  const giveUp = (): void => {
    if (running !== undefined || isDropped) return;
    use(asking.lockId, 'none');
    resolve(err('go-nearer'));
  };
  let looking = true;
  void reachNear(asking.lockId).then((link) => {
    looking = false;
    met(link);
  });
  if (relay) setTimeout(byRelay, HEAD_START_MS);
  return {
    send: () => {
      isFull = true;
      if (running !== undefined) running.send();
      else if (relay) byRelay();
      else if (looking) setTimeout(giveUp, LAST_LOOK_MS);
      else giveUp();
    },
    drop: () => {
      isDropped = true;
      running?.drop();
    },
    outcome: promise,
  };
};
