// What the controller is told at its start: arguments, else MORTISE_* variables. An error names what to change. The data
// directory is made here when it is missing; nothing in it is touched.

import { accessSync, constants } from 'node:fs';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { err, ok, type Result } from '@mortise/base/result.ts';
import { fromUtf8 } from '@mortise/base/bytes.ts';
import { makeDirectory } from '@mortise/node/directory.ts';
import type { Mechanism } from '@mortise/lock/mechanism.ts';
import { readBounded } from '@mortise/node/durable-file.ts';
import { MECHANISM_FORM, parseMechanism } from './mechanism-option.ts';

export type Config = {
  /** Absolute path of the lock's data directory. */
  readonly data: string;
  readonly broker: { readonly host: string; readonly port: number };
  /** The certificate authority that the broker's certificate must come from before adoption, PEM. */
  readonly brokerCa: string;
  /** 0: any free port. */
  readonly workbenchPort: number;
  /** What the Workbench calls this lock. At most 60 characters. */
  readonly name: string;
  /** What it is built into. */
  readonly mechanism: Mechanism;
};

/** `option` is the argument to change; `message` says what to do. */
export type ConfigError = {
  readonly code: 'option-unknown' | 'option-missing' | 'option-invalid' | 'file-missing' | 'file-unreadable';
  readonly option: string;
  readonly message: string;
};

type Environment = { readonly [name: string]: string | undefined };
type Checked<T> = Result<T, ConfigError>;

const OPTIONS = {
  'data': 'MORTISE_LOCK_DATA',
  'broker': 'MORTISE_BROKER',
  'broker-ca': 'MORTISE_BROKER_CA',
  'workbench-port': 'MORTISE_WORKBENCH_PORT',
  'name': 'MORTISE_LOCK_NAME',
  'mechanism': 'MORTISE_MECHANISM',
} as const;
type Option = keyof typeof OPTIONS;

const DEFAULTS: { readonly [O in Option]?: string } = { 'workbench-port': '8401', 'name': 'Lock', 'mechanism': 'deadbolt' };
const DEFAULT_BROKER_PORT = 8883;
const MAX_NAME = 60;
const PEM_CERTIFICATE = /-----BEGIN CERTIFICATE-----[\s\S]+-----END CERTIFICATE-----/;

/** Reads the configuration from `argv` (without node and script) and `environment`. */
export const readConfig = (argv: readonly string[], environment: Environment): Checked<Config> => {
  const given = argumentsOf(argv);
  if (!given.ok) return given;
  const text = (option: Option): Checked<string> => {
    const value = given.value[option] ?? environment[OPTIONS[option]] ?? DEFAULTS[option];
    return value === undefined || value === '' ? refuse('option-missing', option, `Give --${option} or set ${OPTIONS[option]}.`) : ok(value);
  };
  return all({
    data: then(text('data'), directory),
    broker: then(text('broker'), brokerAddress),
    brokerCa: then(text('broker-ca'), certificateFile),
    workbenchPort: then(text('workbench-port'), port),
    name: then(text('name'), shortName),
    mechanism: then(text('mechanism'), mechanismOf),
  });
};

const argumentsOf = (argv: readonly string[]): Checked<Environment> => {
  try {
    const options = Object.fromEntries(Object.keys(OPTIONS).map((option) => [option, { type: 'string' as const }]));
    return ok(parseArgs({ args: [...argv], options, strict: true, allowPositionals: false }).values);
  } catch (error) {
    const said = error instanceof Error ? error.message : 'The arguments cannot be read.';
    return refuse('option-unknown', 'arguments', `${said} Known: ${Object.keys(OPTIONS).map((option) => `--${option}`).join(', ')}.`);
  }
};

const directory = (text: string): Checked<string> => {
  const path = resolve(text);
  try {
    makeDirectory(path);
    accessSync(path, constants.R_OK | constants.W_OK | constants.X_OK);
    return ok(path);
  } catch (error) {
    return unusable(path, error);
  }
};

const unusable = (path: string, error: unknown): Checked<never> => {
  const system = error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
  return refuse('file-unreadable', 'data', `${path} is no directory that can be read and written (${system}). Give this user access to it, or give another --data.`);
};

const brokerAddress = (text: string): Checked<Config['broker']> => {
  const url = URL.parse(text);
  if (url === null || url.protocol !== 'mqtts:' || url.hostname === '') return notABroker();
  if (url.username !== '' || url.password !== '' || !['', '/'].includes(url.pathname) || url.search !== '' || url.hash !== '') return notABroker();
  const chosen = then(url.port === '' ? ok(DEFAULT_BROKER_PORT) : port(url.port), (value) => (value === 0 ? notABroker() : ok(value)));
  return chosen.ok ? ok({ host: url.hostname.replace(/^\[(.*)\]$/, '$1'), port: chosen.value }) : notABroker();
};

const notABroker = (): Checked<never> =>
  refuse('option-invalid', 'broker', 'The broker is given as mqtts://HOST or mqtts://HOST:PORT, as in mqtts://localhost:8883.');

const certificateFile = (text: string): Checked<string> => {
  const path = resolve(text);
  const content = readBounded(path);
  if (!content.ok && content.error.code === 'file-missing') return refuse('file-missing', 'broker-ca', `${path} does not exist. Start the hub first: it writes its link CA there; or give --broker-ca.`);
  if (!content.ok) return refuse('file-unreadable', 'broker-ca', `${path} cannot be read (${content.error.system}). Give this user access to it.`);
  const pem = fromUtf8(content.value);
  return PEM_CERTIFICATE.test(pem) ? ok(pem) : refuse('option-invalid', 'broker-ca', `${path} holds no PEM certificate. Give the hub's link CA.`);
};

const port = (text: string): Checked<number> =>
  /^\d{1,5}$/.test(text) && Number(text) <= 65_535 ? ok(Number(text)) : refuse('option-invalid', 'workbench-port', 'A port is a number from 0 (any free one) to 65535.');

const shortName = (text: string): Checked<string> =>
  text.length <= MAX_NAME && !/\p{Cc}/u.test(text) ? ok(text) : refuse('option-invalid', 'name', `A name has at most ${MAX_NAME} characters, on one line.`);

const mechanismOf = (text: string): Checked<Mechanism> => {
  const mechanism = parseMechanism(text);
  return mechanism === undefined ? refuse('option-invalid', 'mechanism', `Give a mechanism that is one of ${MECHANISM_FORM}.`) : ok(mechanism);
};

const refuse = (code: ConfigError['code'], option: string, message: string): Checked<never> => err({ code, option, message });

const then = <A, B>(result: Checked<A>, next: (value: A) => Checked<B>): Checked<B> => (result.ok ? next(result.value) : result);

type Fields = { readonly [K in keyof Config]: Checked<Config[K]> };

const all = (fields: Fields): Checked<Config> => {
  const { data, broker, brokerCa, workbenchPort, name, mechanism } = fields;
  if (!data.ok) return data;
  if (!broker.ok) return broker;
  if (!brokerCa.ok) return brokerCa;
  if (!workbenchPort.ok) return workbenchPort;
  if (!name.ok) return name;
  if (!mechanism.ok) return mechanism;
  return ok({ data: data.value, broker: broker.value, brokerCa: brokerCa.value, workbenchPort: workbenchPort.value, name: name.value, mechanism: mechanism.value });
};
