// Hands at a virtual lock: its Workbench, as a program of the same machine reads and moves it.

import { setTimeout as sleep } from 'node:timers/promises';
import { z } from '@mortise/api/schema.ts';
import { required } from '@mortise/base/assert.ts';

const body = z.object({
  lockId: z.string(),
  position: z.enum(['thrown', 'withdrawn', 'between']),
  motor: z.enum(['throwing', 'withdrawing', 'still']),
  bolt: z.enum(['locked', 'unlocked', 'moving', 'unknown']),
  door: z.enum(['open', 'closed']),
  batteryMv: z.number(),
  jammed: z.boolean(),
  link: z.object({ wanted: z.boolean(), up: z.boolean() }),
  adopted: z.boolean(),
  setup: z.object({ text: z.string(), qr: z.string() }).nullable(),
  mode: z.enum(['running', 'safe']),
  fault: z.string().nullable(),
  canReset: z.boolean(),
});
export type LockBody = z.infer<typeof body>;

export type Action =
  | { readonly action: 'thumb-turn'; readonly to?: 'thrown' | 'withdrawn' }
  | { readonly action: 'door'; readonly open: boolean }
  | { readonly action: 'battery'; readonly mv: number }
  | { readonly action: 'jam'; readonly on: boolean }
  | { readonly action: 'link'; readonly on: boolean }
  | { readonly action: 'reset' };

const POLL_MS = 15;

export class Workbench {
  readonly url: string;

  constructor(url: string) {
    this.url = url;
  }

  async body(): Promise<LockBody> {
    return body.parse(await (await fetch(new URL('/api/body', this.url))).json());
  }

  /** Throws what the Workbench refuses. */
  async act(action: Action): Promise<LockBody> {
    const response = await fetch(new URL('/api/body', this.url), {
      method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(action),
    });
    const json: unknown = await response.json();
    if (!response.ok) throw new Error(`the Workbench refused ${action.action}: ${JSON.stringify(json)}`);
    return body.parse(json);
  }

  /** The body once it is as wanted; throws after `limitMs`. */
  async until(what: string, holds: (now: LockBody) => boolean, limitMs = 10_000): Promise<LockBody> {
    const end = performance.now() + limitMs;
    for (;;) {
      const now = await this.body();
      if (holds(now)) return now;
      if (performance.now() > end) throw new Error(`${what} did not come in ${limitMs} ms: ${JSON.stringify(now)}`);
      await sleep(POLL_MS);
    }
  }

  /** The setup code of a lock in factory state. */
  async setupCode(): Promise<string> {
    return required((await this.body()).setup, 'the lock is in factory state').text;
  }
}
