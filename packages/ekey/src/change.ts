// How one step is put together: small changes in turn, each from the state that the one before left, effects in order.

import type { Bytes } from '@mortise/base/bytes.ts';
import type { Crypto } from '@mortise/crypto/crypto.ts';
import type { EkeyEffect, Reading } from './events.ts';
import type { Contact, EkeyState, PendingSignature, Update } from './state.ts';

/** What holds for the whole of one step. */
export type Moment = { readonly crypto: Crypto; readonly now: Reading; readonly entropy: Bytes };

export type Change = { readonly state: EkeyState; readonly effects: readonly EkeyEffect[] };
export type Step = (state: EkeyState) => Change;

/** A credential's, a time answer's, a status's and a batch's at once; what was asked for before a lift adds to them. */
export const MAX_PENDING_SIGNATURES = 16;

export const changed = (state: EkeyState, ...effects: readonly EkeyEffect[]): Change => ({ state, effects });

/** Does the steps one after the other, from a state or from what a first change left. */
export const inTurn = (start: EkeyState | Change, ...steps: readonly Step[]): Change => {
  let change = 'effects' in start ? start : changed(start);
  for (const step of steps) change = following(change, step(change.state));
  return change;
};

/** What `next`, which went on from the state of `before`, comes to with it. */
export const following = (before: Change, next: Change): Change => {
  if (before.effects.length === 0) return next;
  return { state: next.state, effects: next.effects.length === 0 ? before.effects : [...before.effects, ...next.effects] };
};

/** `step` for each item, in order. */
export const forEach = <T>(state: EkeyState, items: readonly T[], step: (state: EkeyState, item: T) => Change): Change =>
  items.reduce((change, item) => following(change, step(change.state, item)), changed(state));

/** Changes the contact; one that is gone stays gone. */
export const withContact = (state: EkeyState, fields: Partial<Contact>): EkeyState =>
  state.contact === undefined ? state : { ...state, contact: { ...state.contact, ...fields } };

/** The same of whoever updates the key. */
export const withUpdate = (state: EkeyState, fields: Partial<Update>): EkeyState =>
  state.update === undefined ? state : { ...state, update: { ...state.update, ...fields } };

/** Asks the shell for a signature; undefined when too many are open already. */
export const askSignature = (state: EkeyState, key: 'identity' | 'credential', message: Bytes, after: PendingSignature['after']): Change | undefined => {
  if (state.signatures.length >= MAX_PENDING_SIGNATURES) return undefined;
  const id = state.nextId;
  return changed({ ...state, nextId: id + 1, signatures: [...state.signatures, { id, after }] }, { kind: 'sign', id, key, message });
};
