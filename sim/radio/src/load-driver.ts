// Puts virtual controllers in the place of machine adapters: whoever requires @stoprocent/bluetooth-hci-socket afterwards gets them by name.
// The module itself is never run, so neither its native part nor an adapter is needed.

import Module, { createRequire } from 'node:module';
import { assert } from '@mortise/base/assert.ts';
import { driverOf, type DriverClass } from './driver.ts';

const SOCKET = '@stoprocent/bluetooth-hci-socket';
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
