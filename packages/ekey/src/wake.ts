// When the key must be woken: the earliest of everything that waits for a time.

import { contactTimes } from './contact-desk.ts';
import { freeEntries, KEPT_FROM_NOISE, MAX_PENDING_STORES, windowEndMs } from './journal-keeper.ts';
import type { EkeyState } from './state.ts';

/** Monotonic; undefined when nothing waits. */
export const nextWakeMs = (state: EkeyState): number | undefined => {
  const times = [...contactTimes(state), ...journalTimes(state), ...(state.shown === undefined ? [] : [state.shown.untilMs])];
  return times.length === 0 ? undefined : Math.min(...times);
};

const journalTimes = ({ journal, stores }: EkeyState): readonly number[] =>
  journal.unproven.suppressed > 0 && stores.length < MAX_PENDING_STORES && freeEntries(journal) > KEPT_FROM_NOISE ? [windowEndMs(journal.unproven)] : [];
