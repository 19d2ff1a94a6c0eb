// Carrying out hold.ts: what was granted begins, what is over ends, and the schedule's own openings are decided and written down as any other.

import { clockQuality, instantOf } from '@mortise/access/clock.ts';
import { isRevokedByAny } from '@mortise/access/revocation-document.ts';
import type { Instant } from '@mortise/base/instant.ts';
import { changed, following, type Change, type Moment } from './change.ts';
import { moveDoorBy } from './door-watch.ts';
import { endedHold, HOLD_LOOK_MS, isHeld, MAX_HOLD_MS, type Hold } from './hold.ts';
import { hasRoomForRequest, note } from './journal-keeper.ts';
import { canDo } from './mechanism.ts';
import { doorPolicyOf, isHoldHour } from './policies.ts';
import { boltSaid } from './sensing.ts';
import type { LockState, Operation } from './state.ts';

/** What holds once its operation has begun. */
export const withHold = (moment: Moment, state: LockState, { ask, own, holdUntil, holdBy }: Operation): LockState => {
  if (ask !== 'hold') return state;
  const hold: Hold = own === 'hours' || holdUntil === undefined ? { ...state.hold, hours: 'holding' } : { ...state.hold, untilMs: atMs(moment, state, holdUntil), by: holdBy };
  return { ...state, hold };
};

/** Whether it may be held until then: a time to come, and not too far away. */
export const isHoldTime = ({ now }: Moment, { clock }: LockState, until: Instant): boolean => {
  const leftMs = until - instantOf(clock, now);
  return leftMs > 0 && leftMs <= MAX_HOLD_MS;
};

const atMs = ({ now }: Moment, { clock }: LockState, until: Instant): number => now.monotonicMs + Math.max(0, until - instantOf(clock, now));

/** What was held until now, and what the schedule says. */
export const expireHold = (moment: Moment, state: LockState): Change => {
  const ended = isOver(moment, state) ? endHold(moment, state) : changed(state);
  return following(ended, lookAtHours(moment, ended.state));
};

const isOver = ({ now }: Moment, { hold }: LockState): boolean => hold.untilMs !== undefined && now.monotonicMs >= hold.untilMs;

/** Ends what is held. The relock does the rest. */
export const endHold = (moment: Moment, state: LockState): Change => {
  const ended = { ...state, hold: endedHold(state.hold) };
  return isHeld(state) ? note(moment, ended, { kind: 'event', reason: 'hold-ended' }) : changed(ended);
};

const hasHours = (state: LockState): boolean => doorPolicyOf(state).holdHours.length > 0 && canDo(state.mechanism, 'holdUnlocked');

const lookAtHours = (moment: Moment, state: LockState): Change => {
  const { hold, isStarted } = state;
  if (!isStarted || moment.now.monotonicMs < hold.lookMs || !hasRoomForRequest(state)) return changed(state);
  if (!hasHours(state)) return hold.hours === 'idle' ? changed(state) : overHours(moment, state);
  const looked = { ...state, hold: { ...hold, lookMs: moment.now.monotonicMs + HOLD_LOOK_MS } };
  if (!isHoldHour(state, moment.now)) return overHours(moment, looked);
  return hold.hours === 'idle' ? beginHours(moment, looked) : changed(looked);
};

const overHours = (moment: Moment, state: LockState): Change => {
  const idle: LockState = { ...state, hold: { ...state.hold, hours: 'idle' } };
  return isHeld(state) && !isHeld(idle) ? note(moment, idle, { kind: 'event', reason: 'hold-ended' }) : changed(idle);
};

const beginHours = (moment: Moment, state: LockState): Change => {
  if (state.membership.kind !== 'adopted') return changed(state);
  const actor = { verb: 'holdUnlocked', rule: `policy:${state.membership.roster.version}` } as const;
  const operation: Operation = { ask: 'hold', own: 'hours', actor, reason: 'hold-schedule', peer: undefined, validUntilMs: moment.now.monotonicMs };
  const deciding: LockState = { ...state, hold: { ...state.hold, hours: 'deciding' } };
  return note(moment, deciding, { ...actor, kind: 'decision', reason: 'hold-schedule', allowed: true }, () => ({ kind: 'granted', operation }));
};

/** After anything happened: locked meanwhile ends a hold; the door is told when one begins or ends. `before` is the state before it. */
export const updateHold = (moment: Moment, before: LockState, state: LockState): Change =>
  isHeld(before) || isHeld(state) ? afterHold(moment, before, state) : changed(state);

const afterHold = (moment: Moment, before: LockState, state: LockState): Change => {
  const held = isHeld(state) && (isLockedNow(before, state) || isTakenBack(moment, before, state)) ? endHold(moment, state) : changed(state);
  return following(held, tellDoor(moment, before, held.state));
};

const isLockedNow = (before: LockState, state: LockState): boolean => boltSaid(state.sensors) === 'locked' && boltSaid(before.sensors) !== 'locked';

// The key by which it was asked for is revoked, whoever brought the word; it may have come while the decision was being stored.
const isTakenBack = ({ crypto, now }: Moment, before: LockState, { hold: { by }, documents: { issuers }, clock }: LockState): boolean =>
  by !== undefined && (before.documents.issuers !== issuers || before.hold.by !== by)
  && isRevokedByAny(crypto, issuers, by.credentialKey, by.grant, clockQuality(clock, now) === 'lost' ? undefined : instantOf(clock, now));

const tellDoor = (moment: Moment, before: LockState, state: LockState): Change => {
  if (isHeld(before) === isHeld(state)) return changed(state);
  return moveDoorBy(moment, state, isHeld(state) ? 'holdBegan' : 'holdEnded');
};

/** When it must be looked at; monotonic, Infinity: never. Hours that a new roster no longer has may still hold. */
export const holdMs = (state: LockState): number => {
  const looks = state.isStarted && (hasHours(state) || state.hold.hours !== 'idle') && hasRoomForRequest(state);
  return Math.min(state.hold.untilMs ?? Infinity, looks ? state.hold.lookMs : Infinity);
};
