// What an electronic key said of itself last, and so what it holds. It is the key's own word: whoever has an older one cannot take it back.

import { hex, type Bytes } from '@mortise/base/bytes.ts';
import { required } from '@mortise/base/assert.ts';
import { unprovenKeyStatus, type KeyStatus } from '@mortise/courier/key-status.ts';
import type { SaidHoldings } from '@mortise/management/orders-for.ts';
import type { EkeyWord, StoredOrders } from '../store/ekey-orders-store.ts';

/** A stored status; its signature was checked when it came. */
export const statusIn = ({ status }: Pick<EkeyWord, 'status'>): KeyStatus => required(unprovenKeyStatus(status), 'stored statuses read');

export const saidBy = ({ ordersVersion, stagedVersion, held }: KeyStatus): SaidHoldings => ({ version: ordersVersion, staged: stagedVersion, held: new Set(held.map((digest: Bytes) => hex(digest))) });

/** Whether it was said after the other. */
export const isLater = (one: Pick<KeyStatus, 'seq' | 'count'>, other: Pick<KeyStatus, 'seq' | 'count'>): boolean => one.seq > other.seq || (one.seq === other.seq && one.count > other.count);

/** The access ids whose documents it goes by; none where it has said nothing, or its orders are none of ours. */
export const heldDocuments = (word: EkeyWord | undefined, orders: readonly StoredOrders[]): readonly string[] => {
  if (word === undefined) return [];
  const { ordersVersion } = statusIn(word);
  return orders.find((each) => each.orders.version === ordersVersion)?.accessIds ?? [];
};

/** The earliest instant at which whoever has the key could hold its clock: where it stood when the hub heard it last. */
export const clockFrom = (word: EkeyWord | undefined): number => {
  if (word === undefined) return 0;
  const { instant, clock, errorMs } = statusIn(word);
  return clock === 'lost' ? 0 : Math.max(0, instant - errorMs);
};
