// Reset by the physical act inside (DESIGN §3.11): only with the bolt sensed withdrawn, and it moves nothing. The last that the lock writes is that it was
// reset; it waits a moment for the hub to have that, and then has its memory erased. What comes after is another lock.

import { changed, type Change, type Moment } from './change.ts';
import { note } from './journal-keeper.ts';
import { boltSaid } from './sensing.ts';
import type { LockState, Resetting } from './state.ts';

/** How long the hub may take to have the record of the reset. */
export const RESET_REPORT_MS = 3000;

/** The button inside was pressed. */
export const onReset = (moment: Moment, state: LockState): Change => {
  if (!state.isStarted || state.resetting !== undefined || boltSaid(state.sensors) !== 'unlocked') return changed(state);
  const { state: noted, effects } = note(moment, state, { kind: 'event', reason: 'reset', rule: 'inside' });
  const resetting = { seq: noted.journal.last.seq, untilMs: moment.now.monotonicMs + RESET_REPORT_MS, isOrdered: false };
  return { state: { ...noted, resetting }, effects };
};

/** Has the memory erased once the record is durable, and at the hub if there is one to be heard. */
export const pumpReset = ({ now }: Moment, state: LockState): Change => {
  const { resetting } = state;
  if (resetting === undefined || resetting.isOrdered || !isToldEnough(state, resetting, now.monotonicMs)) return changed(state);
  return changed({ ...state, resetting: { ...resetting, isOrdered: true } }, { kind: 'erase' });
};

const isToldEnough = ({ journal, link, membership }: LockState, { seq, untilMs }: Resetting, nowMs: number): boolean => {
  if (journal.durable < seq) return nowMs >= untilMs;
  return membership.kind === 'factory' || !link.isUp || journal.acknowledged >= seq || nowMs >= untilMs;
};

/** Monotonic. */
export const resetTimes = ({ resetting }: LockState): readonly number[] => (resetting === undefined || resetting.isOrdered ? [] : [resetting.untilMs]);
