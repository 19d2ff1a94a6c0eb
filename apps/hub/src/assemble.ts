// A hub put together and not yet listening: store, keys, broker, routes. Tests ask it without a network.

import { randomBytes } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { required } from '@mortise/base/assert.ts';
import type { Bytes } from '@mortise/base/bytes.ts';
import { parseIdentifier, type LockId } from '@mortise/base/identifiers.ts';
import { instant, type Instant } from '@mortise/base/instant.ts';
import { nodeCrypto } from '@mortise/node/crypto.ts';
import { loadDrafts } from './adoption.ts';
import { StartError, type HubConfig } from './config.ts';
import { createApp } from './http/app.ts';
import { createCeremonies } from './http/ceremonies.ts';
import { clientAddressBehind } from './http/client-address.ts';
import type { App, Web } from './http/mount.ts';
import type { Origins } from './http/origins.ts';
import { createRateBound } from './http/rate.ts';
import { createHolds } from './http/signed-in.ts';
import type { Hub } from './hub.ts';
import { loadHubKeys } from './hub-keys.ts';
import { createLive } from './live.ts';
import { createLog, kindOf } from './log.ts';
import { createBroker, type Broker } from './mqtt/broker.ts';
import { createDelivery } from './mqtt/delivery.ts';
import { createHearing } from './mqtt/hearing.ts';
import { linkEvents, linkOut, type Desks } from './mqtt/link.ts';
import { createPresence } from './mqtt/presence.ts';
import { createSessions } from './mqtt/sessions.ts';
import { createMailer } from './notify/mail.ts';
import { createOutgoing } from './notify/outgoing.ts';
import type { Senders } from './notify/sender.ts';
import { createTexter } from './notify/sms.ts';
import { announceGrant, announceGrantsAt, announceRevoked } from './grants/announce.ts';
import { lockKeys, uncertifiedLocks } from './store/lock-store.ts';
import { finishResets, wasReset } from './removal.ts';
import type { OpenedRoster } from './opened-roster.ts';
import { openStore, type Store } from './store/open-store.ts';

export type Assembled = {
  readonly hub: Hub; readonly web: Web; readonly app: App; readonly broker: Broker; readonly desks: Desks;
  /** Ends the queue of messages, the broker and the store. */
  readonly close: () => Promise<void>;
};

const APP_DIRECTORY = fileURLToPath(new URL('../../web/dist', import.meta.url));
const STRANGERS = { burst: 60, perMinute: 60, maxKeys: 4096 };
const COURIERS = { burst: 120, perMinute: 60, maxKeys: 4096 };
const UPDATES = { burst: 1200, perMinute: 600, maxKeys: 4096 };

/** Throws `StartError` when the data directory is not as it should be. */
export const assembleHub = async (config: HubConfig, origins: Origins): Promise<Assembled> => {
  const store = await opened(config.data);
  try {
    return await assemble(config, origins, store);
  } catch (error) {
    await store.close();
    throw error;
  }
};

const assemble = async (config: HubConfig, origins: Origins, store: Store): Promise<Assembled> => {
  const now = (): Instant => instant((config.now ?? Date.now)());
  const log = createLog(config.log ?? ((line) => { process.stderr.write(`${line}\n`); }), now);
  const keys = await loadHubKeys(store.database, config.origins.map((origin) => new URL(origin).hostname), now());
  const presence = createPresence();
  // The link needs the hub and the hub the link: the broker is filled in once it is there.
  const through: { broker?: Broker } = {};
  const { database, scrub } = store;
  const outgoing = createOutgoing({ database, scrub, now, log }, sendersOf(config), (grantId) => announceGrant(hub, grantId));
  const hub: Hub = {
    database, scrub, crypto: nodeCrypto, keys, now, random, log, live: createLive(), adopted: await adoptedLocks(store), uncertified: await uncertified(store), drafts: new Set(),
    askedAgain: new Map<LockId, { readonly seq: number; readonly at: number }>(), openedRosters: new Map<LockId, OpenedRoster>(), outgoing, presence, sessions: createSessions(random), link: linkOut(() => through.broker, { presence, now }),
  };
  await loadDrafts(hub);
  const delivery = createDelivery((lockId) => announceGrantsAt(hub, lockId));
  const desks = { delivery, hearing: createHearing(delivery, { revoked: announceRevoked, reset: (at, lockId, rule) => wasReset({ hub: at, delivery }, lockId, rule) }) };
  await finishResets({ hub, delivery });
  const broker = await createBroker(keys, linkEvents(hub, desks), log);
  through.broker = broker;
  const web: Web = { hub, origins, ceremonies: createCeremonies(random), holds: createHolds(), strangers: createRateBound(STRANGERS), couriers: createRateBound(COURIERS), updates: createRateBound(UPDATES), clientAddress: clientAddressBehind(config.trustedProxies ?? []) };
  const app = createApp(web, desks, { directory: config.appDirectory ?? APP_DIRECTORY, near: config.near ?? (() => []) });
  wakeInTime(hub);
  const close = async (): Promise<void> => {
    await outgoing.close();
    await broker.close();
    await store.close();
  };
  return { hub, web, app, broker, desks, close };
};

const sendersOf = ({ mail, sms }: HubConfig): Senders => ({ ...(mail && { mail: createMailer(mail) }), ...(sms && { sms: createTexter(sms) }) });

/** What a hub had to send when it ended, it sends now. */
const wakeInTime = ({ outgoing, log }: Hub): void => {
  outgoing.wake().catch((error: unknown) => { log('outgoing-failed', { code: kindOf(error) }); });
};

const random = (length: number): Bytes => new Uint8Array(randomBytes(length));

const adoptedLocks = async (store: Store): Promise<Map<LockId, Bytes>> =>
  new Map((await lockKeys(store.database)).map(([id, key]) => [required(parseIdentifier<LockId>(id), 'stored lock ids are identifiers'), key]));

const uncertified = async (store: Store): Promise<Set<LockId>> =>
  new Set((await uncertifiedLocks(store.database)).map((id) => required(parseIdentifier<LockId>(id), 'stored lock ids are identifiers')));

const opened = async (data: string): Promise<Store> => {
  const store = await openStore(data);
  if (store.ok) return store.value;
  const { code, detail } = store.error;
  const advice = {
    'data-unwritable': `The directory ${data} cannot be made or written. Choose another one with MORTISE_DATA.`,
    'database-busy': `Another hub uses ${data}. Stop it, or choose another directory with MORTISE_DATA.`,
    'database-unreadable': `${data}/hub.sqlite cannot be opened. Look at its permissions and at the disk.`,
    'database-corrupt': `${data}/hub.sqlite is damaged; nothing was written to it. Put back a backup.`,
    'schema-newer': `${data}/hub.sqlite was written by a later Mortise. Start that one.`,
    'schema-refused': `${data}/hub.sqlite cannot be brought up to date; nothing in it was changed. Look for room on the disk, or put back a backup.`,
  } as const;
  throw new StartError(code, `${advice[code]} (${detail})`);
};
