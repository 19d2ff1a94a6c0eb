// How one step is put together: small changes in turn, each from the state that the one before left, effects in order.

import type { Bytes } from '@mortise/base/bytes.ts';
import type { Crypto } from '@mortise/crypto/crypto.ts';
import type { LockEffect, Reading } from './events.ts';
import type { LockState } from './state.ts';

/** What holds for the whole of one step. */
export type Moment = { readonly crypto: Crypto; readonly now: Reading; readonly entropy: Bytes };

export type Change = { readonly state: LockState; readonly effects: readonly LockEffect[] };
export type Step = (state: LockState) => Change;
export type Duty = (moment: Moment, state: LockState) => Change;

export const changed = (state: LockState, ...effects: readonly LockEffect[]): Change => ({ state, effects });

/** Does the steps one after the other. */
export const inTurn = (state: LockState, ...steps: readonly Step[]): Change => {
  let change = changed(state);
  for (const step of steps) change = following(change, step(change.state));
  return change;
};

/** The same of what is done in every step of the lock, whatever happened; most of it finds nothing to do. */
export const allInTurn = (moment: Moment, state: LockState, duties: readonly Duty[]): Change => {
  let change = changed(state);
  for (const duty of duties) change = following(change, duty(moment, change.state));
  return change;
};

/** What `next`, which went on from the state of `before`, comes to with it. */
export const following = (before: Change, next: Change): Change => {
  if (before.effects.length === 0) return next;
  return { state: next.state, effects: next.effects.length === 0 ? before.effects : [...before.effects, ...next.effects] };
};

/** `step` for each item, in order. */
export const forEach = <T>(state: LockState, items: readonly T[], step: (state: LockState, item: T) => Change): Change =>
  items.reduce((change, item) => following(change, step(change.state, item)), changed(state));
