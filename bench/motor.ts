// When a virtual lock drives its bolt, as its Workbench tells it to anybody who watches: its event stream says that the motor runs.

import { get, type IncomingMessage } from 'node:http';

const LIMIT_MS = 10_000;

/** Tells when the motor began to withdraw the bolt, after `since`. */
export type Motor = { readonly withdrawsAfter: (since: number) => Promise<number>; readonly close: () => void };

/** By the event stream of a Workbench. */
export const watchMotor = async (workbench: string): Promise<Motor> => {
  const stream = await new Promise<IncomingMessage>((resolve, reject) => { get(new URL('/api/body/events', workbench), resolve).on('error', reject); });
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
  // Told at once: no more turns of the event loop between the lock's word and the clock than there must be.
  stream.setEncoding('utf8').on('data', (chunk: string) => hear(chunk, performance.now()));
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
    close: () => { stream.destroy(); },
  };
};
