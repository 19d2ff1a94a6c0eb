// The embedded broker: aedes behind TLS 1.3. Who a client is comes from its certificate alone (platform/node
// lock-id-of-certificate.ts), whatever it says in its packets; a lock of that id has one connection. A refused certificate, topic
// or packet ends the connection and leaves one line in the log. Delivery proves nothing: acknowledgements are end to end.

import { createServer, type Server, type TLSSocket } from 'node:tls';
import { compose, Transform, type Duplex } from 'node:stream';
import { Aedes, type Client } from 'aedes';
import type { LockId } from '@mortise/base/identifiers.ts';
import { fromUtf8, type Bytes } from '@mortise/base/bytes.ts';
import { linkTopic, parseLinkTopic } from '@mortise/courier/link-topic.ts';
import { MAX_LINK_MESSAGE_BYTES } from '@mortise/courier/link-message.ts';
import { lockIdOfCertificate, type LinkIdentity } from '@mortise/node/lock-id-of-certificate.ts';
import { privateKeyPem } from '@mortise/node/p256-keys.ts';
import type { HubKeys } from '../hub-keys.ts';
import { kindOf, type Log } from '../log.ts';
import { mayPublish, maySubscribe } from './link-access.ts';
import { followPackets, packetStart, type PacketBounds } from './packet-bound.ts';

/** A message and its topic; a lock may send bursts when it brings its journal. */
const BOUNDS: PacketBounds = { maxPacketBytes: MAX_LINK_MESSAGE_BYTES + 256, burst: 400, perSecond: 100 };
export const MAX_CONNECTIONS = 4096;
const HANDSHAKE_TIMEOUT_MS = 10_000;
const CONNECT_TIMEOUT_MS = 10_000;

export type BrokerEvents = {
  /** Whether a client with this certificate is let in now. */
  readonly admits: (identity: LinkIdentity) => boolean;
  /** The lock reads its `in` topic from now on. */
  readonly joined: (identity: LinkIdentity) => void;
  readonly left: (lockId: LockId) => void;
  readonly message: (identity: LinkIdentity, payload: Bytes) => void;
};

export type Broker = {
  readonly listen: (port: number, host: string | undefined) => Promise<number>;
  readonly send: (lockId: LockId, payload: Bytes) => void;
  readonly disconnect: (lockId: LockId) => void;
  readonly close: () => Promise<void>;
};

export const createBroker = async (keys: HubKeys, events: BrokerEvents, log: Log): Promise<Broker> => {
  const identities = new WeakMap<object, LinkIdentity>();
  const clients = new Map<LockId, Client>();
  const aedes = await Aedes.createBroker({ connectTimeout: CONNECT_TIMEOUT_MS, ...rules(identities) });
  follow(aedes, identities, clients, events, log);
  const server = tlsServer(keys);
  server.on('secureConnection', (socket) => {
    const identity = identify(socket, keys.ca.certificate, events, log);
    if (identity === undefined) return;
    const bounded = boundPackets(socket, identity, log);
    identities.set(bounded, identity);
    aedes.handle(bounded);
  });
  server.on('tlsClientError', (error) => { log('link-tls-failed', { code: kindOf(error) }); });
  return {
    listen: (port, host) => listen(server, port, host),
    send: (lockId, payload) => {
      aedes.publish({ cmd: 'publish', topic: linkTopic(lockId, 'in'), payload: Buffer.from(payload), qos: 1, retain: false, dup: false }, (error) => {
        if (error !== undefined && error !== null) log('link-send-failed', { lockId, code: kindOf(error) });
      });
    },
    disconnect: (lockId) => { clients.get(lockId)?.close(); },
    close: () => closeAll(server, aedes),
  };
};

const tlsServer = (keys: HubKeys): Server => {
  const server = createServer({
    key: fromUtf8(privateKeyPem(keys.broker.keys).reveal()),
    cert: `${keys.broker.certificate}${keys.ca.certificate}`,
    minVersion: 'TLSv1.3',
    requestCert: true,
    // A factory lock's certificate is its own; whom to believe is decided in identify().
    rejectUnauthorized: false,
    handshakeTimeout: HANDSHAKE_TIMEOUT_MS,
  });
  server.maxConnections = MAX_CONNECTIONS;
  return server;
};

const identify = (socket: TLSSocket, caPem: string, events: BrokerEvents, log: Log): LinkIdentity | undefined => {
  socket.setNoDelay(true);
  const certificate = socket.getPeerX509Certificate();
  const identity = certificate === undefined ? undefined : lockIdOfCertificate(new Uint8Array(certificate.raw), caPem);
  if (identity?.ok === true && events.admits(identity.value)) return identity.value;
  const code = identity === undefined ? 'certificate-missing' : identity.ok ? 'certificate-superseded' : identity.error.code;
  log('link-refused', { code });
  socket.on('error', (error) => { log('link-failed', { code: kindOf(error) }); });
  socket.destroy();
  return undefined;
};

const boundPackets = (socket: TLSSocket, { lockId }: LinkIdentity, log: Log): Duplex => {
  let state = packetStart(BOUNDS, performance.now());
  const incoming = new Transform({
    transform: (chunk: Buffer, _encoding, done) => {
      const followed = followPackets(state, chunk, BOUNDS, performance.now());
      if (!followed.ok) {
        log('link-cut', { lockId, code: followed.error.code });
        socket.destroy();
        return;
      }
      state = followed.value;
      done(null, chunk);
    },
  });
  socket.on('error', (error) => {
    // A stream that is let go while open says so by this error; the link's end is logged as such.
    if (kindOf(error) !== 'ABORT_ERR') log('link-failed', { lockId, code: kindOf(error) });
  });
  socket.on('close', () => { incoming.destroy(); });
  return compose(socket, incoming);
};

type Rules = Pick<NonNullable<ConstructorParameters<typeof Aedes>[0]>, 'preConnect' | 'authorizePublish' | 'authorizeSubscribe'>;

const rules = (identities: WeakMap<object, LinkIdentity>): Rules => ({
  preConnect: (client, packet, callback) => {
    const identity = identities.get(client.conn);
    // aedes knows clients by the name they give themselves; here it is the certificate's, so that nobody takes another's place.
    if (identity !== undefined) packet.clientId = identity.lockId;
    // Nothing is kept for who has left: what a lock must hear is sent when it is here, and anybody could leave a session behind.
    packet.clean = true;
    callback(null, identity !== undefined);
  },
  authorizePublish: (client, packet, callback) => {
    const identity = client === null ? undefined : identities.get(client.conn);
    const allowed = identity !== undefined && mayPublish(identity.lockId, packet);
    callback(allowed ? null : new RefusedError('publish'));
  },
  authorizeSubscribe: (client, subscription, callback) => {
    const identity = identities.get(client.conn);
    const allowed = identity !== undefined && maySubscribe(identity.lockId, subscription.topic);
    callback(allowed ? null : new RefusedError('subscribe'), allowed ? subscription : null);
  },
});

/** A client asked for a topic that is not its own. Thrown by nobody: aedes takes refusals as errors and ends the connection. */
class RefusedError extends Error {
  override readonly name = 'RefusedError';
  readonly code: string;
  constructor(what: 'publish' | 'subscribe') {
    super(what);
    this.code = `${what}-refused`;
  }
}

const follow = (aedes: Aedes, identities: WeakMap<object, LinkIdentity>, clients: Map<LockId, Client>, events: BrokerEvents, log: Log): void => {
  aedes.on('subscribe', (subscriptions, client) => {
    const identity = identities.get(client.conn);
    if (identity === undefined || !subscriptions.some(({ topic }) => topic === linkTopic(identity.lockId, 'in'))) return;
    clients.set(identity.lockId, client);
    events.joined(identity);
  });
  aedes.on('clientDisconnect', (client) => {
    const identity = identities.get(client.conn);
    if (identity === undefined || clients.get(identity.lockId) !== client) return;
    clients.delete(identity.lockId);
    events.left(identity.lockId);
  });
  aedes.on('publish', (packet, client) => {
    const identity = client === null ? undefined : identities.get(client.conn);
    const topic = parseLinkTopic(packet.topic);
    if (identity === undefined || topic?.leaf !== 'out' || typeof packet.payload === 'string') return;
    events.message(identity, new Uint8Array(packet.payload));
  });
  aedes.on('clientError', (client, error) => { log('link-ended', { lockId: identities.get(client.conn)?.lockId ?? '', code: kindOf(error) }); });
  aedes.on('connectionError', (_client, error) => { log('link-ended', { code: kindOf(error) }); });
};

const listen = (server: Server, port: number, host: string | undefined): Promise<number> =>
  new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.off('error', reject);
      const address = server.address();
      resolve(typeof address === 'object' && address !== null ? address.port : port);
    });
  });

const closeAll = (server: Server, aedes: Aedes): Promise<void> =>
  new Promise((resolve) => {
    aedes.close(() => { server.close(() => { resolve(); }); });
  });
