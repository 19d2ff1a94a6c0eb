// The settings of `mortise run`, from flags and MORTISE_* variables; a wrong one says what to write instead.

import { isIP } from 'node:net';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { err, ok, type Result } from '@mortise/base/result.ts';
import { readProxies, type ProxySettings } from './proxy-settings.ts';
import { readSending, type SendingSettings } from './sending-settings.ts';

export type Settings = SendingSettings & ProxySettings & {
  readonly data: string;
  readonly port: number;
  readonly brokerPort: number;
  readonly workbenchPort: number;
  /** As the controller takes it; the controller looks at it. */
  readonly mechanism: string;
  readonly origins: readonly string[];
  readonly tls?: { readonly certPath: string; readonly keyPath: string };
};

export type SettingsError = { readonly code: 'setting-wrong'; readonly message: string };

const wrong = (message: string): Result<never, SettingsError> => err({ code: 'setting-wrong', message });

const OPTIONS = {
  data: { type: 'string' },
  port: { type: 'string' },
  'mqtt-port': { type: 'string' },
  'workbench-port': { type: 'string' },
  mechanism: { type: 'string' },
  origin: { type: 'string' },
  'tls-cert': { type: 'string' },
  'tls-key': { type: 'string' },
} as const;

const portOf = (text: string): number | undefined => (/^\d{1,5}$/.test(text) && Number(text) <= 65_535 ? Number(text) : undefined);

const isOrigin = (text: string): boolean => URL.canParse(text) && new URL(text).origin === text && /^https?:/.test(text);

// What browsers call a secure context; passkeys and keys work nowhere else.
const isSafe = (origin: string): boolean => origin.startsWith('https:') || new URL(origin).hostname === 'localhost';

// Browsers keep no passkey for an address: behind a claim link to one, nobody could ever own the hub.
const isNamed = (origin: string): boolean => isIP(new URL(origin).hostname.replace(/^\[(.*)\]$/, '$1')) === 0;

type Flags = { readonly [name in keyof typeof OPTIONS]?: string };

const readFlags = (arguments_: readonly string[]): Result<Flags, SettingsError> => {
  try {
    return ok(parseArgs({ args: [...arguments_], options: OPTIONS }).values);
  } catch (error) {
    const says = error instanceof Error ? error.message.replace(/\.?$/, '.') : 'The flags could not be read.';
    return wrong(`${says} \`mortise help run\` lists the flags.`);
  }
};

type Environment = Readonly<Record<string, string | undefined>>;

/** Flags win over variables, of which an empty one is as good as none; ports may be 0 (any free port). */
export const readSettings = (arguments_: readonly string[], environment: Environment): Result<Settings, SettingsError> => {
  const read = readFlags(arguments_);
  if (!read.ok) return read;
  const flags = read.value;
  const env: Environment = Object.fromEntries(Object.entries(environment).filter(([, value]) => value !== ''));
  const ports = readPorts(flags, env);
  if (!ports.ok) return ports;
  const tls = readTls(flags['tls-cert'] ?? env['MORTISE_TLS_CERT'], flags['tls-key'] ?? env['MORTISE_TLS_KEY']);
  if (!tls.ok) return tls;
  const origins = (flags.origin ?? env['MORTISE_ORIGIN'] ?? '').split(',').map((text) => text.trim()).filter((text) => text !== '');
  const bad = origins.find((origin) => !isOrigin(origin));
  if (bad !== undefined) return wrong(`MORTISE_ORIGIN "${bad}" is not an origin. Write it like https://lock.example.org, several with commas, without a path.`);
  const plain = origins.find((origin) => !isSafe(origin));
  if (plain !== undefined) return wrong(`MORTISE_ORIGIN "${plain}" must begin with https: browsers lend no keys to plain http, but for http://localhost.`);
  const [first = ''] = origins;
  if (first !== '' && !isNamed(first)) return wrong(`MORTISE_ORIGIN "${first}" is an address, and browsers keep passkeys for names only. Write a name first, like https://lock.example.org.`);
  const proxies = readProxies(env['MORTISE_TRUST_PROXY'] ?? '');
  if (!proxies.ok) return wrong(`MORTISE_TRUST_PROXY "${proxies.error}" is no address. Write those of your own reverse proxies, several with commas, like 10.0.0.2 or 10.0.0.0/24, or loopback for one on this machine.`);
  const sending = readSending(env);
  if (!sending.ok) return sending;
  return ok({ data: resolve(flags.data ?? env['MORTISE_DATA'] ?? 'data'), ...ports.value, mechanism: flags.mechanism ?? env['MORTISE_MECHANISM'] ?? 'deadbolt', origins, ...tls.value, ...proxies.value, ...sending.value });
};

type Ports = Pick<Settings, 'port' | 'brokerPort' | 'workbenchPort'>;

const readPorts = (flags: Flags, env: Environment): Result<Ports, SettingsError> => {
  const given = {
    MORTISE_PORT: flags.port ?? env['MORTISE_PORT'] ?? '8400',
    MORTISE_MQTT_PORT: flags['mqtt-port'] ?? env['MORTISE_MQTT_PORT'] ?? '8883',
    MORTISE_WORKBENCH_PORT: flags['workbench-port'] ?? env['MORTISE_WORKBENCH_PORT'] ?? '',
  };
  const port = portOf(given.MORTISE_PORT);
  if (port === undefined) return wrong(`MORTISE_PORT "${given.MORTISE_PORT}" is not a port. Write a number from 0 to 65535.`);
  const brokerPort = portOf(given.MORTISE_MQTT_PORT);
  if (brokerPort === undefined) return wrong(`MORTISE_MQTT_PORT "${given.MORTISE_MQTT_PORT}" is not a port. Write a number from 0 to 65535.`);
  const workbenchPort = given.MORTISE_WORKBENCH_PORT === '' ? followingPort(port) : portOf(given.MORTISE_WORKBENCH_PORT);
  if (workbenchPort === undefined) return wrong(`MORTISE_WORKBENCH_PORT "${given.MORTISE_WORKBENCH_PORT}" is not a port. Write a number from 0 to 65535.`);
  return ok({ port, brokerPort, workbenchPort });
};

const followingPort = (port: number): number => (port === 0 || port === 65_535 ? 0 : port + 1);

const readTls = (certPath: string | undefined, keyPath: string | undefined): Result<Pick<Settings, 'tls'>, SettingsError> => {
  if (certPath === undefined && keyPath === undefined) return ok({});
  if (certPath === undefined || keyPath === undefined) return wrong('HTTPS needs both MORTISE_TLS_CERT and MORTISE_TLS_KEY: the paths of two PEM files.');
  return ok({ tls: { certPath: resolve(certPath), keyPath: resolve(keyPath) } });
};
