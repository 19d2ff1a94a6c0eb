// A hub that listens. It opens no door: it stores, relays, shows. Whoever starts it gets where it listens and, until somebody owns
// it, the claim link.

import { join } from 'node:path';
import { required } from '@mortise/base/assert.ts';
import { utf8 } from '@mortise/base/bytes.ts';
import { writeDurably } from '@mortise/node/durable-file.ts';
import { assembleHub, type Assembled } from './assemble.ts';
import { StartError, type HubConfig } from './config.ts';
import { newClaimToken } from './http/claim.ts';
import { closeServer, createHttpServer, listen } from './http/server.ts';
import { createSockets } from './http/sockets.ts';
import { kindOf } from './log.ts';

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

const LOOPBACK = '127.0.0.1';
const PUBLIC_FILE = 0o644;

/** Throws `StartError` when the world is not as the config says. */
export const startHub = async (config: HubConfig): Promise<RunningHub> => {
  const origins = { list: config.origins };
  const assembled = await assembleHub(config, () => origins.list);
  try {
    return await start(config, assembled, origins);
  } catch (error) {
    await assembled.close();
    throw error;
  }
};

const start = async (config: HubConfig, { hub, web, app, broker, close }: Assembled, origins: { list: readonly string[] }): Promise<RunningHub> => {
  const server = createHttpServer(app, config.tls);
  const sockets = createSockets(web);
  sockets.attach(server);
  // A hub that is reached as localhost only is not shown to the network.
  const host = config.origins.every((origin) => new URL(origin).hostname === 'localhost') ? LOOPBACK : undefined;
  const port = await listening('MORTISE_PORT', config.port, () => listen(server, config.port, host));
  if (origins.list.length === 0) origins.list = [`${config.tls === undefined ? 'http' : 'https'}://localhost:${port}`];
  const end = async (): Promise<void> => {
    sockets.close();
    await closeServer(server);
  };
  try {
    const brokerPort = await listening('MORTISE_MQTT_PORT', config.brokerPort, () => broker.listen(config.brokerPort, host));
    const url = required(origins.list[0], 'there is an origin');
    const token = await newClaimToken(hub);
    return {
      url, brokerPort, brokerCaPath: writeCa(config.data, hub.keys.ca.certificate), close: () => end().then(close),
      ...(token === undefined ? {} : { claimUrl: `${url}/claim#${token}` }),
    };
  } catch (error) {
    // A port that stayed open would keep the process, and answer for a hub that is not there.
    await end();
    throw error;
  }
};

const writeCa = (data: string, certificate: string): string => {
  const path = join(data, 'link-ca.pem');
  const written = writeDurably(path, utf8(certificate), PUBLIC_FILE);
  if (!written.ok) throw new StartError('data-unwritable', `${path} cannot be written (${written.error.system}). Make room, or choose another directory with MORTISE_DATA.`);
  return path;
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
