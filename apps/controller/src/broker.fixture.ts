// A broker as a hub would run it, for tests of a lock's side: TLS 1.3, the link CA, and a record of everything that was said. It
// takes any client certificate and lets the test look at it.

import { createServer, type SecureVersion, type TLSSocket } from 'node:tls';
import { Aedes } from 'aedes';
import { assert } from '@mortise/base/assert.ts';
import { fromUtf8, type Bytes } from '@mortise/base/bytes.ts';
import type { LockId } from '@mortise/base/identifiers.ts';
import { linkTopic, parseLinkTopic, type TopicLeaf } from '@mortise/courier/link-topic.ts';
import { createCa, issueBrokerCertificate, type CertificateAuthority } from '@mortise/node/certificates.ts';
import { lockIdOfCertificate, type LinkIdentity } from '@mortise/node/lock-id-of-certificate.ts';
import { generateP256KeyPair, privateKeyPem } from '@mortise/node/p256-keys.ts';

export type Heard = { readonly lockId: LockId; readonly leaf: TopicLeaf; readonly payload: Bytes; readonly kind: LinkIdentity['kind'] | undefined };

export type TestBroker = {
  readonly port: number;
  readonly ca: CertificateAuthority;
  readonly heard: Heard[];
  /** Called with each message as it comes. */
  listener: (message: Heard) => void;
  /** Called when a lock has subscribed. */
  joined: (lockId: LockId) => void;
  readonly send: (lockId: LockId, payload: Bytes) => void;
  /** Cuts every connection without a word. */
  readonly cut: () => void;
  readonly connections: () => number;
  readonly close: () => Promise<void>;
};

export const startTestBroker = async (options: { readonly ca?: CertificateAuthority; readonly port?: number; readonly tls?: SecureVersion } = {}): Promise<TestBroker> => {
  const ca = options.ca ?? (await createCa());
  const keys = generateP256KeyPair();
  const aedes = await Aedes.createBroker({});
  const sockets = new Set<TLSSocket>();
  const identities = new WeakMap<object, LinkIdentity>();
  const server = createServer({
    key: fromUtf8(privateKeyPem(keys).reveal()), cert: await issueBrokerCertificate(ca, keys.publicKey, []), minVersion: options.tls ?? 'TLSv1.3',
    maxVersion: options.tls ?? 'TLSv1.3', requestCert: true, rejectUnauthorized: false,
  }, (socket) => {
    const raw = socket.getPeerX509Certificate()?.raw;
    const identity = raw && lockIdOfCertificate(new Uint8Array(raw), ca.certificate);
    if (identity?.ok === true) identities.set(socket, identity.value);
    sockets.add(socket);
    socket.setNoDelay(true);
    socket.on('close', () => sockets.delete(socket)).on('error', () => sockets.delete(socket));
    aedes.handle(socket);
  });
  await new Promise<void>((resolve) => server.listen(options.port ?? 0, '0.0.0.0', resolve));
  const address = server.address();
  assert(address !== null && typeof address === 'object', 'a listening server has a port');
  const broker: TestBroker = {
    port: address.port, ca, heard: [], listener: () => undefined, joined: () => undefined,
    send: (lockId, payload) => aedes.publish({ cmd: 'publish', topic: linkTopic(lockId, 'in'), payload: Buffer.from(payload), qos: 1, retain: false, dup: false }, () => undefined),
    cut: () => sockets.forEach((socket) => socket.destroy()),
    connections: () => sockets.size,
    close: () => new Promise((resolve) => {
      sockets.forEach((socket) => socket.destroy());
      aedes.close(() => server.close(() => resolve()));
    }),
  };
  aedes.on('publish', (packet, client) => {
    const topic = parseLinkTopic(packet.topic);
    if (client === null || topic === undefined || typeof packet.payload === 'string') return;
    const message: Heard = { ...topic, payload: new Uint8Array(packet.payload), kind: identities.get(client.conn)?.kind };
    broker.heard.push(message);
    broker.listener(message);
  });
  aedes.on('subscribe', (subscriptions) => {
    const lockId = parseLinkTopic(subscriptions[0]?.topic ?? '')?.lockId;
    if (lockId !== undefined) broker.joined(lockId);
  });
  return broker;
};
