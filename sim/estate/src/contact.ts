// A key at a lock: power and bytes while they touch, nothing when they do not. A contact may be cut at any moment, in the middle of a frame too:
// then the half frame is nobody's.

import type { Bytes } from '@mortise/base/bytes.ts';
import type { Agenda } from './agenda.ts';
import type { ElectronicKey } from './electronic-key.ts';
import type { PassiveLock } from './passive-lock.ts';

/** 115,200 bits a second, ten to a byte. */
const BYTES_PER_MS = 11.52;
const WAKE_MS = 30;

export type ContactFigures = { frames: number; bytes: number; freed: boolean };

let connections = 0;

/** `onFreed`: the lock lets the bolt be turned. */
export class Contact {
  readonly figures: ContactFigures = { frames: 0, bytes: 0, freed: false };
  readonly #agenda: Agenda;
  readonly #key: ElectronicKey;
  readonly #lock: PassiveLock;
  readonly #connection = (connections += 1);
  /** When the wire is free again, each way. */
  #toLockAt = 0;
  #toKeyAt = 0;
  #isTouching = true;

  constructor(agenda: Agenda, key: ElectronicKey, lock: PassiveLock, onFreed: () => void) {
    [this.#agenda, this.#key, this.#lock] = [agenda, key, lock];
    key.touch((bytes) => this.#toLock(bytes));
    agenda.later(WAKE_MS, () => this.#whileTouching(() => lock.touch(this.#connection, {
      frame: (bytes) => this.#toKey(bytes),
      freed: () => {
        this.figures.freed = true;
        onFreed();
      },
    })));
  }

  /** The hand lets go, or slips. */
  lift(): void {
    if (!this.#isTouching) return;
    this.#isTouching = false;
    this.#lock.lift();
    this.#key.lift();
  }

  #toLock(bytes: Bytes): void {
    this.#toLockAt = this.#arrival(this.#toLockAt, bytes);
    this.#agenda.at(this.#toLockAt, () => this.#whileTouching(() => this.#lock.hear(this.#connection, bytes)));
  }

  #toKey(bytes: Bytes): void {
    this.#toKeyAt = this.#arrival(this.#toKeyAt, bytes);
    this.#agenda.at(this.#toKeyAt, () => this.#whileTouching(() => this.#key.input({ kind: 'frame', bytes })));
  }

  #arrival(freeAt: number, { length }: Bytes): number {
    this.figures.frames += 1;
    this.figures.bytes += length;
    return Math.max(freeAt, this.#agenda.now) + Math.max(1, Math.ceil(length / BYTES_PER_MS));
  }

  #whileTouching(run: () => void): void {
    if (this.#isTouching) run();
  }
}
