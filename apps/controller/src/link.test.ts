import assert from 'node:assert/strict';
import test from 'node:test';
import { fromUtf8, utf8 } from '@mortise/base/bytes.ts';
import { createCa, factoryCertificate, issueLinkCertificate } from '@mortise/node/certificates.ts';
import { lockIdOf } from '@mortise/node/lock-id-of-certificate.ts';
import { generateP256KeyPair, privateKeyPem } from '@mortise/node/p256-keys.ts';
import { startTestBroker, type TestBroker } from './broker.fixture.ts';
import { createLog } from '@mortise/device/log.ts';
import { Link, type LinkCredentials } from './link.ts';

const identity = generateP256KeyPair();
const linkKeys = generateP256KeyPair();
const lockId = lockIdOf(identity.publicKey);
const factory = await factoryCertificate(identity);

const credentials = (ca: string): LinkCredentials => ({ certificate: factory, privateKey: privateKeyPem(identity), ca });

type Rig = { readonly link: Link; readonly events: string[]; readonly lines: string[] };

const rig = (broker: { readonly port: number }, given: LinkCredentials, host = 'localhost'): Rig => {
  const events: string[] = [];
  const lines: string[] = [];
  const link = new Link({
    broker: { host, port: broker.port }, lockId, credentials: given, random: () => 0, backoff: { firstMs: 10, longestMs: 40 },
    log: createLog((line) => lines.push(line), () => 0),
    events: { up: () => events.push('up'), down: () => events.push('down'), message: (payload) => events.push(`message ${fromUtf8(payload)}`) },
  });
  return { link, events, lines };
};

const until = async (what: string, done: () => boolean): Promise<void> => {
  for (let i = 0; i < 400 && !done(); i += 1) await new Promise((resolve) => setTimeout(resolve, 5));
  assert.ok(done(), what);
};

const said = (broker: TestBroker): string[] => broker.heard.map(({ leaf, kind, payload }) => `${String(kind)} ${leaf} ${fromUtf8(payload)}`);

test('comes up with the factory certificate, carries messages both ways, says goodbye', async () => {
  const broker = await startTestBroker();
  const { link, events } = rig(broker, credentials(broker.ca.certificate));
  link.want(true);
  await until('up', () => link.state().up);
  link.send(utf8('hello'));
  await until('heard', () => broker.heard.length === 2);
  broker.send(lockId, utf8('there'));
  await until('taken', () => events.length === 2);
  await link.close();
  await until('goodbye', () => broker.heard.length === 3);
  assert.deepEqual(said(broker), ['factory link up', 'factory out hello', 'factory link down']);
  assert.deepEqual(events, ['up', 'message there', 'down']);
  await broker.close();
});

test('an address dialled by number is checked by number', async () => {
  const broker = await startTestBroker();
  const { link } = rig(broker, credentials(broker.ca.certificate), '127.0.0.1');
  link.want(true);
  await until('up', () => link.state().up);
  await link.close();
  await broker.close();
});

test('a lost link comes back by itself, and the broker was told by the last will', async () => {
  const broker = await startTestBroker();
  const { link, events } = rig(broker, credentials(broker.ca.certificate));
  link.want(true);
  // What is on its way when the link breaks is forgotten: without this wait the first word could be lost with it.
  await until('heard', () => broker.heard.length === 1);
  broker.cut();
  await until('up again', () => events.length === 3 && link.state().up);
  assert.deepEqual(events, ['up', 'down', 'up']);
  await until('will', () => said(broker).filter((line) => line.endsWith('link up')).length === 2);
  assert.ok(said(broker).includes('factory link down'));
  await link.close();
  await broker.close();
});

test('a broker that comes later, or comes back on the same port, is found', async () => {
  const ca = await createCa();
  const first = await startTestBroker({ ca });
  await first.close();
  const { link, events, lines } = rig(first, credentials(ca.certificate));
  link.want(true);
  await until('tried', () => lines.length >= 2);
  assert.match(lines[0] ?? '', /"event":"link-failed","why":"econnrefused"/);
  const second = await startTestBroker({ ca, port: first.port });
  await until('up', () => link.state().up);
  assert.deepEqual(events, ['up']);
  await link.close();
  await second.close();
});

test('switched off stays off; switched on comes back', async () => {
  const broker = await startTestBroker();
  const { link, events } = rig(broker, credentials(broker.ca.certificate));
  link.want(true);
  await until('up', () => link.state().up);
  link.want(false);
  assert.deepEqual([link.state(), events], [{ wanted: false, up: false }, ['up', 'down']]);
  await until('disconnected', () => broker.connections() === 0);
  link.send(utf8('nobody hears this'));
  await new Promise((resolve) => setTimeout(resolve, 60));
  assert.equal(broker.connections(), 0);
  link.want(true);
  await until('up again', () => link.state().up);
  await link.close();
  await broker.close();
});

test('after adoption the link certificate is used, once what was sent has gone out', async () => {
  const broker = await startTestBroker();
  const { link } = rig(broker, credentials(broker.ca.certificate));
  link.want(true);
  await until('up', () => link.state().up);
  link.send(utf8('last word'));
  const certificate = await issueLinkCertificate(broker.ca, lockId, linkKeys.publicKey);
  await link.use({ certificate, privateKey: privateKeyPem(linkKeys), ca: broker.ca.certificate });
  await until('up again', () => link.state().up);
  link.send(utf8('first word'));
  await until('heard', () => said(broker).includes('adopted out first word'));
  assert.deepEqual(said(broker), ['factory link up', 'factory out last word', 'factory link down', 'adopted link up', 'adopted out first word']);
  await link.close();
  await broker.close();
});

test('a broker of another authority, one without TLS 1.3, and one of another name get nothing', async () => {
  const [ca, other] = [await createCa(), await createCa()];
  const impostors = [
    [await startTestBroker({ ca: other }), 'localhost'],
    [await startTestBroker({ ca, tls: 'TLSv1.2' }), 'localhost'],
    [await startTestBroker({ ca }), '127.0.0.2'],
  ] as const;
  for (const [impostor, host] of impostors) {
    const { link, events, lines } = rig(impostor, credentials(ca.certificate), host);
    link.want(true);
    await until('refused twice', () => lines.length >= 2);
    assert.deepEqual([events, impostor.heard], [[], []]);
    assert.match(lines[0] ?? '', /link-failed/);
    await link.close();
    await impostor.close();
  }
});

test('credentials that cannot be read are said and tried again, and nothing falls over', async () => {
  const broker = await startTestBroker();
  const { link, lines } = rig(broker, { ...credentials(broker.ca.certificate), certificate: '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n' });
  link.want(true);
  await until('tried', () => lines.length >= 2);
  assert.match(lines[0] ?? '', /link-failed/);
  await link.use(credentials(broker.ca.certificate));
  await until('up', () => link.state().up);
  await link.close();
  await broker.close();
});
