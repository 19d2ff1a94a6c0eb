// What a door can be asked for beside opening: lock, draw the latch, keep it unlocked until a time, end that. One at a time for each door; the signal holds which is
// under way, or why the last one came to nothing.

import { signal, type Signal } from '@preact/signals';
import type { Door } from '@mortise/api/locks.ts';
import { reasonSentence } from '@mortise/words/reasons.ts';
import { announce } from './announce.ts';
import type { Running } from './operate.ts';
import { operate } from './owner-operate.ts';

export type Act = 'lock' | 'unlatch' | 'holdUnlocked' | 'endHold';
export type ActState = { readonly kind: 'rest' } | { readonly kind: 'asking'; readonly act: Act } | { readonly kind: 'failed'; readonly act: Act; readonly code: string };

const states = new Map<string, Signal<ActState>>();

/** `id`: of a door of the site; one that is held by a key has another. */
export type Target = { readonly id: string };

export const actOf = ({ id }: Target): Signal<ActState> => {
  const known = states.get(id) ?? signal<ActState>({ kind: 'rest' });
  states.set(id, known);
  return known;
};

const ASKING: Readonly<Record<Act, string>> = {
  lock: 'Asking the lock to lock.', unlatch: 'Asking the lock to draw its latch.', holdUnlocked: 'Asking the lock to stay unlocked.', endHold: 'Asking the lock to stay unlocked no longer.',
};
export const FAILED: Readonly<Record<Act, string>> = { lock: 'Not locked.', unlatch: 'Not unlatched.', holdUnlocked: 'Not kept unlocked.', endHold: 'It may still be kept unlocked.' };

/** The way is opened and the verb sent at once. Whether it was done. */
export const runAct = async (target: Target, act: Act, start: () => Running): Promise<boolean> => {
  const state = actOf(target);
  if (state.value.kind === 'asking') return false;
  state.value = { kind: 'asking', act };
  announce(ASKING[act]);
  const running = start();
  running.send();
  const outcome = await running.outcome;
  state.value = outcome.ok ? { kind: 'rest' } : { kind: 'failed', act, code: outcome.error };
  if (!outcome.ok) announce(`${FAILED[act]} ${reasonSentence(outcome.error)}`);
  return outcome.ok;
};

/** `until`: of a hold, seconds since 1970. */
export const doAct = (door: Door, act: Act, until?: number): Promise<boolean> => runAct(door, act, () => operate(door, act, undefined, until));
