// A Mortise with an owner and an adopted door, that can be stopped and started again on the same data and ports.

import type { Door } from '@mortise/api/locks.ts';
import type { AdoptionOptions } from './adoption.ts';
import { freePorts, startMortise, type Mortise, type Ports } from './mortise.ts';
import { claimHub, type Founder } from './owner.ts';
import { startNode, temporaryDirectory } from './processes.ts';
import { programOf } from './programs.ts';
import { Workbench } from './workbench.ts';

/** `t` is the test's context, or the file's `{ after }`. */
export type Ending = { readonly after: (end: () => Promise<void>) => void };

export type Restartable = {
  readonly ports: Ports;
  readonly mortise: () => Mortise;
  readonly workbench: () => Workbench;
  readonly stop: (signal?: NodeJS.Signals) => Promise<void>;
  readonly start: () => Promise<void>;
};

export const restartableMortise = async ({ after }: Ending): Promise<Restartable> => {
  const place = await temporaryDirectory();
  const ports = await freePorts();
  let mortise = await startMortise(place.path, ports);
  after(async () => {
    await mortise.running.stop();
    await place.remove();
  });
  return {
    ports,
    mortise: () => mortise,
    workbench: () => new Workbench(mortise.workbench),
    stop: (signal) => mortise.running.stop(signal),
    start: async () => { mortise = await startMortise(place.path, ports); },
  };
};

export type Owned = Restartable & { readonly owner: Founder; readonly door: Door };

/** Claimed, the virtual lock adopted and reached. */
export const ownedMortise = async (ending: Ending, options: AdoptionOptions = {}): Promise<Owned> => {
  const restartable = await restartableMortise(ending);
  const { url, claimUrl } = restartable.mortise();
  const owner = await claimHub(url, claimUrl);
  const door = await owner.adopt(restartable.workbench(), options);
  return { ...restartable, owner, door };
};

export type Said = { readonly code: number | null; readonly output: string };

/** Runs the command line to its end. */
export const command = async (words: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Said> => {
  const running = startNode([programOf('mortise'), ...words], env);
  await new Promise((resolve) => running.process.once('close', resolve));
  return { code: running.process.exitCode, output: running.output() };
};
