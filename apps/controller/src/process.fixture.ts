// A controller as a process of its own, for tests: started as it is in life, spoken to by its Workbench, killed without notice.

import { spawn, type ChildProcess } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { TestBroker } from './broker.fixture.ts';

/** What its first line on stdout said: `ready` with `lockId` and `workbench`, or `error`. */
export type FirstLine = {
  readonly ready: boolean;
  readonly lockId?: string;
  readonly workbench?: string;
  readonly fault?: string;
  readonly error?: { readonly code: string; readonly message: string };
};
export type Ended = { readonly code: number | null; readonly signal: NodeJS.Signals | null };

export type ControllerProcess = {
  readonly child: ChildProcess;
  /** Never settles when it is killed before it speaks. */
  readonly first: Promise<FirstLine>;
  readonly ended: Promise<Ended>;
  /** Everything it wrote: stdout and stderr. */
  readonly output: string[];
  readonly body: () => Promise<unknown>;
  readonly act: (action: Readonly<Record<string, unknown>>) => Promise<Response>;
};

const MAIN = join(import.meta.dirname, 'main.ts');

export const argumentsFor = (data: string, broker: TestBroker, changes: Readonly<Record<string, string>> = {}): string[] => {
  const ca = `${data}-ca.pem`;
  writeFileSync(ca, broker.ca.certificate);
  const options = { 'data': data, 'broker': `mqtts://localhost:${broker.port}`, 'broker-ca': ca, 'workbench-port': '0', 'name': 'Test door', ...changes };
  return Object.entries(options).flatMap(([option, value]) => [`--${option}`, value]);
};

export const startProcess = (argv: readonly string[]): ControllerProcess => {
  const child = spawn(process.execPath, [MAIN, ...argv], { stdio: ['pipe', 'pipe', 'pipe'] });
  const output: string[] = [];
  let workbench = '';
  const first = new Promise<FirstLine>((resolve) => {
    createInterface({ input: child.stdout }).on('line', (line) => {
      output.push(line);
      const said = firstLine(line);
      workbench = said.workbench ?? workbench;
      resolve(said);
    });
  });
  createInterface({ input: child.stderr }).on('line', (line) => output.push(line));
  const ended = new Promise<Ended>((resolve) => child.once('close', (code, signal) => resolve({ code, signal })));
  return {
    child, first, ended, output,
    body: async () => (await fetch(new URL('/api/body', workbench))).json(),
    act: (action) => fetch(new URL('/api/body', workbench), { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(action) }),
  };
};

const firstLine = (line: string): FirstLine => {
  const said: unknown = JSON.parse(line);
  if (typeof said !== 'object' || said === null) return { ready: false };
  const fields = new Map<string, unknown>(Object.entries(said));
  const [lockId, workbench, error, fault] = [fields.get('lockId'), fields.get('workbench'), fields.get('error'), fields.get('fault')];
  return {
    ready: fields.get('ready') === true,
    ...(typeof lockId === 'string' ? { lockId } : {}),
    ...(typeof workbench === 'string' ? { workbench } : {}),
    ...(isError(error) ? { error } : {}),
    ...(typeof fault === 'string' ? { fault } : {}),
  };
};

const isError = (value: unknown): value is { readonly code: string; readonly message: string } =>
  typeof value === 'object' && value !== null && 'code' in value && typeof value.code === 'string' && 'message' in value && typeof value.message === 'string';
