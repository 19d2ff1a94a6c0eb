// The process of a device, from its first word to its end. The first word is one line of JSON on stdout, {ready: true, …} or {ready: false, error};
// logs go to stderr. Ends on SIGTERM or SIGINT, and when the process that started it is gone.

import { fstatSync } from 'node:fs';
import type { Result } from '@mortise/base/result.ts';
import { createLog, type Log } from './log.ts';

export type StartError = { readonly code: string; readonly message: string };
/** What runs: what is said of it when it is ready, and how it ends. */
export type Device = { readonly said: Readonly<Record<string, string>>; readonly close: () => Promise<unknown> };
/** How the first word is said. */
export type Say = (line: FirstWord) => void;
export type FirstWord = { readonly ready: true; readonly said: Device['said'] } | { readonly ready: false; readonly error: StartError };

/** sysexits.h: what was given is wrong; something of ours broke. */
const EX_CONFIG = 78;
const EX_SOFTWARE = 70;
const CLOSE_LIMIT_MS = 4000;

/** For who reads by program; a person reads on stderr why it did not start. */
export const sayJson: Say = (word) => {
  process.stdout.write(`${JSON.stringify(word.ready ? { ready: true, ...word.said } : word)}\n`);
  if (!word.ready) process.stderr.write(`${word.error.message}\n`);
};

/** The log of this process. */
export const processLog = (): Log => createLog((line) => process.stderr.write(line), () => Date.now());

/** Starts the device and keeps it until it is told to end. Sets the exit code; answers once it runs, or does not. */
export const runDevice = async (start: () => Promise<Result<Device, StartError>>, log: Log, say: Say = sayJson): Promise<void> => {
  // Whatever is written here is for the device's own user.
  process.umask(0o077);
  process.on('uncaughtException', () => broken(log));
  const started = await start();
  if (!started.ok) return giveUp(started.error, say);
  watchParent(closeOnce(started.value, log));
  say({ ready: true, said: started.value.said });
};

const giveUp = ({ code, message }: StartError, say: Say): void => {
  say({ ready: false, error: { code, message } });
  process.exitCode = EX_CONFIG;
};

const closeOnce = (device: Device, log: Log): (() => void) => {
  let closing = false;
  return () => {
    if (closing) return;
    closing = true;
    setTimeout(() => process.exit(EX_SOFTWARE), CLOSE_LIMIT_MS).unref();
    void device.close().then(() => process.exit(0), () => broken(log));
  };
};

// Nobody can vouch for a process in which something unforeseen was thrown; its end cuts the motor, the next start reads the store.
const broken = (log: Log): never => {
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
