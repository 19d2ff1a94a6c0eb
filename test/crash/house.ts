// A hub and a lock as two processes on one directory, each of which can be killed (SIGKILL) and started again at any moment.

import { join } from 'node:path';
import type { Door } from '@mortise/api/locks.ts';
import { z } from '@mortise/api/schema.ts';
import { freePorts } from '../support/mortise.ts';
import { claimHub, type Founder } from '../support/owner.ts';
import { startNode, temporaryDirectory, type Running } from '../support/processes.ts';
import { programOf } from '../support/programs.ts';
import { Workbench } from '../support/workbench.ts';

export type Part = 'hub' | 'lock';

export type House = {
  readonly hubData: string;
  readonly lockData: string;
  readonly workbench: Workbench;
  /** Starts a part that does not run; `up` is true once it says that it is, false when it ended before. */
  readonly start: (part: Part) => { readonly up: Promise<boolean> };
  /** Kills without notice. */
  readonly kill: (part: Part) => Promise<void>;
  /** Ends in order. */
  readonly stop: (part: Part) => Promise<void>;
  readonly output: (part: Part) => string;
  readonly end: () => Promise<void>;
};


const READY = { hub: /"url"/, lock: /"ready":true/ } as const;

export const openHouse = async (): Promise<House> => {
  const place = await temporaryDirectory();
  const [hubData, lockData] = [join(place.path, 'hub'), join(place.path, 'lock')];
  const { port, brokerPort, workbenchPort } = await freePorts();
  const lockArguments = {
    'data': lockData, 'broker': `mqtts://localhost:${brokerPort}`, 'broker-ca': join(hubData, 'link-ca.pem'), 'workbench-port': String(workbenchPort), 'name': 'Front door',
  };
  const argumentsOf = {
    hub: [programOf('hub-process'), hubData, String(port), String(brokerPort)],
    lock: [programOf('controller'), ...Object.entries(lockArguments).flatMap(([option, value]) => [`--${option}`, value])],
  };
  const running = new Map<Part, Running>();
  const end = async (part: Part, signal: NodeJS.Signals): Promise<void> => { await running.get(part)?.stop(signal); };
  return {
    hubData, lockData, workbench: new Workbench(`http://localhost:${workbenchPort}`),
    start: (part) => {
      const started = startNode(argumentsOf[part]);
      running.set(part, started);
      return { up: started.line(READY[part]).then(() => true, () => false) };
    },
    kill: (part) => end(part, 'SIGKILL'),
    stop: (part) => end(part, 'SIGTERM'),
    output: (part) => running.get(part)?.output() ?? '',
    end: async () => {
      await Promise.all([end('lock', 'SIGKILL'), end('hub', 'SIGKILL')]);
      await place.remove();
    },
  };
};

const hubLine = z.object({ url: z.string(), claimUrl: z.string().optional() });

/** Starts both, claims the hub, adopts the lock. */
export const moveIn = async (house: House): Promise<{ readonly owner: Founder; readonly door: Door }> => {
  if (!(await house.start('hub').up)) throw new Error(`the hub does not start:\n${house.output('hub')}`);
  // Once up and down in order: what node compiled is kept for the many starts to come.
  await house.start('lock').up;
  await house.stop('lock');
  if (!(await house.start('lock').up)) throw new Error(`the lock does not start:\n${house.output('lock')}`);
  const said = hubLine.parse(JSON.parse(house.output('hub').split('\n').find((line) => READY.hub.test(line)) ?? ''));
  const owner = await claimHub(said.url, said.claimUrl);
  return { owner, door: await owner.adopt(house.workbench) };
};
