// Which controllers noble and bleno get: whoever requires @stoprocent/bluetooth-hci-socket after `takeOverDrivers` gets those that were put on the
// shelf, by name. The module itself is never run, so its native part is loaded only for an adapter of the machine that is asked for.

import Module, { createRequire } from 'node:module';
import { assert } from '@mortise/base/assert.ts';
import { driverOf, type DriverClass } from './driver.ts';

const SOCKET = '@stoprocent/bluetooth-hci-socket';
const NATIVE = `${SOCKET}/lib/native.js`;
const NOBODY = driverOf(undefined);

const shelf = new Map<string, DriverClass>();
const loadDriver = (name: string): DriverClass => shelf.get(name) ?? NOBODY;

/** Before noble or bleno is first loaded, else they have the machine's: an `InvariantError` says so. Unknown names, `default` too, get no adapter. */
export const takeOverDrivers = (): void => {
  const { cache, resolve } = createRequire(import.meta.url);
  const path = resolve(SOCKET);
  const loaded = cache[path];
  assert(loaded === undefined || loaded.exports === exported, 'the drivers are taken over before noble or bleno is loaded');
  if (loaded !== undefined) return;
  const stand = new Module(path);
  stand.exports = exported;
  stand.loaded = true;
  cache[path] = stand;
};

const exported = Object.assign(NOBODY, { loadDriver });

/** The driver of this name from now on: the option `hciDriver` of noble and bleno. */
export const shelve = (name: string, driver: DriverClass): void => {
  shelf.set(name, driver);
};

/** Nobody opens it again. */
export const unshelve = (name: string): void => {
  shelf.delete(name);
};

/** The driver of this machine's adapters, of Linux; throws where its native part is missing or cannot be loaded. */
export const machineDriver = (): DriverClass => {
  const driver: DriverClass = createRequire(import.meta.url)(NATIVE);
  return driver;
};
