// Hold to open. The ring is the hand: it fills while held. The glyph in it and the words over it are the lock's: they follow the
// door's state. Space and Enter hold as a finger does; a screen reader's click, or the setting, asks for two taps instead.

import { useRef } from 'preact/hooks';
import type { Door } from '@mortise/api/locks.ts';
import { reasonSentence } from '@mortise/words/reasons.ts';
import { inWords } from '@mortise/words/time.ts';
import { isKeyless } from '../keys/phone-key.ts';
import { holdOf, type Hold as HoldControl } from '../model/hold.ts';
import type { HoldPhase } from '../model/hold-phase.ts';
import { knownOf, now, saidOf, stateOf, wayToDoor } from '../model/live.ts';
import { isByRadio } from '../model/near.ts';
import { twoTaps } from '../model/settings.ts';
import { usedWay, type Way } from '../model/ways.ts';
import { isThrownOpen, type DoorState } from '../words/door-state.ts';
import { StateGlyph } from './section.tsx';

export type Face = { readonly look: 'idle' | 'armed' | 'holding' | 'asking' | 'open' | 'refused' | 'far'; readonly word: string };

/** What the control says while a hand is at it, or just was. */
export const PHASE_FACE: { readonly [K in Exclude<HoldPhase['kind'], 'rest'>]: Face } = {
  armed: { look: 'armed', word: 'Tap again to open' },
  holding: { look: 'holding', word: 'Keep holding' },
  asking: { look: 'asking', word: 'Asking the lock' },
  refused: { look: 'refused', word: 'Not opened' },
};

const REST_FACE: Readonly<Record<DoorState, Face>> = {
  locked: { look: 'idle', word: 'Hold to open' },
  jammed: { look: 'idle', word: 'Hold to open' },
  unlocked: { look: 'open', word: 'Unlocked' },
  open: { look: 'open', word: 'Open' },
  unknown: { look: 'far', word: 'No link' },
};

const faceOf = (phase: HoldPhase, state: DoorState, online: boolean): Face => {
  if (phase.kind !== 'rest') return PHASE_FACE[phase.kind];
  const face = state === 'unknown' && online ? REST_FACE.locked : REST_FACE[state];
  if (face.look !== 'idle') return face;
  if (isKeyless.value) return { look: 'far', word: 'No key' };
  return twoTaps.value ? { look: 'idle', word: 'Tap twice to open' } : face;
};

/** The share of the time to the relock that is left, from the moment it was first seen. */
const useRunDown = (relockAt: number | null): number => {
  const span = useRef<{ readonly until: number; readonly total: number } | undefined>(undefined);
  if (relockAt === null) return 0;
  const left = relockAt - now.value;
  if (span.current?.until !== relockAt) span.current = { until: relockAt, total: Math.max(1000, left) };
  return Math.min(1, Math.max(0, left / span.current.total));
};

const handlers = (hold: HoldControl) => {
  const isKey = (event: KeyboardEvent): boolean => event.key === ' ' || event.key === 'Enter';
  const held = {
    onPointerDown: (event: PointerEvent) => { if (event.button === 0) hold.press(event); },
    onPointerUp: hold.release, onPointerCancel: hold.release, onPointerLeave: hold.release, onBlur: hold.release,
    onKeyDown: (event: KeyboardEvent) => {
      if (!isKey(event)) return;
      event.preventDefault();
      if (!event.repeat) hold.press(event);
    },
    onKeyUp: (event: KeyboardEvent) => {
      if (!isKey(event)) return;
      event.preventDefault();
      hold.release(event);
    },
    // A click that no pointer made comes from a screen reader or a switch: two of them open.
    onClick: (event: MouseEvent) => { if (event.detail === 0) hold.tap(); },
  };
  const tapped = { onClick: hold.tap };
  return { ...(twoTaps.value ? tapped : held), onContextMenu: (event: MouseEvent) => event.preventDefault() };
};

const Ring = () => (
  <svg class="hold__ring" viewBox="0 0 200 200" aria-hidden="true">
    <circle class="hold__track" cx="100" cy="100" r="96" pathLength="100" />
    <circle class="hold__bar" cx="100" cy="100" r="96" pathLength="100" />
    <path class="hold__end" d="M188.500 100H200" />
  </svg>
);

export type HoldButtonProps = {
  readonly hold: HoldControl;
  readonly name: string;
  readonly face: Face;
  readonly state: DoorState;
  readonly thrown?: boolean;
  /** When the lock will lock by itself; null: it has not said. */
  readonly relockAt: number | null;
  readonly size?: 'page' | 'tile' | 'row';
  readonly describedBy?: string | undefined;
};

/** The control itself, whoever's door it is. */
export const HoldButton = ({ hold, name, face, state, thrown = false, relockAt, size = 'page', describedBy }: HoldButtonProps) => {
  const share = useRunDown(face.look === 'open' ? relockAt : null);
  const off = face.look === 'open' || face.look === 'far';
  return (
    <button
      class={`hold${size === 'page' ? '' : ` hold--${size}`}`} type="button" data-state={face.look} style={{ '--p': share }}
      aria-label={`${name}: ${face.word}`} aria-disabled={off} aria-describedby={describedBy} {...(off ? {} : handlers(hold))}
    >
      <Ring />
      <span class="hold__face">
        <svg class="hold__glyph" viewBox="0 0 64 40" aria-hidden="true">
          {face.look === 'refused' ? <path d="M14 2l36 36M50 2L14 38" stroke-width="6" /> : <StateGlyph state={state} thrown={thrown} />}
        </svg>
        <span class="hold__word">{face.word}</span>
      </span>
    </button>
  );
};

export const Hold = ({ door, size = 'page', describedBy }: { door: Door; size?: 'page' | 'tile' | 'row'; describedBy?: string }) => {
  const hold = holdOf(door);
  const state = stateOf(door);
  const face = faceOf(hold.phase.value, state, wayToDoor(door) !== 'none');
  return <HoldButton hold={hold} name={door.name} face={face} state={state} thrown={isThrownOpen(knownOf(door))} relockAt={saidOf(door).said?.relockAt ?? null} size={size} describedBy={describedBy} />;
};

const Relock = ({ door }: { door: Door }) => {
  const relockAt = saidOf(door).said?.relockAt;
  return relockAt === undefined ? null : <span>Locks by itself {inWords(relockAt, now.value)}.</span>;
};

/** The line under the control: what to do, by which way, or why not. */
export const HoldSays = ({ door, id }: { door: Door; id?: string }) => {
  const phase = holdOf(door).phase.value;
  const state = stateOf(door);
  return <p class="hold-says" id={id}>{saysOf(door, phase, state)}</p>;
};

const BY: Readonly<Record<Way, string>> = {
  hub: 'Through the hub. The lock decides; the hub carries and cannot read it.',
  near: 'Straight from here: the lock is near, and has no link.',
  none: 'No link to the lock. The inside handle always works; at the door, this page notices when the lock is near.',
};

const saysOf = (door: Door, phase: HoldPhase, state: DoorState) => {
  if (phase.kind === 'refused') return <b>{reasonSentence(phase.code)}</b>;
  if (phase.kind === 'holding') return 'Let go to stop. Nothing has moved yet.';
  if (phase.kind === 'armed') return 'The next tap opens the door. Wait, and it will not.';
  const way = (phase.kind === 'asking' ? usedWay.value.get(door.lock.lockId) : undefined) ?? wayToDoor(door);
  if (phase.kind === 'asking') return `Waiting for the lock to answer, ${way === 'hub' ? 'through the hub' : 'straight from here'}.`;
  if (phase.early) return 'Not opened. Hold until the ring is full.';
  if (way === 'none') return BY[way];
  if (state === 'unlocked') return <><b>Push the door.</b> <Relock door={door} /></>;
  if (state === 'open') return <>The door stands open. <Relock door={door} /></>;
  if (isKeyless.value) return 'This browser has no key of this site.';
  return way === 'near' && isByRadio(door.lock.lockId) ? 'Straight from here, by Bluetooth: the lock is near.' : BY[way];
};
