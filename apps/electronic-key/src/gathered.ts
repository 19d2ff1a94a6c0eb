// What a key says, gathered until it pauses: whoever carries it asks the hub once for all of it.

import type { Bytes } from '@mortise/base/bytes.ts';

/** So long silent, the key waits for an answer. */
const QUIET_MS = 150;
/** What one key says at once: its answers to a whole round of the hub's, and more. */
const MAX_GATHERED = 4096;

export class Gathered {
  #messages: Bytes[] = [];
  #isOver = false;
  #changed: () => void = () => undefined;

  push(message: Bytes): void {
    if (this.#messages.length >= MAX_GATHERED) return this.end();
    this.#messages.push(message);
    this.#changed();
    return undefined;
  }

  /** The key is gone. */
  end(): void {
    this.#isOver = true;
    this.#changed();
  }

  /** What it said, once it has paused; empty: nothing within `patienceMs`; undefined: it is gone. */
  async take(patienceMs: number): Promise<readonly Bytes[] | undefined> {
    if (this.#messages.length === 0 && !this.#isOver) await this.#change(patienceMs);
    let isTalking = this.#messages.length > 0;
    while (isTalking && !this.#isOver) isTalking = await this.#change(QUIET_MS);
    if (this.#isOver) return undefined;
    const taken = this.#messages;
    this.#messages = [];
    return taken;
  }

  // Whether anything came before the time was over.
  #change(withinMs: number): Promise<boolean> {
    return new Promise((resolve) => {
      const timer = setTimeout(() => resolve(false), withinMs);
      this.#changed = () => {
        clearTimeout(timer);
        resolve(true);
      };
    });
  }
}
