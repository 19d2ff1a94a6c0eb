// The body of a passive lock: a bolt that a hand turns. The lock can free it and block it, and has power for that only while a key is there; a bolt
// that is not freed does not leave its thrown end, and can always be returned to it. Where it stands survives, as metal does.

import { fromUtf8, utf8 } from '@mortise/base/bytes.ts';
import { err, ok, type Result } from '@mortise/base/result.ts';
import type { Direction, Position as AnyPosition } from '@mortise/lock/events.ts';
import { readBounded, writeDurably } from '@mortise/node/durable-file.ts';
import { NO_WIRES, type Body, type BodyEvent, type BodySense, type Signal } from './body.ts';
import type { BodyError } from './physical.ts';

/** It has no latch. */
type Position = Exclude<AnyPosition, 'unlatched'>;

export type HandBodyState = {
  readonly position: Position;
  /** Whether a hand could withdraw it now. */
  readonly isFree: boolean;
  /** The last signal and how many there were, so that two alike can be told apart. */
  readonly signal: { readonly what: Signal; readonly count: number } | null;
};

/** Takes the body whose bolt stands as `path` says, or a new one, thrown, when there is none. */
export const openHandBody = (path: string): Result<HandBody, BodyError> => {
  const file = readBounded(path);
  if (!file.ok) return file.error.code === 'file-missing' ? ok(new HandBody('thrown', path)) : file;
  const position = POSITIONS.find((each) => fromUtf8(file.value) === written(each));
  return position === undefined ? err({ code: 'body-malformed' }) : ok(new HandBody(position, path));
};

const POSITIONS: readonly Position[] = ['thrown', 'withdrawn', 'between'];
const written = (position: Position): string => `${JSON.stringify({ position })}\n`;

export class HandBody implements Body {
  readonly #listeners = new Set<(event: BodyEvent) => void>();
  readonly #watchers = new Set<() => void>();
  readonly #path: string;
  #position: Position;
  #isFree = false;
  #signal: HandBodyState['signal'] = null;

  constructor(position: Position, path: string) {
    [this.#position, this.#path] = [position, path];
  }

  /** It has no sensor of a door, and no battery. */
  sense(): BodySense {
    return { ...NO_WIRES, position: this.#position, doorOpen: undefined, batteryMv: 0 };
  }

  state(): HandBodyState {
    return { position: this.#position, isFree: this.#isFree, signal: this.#signal };
  }

  /** Nothing throws this bolt but a hand. */
  drive(direction: Direction): void {
    if (direction === 'withdraw') this.#become({ isFree: true });
  }

  halt(): void {
    this.#become({ isFree: false });
  }

  signal(what: Signal): void {
    this.#signal = { what, count: (this.#signal?.count ?? 0) + 1 };
    this.#become({});
  }

  /** A hand at the bolt; answers whether it moved: one that is thrown moves only while it is free. */
  turn(to: Position): boolean {
    if (this.#position === 'thrown' && to !== 'thrown' && !this.#isFree) return false;
    if (this.#position !== to) this.#become({ position: to });
    return true;
  }

  listen(listener: (event: BodyEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Calls `watcher` after every change of `state`. */
  watch(watcher: () => void): () => void {
    this.#watchers.add(watcher);
    return () => this.#watchers.delete(watcher);
  }

  close(): void {
    this.#listeners.clear();
    this.#watchers.clear();
  }

  #become({ position = this.#position, isFree = this.#isFree }: { readonly position?: Position; readonly isFree?: boolean }): void {
    const hasMoved = position !== this.#position;
    [this.#position, this.#isFree] = [position, isFree];
    // A bolt moves whether or not its place can be written down.
    if (hasMoved) writeDurably(this.#path, utf8(written(position)));
    if (hasMoved) for (const listener of this.#listeners) listener({ kind: 'bolt', position });
    for (const watcher of this.#watchers) watcher();
  }
}
