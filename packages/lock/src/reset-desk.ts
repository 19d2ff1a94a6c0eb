// Reset: by the physical act inside, only with the bolt sensed withdrawn, or by the owners' signed order on the link (DESIGN §3.11, ADR 39). It moves nothing. The last that the
// lock writes is that it was reset; it waits a moment for the hub to have that, and then has its memory erased. What comes after is another lock.

import { clockQuality, instantOf } from '@mortise/access/clock.ts';
import type { Bytes } from '@mortise/base/bytes.ts';
import { encodeResetAnswer } from '@mortise/courier/link-body.ts';
import type { DocumentErrorCode } from '@mortise/documents/document-error.ts';
import { openResetOrder } from '@mortise/documents/reset-order.ts';
import { changed, inTurn, type Change, type Moment } from './change.ts';
import { hasRoomForRequest, note, noteUnproven } from './journal-keeper.ts';
import { HUB } from './peer.ts';
import { sayTo } from './sending.ts';
import { boltSaid } from './sensing.ts';
import type { Adopted, LockState, Resetting } from './state.ts';

/** How long the hub may take to have the record of the reset. */
export const RESET_REPORT_MS = 3000;

/** The button inside was pressed. */
export const onReset = (moment: Moment, state: LockState): Change => {
  if (!state.isStarted || state.resetting !== undefined || boltSaid(state.sensors) !== 'unlocked') return changed(state);
  return beginReset(moment, state, 'inside');
};

/**
 * An order from the hub's link; any bytes. Where the bolt stands is the owners' to know: nothing moves it, and the way out does not depend on it. The clock must be good
 * enough to tell whether the order is over.
 */
export const onResetOrder = (moment: Moment, state: LockState, adopted: Adopted, bytes: Bytes): Change => {
  if (state.resetting !== undefined) return changed(state);
  if (!hasRoomForRequest(state)) return answer(state, 'busy');
  const refused = refusalOf(moment, state, adopted, bytes);
  if (refused !== undefined) return refuseOrder(moment, state, refused);
  return inTurn(state, (current) => answer(current, 'accepted'), (current) => beginReset(moment, current, `owners:${adopted.ownerSet.sequence}`));
};

const beginReset = (moment: Moment, state: LockState, rule: string): Change => {
  const { state: noted, effects } = note(moment, state, { kind: 'event', reason: 'reset', rule });
  const resetting = { seq: noted.journal.last.seq, untilMs: moment.now.monotonicMs + RESET_REPORT_MS, isOrdered: false };
  return { state: { ...noted, resetting }, effects };
};

const refusalOf = ({ crypto, now }: Moment, { lockId, clock }: LockState, { ownerSet }: Adopted, bytes: Bytes): DocumentErrorCode | 'clock-lost' | undefined => {
  const order = openResetOrder(crypto, bytes, { lockId, ownerSet });
  if (!order.ok) return order.error.code;
  if (clockQuality(clock, now) === 'lost') return 'clock-lost';
  return instantOf(clock, now) > order.value.until ? 'expired' : undefined;
};

const answer = (state: LockState, code: string): Change => sayTo(state, HUB, 'reset-answer', encodeResetAnswer({ code }));

const refuseOrder = (moment: Moment, state: LockState, code: string): Change =>
  inTurn(
    state,
    (current) => noteUnproven(moment, current, { kind: 'event', reason: 'reset-refused', rule: `document:${code}` }),
    (current) => answer(current, code),
  );

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

/** When it must be looked at; monotonic, Infinity: never. */
export const resetMs = ({ resetting }: LockState): number => (resetting === undefined || resetting.isOrdered ? Infinity : resetting.untilMs);
