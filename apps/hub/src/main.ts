// A hub: store, keys, broker, HTTP. It opens no door: it stores, relays, shows. Whoever starts it gets where it listens and, until
// somebody owns it, the claim link.

import { randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { required } from '@mortise/base/assert.ts';
import type { Bytes } from '@mortise/base/bytes.ts';
import { parseIdentifier, type LockId } from '@mortise/base/identifiers.ts';
import { instant, type Instant } from '@mortise/base/instant.ts';
import { nodeCrypto } from '@mortise/node/crypto.ts';
import { StartError, type HubConfig } from './config.ts';
import { createApp } from './http/app.ts';
import { createCeremonies } from './http/ceremonies.ts';
import { newClaimToken } from './http/claim.ts';
import type { Web } from './http/mount.ts';
import { createRateBound } from './http/rate.ts';
import { closeServer, createHttpServer, listen } from './http/server.ts';
import { createHolds } from './http/signed-in.ts';
import { createSockets } from './http/sockets.ts';
import type { Hub } from './hub.ts';
import { loadHubKeys } from './hub-keys.ts';
import { createLive } from './live.ts';
import { createLog, kindOf } from './log.ts';
import { createBroker, type Broker } from './mqtt/broker.ts';
import { linkEvents, linkOut } from './mqtt/link.ts';
import { createPresence } from './mqtt/presence.ts';
import { createRosterDelivery } from './mqtt/roster-delivery.ts';
import { createSessions } from './mqtt/sessions.ts';
import { lockKeys } from './store/lock-store.ts';
import { openStore, type Store } from './store/open-store.ts';

export type RunningHub = {
  /** The first allowed origin. */
  readonly url: string;
  /** Until the hub has an owner. */
  readonly claimUrl?: string;
  readonly brokerPort: number;
  /** PEM: what a lock in factory state must be given to trust the broker. */
  readonly brokerCaPath: string;
  readonly close: () => Promise<void>;
};

const APP_DIRECTORY = fileURLToPath(new URL('../../web/dist', import.meta.url));
const STRANGERS = { burst: 60, perMinute: 60, maxKeys: 4096 };
const LOOPBACK = '127.0.0.1';

/** Throws `StartError` when the world is not as the config says. */
export const startHub = async (config: HubConfig): Promise<RunningHub> => {
  const store = await opened(config.data);
  try {
    return await start(config, store);
  } catch (error) {
    await store.close();
    throw error;
  }
};

const start = async (config: HubConfig, store: Store): Promise<RunningHub> => {
  const now = (): Instant => instant((config.now ?? Date.now)());
  const log = createLog(config.log ?? ((line) => { process.stderr.write(`${line}\n`); }), now);
  const names = config.origins.map((origin) => new URL(origin).hostname);
  const keys = await loadHubKeys(store.database, names, now());
  const presence = createPresence();
  // The link needs the hub and the hub the link: the broker is filled in once it is there.
  const through: { broker?: Broker } = {};
  const hub: Hub = {
    database: store.database, crypto: nodeCrypto, keys, now, random, log, live: createLive(), adopted: await adoptedLocks(store),
    presence, sessions: createSessions(random), link: linkOut(() => through.broker, { presence, now }),
  };
  const rosters = createRosterDelivery();
  const broker = await createBroker(keys, linkEvents(hub, rosters), log);
  through.broker = broker;
  let origins = config.origins;
  const web: Web = { hub, origins: () => origins, ceremonies: createCeremonies(random), holds: createHolds(), strangers: createRateBound(STRANGERS) };
  const app = createApp(web, (lockId) => rosters.deliver(hub, lockId), config.appDirectory ?? APP_DIRECTORY);
  const server = createHttpServer(app, config.tls);
  const sockets = createSockets(web);
  sockets.attach(server);
  // A hub that is reached as localhost only is not shown to the network.
  const host = names.every((name) => name === 'localhost') ? LOOPBACK : undefined;
  const port = await listening('MORTISE_PORT', config.port, () => listen(server, config.port, host));
  if (origins.length === 0) origins = [`${config.tls === undefined ? 'http' : 'https'}://localhost:${port}`];
  const brokerPort = await listening('MORTISE_MQTT_PORT', config.brokerPort, () => broker.listen(config.brokerPort, host)).catch(async (error: unknown) => {
    await closeServer(server);
    throw error;
  });
  const close = async (): Promise<void> => {
    sockets.close();
    await closeServer(server);
    await broker.close();
    await store.close();
  };
  const url = required(origins[0], 'there is an origin');
  const token = await newClaimToken(hub);
  const brokerCaPath = join(config.data, 'link-ca.pem');
  writeFileSync(brokerCaPath, keys.ca.certificate);
  return { url, brokerPort, brokerCaPath, close, ...(token === undefined ? {} : { claimUrl: `${url}/claim#${token}` }) };
};

const random = (length: number): Bytes => new Uint8Array(randomBytes(length));

const adoptedLocks = async (store: Store): Promise<Map<LockId, Bytes>> =>
  new Map((await lockKeys(store.database)).map(([id, key]) => [required(parseIdentifier<LockId>(id), 'stored lock ids are identifiers'), key]));

const opened = async (data: string): Promise<Store> => {
  const store = await openStore(data);
  if (store.ok) return store.value;
  const { code, detail } = store.error;
  const advice = {
    'data-unwritable': `The directory ${data} cannot be written. Choose another one with MORTISE_DATA.`,
    'database-busy': `Another hub uses ${data}. Stop it, or choose another directory with MORTISE_DATA.`,
    'database-unreadable': `${data}/hub.sqlite cannot be opened. Look at its permissions and at the disk.`,
    'database-corrupt': `${data}/hub.sqlite is damaged; nothing was written to it. Put back a backup.`,
    'schema-newer': `${data}/hub.sqlite was written by a later Mortise. Start that one.`,
  } as const;
  throw new StartError(code, `${advice[code]} (${detail})`);
};

const listening = async (setting: string, port: number, begin: () => Promise<number>): Promise<number> => {
  try {
    return await begin();
  } catch (error) {
    const code = kindOf(error);
    if (code === 'EADDRINUSE') throw new StartError('port-taken', `Port ${port} is taken. Stop what uses it, or choose another with ${setting}.`);
    throw new StartError('port-refused', `Port ${port} cannot be used (${code}). Choose another with ${setting}.`);
  }
};
