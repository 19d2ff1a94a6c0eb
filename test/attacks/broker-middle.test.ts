// Somebody on the network between a lock and its hub, who answers in the broker's place with whatever certificate can be had without the hub's key. The lock is
// a process of its own, adopted at the door and told there where its hub is and by which authority. Beside the lies stands the wire that only passes on.

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect as connectPlain, createServer as createPlain, type AddressInfo, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { connect, createServer } from 'node:tls';
import { required } from '@mortise/base/assert.ts';
import { fromUtf8 } from '@mortise/base/bytes.ts';
import { parseIdentifier, type LockId } from '@mortise/base/identifiers.ts';
import { NearVisit } from '@mortise/controller/near-visit.fixture.ts';
import { decodeFromLock } from '@mortise/courier/link-message.ts';
import { createCa, factoryCertificate, issueBrokerCertificate, issueLinkCertificate } from '@mortise/node/certificates.ts';
import { nodeCrypto } from '@mortise/node/crypto.ts';
import { lockIdOf } from '@mortise/node/lock-id-of-certificate.ts';
import { generateP256KeyPair, privateKeyPem } from '@mortise/node/p256-keys.ts';
import { startTestBroker } from '../../apps/controller/src/broker.fixture.ts';
import { startProcess } from '../../apps/controller/src/process.fixture.ts';
import { TestSite } from '../../apps/controller/src/site.fixture.ts';

const root = mkdtempSync(join(tmpdir(), 'mortise-broker-middle-'));
const broker = await startTestBroker();
const servers: Server[] = [];
const lock = startProcess(['--data', join(root, 'lock'), '--workbench-port', '0']);
after(async () => {
  lock.child.kill('SIGKILL');
  for (const server of servers) server.close();
  await broker.close();
  rmSync(root, { recursive: true });
});

const portOf = (server: Server): number => {
  const address: AddressInfo | string | null = server.address();
  return required(typeof address === 'object' ? address?.port : undefined, 'it listens');
};

const listening = async <S extends Server>(server: S): Promise<S> => {
  servers.push(server);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return server;
};

/** A liar: what was said to it in confidence, and how often it was tried. */
type Liar = { readonly name: string; readonly port: number; readonly heard: string[]; tries: number };

const quiet = (socket: Socket): Socket => socket.on('error', () => { socket.destroy(); });

const liar = async (name: string, keys: ReturnType<typeof generateP256KeyPair>, certificate: string): Promise<Liar> => {
  const heard: string[] = [];
  const server = createServer({ key: fromUtf8(privateKeyPem(keys).reveal()), cert: certificate, requestCert: true, rejectUnauthorized: false }, (socket) => {
    quiet(socket).on('data', (bytes: Buffer) => heard.push(bytes.toString('latin1')));
  });
  const made: Liar = { name, port: portOf(await listening(server)), heard, tries: 0 };
  server.on('connection', (socket) => { quiet(socket); made.tries += 1; });
  return made;
};

/** Speaks no TLS and takes what comes, but for a TLS greeting, which tells nothing. */
const plain = async (): Promise<Liar> => {
  const heard: string[] = [];
  const made: Liar = { name: 'without TLS', heard, tries: 0, port: portOf(await listening(createPlain((socket) => {
    made.tries += 1;
    quiet(socket).on('data', (bytes: Buffer) => {
      if (bytes[0] !== TLS_HANDSHAKE) heard.push(bytes.toString('latin1'));
      socket.end(Buffer.from([0x20, 2, 0, 0])); // MQTT's "connected"
    });
  }))) };
  return made;
};
const TLS_HANDSHAKE = 0x16;

const liars = async (): Promise<readonly Liar[]> => {
  const [own, other, stranger] = [generateP256KeyPair(), generateP256KeyPair(), await createCa()];
  return [
    await liar('with an authority of its own', own, await issueBrokerCertificate(stranger, own.publicKey, [])),
    await liar('as a lock of the same house, which the hub’s authority certified', other, await issueLinkCertificate(broker.ca, lockIdOf(generateP256KeyPair().publicKey), other.publicKey)),
    await liar('with a certificate that signs itself', own, await factoryCertificate(own)),
    await plain(),
  ];
};

/** The wire to the hub: each connection goes to the next liar; after the last one, to the hub. */
const wireTo = async (all: readonly Liar[]): Promise<number> => {
  let count = 0;
  return portOf(await listening(createPlain((near) => {
    const far = quiet(connectPlain(all[count]?.port ?? broker.port, '127.0.0.1'));
    count += 1;
    quiet(near).pipe(far).pipe(near);
    near.on('close', () => far.destroy());
    far.on('close', () => near.destroy());
  })));
};

test('a man in the middle of the broker’s link hears nothing, whichever certificate he shows; the hub’s own is taken (attacks row 17: Nuki CVE-2022-32509)', async () => {
  const all = await liars();
  const [site, { lockId: said, workbench }] = [new TestSite(broker), await lock.first];
  const lockId = required(parseIdentifier<LockId>(said ?? ''), 'a lock id');
  const body: unknown = await lock.body();
  assert.ok(typeof body === 'object' && body !== null && 'setup' in body && typeof body.setup === 'object' && body.setup !== null && 'text' in body.setup);
  const visit = await NearVisit.open(new URL('/near', required(workbench, 'it is ready').replace('http', 'ws')).href, nodeCrypto);
  const network = { version: 1, hub: { host: 'localhost', port: await wireTo(all) }, brokerCa: broker.ca.certificate, wifi: undefined };
  assert.equal(await site.adoptNear(visit, lockId, String(body.setup.text), network), 'adopted');
  await site.until('its own word at the hub', () => broker.heard.some(({ leaf, payload }) => leaf === 'out' && decodeFromLock(payload)?.type === 'statement'));
  for (const { name, heard, tries } of all) assert.deepEqual([heard, tries], [[], 1], name);
  visit.close();
});

test('a client that checks no certificate tells the first of them all: the same liar hears it (CVE-2022-32509)', async () => {
  const [first] = await liars();
  const { port, heard } = required(first, 'a liar');
  const naive = connect({ port, host: '127.0.0.1', rejectUnauthorized: false });
  await once(naive, 'secureConnect');
  naive.write('user lock, password secret');
  for (let turn = 0; turn < 200 && heard.length === 0; turn += 1) await new Promise((resolve) => { setTimeout(resolve, 5); });
  naive.destroy();
  assert.deepEqual(heard, ['user lock, password secret']);
});
