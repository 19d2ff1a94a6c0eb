// How long a second `npm start` takes until the app, the broker and the virtual lock are up: the whole command, npm included.

import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { freePorts } from '../test/support/mortise.ts';
import { temporaryDirectory } from '../test/support/processes.ts';
import { median, type Bench } from './bench.ts';

const GOAL_MS = 2000;
const SAMPLES = 5;

const startOnce = async (data: string): Promise<number> => {
  const ports = await freePorts();
  const started = performance.now();
  const child = spawn('npm', ['start'], {
    detached: true,
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, MORTISE_DATA: data, MORTISE_PORT: String(ports.port), MORTISE_MQTT_PORT: String(ports.brokerPort), MORTISE_WORKBENCH_PORT: String(ports.workbenchPort) },
  });
  const ended = new Promise((resolve) => child.once('exit', resolve));
  for await (const line of createInterface({ input: child.stdout })) if (/ready in/.test(line)) break;
  const tookMs = performance.now() - started;
  if (child.pid !== undefined) process.kill(-child.pid, 'SIGTERM');
  await ended;
  return tookMs;
};

export const secondStart: Bench = {
  name: 'start.second_ready.ms',
  run: async () => {
    const place = await temporaryDirectory();
    await startOnce(place.path);
    const times: number[] = [];
    for (let i = 0; i < SAMPLES; i += 1) times.push(await startOnce(place.path));
    await place.remove();
    return { value: median(times), goal: GOAL_MS, better: 'lower', unit: 'ms', against: 'the limit of 2,000 ms, npm included', samples: SAMPLES };
  },
};
