// A body without hardware, of each kind of mechanism. It behaves as they do: the motor takes time, ends are sensed, a jam holds the bolt between
// them and stalls the motor, a hand is stronger than the motor; a coil follows its current, and what is wired ahead of it. Where the bolt stands
// survives a restart, as metal does; a bolt whose motor was cut off midway stays there.

import { err, ok, type Result } from '@mortise/base/result.ts';
import { learnTravel, type CalibrationError } from '@mortise/lock/calibration.ts';
import type { Direction, Turn } from '@mortise/lock/events.ts';
import { MECHANISMS, type Mechanism } from '@mortise/lock/mechanism.ts';
import { PARTS, type Body, type BodyEvent, type BodySense, type Signal } from './body.ts';
import { ANGLES, keepPhysical, readPhysical, type BodyError, type Physical } from './physical.ts';
import { coilPosition, endOf, hasCurrent, isCoil, sensedAt, type Command } from './virtual-mechanics.ts';

export type Motor = 'throwing' | 'withdrawing' | 'unlatching' | 'still';

export type VirtualBodyState = BodySense & {
  readonly doorOpen: boolean;
  readonly mechanism: Mechanism;
  readonly motor: Motor;
  /** Of a coil: whether current flows; null: there is none. */
  readonly current: boolean | null;
  readonly jammed: boolean;
  readonly calibration: Physical['calibration'];
  /** The last signal and how many there were, so that two alike can be told apart. */
  readonly signal: { readonly what: Signal; readonly count: number } | null;
};

/** `travelMs`: from end to end; a motor that has not arrived after `stallMs` stalls, and cuts itself off. */
export type VirtualBodyTimes = { readonly travelMs: number; readonly stallMs: number };

export const VIRTUAL_BODY_TIMES: VirtualBodyTimes = { travelMs: 250, stallMs: 1000 };

/** A disk takes longer than a motor to start; metal does not wait for its memory. Whoever is killed before has not moved it. */
const LEAVES_MS = 20;

/** A handle that is pressed is back after twice the time of a motor. */
const SPRINGS_BACK = 2;

/** Takes the body whose state is kept at `path`, or a new one when there is none. */
export const openVirtualBody = (path: string, times: VirtualBodyTimes = VIRTUAL_BODY_TIMES, mechanism: Mechanism = MECHANISMS.deadbolt): Result<VirtualBody, BodyError> => {
  const physical = readPhysical(path);
  return physical.ok ? ok(new VirtualBody(physical.value, (changed) => keepPhysical(path, changed), times, mechanism)) : physical;
};

const MOTION = { throw: 'throwing', withdraw: 'withdrawing', unlatch: 'unlatching' } as const;

export class VirtualBody implements Body {
  readonly mechanism: Mechanism;
  readonly #listeners = new Set<(event: BodyEvent) => void>();
  readonly #watchers = new Set<() => void>();
  readonly #keep: (physical: Physical) => void;
  readonly #times: VirtualBodyTimes;
  readonly #queue: BodyEvent[] = [];
  #physical: Physical;
  #driving: Direction | undefined;
  #command: Command;
  #timer: NodeJS.Timeout | undefined;
  /** That the bolt has left its end is still to be kept. */
  #leaving: NodeJS.Timeout | undefined;
  #signal: VirtualBodyState['signal'] = null;
  #marks: { readonly thrown?: number; readonly withdrawn?: number } = {};
  #reporting = false;
  #closed = false;

  constructor(physical: Physical, keep: (physical: Physical) => void, times: VirtualBodyTimes, mechanism: Mechanism = MECHANISMS.deadbolt) {
    this.#physical = physical;
    this.#keep = keep;
    this.#times = times;
    this.mechanism = mechanism;
    // A coil has waited for nobody: it is where it is without a command.
    if (isCoil(mechanism)) this.#physical = { ...physical, position: coilPosition(mechanism, physical, undefined) };
  }

  sense(): BodySense {
    const { jammed: _jammed, calibration: _calibration, ...sensed } = this.#physical;
    return { ...sensed, position: sensedAt(this.mechanism, this.#physical) };
  }

  state(): VirtualBodyState {
    const motor = this.#driving === undefined ? 'still' : MOTION[this.#driving];
    const current = isCoil(this.mechanism) ? hasCurrent(this.mechanism, this.#physical, this.#command) : null;
    const { jammed, calibration, doorOpen } = this.#physical;
    return { ...this.sense(), doorOpen, mechanism: this.mechanism, motor, current, jammed, calibration, signal: this.#signal };
  }

  drive(direction: Direction): void {
    if (this.#closed) return;
    if (isCoil(this.mechanism)) return this.#switch(direction === 'throw' ? 'secured' : 'released');
    this.#cutMotor();
    const end = endOf(this.mechanism, this.#physical, direction);
    if (end === undefined || this.#physical.position === end || !this.#physical.hasPower) return;
    this.#driving = direction;
    this.#startTravel(direction);
    this.#become({ position: 'between' });
  }

  halt(): void {
    this.#cutMotor();
    if (isCoil(this.mechanism)) this.#switch(undefined);
    else this.#become({});
  }

  signal(what: Signal): void {
    this.#signal = { what, count: (this.#signal?.count ?? 0) + 1 };
    this.#become({});
  }

  /** A hand frees what a motor cannot; the clutch lets the motor go. Strike, magnet and gate have none. */
  turnThumb(to: 'thrown' | 'withdrawn'): void {
    this.#turn(to);
  }

  /** The handle inside withdraws bolt and latch, and springs back when it is let go. Only a mortise lock has one. */
  pressHandle(): void {
    if (this.mechanism.name !== 'mortise') return;
    this.#turn('unlatched');
    this.#timer = setTimeout(() => this.#become({ position: 'withdrawn' }), SPRINGS_BACK * this.#times.travelMs);
  }

  moveDoor(open: boolean): void {
    this.#become({ doorOpen: open });
  }

  /** Millivolts, 0 to `MAX_BATTERY_MV`; of the main one if no part is named. */
  setBattery(mv: number, part?: (typeof PARTS)[number]): void {
    this.#become(part === undefined ? { batteryMv: mv } : { parts: { ...this.#physical.parts, [part]: mv } });
  }

  /** While jammed, the motor cannot bring the bolt to either end, and a coil moves nothing. */
  setJam(on: boolean): void {
    this.#become({ jammed: on });
    if (this.#driving !== undefined) this.#startTravel(this.#driving);
  }

  /** What is wired ahead of the lock, and what it watches about itself. */
  set(wires: Partial<Pick<Physical, 'exit' | 'fire' | 'tamper' | 'hasPower' | 'celsius'>>): void {
    if (wires.hasPower === false) this.#cutMotor();
    this.#become(wires);
  }

  /** Teaches a retrofit its travel: the hand stands at this end now. Once both ends are taught they count. */
  mark(end: 'thrown' | 'withdrawn'): Result<undefined, CalibrationError> {
    this.#marks = { ...this.#marks, [end]: ANGLES[this.#physical.position] };
    const { thrown, withdrawn } = this.#marks;
    if (thrown === undefined || withdrawn === undefined) return this.#forgetTravel();
    this.#marks = {};
    const learnt = learnTravel(thrown, withdrawn);
    if (!learnt.ok) return err(learnt.error);
    this.#become({ calibration: learnt.value });
    return ok(undefined);
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
    this.#closed = true;
    this.#cutMotor();
    if (this.#leaving !== undefined) this.#write();
    this.#listeners.clear();
    this.#watchers.clear();
  }

  // Half taught is not taught.
  #forgetTravel(): Result<undefined, never> {
    this.#become({ calibration: null });
    return ok(undefined);
  }

  #turn(to: Turn): void {
    if (isCoil(this.mechanism)) return;
    this.#cutMotor();
    this.#become({ position: to }, { kind: 'thumbTurn', to });
  }

  #switch(command: Command): void {
    this.#command = command;
    this.#become({});
  }

  #startTravel(direction: Direction): void {
    clearTimeout(this.#timer);
    const { travelMs, stallMs } = this.#times;
    this.#timer = this.#physical.jammed ? setTimeout(() => this.#stall(), stallMs) : setTimeout(() => this.#arrive(direction), travelMs);
  }

  #stall(): void {
    this.#cutMotor();
    this.#become({});
    this.#queue.push({ kind: 'stalled' });
    this.#report();
  }

  #arrive(direction: Direction): void {
    this.#cutMotor();
    const position = endOf(this.mechanism, this.#physical, direction);
    if (position !== undefined) this.#become({ position });
  }

  #cutMotor(): void {
    clearTimeout(this.#timer);
    this.#driving = undefined;
  }

  // A coil follows at once what changed about it; its sensor is heard a little later, as a relay and a bolt of spring steel take their time.
  #become(change: Partial<Physical>, ...before: readonly BodyEvent[]): void {
    const old = this.#physical;
    this.#physical = { ...old, ...change };
    if (this.#driving !== undefined && change.position === 'between') this.#leaving ??= setTimeout(() => this.#write(), LEAVES_MS);
    else if (Object.keys(change).length > 0) this.#write();
    this.#queue.push(...before, ...differences(this.mechanism, old, this.#physical));
    this.#report();
    for (const watcher of this.#watchers) watcher();
    if (isCoil(this.mechanism) && !this.#closed) this.#settleCoil();
  }

  #write(): void {
    clearTimeout(this.#leaving);
    this.#leaving = undefined;
    this.#keep(this.#physical);
  }

  #settleCoil(): void {
    const position = coilPosition(this.mechanism, this.#physical, this.#command);
    clearTimeout(this.#timer);
    if (position !== this.#physical.position) this.#timer = setTimeout(() => this.#become({ position: coilPosition(this.mechanism, this.#physical, this.#command) }), this.#times.travelMs);
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

/** What is wired ahead of it is heard before what it causes. */
const differences = (mechanism: Mechanism, old: Physical, now: Physical): readonly BodyEvent[] => [
  ...(old.hasPower === now.hasPower ? [] : [{ kind: 'power', present: now.hasPower } as const]),
  ...(['exit', 'fire', 'tamper'] as const).flatMap((kind) => (old[kind] === now[kind] ? [] : [{ kind, active: now[kind] } as const])),
  ...(sensedAt(mechanism, old) === sensedAt(mechanism, now) ? [] : [{ kind: 'bolt', position: sensedAt(mechanism, now) } as const]),
  ...(old.doorOpen === now.doorOpen ? [] : [{ kind: 'door', open: now.doorOpen } as const]),
  ...(old.batteryMv === now.batteryMv ? [] : [{ kind: 'battery', mv: now.batteryMv } as const]),
  ...PARTS.flatMap((part) => (old.parts[part] === now.parts[part] ? [] : [{ kind: 'battery', part, mv: now.parts[part] ?? 0 } as const])),
  ...(old.celsius === now.celsius || now.celsius === null ? [] : [{ kind: 'temperature', celsius: now.celsius } as const]),
];
