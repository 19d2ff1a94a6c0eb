// The process: one lock. Prints one line of JSON on stdout, {ready: true, lockId, workbench} (with `fault` when it is in its safe state) or {ready: false, error}, then logs on
// stderr. Ends on SIGTERM or SIGINT, and when the process that started it is gone.

import { fstatSync } from 'node:fs';
import { join } from 'node:path';
import { err, ok, type Result } from '@mortise/base/result.ts';
import { readConfig, type Config } from './config.ts';
import { Controller } from './controller.ts';
import { lifePaths } from './life.ts';
import { createLog } from './log.ts';
import { openVirtualBody, VIRTUAL_BODY_TIMES } from './virtual-body.ts';
import { startWorkbench, type Workbench } from './workbench.ts';
import { workbenchPorts } from './workbench-view.ts';

type StartError = { readonly code: string; readonly message: string };
type Started = { readonly controller: Controller; readonly workbench: Workbench };

/** sysexits.h: what was given is wrong; something of ours broke. */
const EX_CONFIG = 78;
const EX_SOFTWARE = 70;
const CLOSE_LIMIT_MS = 4000;
const PAGE_ROOT = join(import.meta.dirname, '..', '..', 'web', 'dist');

const log = createLog((line) => process.stderr.write(line), () => Date.now());

const start = async (config: Config): Promise<Result<Started, StartError>> => {
  const bodyPath = lifePaths(config.data).body;
  const body = openVirtualBody(bodyPath, VIRTUAL_BODY_TIMES, config.mechanism);
  if (!body.ok) return err({ code: body.error.code, message: `${bodyPath} cannot be read as a body's state. Put it back, or remove it for a new body; nothing was changed.` });
  const controller = new Controller(config, body.value, log);
  const life = await controller.start();
  if (!life.ok) return life;
  const workbench = await startWorkbench(workbenchPorts(controller, body.value, config.name, PAGE_ROOT), config.workbenchPort);
  if (workbench.ok) return ok({ controller, workbench: workbench.value });
  await controller.close();
  return err({ code: workbench.error.code, message: `The Workbench's port ${config.workbenchPort} cannot be used. Stop what uses it, or give another --workbench-port (MORTISE_WORKBENCH_PORT).` });
};

const say = (line: unknown): void => void process.stdout.write(`${JSON.stringify(line)}\n`);

const giveUp = (error: StartError): void => {
  say({ ready: false, error: { code: error.code, message: error.message } });
  process.stderr.write(`${error.message}\n`);
  process.exitCode = EX_CONFIG;
};

const closeOnce = ({ controller, workbench }: Started): (() => void) => {
  let closing = false;
  return () => {
    if (closing) return;
    closing = true;
    setTimeout(() => process.exit(EX_SOFTWARE), CLOSE_LIMIT_MS).unref();
    void Promise.all([controller.close(), workbench.close()]).then(() => process.exit(0), broken);
  };
};

// Nobody can vouch for a process in which something unforeseen was thrown; its end cuts the motor, the next start reads the store.
const broken = (): never => {
  log('process-broken');
  process.exit(EX_SOFTWARE);
};

const watchParent = (close: () => void): void => {
  process.on('SIGTERM', close);
  process.on('SIGINT', close);
  process.on('disconnect', close);
  const input = fstatSync(0);
  // Only a pipe tells of its writer's end; a service's stdin is /dev/null and always at its end.
  if (input.isFIFO() || input.isSocket()) process.stdin.on('end', close).on('error', close).resume();
};

/** Reads the arguments and runs the lock until it is told to end. Sets the exit code. */
export const run = async (): Promise<void> => {
  // Whatever is written here is for the lock's own user.
  process.umask(0o077);
  process.on('uncaughtException', broken);
  const config = readConfig(process.argv.slice(2), process.env);
  if (!config.ok) return giveUp(config.error);
  const started = await start(config.value);
  if (!started.ok) return giveUp(started.error);
  watchParent(closeOnce(started.value));
  const { controller } = started.value;
  const mode = controller.mode();
  const fault = mode.kind === 'safe' ? { fault: { code: mode.fault.code, message: mode.fault.message } } : {};
  say({ ready: true, lockId: controller.identity()?.lockId ?? '', ...fault, workbench: `http://localhost:${started.value.workbench.port}/` });
};
