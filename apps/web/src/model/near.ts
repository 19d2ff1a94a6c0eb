// Which locks are at hand: every port's places are tried, and which lock said hello at which is remembered. A hello proves nothing; the operation does.
// By radio a connection that was just made is kept a while, so that the next press finds it there.

import { signal } from '@preact/signals';
import type { WireKind } from '@mortise/wallet/near-wire.ts';
import { bluetoothPort } from './bluetooth-port.ts';
import { meetOver, type NearLink } from './near-link.ts';
import { MAX_PLACES, type NearPort } from './near-port.ts';
import { shellPort } from './shell-port.ts';
import { socketPort } from './socket-port.ts';

const PORTS: readonly NearPort[] = [bluetoothPort, shellPort, socketPort];
/** A radio hears a few at once. */
const AT_ONCE = 8;

type Spot = { readonly port: NearPort; readonly place: string };

/** Where a lock said hello last, by lock id. `byRadio`: within some metres. */
export type Sighting = { readonly place: string; readonly byRadio: boolean };
export const seenNear = signal<ReadonlyMap<string, Sighting>>(new Map());

export const isByRadio = (lockId: string): boolean => seenNear.value.get(lockId)?.byRadio === true;

const see = ({ port, place }: Spot, lockId: string | undefined): void => {
  const others = [...seenNear.value].filter(([lock, seen]) => seen.place !== place && (lock !== lockId || (seen.byRadio && !port.isRadio)));
  const isKnown = others.some(([lock]) => lock === lockId);
  const next = new Map(lockId === undefined || isKnown ? others : [...others, [lockId, { place, byRadio: port.isRadio }] as const]);
  if (namesOf(next) !== namesOf(seenNear.value)) seenNear.value = next;
};

const namesOf = (seen: ReadonlyMap<string, Sighting>): string => [...seen].map(([lock, { place }]) => `${lock} ${place}`).toSorted((a, b) => a.localeCompare(b)).join();

/** Connections by radio, by place: there is one with each lock, and what is asked next is asked over it. */
const kept = new Map<string, NearLink>();

const keptAt = (place: string): NearLink | undefined => {
  const link = kept.get(place);
  if (link !== undefined && !link.isOpen()) kept.delete(place);
  return kept.get(place);
};

const meet = async (spot: Spot): Promise<NearLink | undefined> => {
  const channel = await spot.port.open(spot.place);
  const link = channel && (await meetOver(spot.place, channel, spot.port.wireOf(spot.place)));
  see(spot, link?.lockId);
  if (link !== undefined && spot.port.isRadio) kept.set(spot.place, link);
  return link;
};

const portOf = (place: string): NearPort | undefined => PORTS.find((port) => port.has(place));

/** What passes at a place; undefined: it is none. */
export const wireAt = (place: string): WireKind | undefined => portOf(place)?.wireOf(place);

/** The lock at a place. A connection by radio that is there is taken. */
export const meetAt = async (place: string): Promise<NearLink | undefined> => {
  const port = portOf(place);
  if (port?.isRadio === true) await scanning;
  return freeAt(place) ?? (port && meet({ port, place }));
};

const spotsOf = async (port: NearPort): Promise<readonly Spot[]> => (await port.places()).slice(0, MAX_PLACES).map((place) => ({ port, place }));
const spots = async (): Promise<readonly Spot[]> => (await Promise.all(PORTS.map(spotsOf))).flat();

const look = async (spot: Spot): Promise<void> => {
  if (keptAt(spot.place) !== undefined) return;
  const link = await meet(spot);
  if (!spot.port.isRadio) link?.close();
};

let scanning: Promise<void> | undefined;

const scan = async (): Promise<void> => {
  const list = await spots();
  for (let index = 0; index < list.length; index += AT_ONCE) await Promise.all(list.slice(index, index + AT_ONCE).map(look));
};

/** Listens once for who is at hand. */
export const scanNear = (): Promise<void> => {
  scanning ??= scan().finally(() => { scanning = undefined; });
  return scanning;
};

/** Which lock is meant, by the id that it says. */
type Which = (lockId: string) => boolean;

const keptWith = (which: Which): NearLink | undefined => [...kept.keys()].map(keptAt).find((link) => link !== undefined && which(link.lockId));

const free = (link: NearLink | undefined): NearLink | undefined => (link?.isBusy() === false ? link : undefined);
const freeAt = (place: string): NearLink | undefined => free(keptAt(place));

/** A connection by radio that is there, with the lock that is meant. */
export const freeWith = (which: Which): NearLink | undefined => free(keptWith(which));

/** What is asked before the lock has answered the last thing waits for that. */
const BUSY_LOOKS = 60;
const BUSY_LOOK_MS = 50;

const waitForFree = async (which: Which): Promise<void> => {
  for (let turn = 0; turn < BUSY_LOOKS && keptWith(which)?.isBusy() === true; turn += 1) await new Promise((resolve) => { setTimeout(resolve, BUSY_LOOK_MS); });
};

/** A connection to this lock; undefined: it is not at hand. One that is there is taken; else it is looked for, first where it was last. */
export const reachNear = (lockId: string): Promise<NearLink | undefined> => findNear((each) => each === lockId, seenNear.value.get(lockId)?.place);

/** The same of any lock that is meant; `first`: where it is looked for first. */
export const findNear = async (which: Which, first?: string): Promise<NearLink | undefined> => {
  await waitForFree(which);
  const ready = freeWith(which);
  if (ready !== undefined) return ready;
  // A scan may be at the same radio, and leave its connection; and a lock that is touched takes one contact at a time.
  await scanning;
  return freeWith(which) ?? (await search(which, first));
};

const search = async (which: Which, first: string | undefined): Promise<NearLink | undefined> => {
  const list = (await spots()).filter(({ place }) => keptAt(place) === undefined).toSorted((a, b) => Number(b.place === first) - Number(a.place === first)).slice(0, AT_ONCE);
  const { promise, resolve } = Promise.withResolvers<NearLink | undefined>();
  let found: NearLink | undefined;
  const tries = list.map(async (spot) => {
    const link = await meet(spot);
    if (link === undefined) return;
    if (!which(link.lockId) || found !== undefined) {
      link.close();
      return;
    }
    found = link;
    resolve(link);
  });
  void Promise.all(tries).then(() => resolve(undefined));
  return promise;
};
