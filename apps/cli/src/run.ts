// `mortise run` (`npm start`): the hub in this process, and the virtual lock "Front door" in a process of its own that reaches
// the hub only by MQTT. The lock is started again when it ends; both end together.

import { spawn, type ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { RunningHub } from '@mortise/hub/main.ts';
import { readSettings, type Settings } from './settings.ts';

const CONTROLLER = fileURLToPath(import.meta.resolve('@mortise/controller/main.ts'));
const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 30_000;
const STEADY_MS = 60_000;

const say = (line: string): void => {
  process.stdout.write(`mortise: ${line}\n`);
};

type Link = { readonly brokerPort: number; readonly brokerCaPath: string };

const controllerArguments = (settings: Settings, link: Link): string[] => [
  CONTROLLER,
  '--data', join(settings.data, 'locks', 'front-door'),
  '--broker', `mqtts://localhost:${link.brokerPort}`,
  '--broker-ca', link.brokerCaPath,
  '--workbench-port', String(settings.workbenchPort),
  '--name', 'Front door',
];

type KeptLock = {
  /** Where its Workbench is once it is up; undefined when it cannot start (it has said why). */
  readonly ready: Promise<string | undefined>;
  readonly stop: () => Promise<void>;
};

/** sysexits.h: its configuration or its store is wrong; starting it again would not help. */
const EX_CONFIG = 78;

/** Keeps one virtual lock running. */
const keepLock = (settings: Settings, link: Link): KeptLock => {
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
    const started = spawn(process.execPath, controllerArguments(settings, link), { stdio: ['pipe', 'pipe', 'inherit'] });
    child = started;
    createInterface({ input: started.stdout }).on('line', (line) => {
      const workbench = workbenchOf(line);
      if (workbench !== undefined) resolve(workbench);
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

const workbenchOf = (line: string): string | undefined => {
  try {
    const said: unknown = JSON.parse(line);
    return typeof said === 'object' && said !== null && 'workbench' in said ? String(said.workbench) : undefined;
  } catch (error) {
    say(`the virtual lock said something unexpected (${error instanceof Error ? error.name : 'unknown'})`);
    return undefined;
  }
};

const startOrSay = async (settings: Settings): Promise<RunningHub | undefined> => {
  const [{ startHub }, { StartError }] = await Promise.all([import('@mortise/hub/main.ts'), import('@mortise/hub/config.ts')]);
  try {
    return await startHub(settings);
  } catch (error) {
    if (!(error instanceof StartError)) throw error;
    process.stderr.write(`mortise: ${error.message}\n`);
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
  const hub = await startOrSay(settings.value);
  if (hub === undefined) return 1;
  const lock = keepLock(settings.value, hub);
  const workbench = await lock.ready;
  if (workbench !== undefined) {
    announce(hub, workbench);
    await signalled();
  }
  await lock.stop();
  await hub.close();
  return workbench === undefined ? 1 : 0;
};

const announce = (hub: RunningHub, workbench: string): void => {
  say(`ready in ${(performance.now() / 1000).toFixed(1)} s`);
  say(`the app            ${hub.url}`);
  say(`the virtual lock   ${workbench}`);
  if (hub.claimUrl !== undefined) say(`become its owner   ${hub.claimUrl}   (works once)`);
};

const signalled = (): Promise<void> =>
  new Promise((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => { resolve(); });
  });
