// The key's serial plug: whoever says two zeros at the other end is linked, until he is silent for long or the line is gone. A line that is not there
// is looked for again.

import type { EkeyWorkbench } from '@mortise/api/ekey-workbench.ts';
import { backoffMs } from '@mortise/device/backoff.ts';
import type { Log } from '@mortise/device/log.ts';
import type { ElectronicKey, Speaker } from './electronic-key.ts';
import { SerialLine } from './serial-line.ts';

/** Who says nothing for so long has gone. */
export const SILENT_MS = 10_000;
const RETRY = { firstMs: 500, longestMs: 30_000 };

export class SerialPlug {
  readonly #key: ElectronicKey;
  readonly #path: string;
  readonly #log: Log;
  #line: SerialLine | undefined;
  #speaker: Speaker | undefined;
  #silence: NodeJS.Timeout | undefined;
  #retry: NodeJS.Timeout | undefined;
  #failures = 0;
  #isOver = false;

  constructor(key: ElectronicKey, path: string, log: Log) {
    [this.#key, this.#path, this.#log] = [key, path, log];
    void this.#open();
  }

  view(): EkeyWorkbench['serial'] {
    return { path: this.#path, open: this.#line !== undefined };
  }

  close(): void {
    this.#isOver = true;
    clearTimeout(this.#retry);
    clearTimeout(this.#silence);
    this.#line?.close();
  }

  async #open(): Promise<void> {
    const opened = await SerialLine.open(this.#path, {
      came: () => this.#came(),
      message: (bytes) => {
        this.#waitForSilence();
        this.#speaker?.say(bytes);
      },
      ended: () => this.#ended(),
    });
    if (!opened.ok) return this.#again(opened.error.code);
    if (this.#isOver) return opened.value.close();
    [this.#line, this.#failures] = [opened.value, 0];
    this.#key.changed();
    return undefined;
  }

  // What comes with the greeting is for the new session: both frames of one piece are in order.
  #came(): void {
    this.#speaker?.gone();
    this.#waitForSilence();
    this.#speaker = this.#key.link({ send: (message) => this.#line?.send(message), close: () => { this.#speaker = undefined; } });
  }

  #waitForSilence(): void {
    clearTimeout(this.#silence);
    this.#silence = setTimeout(() => this.#left(), SILENT_MS);
  }

  #left(): void {
    clearTimeout(this.#silence);
    this.#speaker?.gone();
    this.#speaker = undefined;
  }

  #ended(): void {
    this.#line = undefined;
    this.#left();
    this.#again('line-lost');
  }

  #again(code: string): void {
    if (this.#isOver) return;
    if (this.#failures === 0) this.#log('serial-closed', { why: { code } });
    this.#retry = setTimeout(() => void this.#open(), backoffMs(RETRY, this.#failures, Math.random()));
    this.#failures += 1;
    this.#key.changed();
  }
}
