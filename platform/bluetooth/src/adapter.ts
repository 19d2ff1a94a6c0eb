// Which controller a stack sits on: an adapter of this machine (Linux), or one behind a socket.

import { err, ok, type Result } from '@mortise/base/result.ts';
import { driverOf, type DriverClass } from './driver.ts';
import { connectController } from './h4-socket.ts';
import { machineDriver } from './load-driver.ts';

export type AdapterName =
  /** hci0, hci1 … */
  | { readonly kind: 'machine'; readonly device: number }
  /** A stream socket that speaks H4, by its path. */
  | { readonly kind: 'socket'; readonly path: string };

/** An adapter that a stack can be put on. `close`: when the stack is gone. */
export type Adapter = { readonly driver: DriverClass; readonly device: number; readonly close: () => void };

/** From its written form, `hci0` or `h4:/path/of/socket`; undefined for anything else. */
export const parseAdapter = (text: string): AdapterName | undefined => {
  const [, device] = /^hci(\d{1,2})$/.exec(text) ?? [];
  if (device !== undefined) return { kind: 'machine', device: Number(device) };
  const [, path] = /^h4:(\/\S{1,100})$/.exec(text) ?? [];
  return path === undefined ? undefined : { kind: 'socket', path };
};

/** `driver-missing`: what reaches the adapters of this machine is not installed, or does not run here. */
export const openAdapter = (name: AdapterName): Result<Adapter, { readonly code: 'driver-missing' }> => {
  if (name.kind === 'socket') {
    const controller = connectController(name.path);
    return ok({ driver: driverOf(controller), device: 0, close: controller.close });
  }
  try {
    return ok({ driver: machineDriver(), device: name.device, close: () => undefined });
  } catch (error) {
    return driverMissing(error);
  }
};

// Whatever the loader says, there is no driver.
const driverMissing = (_error: unknown): Result<never, { readonly code: 'driver-missing' }> => err({ code: 'driver-missing' });
