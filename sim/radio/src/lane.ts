// One way of a connection: what is sent arrives in its order, each after its delay, as often tried as it takes. Whoever owns the lane says
// whether a try succeeds.

import type { Cancel, Clock } from './clock.ts';

type Waiting<Parcel> = { readonly parcel: Parcel; readonly readyAtMs: number };

type Ways<Parcel> = {
  /** Whether this try gets through; may close the lane. */
  readonly passes: () => boolean;
  /** When to try again. */
  readonly retryMs: () => number;
  readonly arrive: (parcel: Parcel) => void;
};

export class Lane<Parcel> {
  readonly #clock: Clock;
  readonly #ways: Ways<Parcel>;
  readonly #waiting: Waiting<Parcel>[] = [];
  #cancel: Cancel = () => undefined;
  #closed = false;

  constructor(clock: Clock, ways: Ways<Parcel>) {
    this.#clock = clock;
    this.#ways = ways;
  }

  get length(): number {
    return this.#waiting.length;
  }

  send(parcel: Parcel, delayMs: number): void {
    if (this.#closed) return;
    this.#waiting.push({ parcel, readyAtMs: this.#clock.now() + delayMs });
    if (this.#waiting.length === 1) this.#schedule();
  }

  close(): void {
    this.#closed = true;
    this.#cancel();
    this.#waiting.length = 0;
  }

  #schedule(): void {
    const [head] = this.#waiting;
    if (head !== undefined) this.#cancel = this.#clock.later(Math.max(0, head.readyAtMs - this.#clock.now()), () => { this.#attempt(); });
  }

  #attempt(): void {
    const passes = this.#ways.passes();
    if (this.#closed) return;
    if (!passes) {
      this.#cancel = this.#clock.later(this.#ways.retryMs(), () => { this.#attempt(); });
      return;
    }
    const head = this.#waiting.shift();
    this.#schedule();
    if (head !== undefined) this.#ways.arrive(head.parcel);
  }
}
