// The process: one lock, powered or passive. Its first word names lockId and workbench; the rest is every device's process.

import { err, ok, type Result } from '@mortise/base/result.ts';
import type { Page, PageError } from '@mortise/device/page-server.ts';
import { processLog, runDevice, sayJson, type Device, type Say, type StartError } from '@mortise/device/process.ts';
import { Bluetooth } from './bluetooth.ts';
import { readConfig, type AnyConfig, type Config, type LockConfig } from './config.ts';
import { Controller, reading } from './controller.ts';
import { openHandBody } from './hand-body.ts';
import { lifePaths } from './life.ts';
import { PassiveLock } from './passive-lock.ts';
import { PAGE_ROOT, startPassiveWorkbench } from './passive-workbench.ts';
import type { BodyError } from './physical.ts';
import { openVirtualBody, VIRTUAL_BODY_TIMES } from './virtual-body.ts';
import { supplicantWifi } from './wifi-supplicant.ts';
import { NO_WIFI } from './wifi.ts';
import { startWorkbench } from './workbench.ts';
import { workbenchPorts } from './workbench-view.ts';

const log = processLog();

type Started = Result<Device, StartError>;

const startPowered = async (config: Config): Promise<Started> => {
  const bodyPath = lifePaths(config.data).body;
  const body = openVirtualBody(bodyPath, VIRTUAL_BODY_TIMES, config.mechanism);
  if (!body.ok) return notABody(bodyPath, body.error);
  const controller = new Controller(config, body.value, log, config.wifi === undefined ? NO_WIFI : supplicantWifi({ ...config.wifi, command: 'wpa_cli' }));
  const life = await controller.start();
  if (!life.ok) return life;
  const radio = radioOf(config, controller);
  const workbench = await startWorkbench(workbenchPorts(controller, body.value, config.name, PAGE_ROOT, radio), config.workbenchPort);
  return served(config, workbench, () => ({ lockId: controller.identity()?.lockId ?? '', ...faultOf(controller) }), () => {
    radio?.close();
    return controller.close();
  });
};

const radioOf = ({ bluetooth: adapter }: Config, controller: Controller): Bluetooth | undefined =>
  adapter && new Bluetooth({ adapter, links: controller.near, lock: () => controller.lockState(), watch: (watcher) => controller.watch(watcher), now: reading, log });

const startPassive = async (config: LockConfig): Promise<Started> => {
  const bodyPath = lifePaths(config.data).body;
  const body = openHandBody(bodyPath);
  if (!body.ok) return notABody(bodyPath, body.error);
  const lock = new PassiveLock(config.data, body.value, log);
  const begun = lock.start();
  if (!begun.ok) return begun;
  const workbench = await startPassiveWorkbench(lock, body.value, config.name, config.workbenchPort);
  return served(config, workbench, () => ({ lockId: lock.state()?.lockId ?? '' }), () => lock.close());
};

// A lock in its safe state says why.
const faultOf = (controller: Controller): Device['said'] => {
  const mode = controller.mode();
  return mode.kind === 'safe' ? { fault: mode.fault.message } : {};
};

const notABody = (path: string, { code }: BodyError): Started =>
  err({ code, message: `${path} cannot be read as a body's state. Put it back, or remove it for a new body; nothing was changed.` });

const served = async ({ workbenchPort }: LockConfig, page: Result<Page, PageError>, said: () => Device['said'], close: () => Promise<void>): Promise<Started> => {
  if (page.ok) return ok({ said: { ...said(), workbench: `http://localhost:${page.value.port}/` }, close: () => Promise.all([close(), page.value.close()]) });
  await close();
  return err({ code: page.error.code, message: `The Workbench's port ${workbenchPort} cannot be used. Stop what uses it, or give another --workbench-port (MORTISE_WORKBENCH_PORT).` });
};

const startAny = (config: AnyConfig): Promise<Started> => (config.profile === 'passive' ? startPassive(config) : startPowered(config));

/** Reads the arguments and runs the lock until it is told to end. Sets the exit code. */
export const run = (argv: readonly string[] = process.argv.slice(2), say: Say = sayJson): Promise<void> => {
  const config = readConfig(argv, process.env);
  return runDevice(() => (config.ok ? startAny(config.value) : Promise.resolve(config)), log, say);
};
