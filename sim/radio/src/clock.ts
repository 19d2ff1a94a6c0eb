// Time for the radio: the machine's, or a virtual one that jumps to the next thing to do. On the virtual clock nothing waits, and between two
// steps the hosts get a turn of the event loop, so that what they do at once happens at once.

import { setImmediate as turn } from 'node:timers/promises';
import { assert } from '@mortise/base/assert.ts';

export type Cancel = () => void;

export interface Clock {
  /** Milliseconds since some start; never goes back. */
  now(): number;
  /** Calls `run` once, `delayMs` (0 or more) from now and never before this call has returned; equal times keep their order on the virtual clock. */
  later(delayMs: number, run: () => void): Cancel;
}

export const realClock: Clock = {
  now: () => performance.now(),
  later(delayMs, run) {
    if (delayMs > 0) {
      const timer = setTimeout(run, delayMs);
      return () => { clearTimeout(timer); };
    }
    const soon = setImmediate(run);
    return () => { clearImmediate(soon); };
  },
};

type Appointment = { readonly atMs: number; readonly order: number; readonly run: () => void };

/** So many turns of the event loop a host may take with nothing on the agenda, before that counts as a standstill. */
const IDLE_TURNS = 1000;
const DEFAULT_LIMIT_MS = 600_000;

export class VirtualClock implements Clock {
  #nowMs = 0;
  #order = 0;
  /** The next one is last. */
  readonly #agenda: Appointment[] = [];

  now(): number {
    return this.#nowMs;
  }

  /** What is still to happen. */
  get pending(): number {
    return this.#agenda.length;
  }

  later(delayMs: number, run: () => void): Cancel {
    this.#order += 1;
    const made = { atMs: this.#nowMs + Math.max(0, delayMs), order: this.#order, run };
    this.#agenda.splice(this.#placeOf(made), 0, made);
    return () => {
      const at = this.#agenda.indexOf(made);
      if (at >= 0) this.#agenda.splice(at, 1);
    };
  }

  /** Lets `ms` pass with all that is due in them. */
  async pass(ms: number): Promise<void> {
    const endMs = this.#nowMs + ms;
    await turn();
    while ((this.#agenda.at(-1)?.atMs ?? Infinity) <= endMs) {
      this.#step();
      await turn();
    }
    this.#nowMs = endMs;
  }

  /** Lets time pass until `work` is settled, and answers it. A standstill, or more than `limitMs`, is an `InvariantError`. */
  async until<T>(work: Promise<T>, limitMs: number = DEFAULT_LIMIT_MS): Promise<T> {
    const endMs = this.#nowMs + limitMs;
    const state = { settled: false };
    let idle = 0;
    const settle = (): void => { state.settled = true; };
    work.then(settle, settle);
    for (await turn(); !state.settled; await turn()) {
      idle = this.#step() ? 0 : idle + 1;
      assert(idle < IDLE_TURNS, 'the work ends, or there is something left to happen');
      assert(this.#nowMs <= endMs, `the work ends within ${limitMs} ms of virtual time`);
    }
    return work;
  }

  #step(): boolean {
    const next = this.#agenda.pop();
    if (next === undefined) return false;
    this.#nowMs = next.atMs;
    next.run();
    return true;
  }

  #placeOf(made: Appointment): number {
    let [low, high] = [0, this.#agenda.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      const other = this.#agenda[middle];
      if (other !== undefined && (other.atMs > made.atMs || (other.atMs === made.atMs && other.order > made.order))) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
