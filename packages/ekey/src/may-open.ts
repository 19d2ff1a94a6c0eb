// Whether the key begins a transaction at all, and if not, why. The lock decides who opens it; this is what a key does to itself when it was not
// brought home in time, does not know the time, has no room for a record or waits for its PIN.

import type { Reason } from '@mortise/base/reasons.ts';
import type { Reading } from './events.ts';
import { freeEntries, MAX_PENDING_STORES_FOR_REQUESTS, RESERVED_ENTRIES } from './journal-keeper.ts';
import { keyInstant } from './key-clock.ts';
import { hasTime } from './stamping.ts';
import type { SignalName } from './signal-table.ts';
import type { EkeyState } from './state.ts';

/** Of one cell of lithium: below the first it says so, below the second it begins nothing that it might not end. */
export const BATTERY_LOW_MV = 3500;
export const BATTERY_EMPTY_MV = 3200;

/** Undefined: it may. In the order in which they are told. */
export const standingRefusal = (state: EkeyState, now: Reading): Reason | undefined => {
  const { membership, orders, batteryMv } = state;
  if (membership.kind === 'factory' || orders === undefined) return 'must-update';
  if (orders.revalidateBy !== undefined && !hasTime(state, now)) return 'key-clock-invalid';
  if (orders.revalidateBy !== undefined && keyInstant(state.clock, now) > orders.revalidateBy) return 'must-update';
  if (freeEntries(state.journal) <= RESERVED_ENTRIES || state.stores.length >= MAX_PENDING_STORES_FOR_REQUESTS) return 'buffer-full';
  if (batteryMv !== undefined && batteryMv < BATTERY_EMPTY_MV) return 'battery-empty';
  return orders.pin !== undefined && now.monotonicMs >= state.pin.unlockedUntilMs ? 'pin-missing' : undefined;
};

const SIGNAL_OF: { readonly [R in Reason]?: SignalName } = {
  'must-update': 'must-update', 'key-clock-invalid': 'clock-invalid', 'buffer-full': 'buffer-full', 'battery-empty': 'empty-battery', 'pin-missing': 'pin-needed',
};

/** How a reason of `standingRefusal` is shown. */
export const signalOfRefusal = (reason: Reason): SignalName => SIGNAL_OF[reason] ?? 'refused';
