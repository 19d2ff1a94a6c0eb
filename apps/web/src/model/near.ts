// Which locks are at hand: the addresses at which near links may be found, remembered, so that they are tried without the hub; and which lock
// said hello at which. A hello proves nothing; the operation does.

import { signal } from '@preact/signals';
import { ROUTES } from '@mortise/api/routes.ts';
import { readStored, writeStored } from '../keys/store.ts';
import { call } from './client.ts';
import { connectNear, type NearLink } from './near-link.ts';

const NAME = 'near-links';
const MAX_ADDRESSES = 32;
/** A radio hears a few at once. */
const AT_ONCE = 8;

const isAddress = (value: unknown): value is string => typeof value === 'string' && /^wss?:\/\//.test(value);

const remembered = async (): Promise<readonly string[]> => {
  const stored = await readStored('values', NAME);
  return stored.ok && Array.isArray(stored.value) ? stored.value.filter(isAddress).slice(0, MAX_ADDRESSES) : [];
};

let addresses: readonly string[] | undefined;

/** Asks the hub where near links may be, and remembers it; without an answer what is remembered stands. */
export const refreshAddresses = async (): Promise<void> => {
  const answer = await call(ROUTES.nearLinks);
  if (!answer.ok) return;
  // What was found without the hub stays.
  addresses = [...new Set([...answer.value.addresses, ...await known()])].slice(0, MAX_ADDRESSES);
  await writeStored([{ store: 'values', name: NAME, value: [...addresses] }]);
};

/** A place where a lock answered that the hub does not name; looked at first from now on. */
export const rememberAddress = async (address: string): Promise<void> => {
  const list = await known();
  if (list.includes(address)) return;
  addresses = [address, ...list].slice(0, MAX_ADDRESSES);
  await writeStored([{ store: 'values', name: NAME, value: [...addresses] }]);
};

/** The lock that said hello last at each address, by lock id. */
export const seenNear = signal<ReadonlyMap<string, string>>(new Map());

const see = (address: string, lockId: string | undefined): void => {
  const others = [...seenNear.value].filter(([lock, where]) => where !== address && lock !== lockId);
  const next = new Map(lockId === undefined ? others : [...others, [lockId, address] as const]);
  if ([...next].join() !== [...seenNear.value].join()) seenNear.value = next;
};

export const meet = async (address: string): Promise<NearLink | undefined> => {
  const link = await connectNear(address);
  see(address, link?.lockId);
  return link;
};

/** Where locks may answer. */
export const known = async (): Promise<readonly string[]> => (addresses ??= await remembered());

let scanning: Promise<void> | undefined;

const scan = async (): Promise<void> => {
  const list = await known();
  for (let index = 0; index < list.length; index += AT_ONCE) {
    await Promise.all(list.slice(index, index + AT_ONCE).map(async (address) => (await meet(address))?.close()));
  }
};

/** Listens once for who is at hand. */
export const scanNear = (): Promise<void> => {
  scanning ??= scan().finally(() => { scanning = undefined; });
  return scanning;
};

/** A connection to this lock; undefined: it is not at hand. It is looked for first where it was last. */
export const reachNear = async (lockId: string): Promise<NearLink | undefined> => {
  const last = seenNear.value.get(lockId);
  // A lock that is touched takes one contact at a time.
  if (last?.endsWith('/contact') === true) await scanning;
  const list = (await known()).toSorted((a, b) => Number(b === last) - Number(a === last)).slice(0, AT_ONCE);
  const { promise, resolve } = Promise.withResolvers<NearLink | undefined>();
  let found: NearLink | undefined;
  const tries = list.map(async (address) => {
    const link = await meet(address);
    if (link === undefined) return;
    if (link.lockId !== lockId || found !== undefined) {
      link.close();
      return;
    }
    found = link;
    resolve(link);
  });
  void Promise.all(tries).then(() => resolve(undefined));
  return promise;
};
