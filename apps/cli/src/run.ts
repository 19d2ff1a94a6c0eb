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

/** Keeps one virtual lock running; answers when it is up for the first time. */
const keepLock = (settings: Settings, link: Link): { readonly ready: Promise<string>; readonly stop: () => Promise<void> } => {
  let child: ChildProcess | undefined;
  let stopping = false;
  let pauseMs = FIRST_PAUSE_MS;
  const { promise: ready, resolve } = Promise.withResolvers<string>();
  const launch = (): void => {
    const startedAt = performance.now();
    const started = spawn(process.execPath, controllerArguments(settings, link), { stdio: ['pipe', 'pipe', 'inherit'] });
    child = started;
    createInterface({ input: started.stdout }).on('line', (line) => { resolve(workbenchOf(line) ?? ''); });
    started.on('exit', (code, signal) => {
      if (stopping) return;
      pauseMs = performance.now() - startedAt > STEADY_MS ? FIRST_PAUSE_MS : Math.min(pauseMs * 2, LONGEST_PAUSE_MS);
      say(`the virtual lock ended (${signal ?? `exit ${code}`}); starting it again in ${pauseMs / 1000} s`);
      setTimeout(launch, pauseMs);
    });
  };
  launch();
  const stop = async (): Promise<void> => {
    stopping = true;
    const running = child;
    if (running === undefined || running.exitCode !== null || running.signalCode !== null) return;
    const ended = new Promise((done) => running.once('exit', done));
    running.kill('SIGTERM');
    await ended;
  };
  return { ready, stop };
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
  say(`ready in ${(performance.now() / 1000).toFixed(1)} s`);
  say(`the app            ${hub.url}`);
  say(`the virtual lock   ${workbench}`);
  if (hub.claimUrl !== undefined) say(`become its owner   ${hub.claimUrl}   (works once)`);
  await new Promise<void>((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => { resolve(); });
  });
  await lock.stop();
  await hub.close();
  return 0;
};
