// The hold control of who holds a lent key, and the line under it: by which way, what to do, or why not, in the lock's own reason.

import { keyReason } from '@mortise/words/key-reason.ts';
import { inWords } from '@mortise/words/time.ts';
import { calendarOf, forgetRefusal, refusalAt, type HeldDoor, type HeldKey } from '../model/held.ts';
import { holdOfTarget, type Hold as HoldControl } from '../model/hold.ts';
import type { HoldPhase } from '../model/hold-phase.ts';
import { keyDoorState, keyRelockAt, lookNear, openByKey, wayTo, wayUsed } from '../model/key-open.ts';
import { now } from '../model/live.ts';
import { isByRadio } from '../model/near.ts';
import { twoTaps } from '../model/settings.ts';
import type { Way } from '../model/ways.ts';
import { wouldOpen } from '../model/would-open.ts';
import type { DoorState } from '../words/door-state.ts';
import { finalWord, isUsable } from '../words/held.ts';
import { HoldButton, PHASE_FACE, type Face } from './hold.tsx';

export const keyHoldOf = (door: HeldDoor): HoldControl =>
  holdOfTarget({ id: `key:${door.id}`, name: door.name, start: () => openByKey(door), shown: () => keyDoorState(door) });

const OVER: Readonly<Record<HeldKey['grant']['state'], string>> = { asking: 'Not yet', live: 'Ended', paused: 'Paused', takenBack: 'Taken back', ended: 'Ended' };

const restFace = (door: HeldDoor, key: HeldKey, state: DoorState): Face => {
  if (state === 'unlocked') return { look: 'open', word: 'Unlocked' };
  if (state === 'open') return { look: 'open', word: 'Open' };
  if (!isUsable(key.grant, now.value)) return { look: 'far', word: OVER[key.grant.state] };
  const refusal = refusalAt(door);
  if (refusal !== undefined) return { look: 'far', word: finalWord(refusal.code) ?? 'Refused' };
  if (wayTo(door) === 'none') return { look: 'far', word: 'Go nearer' };
  return { look: 'idle', word: twoTaps.value ? 'Tap twice to open' : 'Hold to open' };
};

export type KeyHoldProps = { readonly door: HeldDoor; readonly held: HeldKey; readonly describedBy?: string };

export const KeyHold = ({ door, held, describedBy }: KeyHoldProps) => {
  const hold = keyHoldOf(door);
  const state = keyDoorState(door);
  const phase = hold.phase.value;
  const face = phase.kind === 'rest' ? restFace(door, held, state) : PHASE_FACE[phase.kind];
  return <HoldButton hold={hold} name={door.name} face={face} state={state === 'unknown' && face.look !== 'far' ? 'locked' : state} relockAt={keyRelockAt(door)} describedBy={describedBy} />;
};

const BY: Readonly<Record<Way, string>> = { near: 'straight from here', hub: 'through the hub', none: 'straight from here' };

const Refused = ({ held, door, code }: { held: HeldKey; door: HeldDoor; code: string }) => {
  const { terms } = held.grant;
  const opening = wouldOpen(terms, now.value, door.zone, door.calendars);
  const next = opening?.opens === false ? opening.next : undefined;
  const { says, follows } = keyReason(code, { terms, now: now.value, zone: door.zone, next, calendarName: calendarOf(held) });
  return <><b>{says}</b>{follows !== undefined && <> {follows}</>}</>;
};

const restSays = (door: HeldDoor, held: HeldKey, state: DoorState, way: Way) => {
  const relockAt = keyRelockAt(door);
  const relock = relockAt === null ? '' : `Locks by itself ${inWords(relockAt, now.value)}.`;
  if (state === 'unlocked') return <><b>Push the door.</b> {relock}</>;
  if (state === 'open') return <>The door stands open. {relock}</>;
  if (!isUsable(held.grant, now.value)) return 'There is nothing to hold.';
  if (refusalAt(door) !== undefined) return <>The lock refuses this key. If it was changed since: <button class="link" type="button" onClick={() => void forgetRefusal(door)}>Ask the lock again</button></>;
  if (way === 'near') return `Straight from here${isByRadio(door.lockId) ? ', by Bluetooth' : ''}: the lock is near. Hold until the ring is full.`;
  if (way === 'hub') return 'Through the hub: the lock is not near. Hold until the ring is full.';
  return <>Stand at the door. This page notices when the lock is near. <button class="link" type="button" onClick={() => void lookNear()}>Look again</button></>;
};

const saysOf = (door: HeldDoor, held: HeldKey, phase: HoldPhase) => {
  const way = wayUsed(door) ?? wayTo(door);
  if (phase.kind === 'refused') return <Refused held={held} door={door} code={phase.code} />;
  if (phase.kind === 'holding') return 'Let go to stop. Nothing has moved yet.';
  if (phase.kind === 'armed') return 'The next tap opens the door. Wait, and it will not.';
  if (phase.kind === 'asking') return `Waiting for the lock to answer, ${BY[way]}.`;
  if (phase.early) return 'Not opened. Hold until the ring is full.';
  return restSays(door, held, keyDoorState(door), wayTo(door));
};

export const KeyHoldSays = ({ door, held, id }: { door: HeldDoor; held: HeldKey; id: string }) => (
  <p class="hold-says" id={id}>{saysOf(door, held, keyHoldOf(door).phase.value)}</p>
);
