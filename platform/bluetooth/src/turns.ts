// Work of several, done in turn: one piece on each turn of the event loop, the next one's on the next, so that whoever floods waits behind
// everybody else and timers, sockets and the door's own sensors come in between.

export type Lane = {
  /** Does this later; false: more waits than its bound. */
  readonly add: (bytes: number, work: () => void) => boolean;
  /** Forgets what waits. */
  readonly end: () => void;
};

type Work = { readonly bytes: number; readonly run: () => void };

export class Turns {
  readonly #lanes = new Set<Work[]>();
  readonly #maxBytes: number;
  #isDue = false;

  /** `maxBytes`: what may wait in one lane. */
  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  lane(): Lane {
    const waiting: Work[] = [];
    let bytes = 0;
    return {
      add: (size, run) => {
        if (bytes + size > this.#maxBytes) return false;
        bytes += size;
        waiting.push({ bytes: size, run: () => { bytes -= size; run(); } });
        this.#lanes.add(waiting);
        this.#arm();
        return true;
      },
      end: () => {
        waiting.length = 0;
        bytes = 0;
        this.#lanes.delete(waiting);
      },
    };
  }

  #arm(): void {
    if (this.#isDue || this.#lanes.size === 0) return;
    this.#isDue = true;
    setImmediate(() => {
      this.#isDue = false;
      this.#turn();
      this.#arm();
    });
  }

  #turn(): void {
    const [lane] = this.#lanes;
    if (lane === undefined) return;
    this.#lanes.delete(lane);
    const work = lane.shift();
    if (lane.length > 0) this.#lanes.add(lane);
    work?.run();
  }
}
