// `mortise run` (`npm start`): the hub in this process, and the virtual lock "Front door" in a process of its own that reaches
// the hub only by MQTT. The lock is started again when it ends; both end together.

import { spawn, type ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { RunningHub } from '@mortise/hub/main.ts';
import { openLog, type LogFile } from './log-file.ts';
import { readSettings, type Settings } from './settings.ts';

const CONTROLLER = fileURLToPath(import.meta.resolve('@mortise/controller/main.ts'));
const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 30_000;
const STEADY_MS = 60_000;

const say = (line: string): void => {
  process.stdout.write(`mortise: ${line}\n`);
};

type Link = { readonly brokerPort: number; readonly brokerCaPath: string };

// A lock is idle nearly all its life: a small young generation of the heap, and its modules as compiled and kept by the start before, spare it some
// forty megabytes.
const LEAN = ['--max-semi-space-size=2'] as const;
const leanEnvironment = ({ data }: Settings): NodeJS.ProcessEnv => ({ ...process.env, NODE_COMPILE_CACHE: join(data, 'compiled') });

const controllerArguments = (settings: Settings, link: Link): string[] => [
  ...LEAN,
  CONTROLLER,
  '--data', join(settings.data, 'locks', 'front-door'),
  '--broker', `mqtts://localhost:${link.brokerPort}`,
  '--broker-ca', link.brokerCaPath,
  '--workbench-port', String(settings.workbenchPort),
  '--name', 'Front door',
  '--mechanism', settings.mechanism,
];

type KeptLock = {
  /** Where its Workbench is once it is up; undefined when it cannot start (it has said why). */
  readonly ready: Promise<string | undefined>;
  readonly stop: () => Promise<void>;
};

/** sysexits.h: its configuration or its store is wrong; starting it again would not help. */
const EX_CONFIG = 78;

/** Keeps one virtual lock running. */
const keepLock = (settings: Settings, link: Link, log: LogFile): KeptLock => {
  let child: ChildProcess | undefined;
  let stopping = false;
  let pauseMs = FIRST_PAUSE_MS;
  const { promise: ready, resolve } = Promise.withResolvers<string | undefined>();
  const ended = (startedAt: number, code: number | null, signal: NodeJS.Signals | null): void => {
    if (stopping) return;
    if (code === EX_CONFIG) {
      say('the virtual lock did not start; why stands above');
      resolve(undefined);
      return;
    }
    pauseMs = performance.now() - startedAt > STEADY_MS ? FIRST_PAUSE_MS : Math.min(pauseMs * 2, LONGEST_PAUSE_MS);
    say(`the virtual lock ended (${signal ?? `exit ${code}`}); starting it again in ${pauseMs / 1000} s`);
    setTimeout(launch, pauseMs);
  };
  const launch = (): void => {
    const startedAt = performance.now();
    const started = spawn(process.execPath, controllerArguments(settings, link), { stdio: ['pipe', 'pipe', 'pipe'], env: leanEnvironment(settings) });
    child = started;
    createInterface({ input: started.stderr }).on('line', log.write);
    createInterface({ input: started.stdout }).on('line', (line) => {
      const said = firstWordOf(line);
      if (said.workbench !== undefined) resolve(said.workbench);
      if (said.message !== undefined) process.stderr.write(`mortise: ${said.message}\n`);
    });
    started.on('exit', (code, signal) => { ended(startedAt, code, signal); });
  };
  launch();
  const stop = async (): Promise<void> => {
    stopping = true;
    if (child !== undefined) await endChild(child);
  };
  return { ready, stop };
};

const endChild = async (child: ChildProcess): Promise<void> => {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise((done) => child.once('exit', done));
  child.kill('SIGTERM');
  await ended;
};

type FirstWord = { readonly workbench?: string; readonly message?: string };

// The lock's first line: {ready: true, workbench}, with a fault where it is in its safe state, or {ready: false, error: {message}}.
const firstWordOf = (line: string): FirstWord => {
  const said = parsed(line);
  const { workbench, error, fault } = said;
  if (typeof workbench === 'string') return typeof fault === 'string' ? { workbench, message: fault } : { workbench };
  const message = isRecord(error) && typeof error['message'] === 'string' ? error['message'] : 'the virtual lock said something unexpected';
  return { message };
};

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> => typeof value === 'object' && value !== null;

const parsed = (line: string): Readonly<Record<string, unknown>> => {
  try {
    const value: unknown = JSON.parse(line);
    return isRecord(value) ? value : {};
  } catch (error) {
    if (error instanceof SyntaxError) return {};
    throw error;
  }
};

/** `near`: where near links are, as far as it is known. */
const startOrSay = async (settings: Settings, log: LogFile, near: () => readonly string[]): Promise<RunningHub | undefined> => {
  const [{ startHub }, { StartError }] = await Promise.all([import('@mortise/hub/main.ts'), import('@mortise/hub/config.ts')]);
  try {
    return await startHub({ ...settings, near, log: log.write });
  } catch (error) {
    if (!(error instanceof StartError)) throw error;
    process.stderr.write(`mortise: ${error.message}\n`);
    return undefined;
  }
};

/** The virtual lock's near link is served beside its Workbench. */
const nearLinkOf = (workbench: string): string => new URL('/near', workbench.replace(/^http/, 'ws')).href;

const openLogOrSay = (directory: string): LogFile | undefined => {
  try {
    return openLog(directory);
  } catch (error) {
    process.stderr.write(`mortise: ${directory} cannot be made or written (${error instanceof Error ? error.message : 'unknown'}). Choose another directory with MORTISE_DATA.\n`);
    return undefined;
  }
};

/** Runs until a signal ends it. Exit code 0; 2 when a setting is wrong; 1 when something cannot start. */
export const run = async (arguments_: readonly string[]): Promise<number> => {
  const settings = readSettings(arguments_, process.env);
  if (!settings.ok) {
    process.stderr.write(`mortise: ${settings.error.message}\n`);
    return 2;
  }
  const log = openLogOrSay(settings.value.data);
  if (log === undefined) return 1;
  const near: string[] = [];
  const hub = await startOrSay(settings.value, log, () => near);
  if (hub === undefined) return 1;
  const lock = keepLock(settings.value, hub, log);
  const workbench = await lock.ready;
  if (workbench !== undefined) {
    near.push(nearLinkOf(workbench));
    announce(hub, workbench, log);
    await signalled();
  }
  await lock.stop();
  await hub.close();
  return workbench === undefined ? 1 : 0;
};

const announce = (hub: RunningHub, workbench: string, log: LogFile): void => {
  say(`ready in ${(performance.now() / 1000).toFixed(1)} s`);
  say(`the app            ${hub.url}`);
  say(`the virtual lock   ${workbench}`);
  say(`the log            ${log.path}`);
  if (hub.claimUrl !== undefined) say(`become its owner   ${hub.claimUrl}   (works once)`);
};

const signalled = (): Promise<void> =>
  new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => { resolve(); });
  });
