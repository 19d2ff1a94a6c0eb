// `mortise aliro`: Aliro's two sides by TCP, and a magnifying glass for what they say. Each is loaded when it is called.

import { refuse, type CommandError } from './command.ts';
import type { Terminal } from './terminal.ts';

type Run = (args: readonly string[], terminal: Terminal) => Promise<number>;

const RUNS: ReadonlyMap<string, Run> = new Map([
  ['device', async (args, terminal) => (await import('./aliro/device.ts')).device(args, terminal)],
  ['reader', async (args, terminal) => (await import('./aliro/reader.ts')).reader(args, terminal)],
  ['inspect', async (args, terminal) => (await import('./aliro/inspect.ts')).inspect(args, terminal)],
]);

const unknown = (name: string | undefined): CommandError => ({
  code: 'arguments-wrong',
  message: `${name === undefined ? 'Say' : `There is no "aliro ${name}". Say`} which: ${[...RUNS.keys()].map((run) => `mortise aliro ${run}`).join(', ')}. \`mortise help aliro\` says what they take.`,
});

export const aliro: Run = async ([name, ...args], terminal) => {
  const run = RUNS.get(name ?? '');
  return run === undefined ? refuse(terminal, unknown(name), args.includes('--json')) : run(args, terminal);
};
