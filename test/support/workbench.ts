// Hands at a virtual lock: its Workbench, as a program of the same machine reads and moves it.

import { setTimeout as sleep } from 'node:timers/promises';
import { workbenchBody, type WorkbenchAction, type WorkbenchBody } from '@mortise/api/workbench.ts';
import { required } from '@mortise/base/assert.ts';

const POLL_MS = 15;

export class Workbench {
  readonly url: string;

  constructor(url: string) {
    this.url = url;
  }

  async body(): Promise<WorkbenchBody> {
    return workbenchBody.parse(await (await fetch(new URL('/api/body', this.url))).json());
  }

  /** Throws what the Workbench refuses. */
  async act(action: WorkbenchAction): Promise<WorkbenchBody> {
    const response = await fetch(new URL('/api/body', this.url), {
      method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(action),
    });
    const json: unknown = await response.json();
    if (!response.ok) throw new Error(`the Workbench refused ${action.action}: ${JSON.stringify(json)}`);
    return workbenchBody.parse(json);
  }

  /** The body once it is as wanted; throws after `limitMs`. */
  async until(what: string, holds: (now: WorkbenchBody) => boolean, limitMs = 10_000): Promise<WorkbenchBody> {
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
