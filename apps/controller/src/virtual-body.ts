// A body without hardware. It behaves as a deadbolt does: the motor takes time, ends are sensed, a jam holds the bolt between
// them, a hand on the thumb-turn is stronger than the motor. Where the bolt stands survives a restart, as metal does; a bolt
// whose motor was cut off midway stays there.

import { ok, type Result } from '@mortise/base/result.ts';
import type { Direction } from '@mortise/lock/events.ts';
import type { Body, BodyEvent, BodySense, Signal } from './body.ts';
import { keepPhysical, readPhysical, type BodyError, type Physical } from './physical.ts';

export type Motor = 'throwing' | 'withdrawing' | 'still';

export type VirtualBodyState = BodySense & {
  readonly doorOpen: boolean;
  readonly motor: Motor;
  readonly jammed: boolean;
  /** The last signal and how many there were, so that two alike can be told apart. */
  readonly signal: { readonly what: Signal; readonly count: number } | null;
};

/** `travelMs`: from end to end; a motor that has not arrived after `stallMs` cuts itself off. */
export type VirtualBodyTimes = { readonly travelMs: number; readonly stallMs: number };

export const VIRTUAL_BODY_TIMES: VirtualBodyTimes = { travelMs: 250, stallMs: 1000 };

/** Takes the body whose state is kept at `path`, or a new one when there is none. */
export const openVirtualBody = (path: string, times: VirtualBodyTimes = VIRTUAL_BODY_TIMES): Result<VirtualBody, BodyError> => {
  const physical = readPhysical(path);
  return physical.ok ? ok(new VirtualBody(physical.value, (changed) => keepPhysical(path, changed), times)) : physical;
};

const END = { throw: 'thrown', withdraw: 'withdrawn' } as const;
const MOTION = { throw: 'throwing', withdraw: 'withdrawing' } as const;

export class VirtualBody implements Body {
  readonly #listeners = new Set<(event: BodyEvent) => void>();
  readonly #watchers = new Set<() => void>();
  readonly #keep: (physical: Physical) => void;
  readonly #times: VirtualBodyTimes;
  readonly #queue: BodyEvent[] = [];
  #physical: Physical;
  #driving: Direction | undefined;
  #timer: NodeJS.Timeout | undefined;
  #signal: VirtualBodyState['signal'] = null;
  #reporting = false;

  constructor(physical: Physical, keep: (physical: Physical) => void, times: VirtualBodyTimes) {
    this.#physical = physical;
    this.#keep = keep;
    this.#times = times;
  }

  sense(): BodySense {
    const { position, doorOpen, batteryMv } = this.#physical;
    return { position, doorOpen, batteryMv };
  }

  state(): VirtualBodyState {
    const motor = this.#driving === undefined ? 'still' : MOTION[this.#driving];
    const { position, doorOpen, batteryMv, jammed } = this.#physical;
    return { position, doorOpen, batteryMv, motor, jammed, signal: this.#signal };
  }

  drive(direction: Direction): void {
    this.#cutMotor();
    if (this.#physical.position === END[direction]) return;
    this.#driving = direction;
    this.#startTravel(direction);
    this.#become({ position: 'between' });
  }

  halt(): void {
    this.#cutMotor();
    this.#become({});
  }

  signal(what: Signal): void {
    this.#signal = { what, count: (this.#signal?.count ?? 0) + 1 };
    this.#become({});
  }

  /** A hand frees what a motor cannot; the clutch lets the motor go. */
  turnThumb(to: 'thrown' | 'withdrawn'): void {
    this.#cutMotor();
    this.#become({ position: to }, { kind: 'thumbTurn', to });
  }

  moveDoor(open: boolean): void {
    this.#become({ doorOpen: open });
  }

  /** Millivolts, 0 to `MAX_BATTERY_MV`. */
  setBattery(mv: number): void {
    this.#become({ batteryMv: mv });
  }

  /** While jammed, the motor cannot bring the bolt to either end. */
  setJam(on: boolean): void {
    this.#become({ jammed: on });
    if (this.#driving !== undefined) this.#startTravel(this.#driving);
  }

  listen(listener: (event: BodyEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Calls `watcher` after every change of `state`, also those that no sensor sees. */
  watch(watcher: () => void): () => void {
    this.#watchers.add(watcher);
    return () => this.#watchers.delete(watcher);
  }

  close(): void {
    this.#cutMotor();
    this.#listeners.clear();
    this.#watchers.clear();
  }

  #startTravel(direction: Direction): void {
    clearTimeout(this.#timer);
    const { travelMs, stallMs } = this.#times;
    this.#timer = this.#physical.jammed ? setTimeout(() => this.halt(), stallMs) : setTimeout(() => this.#arrive(direction), travelMs);
  }

  #arrive(direction: Direction): void {
    this.#cutMotor();
    this.#become({ position: END[direction] });
  }

  #cutMotor(): void {
    clearTimeout(this.#timer);
    this.#driving = undefined;
  }

  #become(change: Partial<Physical>, ...before: readonly BodyEvent[]): void {
    const old = this.#physical;
    this.#physical = { ...old, ...change };
    if (Object.keys(change).length > 0) this.#keep(this.#physical);
    this.#queue.push(...before, ...differences(old, this.#physical));
    this.#report();
    for (const watcher of this.#watchers) watcher();
  }

  // A listener may drive the motor at once; what that causes waits until all have heard what came before.
  #report(): void {
    if (this.#reporting) return;
    this.#reporting = true;
    for (let event = this.#queue.shift(); event !== undefined; event = this.#queue.shift()) {
      for (const listener of this.#listeners) listener(event);
    }
    this.#reporting = false;
  }
}

const differences = (old: Physical, now: Physical): readonly BodyEvent[] => [
  ...(old.position === now.position ? [] : [{ kind: 'bolt', position: now.position } as const]),
  ...(old.doorOpen === now.doorOpen ? [] : [{ kind: 'door', open: now.doorOpen } as const]),
  ...(old.batteryMv === now.batteryMv ? [] : [{ kind: 'battery', mv: now.batteryMv } as const]),
];
