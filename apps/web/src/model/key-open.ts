import { signal, type Signal } from '@preact/signals';
import { err } from '@mortise/base/result.ts';
import type { DoorState } from '../words/door-state.ts';
import type { HeldDoor } from './held.ts';
import type { Running } from './operate.ts';
/** By which way a door can be asked now. */
export type Way = 'near' | 'hub' | 'none';
export const wayTo = (_door: HeldDoor): Way => 'none';
export const usedWay: Signal<Readonly<Record<string, Way>>> = signal({});
export const openByKey = (_door: HeldDoor): Running => ({ send: () => undefined, drop: () => undefined, outcome: Promise.resolve(err('not-understood')) });
export const keyDoorState = (_door: HeldDoor): DoorState => 'unknown';
export const keyRelockAt = (_door: HeldDoor): number | null => null;
export const lookNear = (): Promise<void> => Promise.resolve();
