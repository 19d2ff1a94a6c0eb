// When a virtual lock drives its bolt, as its Workbench tells it to anybody who watches: its event stream says that the motor runs.

import { required } from '@mortise/base/assert.ts';

const LIMIT_MS = 10_000;

/** Tells when the motor began to withdraw the bolt, after `since`. */
export type Motor = { readonly withdrawsAfter: (since: number) => Promise<number>; readonly close: () => void };

/** By the event stream of a Workbench. */
export const watchMotor = async (workbench: string): Promise<Motor> => {
  const stop = new AbortController();
  const stream = await fetch(new URL('/api/body/events', workbench), { signal: stop.signal });
  const waiting = new Set<(at: number) => void>();
  let text = '';
  let was = '';
  const hear = (chunk: string, at: number): void => {
    text += chunk;
    for (let end = text.indexOf('\n\n'); end >= 0; end = text.indexOf('\n\n')) {
      const motor = /"motor":"(\w+)"/.exec(text.slice(0, end))?.[1] ?? was;
      if (motor === 'withdrawing' && was !== motor) for (const tell of waiting) tell(at);
      was = motor;
      text = text.slice(end + 2);
    }
  };
  const read = async (): Promise<void> => {
    for await (const chunk of required(stream.body ?? undefined, 'an event stream has a body').pipeThrough(new TextDecoderStream())) hear(chunk, performance.now());
  };
  // The stream ends when it is closed here.
  read().catch(() => undefined);
  return {
    withdrawsAfter: (since) => new Promise((resolve, reject) => {
      const late = setTimeout(() => { reject(new Error('the bolt was not driven')); }, LIMIT_MS);
      const tell = (at: number): void => {
        if (at < since) return;
        waiting.delete(tell);
        clearTimeout(late);
        resolve(at);
      };
      waiting.add(tell);
    }),
    close: () => { stop.abort(); },
  };
};
