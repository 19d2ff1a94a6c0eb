// What an electronic key shall hold now: the documents of its holder's grants with their stamps, the certificate of its clock, the hub's
// delegations (by which it knows the hub's revocations); and whether that is news. Orders are renewed after half of the time that the key may
// go without them, as stamps are, so that whoever updates it now and then always has a key that opens. A key that nobody holds gets
// no grants; a lost one gets nothing, and opens nothing from that instant on.

import { hex, type Bytes } from '@mortise/base/bytes.ts';
import { instant, type Instant } from '@mortise/base/instant.ts';
import type { LockId } from '@mortise/base/identifiers.ts';
import { encodeKeyItem, MAX_ITEM_BYTES, MAX_ITEMS, type BufferPolicy, type ItemKind, type KeyOrders, type PinPolicy } from '@mortise/courier/key-orders.ts';
import { HELD_DIGEST_BYTES } from '@mortise/courier/key-status.ts';
import type { Crypto } from '@mortise/crypto/crypto.ts';
import type { KeyState } from './custody.ts';

/** Opens nothing when it was not updated for so long, unless the policy says otherwise. */
export const REVALIDATE_MS = 7 * 86_400_000;
/** Standing delegations on one key. */
export const MAX_KEY_DELEGATIONS = 8;
/** What stands around an item's bytes. */
const ITEM_ROOM_BYTES = 8;

/** `revalidateMs`: null: never. */
export type KeyPolicy = { readonly revalidateMs: number | null; readonly buffer: BufferPolicy; readonly pin: PinPolicy | undefined };

/** A live grant of the holder to this key. `stamp`: the newest, where it wants one; null: none is needed; undefined: one is needed and there is none. */
export type OrderedGrant = { readonly accessId: string; readonly from: number; readonly until: number; readonly document: Bytes; readonly stamp: Bytes | null | undefined };

export type KeyWish = {
  readonly keyId: LockId;
  readonly state: KeyState;
  readonly now: Instant;
  readonly policy: KeyPolicy;
  readonly grants: readonly OrderedGrant[];
  /** Of time keys, by present owners: the key's own, and the hub's. */
  readonly certificates: readonly Bytes[];
  readonly delegations: readonly Bytes[];
  /** What the key says that it has; undefined: it has not said so far. */
  readonly said?: SaidHoldings | undefined;
};

/** `version`, `staged`: of the orders that it goes by, and of those that it gathers for. `held`: the beginnings of its items' digests, in hex. */
export type SaidHoldings = { readonly version: number; readonly staged: number; readonly held: ReadonlySet<string> };

/** An item as it is given. `accessId`: of whose document it is; undefined: it is none. */
export type OrderedItem = { readonly kind: ItemKind; readonly bytes: Bytes; readonly digest: Bytes; readonly accessId: string | undefined };

/** `isNew`: the orders are another version than `last`. `leftOut`: grants for which there is no room, or no stamp. */
export type OrdersNow = { readonly orders: KeyOrders; readonly items: readonly OrderedItem[]; readonly isNew: boolean; readonly leftOut: number };

/** `last`: the newest orders that were made for this key. */
export const ordersFor = (crypto: Crypto, wish: KeyWish, last: KeyOrders | undefined): OrdersNow => {
  const { items, leftOut } = itemsFor(crypto, wish);
  const { keyId, state, now, policy } = wish;
  const wanted = { keyId, buffer: policy.buffer, pin: policy.pin, items: items.map(({ digest }) => digest) };
  if (last !== undefined && isSame(last, wanted) && !isDue(last, wish) && !isBehind(last, wish.said)) return { orders: last, items, isNew: false, leftOut };
  const version = Math.max(last?.version ?? 0, wish.said?.version ?? 0, wish.said?.staged ?? 0) + 1;
  const orders: KeyOrders = { ...wanted, version, instant: now, revalidateBy: deadline(state, policy, now) };
  return { orders, items, isNew: true, leftOut };
};

const deadline = (state: KeyState, { revalidateMs }: KeyPolicy, now: Instant): Instant | undefined => {
  if (state === 'lost') return now;
  return revalidateMs === null ? undefined : instant(now + revalidateMs);
};

const isDue = (last: KeyOrders, { state, policy, now }: KeyWish): boolean => {
  const { revalidateBy } = last;
  if (state === 'lost') return revalidateBy === undefined || revalidateBy > now;
  if (policy.revalidateMs === null) return revalidateBy !== undefined;
  return revalidateBy === undefined || revalidateBy > now + policy.revalidateMs || revalidateBy - now <= policy.revalidateMs / 2;
};

// A hub whose storage was put back: the key has orders that it does not know, of a later version, or of this one with other items.
const isBehind = ({ version, items }: KeyOrders, said: SaidHoldings | undefined): boolean =>
  said !== undefined && (said.version > version || said.staged > version || (said.version === version && items.some((digest) => !said.held.has(hex(digest.slice(0, HELD_DIGEST_BYTES))))));

type Compared = Pick<KeyOrders, 'buffer' | 'pin' | 'items'>;

const isSame = (last: Compared, wanted: Compared): boolean =>
  last.buffer === wanted.buffer && last.pin?.minutes === wanted.pin?.minutes && last.pin?.epoch === wanted.pin?.epoch &&
  new Set(last.items.map(hex)).symmetricDifference(new Set(wanted.items.map(hex))).size === 0;

// ---- items -------------------------------------------------------------------------------------------------------------------

type Items = { readonly items: readonly OrderedItem[]; readonly leftOut: number };

const itemsFor = (crypto: Crypto, { state, grants, certificates, delegations, now }: KeyWish): Items => {
  const make = (kind: ItemKind, bytes: Bytes, accessId?: string): OrderedItem => {
    const item = encodeKeyItem({ kind, bytes });
    return { kind, bytes: item, digest: crypto.sha256(item), accessId };
  };
  if (state === 'lost') return { items: [], leftOut: 0 };
  const own = certificates.map((bytes) => make('time-key', bytes));
  if (state !== 'issued') return { items: own, leftOut: 0 };
  const powers = delegations.filter(fits).slice(0, MAX_KEY_DELEGATIONS).map((bytes) => make('delegation', bytes));
  const wanted = grants.filter(({ until }) => until >= now).toSorted((a, b) => inOrder(a, b, now));
  const all = distinct([...own, ...powers]);
  let leftOut = 0;
  for (const { document, stamp, accessId } of wanted) {
    const pair = stamp === undefined || !fits(document) ? [] : [make('access', document, accessId), ...(stamp === null ? [] : [make('stamp', stamp)])];
    if (pair.length === 0 || all.length + pair.length > MAX_ITEMS) leftOut += 1;
    else all.push(...pair);
  }
  return { items: distinct(all), leftOut };
};

const fits = ({ length }: Bytes): boolean => length + ITEM_ROOM_BYTES <= MAX_ITEM_BYTES;

// Where there is no room for all: what holds now first, then what begins soonest.
const inOrder = (a: OrderedGrant, b: OrderedGrant, now: number): number => {
  const begins = Math.max(a.from, now) - Math.max(b.from, now);
  if (begins !== 0) return begins;
  return a.until - b.until || (a.accessId < b.accessId ? -1 : 1);
};

const distinct = (items: readonly OrderedItem[]): OrderedItem[] => [...new Map(items.map((item) => [hex(item.digest), item])).values()];
