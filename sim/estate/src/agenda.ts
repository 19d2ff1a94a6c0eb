// Virtual time: what happens when. Nothing here waits; the clock jumps to the next thing to do.

import { instant, type Instant } from '@mortise/base/instant.ts';

type Appointment = { readonly at: number; readonly order: number; readonly run: () => void };

export class Agenda {
  #now: number;
  #order = 0;
  /** By time, then in the order in which they were made; the last one is next. */
  readonly #appointments: Appointment[] = [];

  readonly #onStep: () => void;

  /** `onStep` hears of everything that is done. */
  constructor(start: Instant, onStep: () => void) {
    [this.#now, this.#onStep] = [start, onStep];
  }

  get now(): Instant {
    return instant(this.#now);
  }

  /** `run` at `at`, or now if that has passed. */
  at(at: number, run: () => void): void {
    this.#order += 1;
    const made = { at: Math.max(at, this.#now), order: this.#order, run };
    this.#appointments.splice(this.#placeOf(made), 0, made);
  }

  later(ms: number, run: () => void): void {
    this.at(this.#now + ms, run);
  }

  /** Does all that is due until then, and what that leads to. */
  runUntil(end: Instant): void {
    for (let next = this.#appointments.at(-1); next !== undefined && next.at <= end; next = this.#appointments.at(-1)) {
      this.#appointments.pop();
      this.#now = next.at;
      next.run();
      this.#onStep();
    }
    this.#now = end;
  }

  #placeOf(made: Appointment): number {
    let [low, high] = [0, this.#appointments.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      const other = this.#appointments[middle];
      if (other !== undefined && (other.at > made.at || (other.at === made.at && other.order > made.order))) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
