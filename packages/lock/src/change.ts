// How one step is put together: small changes in turn, each from the state that the one before left, effects in order.

import type { Bytes } from '@mortise/base/bytes.ts';
import type { Crypto } from '@mortise/crypto/crypto.ts';
import type { LockEffect, Reading } from './events.ts';
import type { LockState } from './state.ts';

/** What holds for the whole of one step. */
export type Moment = { readonly crypto: Crypto; readonly now: Reading; readonly entropy: Bytes };

export type Change = { readonly state: LockState; readonly effects: readonly LockEffect[] };
export type Step = (state: LockState) => Change;

export const changed = (state: LockState, ...effects: readonly LockEffect[]): Change => ({ state, effects });

/** Does the steps one after the other. */
export const inTurn = (state: LockState, ...steps: readonly Step[]): Change => {
  let now = state;
  const effects: LockEffect[] = [];
  for (const step of steps) {
    const change = step(now);
    now = change.state;
    effects.push(...change.effects);
  }
  return { state: now, effects };
};

/** `step` for each item, in order. */
export const forEach = <T>(state: LockState, items: readonly T[], step: (state: LockState, item: T) => Change): Change =>
  inTurn(state, ...items.map((item) => (current: LockState) => step(current, item)));
