// The key as its Workbench shows it: one value, of what the machine knows and of its body.

import type { EkeyWorkbench } from '@mortise/api/ekey-workbench.ts';
import { base64url } from '@mortise/base/bytes.ts';
import { signalOf } from '@mortise/ekey/signal.ts';
import { freeEntries, MAX_KEY_ENTRIES } from '@mortise/ekey/journal-keeper.ts';
import type { Reading } from '@mortise/ekey/events.ts';
import { stampOf } from '@mortise/ekey/stamping.ts';
import type { EkeyState } from '@mortise/ekey/state.ts';
import { bytesOf, MAX_BAG_BYTES } from '@mortise/ekey/bag.ts';

export type OfMachine = Pick<EkeyWorkbench, 'keyId' | 'identityKey' | 'signal' | 'enrolled' | 'clock' | 'orders' | 'journal' | 'bag' | 'pin' | 'updating'>;

/** `rtc`: what the real-time clock shows. */
export const machineView = (state: EkeyState, now: Reading, rtc: number): OfMachine => {
  const { keyId, keys, membership, orders, staged, holdings, journal, bag, update } = state;
  return {
    keyId, identityKey: base64url(keys.identityKey), signal: signalView(state, now), enrolled: membership.kind === 'enrolled', clock: clockView(state, now, rtc),
    orders: { version: orders?.version ?? 0, staged: staged?.version ?? 0, grants: holdings.grants.length, revalidateBy: orders?.revalidateBy ?? null },
    journal: { records: journal.last.seq, acknowledged: journal.acknowledged, free: Math.max(0, freeEntries(journal)), capacity: MAX_KEY_ENTRIES },
    bag: { forLocks: bytesOf(bag.forLocks), fromLocks: bytesOf(bag.fromLocks), capacity: MAX_BAG_BYTES },
    pin: pinView(state, now), updating: update !== undefined,
  };
};

const signalView = (state: EkeyState, now: Reading): EkeyWorkbench['signal'] => {
  const { name, display, light, sound, reason = null } = signalOf(state, now);
  return { name, display, light, sound, reason };
};

const clockView = (state: EkeyState, now: Reading, rtc: number): EkeyWorkbench['clock'] => {
  const { instant, clock, errorMs } = stampOf(state, now);
  return clock === 'lost' ? { quality: clock, instant: null, errorMs: null, rtc } : { quality: clock, instant, errorMs, rtc };
};

const pinView = ({ orders, pin }: EkeyState, { monotonicMs }: Reading): EkeyWorkbench['pin'] =>
  ({ asked: orders?.pin !== undefined, set: pin.verifier !== undefined, open: orders?.pin !== undefined && monotonicMs < pin.unlockedUntilMs });
