// The arguments of `mortise aliro device` and `mortise aliro reader` (SPEC §11.1).

import { err, ok, type Result } from '@mortise/base/result.ts';
import { readArguments, type CommandError } from '../command.ts';

const OPTIONS = { 'tcp-listen': { type: 'string' }, tcp: { type: 'string' }, config: { type: 'string' }, timeout: { type: 'string' } } as const;

type Common = { readonly configPath: string; readonly timeoutMs: number };
export type DeviceOptions = Common & { readonly port: number };
export type ReaderOptions = Common & { readonly host: string; readonly port: number };

const DEFAULT_TIMEOUT = '10';
const MAX_TIMEOUT_S = 600;
const MAX_PORT = 65_535;

const wrong = (message: string): Result<never, CommandError> => err({ code: 'arguments-wrong', message });

type Values = { readonly [Name in keyof typeof OPTIONS]?: string | undefined };

const readValues = (args: readonly string[], others: readonly (keyof Values)[]): Result<Values, CommandError> => {
  const read = readArguments('aliro', args, OPTIONS);
  if (!read.ok) return read;
  const { values, positionals: [positional] } = read.value;
  if (positional !== undefined) return wrong(`"${positional}" is one argument too many. \`mortise help aliro\` lists the options.`);
  const stray = others.find((name) => values[name] !== undefined);
  return stray === undefined ? ok(values) : wrong(`--${stray} is for the other side. \`mortise help aliro\` lists the options.`);
};

type Read = { readonly common: Common; readonly values: Values };

const readCommon = (args: readonly string[], others: readonly (keyof Values)[]): Result<Read, CommandError> => {
  const read = readValues(args, others);
  if (!read.ok) return read;
  const { config, timeout = DEFAULT_TIMEOUT } = read.value;
  if (config === undefined || config === '') return wrong('Say with --config FILE which keys and values to use: a vector file, or JSON with an "inputs" object.');
  const seconds = /^\d{1,3}(?:\.\d{1,3})?$/.test(timeout) ? Number(timeout) : 0;
  if (seconds <= 0 || seconds > MAX_TIMEOUT_S) return wrong(`--timeout "${timeout}" is not a number of seconds from 0.001 to ${MAX_TIMEOUT_S}.`);
  return ok({ common: { configPath: config, timeoutMs: seconds * 1000 }, values: read.value });
};

const portOf = (text: string): number | undefined => (/^\d{1,5}$/.test(text) && Number(text) <= MAX_PORT ? Number(text) : undefined);

/** `arguments-wrong`. Port 0 takes a free one. */
export const readDeviceOptions = (args: readonly string[]): Result<DeviceOptions, CommandError> => {
  const read = readCommon(args, ['tcp']);
  if (!read.ok) return read;
  const { common, values: { 'tcp-listen': text } } = read.value;
  if (text === undefined) return wrong('Say with --tcp-listen PORT where to listen (0 takes a free one).');
  const port = portOf(text);
  return port === undefined ? wrong(`--tcp-listen "${text}" is not a port. Write a number from 0 to ${MAX_PORT}.`) : ok({ ...common, port });
};

const ADDRESS = /^(?:\[([0-9A-Fa-f:.]{2,45})\]|([A-Za-z0-9.-]{1,253})):(\d{1,5})$/;

/** `arguments-wrong`. */
export const readReaderOptions = (args: readonly string[]): Result<ReaderOptions, CommandError> => {
  const read = readCommon(args, ['tcp-listen']);
  if (!read.ok) return read;
  const { common, values: { tcp: text } } = read.value;
  if (text === undefined) return wrong('Say with --tcp HOST:PORT where the user device listens.');
  const [, six, name, digits = ''] = ADDRESS.exec(text) ?? [];
  const [host, port] = [six ?? name, portOf(digits)];
  if (host === undefined || port === undefined || port === 0) return wrong(`--tcp "${text}" is not an address. Write HOST:PORT, such as 127.0.0.1:7000.`);
  return ok({ ...common, host, port });
};
