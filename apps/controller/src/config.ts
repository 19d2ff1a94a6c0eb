// What the controller is told at its start: arguments, else MORTISE_* variables. A passive lock has no network, and is told of none. An error names
// what to change. The data directory is made here when it is missing; nothing in it is touched.

import { resolve } from 'node:path';
import { ok } from '@mortise/base/result.ts';
import { fromUtf8 } from '@mortise/base/bytes.ts';
import { parseAdapter, type AdapterName } from '@mortise/bluetooth/adapter.ts';
import { andThen, dataDirectory, portNumber, readOptions, refuseOption, shortName, type Checked, type Environment, type Given } from '@mortise/device/options.ts';
import type { Mechanism } from '@mortise/lock/mechanism.ts';
import { readBounded } from '@mortise/node/durable-file.ts';
import type { BrokerAddress } from './link.ts';
import { MECHANISM_FORM, parseMechanism } from './mechanism-option.ts';

/** What every lock is told. */
export type LockConfig = {
  /** Absolute path of the lock's data directory. */
  readonly data: string;
  /** 0: any free port. */
  readonly workbenchPort: number;
  /** What the Workbench calls this lock. At most 60 characters. */
  readonly name: string;
};

/** Of a powered lock. */
export type Config = LockConfig & {
  /** Undefined: an owner says at the door where the hub is. */
  readonly broker: BrokerAddress | undefined;
  /** The certificate authority that the broker's certificate must come from before adoption, PEM. There where `broker` is. */
  readonly brokerCa: string | undefined;
  /** The Wi-Fi interface that is the lock's to set, by wpa_supplicant with this configuration file; undefined: none. */
  readonly wifi: { readonly interface: string; readonly file: string } | undefined;
  /** What it is built into. */
  readonly mechanism: Mechanism;
  /** The adapter of its radio; undefined: it has none. */
  readonly bluetooth?: AdapterName | undefined;
};

export type AnyConfig = (Config & { readonly profile: 'powered' }) | (LockConfig & { readonly profile: 'passive' });

const OPTIONS = {
  'data': { variable: 'MORTISE_LOCK_DATA' },
  'broker': { variable: 'MORTISE_BROKER' },
  'broker-ca': { variable: 'MORTISE_BROKER_CA' },
  'wifi-interface': { variable: 'MORTISE_WIFI_INTERFACE' },
  'wifi-file': { variable: 'MORTISE_WIFI_FILE' },
  'workbench-port': { variable: 'MORTISE_WORKBENCH_PORT', default: '8401' },
  'name': { variable: 'MORTISE_LOCK_NAME', default: 'Lock' },
  'mechanism': { variable: 'MORTISE_MECHANISM', default: 'deadbolt' },
  'bluetooth': { variable: 'MORTISE_LOCK_BLUETOOTH', default: 'off' },
  'passive': 'flag',
} as const;

const DEFAULT_BROKER_PORT = 8883;
const PEM_CERTIFICATE = /-----BEGIN CERTIFICATE-----[\s\S]+-----END CERTIFICATE-----/;

/** Reads the configuration from `argv` (without node and script) and `environment`. */
export const readConfig = (argv: readonly string[], environment: Environment): Checked<AnyConfig> =>
  andThen(readOptions(OPTIONS, argv, environment), (given) => (given.flag('passive') ? readPassive(given) : readPowered(given)));

type Told = Given<typeof OPTIONS>;

const readPowered = (given: Told): Checked<AnyConfig> => {
  const isTold = given.maybe('broker') !== undefined || given.maybe('broker-ca') !== undefined;
  const [lock, wifi, mechanism] = [readLock(given), readWifi(given), andThen(given.text('mechanism'), mechanismOf)];
  const [broker, brokerCa] = isTold ? [andThen(given.text('broker'), brokerAddress), andThen(given.text('broker-ca'), certificateFile)] : [ok(undefined), ok(undefined)];
  if (!lock.ok) return lock;
  if (!wifi.ok) return wifi;
  if (!mechanism.ok) return mechanism;
  if (!broker.ok) return broker;
  if (!brokerCa.ok) return brokerCa;
  return andThen(andThen(given.text('bluetooth'), adapterName), (bluetooth) =>
    ok({ ...lock.value, broker: broker.value, brokerCa: brokerCa.value, wifi: wifi.value, mechanism: mechanism.value, bluetooth, profile: 'powered' }));
};

const readWifi = (given: Told): Checked<Config['wifi']> =>
  given.maybe('wifi-interface') !== undefined ? andThen(given.text('wifi-interface'), (name) => wifiOf(name, given.text('wifi-file'))) : ok(undefined);

const readPassive = (given: Told): Checked<AnyConfig> => {
  const networked = (['broker', 'broker-ca', 'wifi-interface', 'bluetooth'] as const).find((option) => given.isGiven(option));
  if (networked !== undefined) return refuseOption('option-invalid', networked, `A passive lock has no network and no radio. Leave --${networked} away, or leave --passive away.`);
  return andThen(readLock(given), (lock) => ok({ ...lock, profile: 'passive' }));
};

const readLock = (given: Told): Checked<LockConfig> => {
  const [data, workbenchPort, name] = [andThen(given.text('data'), dataDirectory), andThen(given.text('workbench-port'), portNumber('workbench-port')), andThen(given.text('name'), shortName)];
  if (!data.ok) return data;
  if (!workbenchPort.ok) return workbenchPort;
  return name.ok ? ok({ data: data.value, workbenchPort: workbenchPort.value, name: name.value }) : name;
};

const adapterName = (text: string): Checked<AdapterName | undefined> => {
  const name = parseAdapter(text);
  return name !== undefined || text === 'off' ? ok(name) : refuseOption('option-invalid', 'bluetooth', 'Bluetooth is an adapter of this machine, like hci0, a socket that speaks HCI, like h4:/run/radio, or off.');
};

const brokerAddress = (text: string): Checked<BrokerAddress> => {
  const url = URL.parse(text);
  if (url === null || url.protocol !== 'mqtts:' || url.hostname === '') return notABroker();
  if (url.username !== '' || url.password !== '' || !['', '/'].includes(url.pathname) || url.search !== '' || url.hash !== '') return notABroker();
  const chosen = andThen(url.port === '' ? ok(DEFAULT_BROKER_PORT) : portNumber('broker')(url.port), (value) => (value === 0 ? notABroker() : ok(value)));
  return chosen.ok ? ok({ host: url.hostname.replace(/^\[(.*)\]$/, '$1'), port: chosen.value }) : notABroker();
};

const notABroker = (): Checked<never> =>
  refuseOption('option-invalid', 'broker', 'The broker is given as mqtts://HOST or mqtts://HOST:PORT, as in mqtts://localhost:8883.');

// Linux: at most 15 characters, no slash or space. Where systemd starts wpa_supplicant for one interface, its file is here.
const wifiOf = (name: string, file: Checked<string>): Checked<Config['wifi']> =>
  /^[A-Za-z0-9_.-]{1,15}$/.test(name)
    ? ok({ interface: name, file: file.ok ? resolve(file.value) : `/etc/wpa_supplicant/wpa_supplicant-${name}.conf` })
    : refuseOption('option-invalid', 'wifi-interface', 'Give the interface by its name, as in wlan0.');

const certificateFile = (text: string): Checked<string> => {
  const path = resolve(text);
  const content = readBounded(path);
  if (!content.ok && content.error.code === 'file-missing') return refuseOption('file-missing', 'broker-ca', `${path} does not exist. Start the hub first: it writes its link CA there; or give --broker-ca.`);
  if (!content.ok) return refuseOption('file-unreadable', 'broker-ca', `${path} cannot be read (${content.error.system}). Give this user access to it.`);
  const pem = fromUtf8(content.value);
  return PEM_CERTIFICATE.test(pem) ? ok(pem) : refuseOption('option-invalid', 'broker-ca', `${path} holds no PEM certificate. Give the hub's link CA.`);
};

const mechanismOf = (text: string): Checked<Mechanism> => {
  const mechanism = parseMechanism(text);
  return mechanism === undefined ? refuseOption('option-invalid', 'mechanism', `Give a mechanism that is one of ${MECHANISM_FORM}.`) : ok(mechanism);
};
