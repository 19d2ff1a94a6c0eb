// The lock beside the key, as its own process shows it: followed for as long as it stands there, and turned by the same hand that holds the key. What
// does not answer as a passive lock is none, and nothing is sent to it.

import { passiveBody, type PassiveBody } from '@mortise/api/passive-workbench.ts';
import { err, ok, type Result } from '@mortise/base/result.ts';
import { backoffMs } from '@mortise/device/backoff.ts';
import type { EkeyError } from './electronic-key.ts';

const RETRY = { firstMs: 500, longestMs: 5000 };
const ASK_MS = 3000;
const MAX_ANSWER_BYTES = 65_536;

const NO_LOCK: EkeyError = { code: 'lock-missing', message: 'No passive lock answers at that address. Start one there with `mortise lock --passive`, or choose another address.' };

export class LockBeside {
  readonly port: number;
  readonly #changed: () => void;
  readonly #end = new AbortController();
  #body: PassiveBody | undefined;
  #trouble: string | undefined = 'Looking for the lock.';

  /** Follows the lock whose Workbench is at this port of this machine; `changed` after whatever changes. */
  constructor(port: number, changed: () => void) {
    [this.port, this.#changed] = [port, changed];
    void this.#follow();
  }

  body(): PassiveBody | undefined {
    return this.#body;
  }

  trouble(): string | undefined {
    return this.#trouble;
  }

  /** A hand at its bolt. Errors: `lock-missing`, and what the lock's own process says. */
  async turn(to: 'thrown' | 'withdrawn'): Promise<Result<undefined, EkeyError>> {
    if (this.#body === undefined) return err(NO_LOCK);
    const asked = await ask(this.port, '/api/body', { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ action: 'turn', to }) });
    if (asked === undefined) return err(NO_LOCK);
    const json = await jsonOf(asked);
    return asked.ok && passiveBody.safeParse(json).success ? ok(undefined) : err(refusalIn(json));
  }

  close(): void {
    this.#end.abort();
  }

  async #follow(): Promise<void> {
    for (let tries = 0; !this.#end.signal.aborted; tries += 1) {
      const heard = await this.#listen();
      if (heard) tries = 0;
      this.#become(undefined, NO_LOCK.message);
      await pause(backoffMs(RETRY, tries, Math.random()), this.#end.signal);
    }
  }

  // Answers whether it was a lock, once that one answers no more.
  async #listen(): Promise<boolean> {
    const response = await ask(this.port, '/api/body/events', { signal: this.#end.signal }, Infinity);
    if (response?.body === undefined || response.body === null || !response.ok) return false;
    try {
      return await this.#read(response.body.pipeThrough(new TextDecoderStream()));
    } catch (error) {
      return brokeOff(error);
    }
  }

  async #read(text: AsyncIterable<string>): Promise<boolean> {
    let rest = '';
    for await (const part of text) {
      rest += part;
      const blocks = rest.split('\n\n');
      rest = blocks.pop() ?? '';
      for (const block of blocks) if (!this.#take(block)) return false;
      if (rest.length > MAX_ANSWER_BYTES) return false;
    }
    return this.#body !== undefined;
  }

  #take(block: string): boolean {
    const data = /^event: body\ndata: (.*)$/.exec(block)?.[1];
    if (data === undefined) return block.startsWith(':');
    const body = passiveBody.safeParse(parsed(data));
    this.#become(body.success ? body.data : undefined, body.success ? undefined : NO_LOCK.message);
    return body.success;
  }

  #become(body: PassiveBody | undefined, trouble: string | undefined): void {
    if (this.#end.signal.aborted) return;
    [this.#body, this.#trouble] = [body, trouble];
    this.#changed();
  }
}

/** Whether a passive lock answers at this port of this machine. */
export const isPassiveLock = async (port: number): Promise<boolean> => {
  const answer = await ask(port, '/api/body', {});
  return answer?.ok === true && passiveBody.safeParse(await jsonOf(answer)).success;
};

const ask = async (port: number, path: string, init: RequestInit, patienceMs = ASK_MS): Promise<Response | undefined> => {
  try {
    return await fetch(`http://127.0.0.1:${port}${path}`, { redirect: 'error', ...init, ...(patienceMs < Infinity && { signal: AbortSignal.timeout(patienceMs) }) });
  } catch (error) {
    return nobody(error);
  }
};

const jsonOf = async (response: Response): Promise<unknown> => {
  try {
    const text = await response.text();
    return text.length > MAX_ANSWER_BYTES ? undefined : JSON.parse(text);
  } catch (error) {
    return nobody(error);
  }
};

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch (error) {
    return nobody(error);
  }
};

const refusalIn = (json: unknown): EkeyError => {
  const error = typeof json === 'object' && json !== null && 'error' in json ? json.error : undefined;
  if (typeof error !== 'object' || error === null || !('code' in error && 'message' in error)) return NO_LOCK;
  return typeof error.code === 'string' && typeof error.message === 'string' ? { code: error.code, message: error.message.slice(0, 200) } : NO_LOCK;
};

// Refused, timed out, no HTTP, no JSON: nobody who would be a lock.
const nobody = (_error: unknown): undefined => undefined;
// A stream that broke off was a lock's until then.
const brokeOff = (_error: unknown): boolean => true;

const pause = (ms: number, signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    timer.unref();
    signal.addEventListener('abort', () => {
      clearTimeout(timer);
      resolve();
    }, { once: true });
  });
