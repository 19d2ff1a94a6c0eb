// What the key's process is told at its start: arguments, else MORTISE_* variables. An error names what to change.

import { ok } from '@mortise/base/result.ts';
import { andThen, dataDirectory, portNumber, readOptions, refuseOption, shortName, type Checked, type Environment, type Given } from '@mortise/device/options.ts';

export type Config = {
  /** Absolute path of the key's data directory. */
  readonly data: string;
  /** 0: any free port. */
  readonly workbenchPort: number;
  /** What the Workbench calls this key. At most 60 characters. */
  readonly name: string;
  /** The origin of the hub that the key updates itself from. */
  readonly hub: string | undefined;
  /** The path of the serial line that a station is at. */
  readonly serial: string | undefined;
};

const OPTIONS = {
  'data': { variable: 'MORTISE_KEY_DATA' },
  'workbench-port': { variable: 'MORTISE_WORKBENCH_PORT', default: '8403' },
  'name': { variable: 'MORTISE_KEY_NAME', default: 'Key' },
  'hub': { variable: 'MORTISE_HUB' },
  'serial': { variable: 'MORTISE_SERIAL' },
} as const;

/** Reads the configuration from `argv` (without node and script) and `environment`. */
export const readConfig = (argv: readonly string[], environment: Environment): Checked<Config> => andThen(readOptions(OPTIONS, argv, environment), readKey);

const readKey = (given: Given<typeof OPTIONS>): Checked<Config> => {
  const [data, workbenchPort, name] = [andThen(given.text('data'), dataDirectory), andThen(given.text('workbench-port'), portNumber('workbench-port')), andThen(given.text('name'), shortName)];
  const [hub, serial] = [maybe(given.maybe('hub'), hubOrigin), maybe(given.maybe('serial'), linePath)];
  if (!data.ok) return data;
  if (!workbenchPort.ok) return workbenchPort;
  if (!name.ok) return name;
  if (!hub.ok) return hub;
  return serial.ok ? ok({ data: data.value, workbenchPort: workbenchPort.value, name: name.value, hub: hub.value, serial: serial.value }) : serial;
};

const maybe = <T>(text: string | undefined, read: (text: string) => Checked<T>): Checked<T | undefined> => (text === undefined ? ok(undefined) : read(text));

/** The origin of a hub: https, or http on this machine. */
export const hubOrigin = (text: string): Checked<string> => {
  const url = URL.parse(text);
  const isSafe = url?.protocol === 'https:' || (url?.protocol === 'http:' && ['localhost', '127.0.0.1'].includes(url.hostname));
  const isPlain = url !== null && url.username === '' && url.password === '' && url.pathname === '/' && url.search === '' && url.hash === '';
  return url !== null && isSafe && isPlain ? ok(url.origin) : refuseOption('option-invalid', 'hub', 'A hub is given by its origin, as in https://lock.example.org; plain http only on this machine.');
};

/** A path; whether there is a line is seen when it is opened. */
export const linePath = (text: string): Checked<string> =>
  text.startsWith('/') && !/\p{Cc}/u.test(text) ? ok(text) : refuseOption('option-invalid', 'serial', 'A serial line is given by its path, as in /dev/ttyUSB0.');

export type StationConfig = { readonly serial: string; readonly hub: string; readonly once: boolean };

const STATION = { 'serial': { variable: 'MORTISE_SERIAL' }, 'hub': { variable: 'MORTISE_HUB' }, 'once': 'flag' } as const;

/** The same of a station: it must have both of its ends. */
export const readStation = (argv: readonly string[], environment: Environment): Checked<StationConfig> =>
  andThen(readOptions(STATION, argv, environment), (given) => {
    const [serial, hub] = [andThen(given.text('serial'), linePath), andThen(given.text('hub'), hubOrigin)];
    if (!serial.ok) return serial;
    return hub.ok ? ok({ serial: serial.value, hub: hub.value, once: given.flag('once') }) : hub;
  });
