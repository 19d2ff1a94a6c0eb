// Private servers for tests: free ports, temporary directories, processes that are stopped by their id.

import { spawn, type ChildProcess } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

// Below the ports that a system hands out by itself (32768 and up), so that no connection takes one between here and its use.
const FIRST_PORT = 10_000;
const LAST_PORT = 32_000;

const isFree = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => { resolve(false); });
    server.listen(port, '127.0.0.1', () => { server.close(() => { resolve(true); }); });
  });

/** A port that nothing listens on now. */
export const freePort = async (): Promise<number> => {
  for (;;) {
    const port = randomInt(FIRST_PORT, LAST_PORT);
    if (await isFree(port)) return port;
  }
};

export type Place = { readonly path: string; readonly remove: () => Promise<void> };

export const temporaryDirectory = async (): Promise<Place> => {
  const path = await mkdtemp(join(tmpdir(), 'mortise-test-'));
  return { path, remove: () => rm(path, { recursive: true, force: true, maxRetries: 5 }) };
};

export type Running = {
  readonly process: ChildProcess;
  /** Everything printed so far. */
  readonly output: () => string;
  /** Resolves with the match once a line matches; rejects with all that was printed when the process ends first. */
  readonly line: (pattern: RegExp) => Promise<RegExpExecArray>;
  /** Ends the process by its id and waits for it. */
  readonly stop: (signal?: NodeJS.Signals) => Promise<void>;
};

type Waiting = { readonly pattern: RegExp; readonly resolve: (match: RegExpExecArray) => void; readonly reject: (error: Error) => void };

/** Starts a Node program of this repository. */
export const startNode = (arguments_: readonly string[], env: Readonly<Record<string, string>> = {}): Running => {
  const child = spawn(process.execPath, arguments_, { env: { ...process.env, ...env }, stdio: ['pipe', 'pipe', 'pipe'] });
  const lines: string[] = [];
  const waiting = new Set<Waiting>();
  const offer = (line: string): void => {
    lines.push(line);
    for (const one of waiting) {
      const match = one.pattern.exec(line);
      if (match && waiting.delete(one)) one.resolve(match);
    }
  };
  for (const stream of [child.stdout, child.stderr]) createInterface({ input: stream }).on('line', offer);
  const ended = new Promise<void>((resolve) => {
    child.once('exit', () => {
      for (const { reject, pattern } of waiting) reject(new Error(`ended before it said ${String(pattern)}:\n${lines.join('\n')}`));
      resolve();
    });
  });
  const line = (pattern: RegExp): Promise<RegExpExecArray> => {
    for (const said of lines) {
      const match = pattern.exec(said);
      if (match) return Promise.resolve(match);
    }
    return new Promise((resolve, reject) => { waiting.add({ pattern, resolve, reject }); });
  };
  const stop = async (signal: NodeJS.Signals = 'SIGTERM'): Promise<void> => {
    if (child.exitCode === null && child.signalCode === null) child.kill(signal);
    await ended;
  };
  return { process: child, output: () => lines.join('\n'), line, stop };
};
