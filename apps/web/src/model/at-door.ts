// An owner's phone at the door. While a lock cannot be reached through the hub it is looked for at hand; and what the hub has for each lock is
// kept here, so that the next contact brings it, with or without a network.

import { computed, effect } from '@preact/signals';
import { phoneKey } from '../keys/phone-key.ts';
import { courier } from './carrying.ts';
import { finishAdoptions } from './finish-adoptions.ts';
import { doors, isReachable, me } from './live.ts';
import { isRadioChosen } from './bluetooth-port.ts';
import { scanNear } from './near.ts';
import { refreshAddresses } from './socket-port.ts';

const SCAN_MS = 6000;
const STOCK_MS = 120_000;
/** More doors than these are stocked for when one of their locks is met. */
const MAX_STOCKED = 32;

/** With a key, and without another way to some lock, or with a lock's radio to listen for. */
const isLooking = computed(() => phoneKey.value !== undefined && ((isRadioChosen.value && doors.value !== undefined) || (doors.value ?? []).some((door) => !isReachable(door))));

const look = (): void => {
  if (isLooking.value && !document.hidden) void scanNear();
};

const finish = (): void => void finishAdoptions();

const stockUp = async (): Promise<void> => {
  await refreshAddresses();
  look();
  for (const { lock } of (doors.value ?? []).slice(0, MAX_STOCKED)) {
    if (me.value === undefined || !(await courier.exchange(lock.lockId))) return;
  }
};

/** Until the returned function is called. */
export const standReady = (): (() => void) => {
  const isStocked = computed(() => phoneKey.value !== undefined && doors.value !== undefined);
  const ends = [effect(() => { if (isLooking.value) look(); }), effect(() => { if (isStocked.value) void stockUp(); }), effect(() => { if (isStocked.value) void finishAdoptions(); })];
  const timers = [setInterval(look, SCAN_MS), setInterval(() => { if (!document.hidden) void finishAdoptions(); }, SCAN_MS), setInterval(() => { if (isStocked.value && !document.hidden) void stockUp(); }, STOCK_MS)];
  document.addEventListener('visibilitychange', look);
  globalThis.addEventListener('online', finish);
  return () => {
    ends.forEach((end) => end());
    timers.forEach(clearInterval);
    document.removeEventListener('visibilitychange', look);
    globalThis.removeEventListener('online', finish);
  };
};
