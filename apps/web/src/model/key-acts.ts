// What a lent key may ask for beside opening: to draw the latch, to keep the door unlocked until a time, to end that; where its grant says so. The lock judges each by the grant again.

import { signal } from '@preact/signals';
import type { GrantVerb } from '@mortise/access/grant.ts';
import { runAct, type Act, type Target } from './acts.ts';
import { keysOf, type HeldDoor } from './held.ts';
import { askByKey } from './key-open.ts';
import { now } from './live.ts';
import { isUsable } from '../words/held.ts';

type KeyAct = Exclude<Act, 'lock'>;

export const keyTarget = ({ id }: HeldDoor): Target => ({ id: `key:${id}` });

const keysFor = ({ id }: HeldDoor, verb: GrantVerb) => keysOf(id).filter(({ grant }) => isUsable(grant, now.value) && grant.terms.from <= now.value && grant.terms.verbs.includes(verb));

/** Whether a key for this door may do so now, as far as its terms go. */
export const mayByKey = (door: HeldDoor, verb: GrantVerb): boolean => keysFor(door, verb).length > 0;

/** When the last of the keys that may do so ends (ms). A hold ends then at the latest, whatever was asked for. */
export const keyEnd = (door: HeldDoor, verb: GrantVerb): number => Math.max(...keysFor(door, verb).map(({ grant }) => grant.terms.until));

/** By lock: until when this page had it kept unlocked (ms). Nobody tells a guest when that ended otherwise. */
const kept = signal<ReadonlyMap<string, number>>(new Map());

export const keptUntil = ({ lockId }: HeldDoor): number | undefined => {
  const until = kept.value.get(lockId);
  return until !== undefined && until > now.value ? until : undefined;
};

const noteKept = ({ lockId }: HeldDoor, untilMs: number): void => { kept.value = new Map(kept.value).set(lockId, untilMs); };

/** `until`: of a hold, seconds since 1970. */
export const actByKey = async (door: HeldDoor, act: KeyAct, until?: number): Promise<void> => {
  const latest = keyEnd(door, 'hold');
  const isDone = await runAct(keyTarget(door), act, () => askByKey(door, act, until));
  if (isDone && act === 'holdUnlocked') noteKept(door, Math.min(latest, (until ?? 0) * 1000));
  if (isDone && act === 'endHold') noteKept(door, 0);
};
