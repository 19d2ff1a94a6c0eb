// A wide control that is held, and any other shape of one: for what opens, and for what cannot be taken back. The same machine as the ring; Space and Enter hold as a finger does, and the
// setting, or a screen reader's click, asks for two taps instead.

import { useSignal } from '@preact/signals';
import type { ComponentChildren } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { announce } from '../model/announce.ts';
import { ARMED_MS, AT_REST, HOLD_MS, stepHold, type HoldEvent, type HoldPhase } from '../model/hold-phase.ts';
import { twoTaps } from '../model/settings.ts';

export type HoldBarProps = {
  /** Such as "Hold to take back Ana’s key"; while it waits for a second tap, that is said in its stead. */
  readonly words: string;
  readonly tapAgain: string;
  /** What is said while `act` runs. */
  readonly busy: string;
  readonly tone?: 'alarm';
  readonly act: () => Promise<unknown>;
};

const TIMERS: { readonly [K in HoldPhase['kind']]?: readonly [number, HoldEvent] } = { holding: [HOLD_MS, { kind: 'filled' }], armed: [ARMED_MS, { kind: 'lapsed' }] };

const isKey = ({ key }: KeyboardEvent): boolean => key === ' ' || key === 'Enter';

/** Runs the machine; what `act` comes to is said by whoever gave it. */
const useHeld = (act: () => Promise<unknown>): { readonly phase: HoldPhase; readonly put: (event: HoldEvent) => void } => {
  const phase = useSignal<HoldPhase>(AT_REST);
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
  const put = (event: HoldEvent): void => {
    const step = stepHold(phase.value, event);
    const changed = step.phase !== phase.value;
    phase.value = step.phase;
    if (step.effects.includes('send')) void act().finally(() => put({ kind: 'opened' }));
    if (!changed) return;
    clearTimeout(timer.current);
    const wait = TIMERS[step.phase.kind];
    if (wait !== undefined) timer.current = setTimeout(() => put(wait[1]), wait[0]);
  };
  useEffect(() => () => clearTimeout(timer.current), []);
  return { phase: phase.value, put };
};

export type HeldButtonProps = {
  readonly look: string;
  readonly tone?: 'alarm' | undefined;
  /** Said to those who do not see, with the first of two taps. */
  readonly tapAgain: string;
  readonly off?: boolean;
  readonly act: () => Promise<unknown>;
  readonly children: (phase: HoldPhase['kind']) => ComponentChildren;
};

/** Any control that is held. */
export const HeldButton = ({ look, tone, tapAgain, off = false, act, children }: HeldButtonProps) => {
  const { phase, put } = useHeld(act);
  const isOff = off || phase.kind === 'asking';
  const tap = (): void => {
    if (phase.kind === 'rest') announce(tapAgain);
    put({ kind: 'tapped' });
  };
  const release = ({ timeStamp }: Event): void => put({ kind: 'released', at: timeStamp });
  const held = {
    onPointerDown: (event: PointerEvent) => { if (event.button === 0) put({ kind: 'pressed', at: event.timeStamp }); },
    onPointerUp: release, onPointerCancel: release, onPointerLeave: release, onBlur: release,
    onKeyDown: (event: KeyboardEvent) => {
      if (!isKey(event)) return;
      event.preventDefault();
      if (!event.repeat) put({ kind: 'pressed', at: event.timeStamp });
    },
    onKeyUp: (event: KeyboardEvent) => {
      if (!isKey(event)) return;
      event.preventDefault();
      release(event);
    },
    onClick: (event: MouseEvent) => { if (event.detail === 0) tap(); },
  };
  const hands = off ? {} : twoTaps.value ? { onClick: tap } : held;
  return (
    <button class={look} type="button" data-state={phase.kind} data-tone={tone} aria-disabled={isOff} aria-description={twoTaps.value || off ? undefined : 'Press and hold for one second'} {...hands} onContextMenu={(event) => event.preventDefault()}>
      {children(phase.kind)}
    </button>
  );
};

export const HoldBar = ({ words, tapAgain, busy, tone, act }: HoldBarProps) => (
  <HeldButton look="holdbar" tone={tone} tapAgain={tapAgain} act={act}>
    {(phase) => (phase === 'asking' ? busy : phase === 'armed' ? tapAgain : twoTaps.value ? words.replace(/^Hold/, 'Tap twice') : words)}
  </HeldButton>
);
