// A station: a serial line on one side, a hub on the other. A key that is put to it is updated, and again after a while if it stays. It holds no keys and no
// session: the key's own new word lets the update in, and nothing that passes is believed here.

import type { LockId } from '@mortise/base/identifiers.ts';
import { err, ok, type Result } from '@mortise/base/result.ts';
import { firstSaid, keyIdIn, updateKey, type Carried, type CarryError, type KeyEnd } from './carry-update.ts';
import { Gathered } from './gathered.ts';
import { hubAt } from './hub-client.ts';
import { SerialLine, type LineError } from './serial-line.ts';

/** No message to a key: it ends the session, so that the key does not wait for more. */
const FAREWELL = Uint8Array.of(0);
/** So often it asks whether a key is there. */
const LOOK_MS = 2000;
/** A key that stays is updated again after so long. */
export const AGAIN_MS = 300_000;

export type StationError = CarryError | LineError;
export type StationEvents = { readonly updated: (carried: Carried) => void; readonly failed: (error: StationError) => void };

export class Station {
  readonly #hub: string;
  readonly #line: SerialLine;
  #gathered: Gathered | undefined;
  #isOver = false;

  private constructor(hub: string, line: SerialLine) {
    [this.#hub, this.#line] = [hub, line];
  }

  /** Opens the line. `ended`: it is gone. */
  static async open({ serial, hub, ended }: { readonly serial: string; readonly hub: string; readonly ended: () => void }): Promise<Result<Station, LineError>> {
    const made: { station?: Station } = {};
    const line = await SerialLine.open(serial, {
      // At the other end is a key, and keys do not greet.
      came: () => undefined,
      message: (bytes) => made.station?.hear(bytes),
      ended: () => {
        made.station?.close();
        ended();
      },
    });
    if (!line.ok) return line;
    made.station = new Station(hub, line.value);
    return ok(made.station);
  }

  hear(bytes: Uint8Array): void {
    this.#gathered?.push(bytes);
  }

  close(): void {
    this.#isOver = true;
    this.#gathered?.end();
    this.#line.close();
  }

  /** Updates the key that is there now. Error `key-silent`: none is. */
  updateOnce(): Promise<Result<Carried, CarryError>> {
    return updateKey(() => this.#link(), hubAt(this.#hub));
  }

  /** Updates whichever key comes, until it is closed. */
  async serve({ updated, failed }: StationEvents): Promise<void> {
    let last: { readonly keyId: LockId; readonly at: number } | undefined;
    for (; !this.#isOver; await pause(LOOK_MS)) {
      const done = await this.#look(last);
      if (done === undefined) continue;
      if (done.ok) {
        last = { keyId: done.value.keyId, at: performance.now() };
        updated(done.value);
      } else if (done.error.code === 'key-silent') last = undefined;
      else failed(done.error);
    }
  }

  // Undefined: the key that was updated is still there.
  async #look(last: { readonly keyId: LockId; readonly at: number } | undefined): Promise<Result<Carried, StationError> | undefined> {
    if (last === undefined || performance.now() - last.at > AGAIN_MS) return this.updateOnce();
    const keyId = await this.#whoIsThere();
    if (keyId === last.keyId) return undefined;
    return keyId === undefined ? err({ code: 'key-silent', message: '' }) : this.updateOnce();
  }

  async #whoIsThere(): Promise<LockId | undefined> {
    const { gathered, end } = this.#link();
    const said = await firstSaid(gathered);
    end();
    return keyIdIn(said ?? []);
  }

  #link(): KeyEnd {
    const gathered = new Gathered();
    this.#gathered = gathered;
    this.#line.greet();
    const end = (): void => {
      if (this.#gathered === gathered) this.#gathered = undefined;
      this.#line.send(FAREWELL);
    };
    return { gathered, say: (message) => this.#line.send(message), end };
  }
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => { setTimeout(resolve, ms); });
