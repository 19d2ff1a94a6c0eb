// The key by itself and its hub: it fetches an update when its hand says so, soon after its start, and from then on at an interval; after a failure it
// waits twice as long each time. One who holds it to a page or a station comes first.

import { err, ok, type Result } from '@mortise/base/result.ts';
import type { EkeyWorkbench } from '@mortise/api/ekey-workbench.ts';
import { backoffMs } from '@mortise/device/backoff.ts';
import type { Log } from '@mortise/device/log.ts';
import { updateKey, type KeyEnd } from './carry-update.ts';
import type { EkeyError, ElectronicKey } from './electronic-key.ts';
import { Gathered } from './gathered.ts';
import { hubAt } from './hub-client.ts';

export const UPDATE_EVERY_MS = 900_000;
const FIRST_MS = 1000;
const RETRY = { firstMs: 5000, longestMs: UPDATE_EVERY_MS };

const BUSY: EkeyError = { code: 'updating-already', message: 'The key is being updated already. Wait until that is done.' };

export class Network {
  readonly #key: ElectronicKey;
  readonly #hub: string;
  readonly #log: Log;
  #timer: NodeJS.Timeout | undefined;
  #nextAt: number | undefined;
  #failures = 0;
  #isBusy = false;
  #isOver = false;
  #said: string | undefined;

  constructor(key: ElectronicKey, hub: string, log: Log) {
    [this.#key, this.#hub, this.#log] = [key, hub, log];
    this.#wait(FIRST_MS);
  }

  view(): EkeyWorkbench['network'] {
    return { hub: this.#hub, busy: this.#isBusy, said: this.#said ?? null, nextAt: this.#nextAt ?? null };
  }

  /** Begins an update now. Error: `updating-already`. */
  update(): Result<undefined, EkeyError> {
    if (this.#isBusy || this.#key.state()?.update !== undefined) return err(BUSY);
    void this.#run();
    return ok(undefined);
  }

  close(): void {
    this.#isOver = true;
    clearTimeout(this.#timer);
  }

  async #run(): Promise<void> {
    clearTimeout(this.#timer);
    [this.#isBusy, this.#nextAt] = [true, undefined];
    this.#key.changed();
    const updated = await updateKey(() => linkOf(this.#key), hubAt(this.#hub));
    this.#isBusy = false;
    this.#log('network-update', updated.ok ? { given: updated.value.given } : { why: { code: updated.error.code } });
    this.#said = updated.ok ? 'The last update by the network went through.' : `The last update did not go through. ${updated.error.message}`;
    this.#failures = updated.ok ? 0 : this.#failures + 1;
    this.#wait(updated.ok ? UPDATE_EVERY_MS : backoffMs(RETRY, this.#failures - 1, Math.random()));
    this.#key.changed();
  }

  #wait(ms: number): void {
    if (this.#isOver) return;
    this.#nextAt = Date.now() + ms;
    this.#timer = setTimeout(() => this.#due(), ms);
  }

  #due(): void {
    if (!this.update().ok) this.#wait(RETRY.firstMs);
  }
}

/** The key's one plug, taken. */
const linkOf = (key: ElectronicKey): KeyEnd => {
  const gathered = new Gathered();
  const speaker = key.link({ send: (message) => gathered.push(message), close: () => gathered.end() });
  return { gathered, say: speaker.say, end: speaker.gone };
};
