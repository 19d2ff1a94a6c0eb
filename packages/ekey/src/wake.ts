// When the key must be woken: the earliest of everything that waits for a time.

import { contactMs } from './contact-desk.ts';
import { freeEntries, KEPT_FROM_NOISE, MAX_PENDING_STORES, windowEndMs } from './journal-keeper.ts';
import type { EkeyState } from './state.ts';

/** Monotonic; undefined when nothing waits. */
export const nextWakeMs = (state: EkeyState): number | undefined => {
  const earliest = Math.min(contactMs(state), journalMs(state), state.shown?.untilMs ?? Infinity);
  return earliest === Infinity ? undefined : earliest;
};

const journalMs = ({ journal, stores }: EkeyState): number =>
  journal.unproven.suppressed > 0 && stores.length < MAX_PENDING_STORES && freeEntries(journal) > KEPT_FROM_NOISE ? windowEndMs(journal.unproven) : Infinity;
