// Opening on arrival, carried out: the person's word, what this page hears of the lock's radio, and the one operation that follows. It looks only while the
// page is seen; it asks at the door and never by the hub.

import { effect, signal, untracked, type Signal } from '@preact/signals';
import { announce } from './announce.ts';
import { NOT_COMING, stepArrival, type Arrival, type ArrivalEvent } from './arrival.ts';
import { buzz } from './hold.ts';
import { now } from './live.ts';
import { isByRadio, scanNear } from './near.ts';
import type { Running } from './operate.ts';

/** Of a door: what is asked when the lock is heard. */
export type ComingTarget = { readonly id: string; readonly name: string; readonly lockId: string; readonly start: () => Running };

export type Coming = { readonly arrival: Signal<Arrival>; /** Why the last one did not open. */ readonly failure: Signal<string | undefined>; readonly say: () => void; readonly withdraw: () => void };

const SCAN_MS = 4000;
const comings = new Map<string, Coming>();

/** One for each door. */
export const comingOf = (target: ComingTarget): Coming => {
  const known = comings.get(target.id) ?? createComing(target);
  comings.set(target.id, known);
  return known;
};

const createComing = ({ name, lockId, start }: ComingTarget): Coming => {
  const arrival = signal<Arrival>(NOT_COMING);
  const failure = signal<string | undefined>(undefined);
  let scans: ReturnType<typeof setInterval> | undefined;
  const open = async (): Promise<void> => {
    announce(`You are at ${name}. Asking the lock.`);
    const running = start();
    running.send();
    const outcome = await running.outcome;
    failure.value = outcome.ok ? undefined : outcome.error;
    buzz(outcome.ok ? [30, 40, 30] : [60, 60, 60]);
  };
  const put = (event: ArrivalEvent): void => {
    const { state, opens } = stepArrival(arrival.value, event);
    arrival.value = state;
    if (state.kind === 'off') clearInterval(scans);
    if (opens) void open();
  };
  effect(() => {
    const [at, isNear] = [now.value, isByRadio(lockId)];
    untracked(() => { if (arrival.value.kind === 'coming') put({ kind: 'looked', at, isNear }); });
  });
  return {
    arrival, failure,
    say: () => {
      failure.value = undefined;
      put({ kind: 'said', at: Date.now(), isNear: isByRadio(lockId) });
      clearInterval(scans);
      if (arrival.value.kind === 'coming') scans = setInterval(() => { if (!document.hidden) void scanNear(); }, SCAN_MS);
    },
    withdraw: () => put({ kind: 'withdrawn' }),
  };
};
