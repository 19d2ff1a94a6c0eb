// The hold control's life: it runs the machine of hold-phase.ts with a timer, the way to the lock, the buzz and the announcement.
// One per door, shared by every place that shows it.

import { effect, signal, untracked, type Signal } from '@preact/signals';
import type { Door } from '@mortise/api/locks.ts';
import { reasonSentence } from '@mortise/words/reasons.ts';
import type { DoorState } from '../words/door-state.ts';
import { announce } from './announce.ts';
import { ARMED_MS, AT_REST, HOLD_MS, REFUSED_MS, stepHold, type HoldEffect, type HoldEvent, type HoldPhase } from './hold-phase.ts';
import { doors, stateOf } from './live.ts';
import type { Running } from './operate.ts';
import { operate } from './owner-operate.ts';

export type Hold = {
  readonly phase: Signal<HoldPhase>;
  /** `timeStamp`: the event's, of whatever pressed or let go. */
  readonly press: (event: Pick<Event, 'timeStamp'>) => void;
  readonly release: (event: Pick<Event, 'timeStamp'>) => void;
  readonly tap: () => void;
};

const BUZZ = { press: [8], ask: [18], opened: [30, 40, 30], refused: [60, 60, 60] } as const;
export const buzz = (pattern: readonly number[]): void => {
  if ('vibrate' in navigator) navigator.vibrate([...pattern]);
};

const holds = new Map<string, Hold>();

/** What is held: by which way it is opened, and what its door shows; the state is undefined where it is not shown. */
export type HoldTarget = { readonly id: string; readonly name: string; readonly start: () => Running; readonly shown: () => DoorState | undefined };

const keptBy = <T extends { readonly id: string }>(target: T, make: () => Hold): Hold => {
  const before = holds.get(target.id);
  if (before !== undefined) return before;
  const made = make();
  holds.set(target.id, made);
  return made;
};

/** The hold control of an owner's door. */
export const holdOf = (door: Door): Hold =>
  keptBy(door, () => createHold({
    id: door.id, name: door.name, start: () => operate(door, 'unlock'),
    shown: () => {
      const current = doors.value?.find(({ id }) => id === door.id);
      return current === undefined ? undefined : stateOf(current);
    },
  }));

/** The hold control of anything else; one for each id. */
export const holdOfTarget = (target: HoldTarget): Hold => keptBy(target, () => createHold(target));

const TIMERS: { readonly [K in HoldPhase['kind']]?: readonly [number, HoldEvent] } = {
  holding: [HOLD_MS, { kind: 'filled' }], armed: [ARMED_MS, { kind: 'lapsed' }], refused: [REFUSED_MS, { kind: 'lapsed' }],
};

const saidOn = (phase: HoldPhase, doorName: string): string | undefined => {
  if (phase.kind === 'rest') return phase.early ? 'Not opened. Hold until the ring is full.' : undefined;
  if (phase.kind === 'armed') return `Tap again to open ${doorName}.`;
  if (phase.kind === 'holding') return 'Keep holding.';
  if (phase.kind === 'asking') return 'Asking the lock.';
  return `Not opened. ${reasonSentence(phase.code)}`;
};

const createHold = (target: HoldTarget): Hold => {
  const phase = signal<HoldPhase>(AT_REST);
  let running: Running | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;

  const carryOut: Readonly<Record<HoldEffect, () => void>> = {
    warm: () => {
      running = target.start();
      buzz(BUZZ.press);
      watch(running);
    },
    send: () => {
      buzz(BUZZ.ask);
      running?.send();
    },
    drop: () => {
      running?.drop();
      running = undefined;
    },
  };

  const watch = (mine: Running): void => {
    void mine.outcome.then((outcome) => {
      if (mine !== running) return;
      running = undefined;
      buzz(outcome.ok ? BUZZ.opened : BUZZ.refused);
      put(outcome.ok ? { kind: 'opened' } : { kind: 'failed', code: outcome.error });
    });
  };

  const put = (event: HoldEvent): void => {
    const { phase: next, effects } = stepHold(phase.value, event);
    const changed = next !== phase.value;
    phase.value = next;
    for (const each of effects) carryOut[each]();
    if (changed) entered(next);
  };

  const entered = (next: HoldPhase): void => {
    clearTimeout(timer);
    const wait = TIMERS[next.kind];
    if (wait !== undefined) timer = setTimeout(() => put(wait[1]), wait[0]);
    const words = saidOn(next, target.name);
    if (words !== undefined) announce(words);
  };

  let shown: DoorState | undefined;
  effect(() => {
    const [before, state] = [shown, target.shown()];
    shown = state;
    if (before !== undefined && before !== state) untracked(() => put({ kind: 'doorChanged' }));
  });

  return {
    phase,
    press: ({ timeStamp }) => put({ kind: 'pressed', at: timeStamp }),
    release: ({ timeStamp }) => put({ kind: 'released', at: timeStamp }),
    tap: () => put({ kind: 'tapped' }),
  };
};

/** Says each change of a door's word once. */
export const sayChanges = (words: () => readonly (readonly [string, string])[]): (() => void) => {
  let last = new Map<string, string>();
  return effect(() => {
    const next = new Map(words());
    const changed = [...next].filter(([name, word]) => last.has(name) && last.get(name) !== word);
    last = next;
    if (changed.length > 0) announce(changed.map(([name, word]) => `${name}: ${word}.`).join(' '));
  });
};
