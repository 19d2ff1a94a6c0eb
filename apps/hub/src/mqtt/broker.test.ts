// Who gets on the link and what they may do there. Each thing that is refused stands beside the same thing done rightly.

import assert from 'node:assert/strict';
import { connect as connectTls } from 'node:tls';
import { test, type TestContext } from 'node:test';
import { connect as connectMqtt } from 'mqtt';
import { utf8 } from '@mortise/base/bytes.ts';
import { decodeTimeAsk, encodeTimeAsk } from '@mortise/courier/link-body.ts';
import { linkTopic } from '@mortise/courier/link-topic.ts';
import { exampleLock } from '@mortise/documents/example-site.ts';
import { openTimeAnswer, timeKeyPayload, timeKeyToSign } from '@mortise/documents/time.ts';
import { signWith } from '@mortise/documents/example-site.ts';
import { instant } from '@mortise/base/instant.ts';
import { nodeCrypto } from '@mortise/node/crypto.ts';
import { testHub } from '../testing/hub.fixture.ts';
import { adoptedBodyFor, claimHub } from '../testing/owner.fixture.ts';
import { adoptedCredentials, dial, factoryCredentials, joinLink, statusBody, type LinkCredentials } from '../testing/lock.fixture.ts';

const [lock, other] = [exampleLock('lock'), exampleLock('other')];

const linked = async (t: TestContext) => {
  const hub = await testHub();
  t.after(hub.end);
  const port = await hub.broker.listen(0, '127.0.0.1');
  const { ca } = hub.hub.keys;
  return { hub, port, ca, join: (credentials: LinkCredentials, id = lock.lockId) => joinLink(port, ca.certificate, credentials, id) };
};

void test('a factory lock and an adopted lock get on; wrong certificates do not', async (t) => {
  const { port, ca, join } = await linked(t);
  const factory = await join(await factoryCredentials(lock));
  assert.equal((await factory.next('status-ask')).type, 'status-ask');
  const adopted = await join(await adoptedCredentials(other.lockId, ca), other.lockId);
  assert.equal((await adopted.next('status-ask')).type, 'status-ask');
  const strangers: readonly (readonly [string, Promise<LinkCredentials>])[] = [
    ['by another authority', adoptedCredentials(lock.lockId)],
    ['no lock id', adoptedCredentials(lock.lockId, ca).then((good) => ({ ...good, certificate: '', key: '' }))],
  ];
  for (const [label, credentials] of strangers) await assert.rejects(async () => dial(port, ca.certificate, await credentials, lock.lockId), label);
  await Promise.all([factory.end(), adopted.end()]);
});

void test('nothing is kept for who has left: a stranger cannot fill the hub with sessions', async (t) => {
  const { port, ca } = await linked(t);
  const { certificate, key } = await factoryCredentials(lock);
  const visit = async (): Promise<boolean> => {
    const client = connectMqtt({ protocol: 'mqtts', host: 'localhost', port, ca: ca.certificate, cert: certificate, key, clean: false, reconnectPeriod: 0, protocolVersion: 4, clientId: lock.lockId });
    const present = await new Promise<boolean>((resolve, reject) => {
      client.once('connect', ({ sessionPresent }) => { resolve(sessionPresent); });
      client.once('error', reject);
    });
    await client.subscribeAsync(linkTopic(lock.lockId, 'in'), { qos: 1 });
    await client.endAsync();
    return present;
  };
  assert.deepEqual([await visit(), await visit()], [false, false]);
});

void test('TLS below 1.3 is refused', async (t) => {
  const { port, ca } = await linked(t);
  const shake = (maxVersion: 'TLSv1.2' | 'TLSv1.3') => new Promise<string>((resolve) => {
    const socket = connectTls({ host: 'localhost', port, ca: ca.certificate, maxVersion });
    socket.once('secureConnect', () => { resolve(socket.getProtocol() ?? ''); socket.destroy(); });
    socket.once('error', () => { resolve('refused'); });
  });
  assert.deepEqual([await shake('TLSv1.2'), await shake('TLSv1.3')], ['refused', 'TLSv1.3']);
});

void test('a lock writes and reads its own topics and no others; each attempt ends its connection', async (t) => {
  const { hub, port, ca, join } = await linked(t);
  const credentials = await adoptedCredentials(lock.lockId, ca);
  const forbidden = [linkTopic(other.lockId, 'out'), linkTopic(other.lockId, 'in'), linkTopic(lock.lockId, 'in'), 'mortise/1/all', '$SYS/x', 'anything'];
  for (const topic of forbidden) {
    const client = await dial(port, ca.certificate, credentials, lock.lockId);
    const closed = new Promise<void>((resolve) => { client.once('close', () => { resolve(); }); });
    client.on('error', () => undefined);
    client.publish(topic, 'x', { qos: 1 });
    await closed;
  }
  for (const filter of ['#', '+/+/+/+', linkTopic(other.lockId, 'in'), linkTopic(lock.lockId, 'out'), '$SYS/#', 'mortise/1/+/in']) {
    const client = await dial(port, ca.certificate, credentials, lock.lockId);
    const closed = new Promise<void>((resolve) => { client.once('close', () => { resolve(); }); });
    client.on('error', () => undefined);
    client.subscribe(filter, { qos: 1 }, () => undefined);
    await closed;
  }
  const retained = await dial(port, ca.certificate, credentials, lock.lockId);
  const cut = new Promise<void>((resolve) => { retained.once('close', () => { resolve(); }); });
  retained.on('error', () => undefined);
  retained.publish(linkTopic(lock.lockId, 'out'), 'x', { qos: 1, retain: true });
  await cut;
  const good = await join(credentials);
  good.send('status', statusBody(lock));
  await waitFor(() => hub.hub.presence.last(lock.lockId) !== undefined);
  assert.ok(!hub.lines.join('').includes('anything'), 'topics are not logged');
  t.diagnostic(`${forbidden.length + 1} publications and 6 subscriptions refused`);
  await good.end();
});

void test('a client is who its certificate says, whatever client id it gives', async (t) => {
  const { hub, port, ca, join } = await linked(t);
  const honest = await join(await adoptedCredentials(lock.lockId, ca));
  const liar = await dial(port, ca.certificate, await adoptedCredentials(other.lockId, ca), lock.lockId);
  liar.publish(linkTopic(other.lockId, 'out'), 'noise', { qos: 1 });
  honest.send('status', statusBody(lock));
  await waitFor(() => hub.hub.presence.last(lock.lockId) !== undefined);
  assert.equal(honest.client.connected, true, 'the honest lock was not put off');
  await waitFor(() => hub.lines.some((line) => line.includes('link-message-malformed') && line.includes(other.lockId)));
  await Promise.all([honest.end(), liar.endAsync(true)]);
});

void test('once adopted, the factory certificate of a lock is worth nothing', async (t) => {
  const { hub, ca, join } = await linked(t);
  const owner = await claimHub(hub);
  const credentials = await factoryCredentials(lock);
  const factory = await join(credentials);
  factory.send('journal', utf8('not heard'));
  await waitFor(() => hub.lines.some((line) => line.includes('link-message-ignored')));
  assert.equal((await owner.browser.send('POST', '/api/locks', await adoptedBodyFor(owner, lock))).status, 200);
  await factory.ended;
  await assert.rejects(join(credentials));
  const adopted = await join(await adoptedCredentials(lock.lockId, ca));
  assert.equal(adopted.client.connected, true);
  await adopted.end();
});

void test('the hub answers a lock’s own nonce with its time, by the key that an owner certified', async (t) => {
  const { hub, ca, join } = await linked(t);
  const { site } = await claimHub(hub);
  const adopted = await join(await adoptedCredentials(lock.lockId, ca));
  const nonce = new Uint8Array(16).fill(9);
  adopted.send('time-ask', utf8('not a nonce'));
  adopted.send('time-ask', encodeTimeAsk(nonce));
  const { body } = await adopted.next('time-answer');
  const fields = { key: hub.hub.keys.time.publicKey, kind: 'hub', driftPpm: 100, until: instant(Date.UTC(2040, 0, 1)) } as const;
  const certificate = signWith(site.owner, timeKeyToSign(nodeCrypto, site.owner.publicKey, timeKeyPayload(nodeCrypto, fields)));
  const question = { lockId: lock.lockId, nonce, ownerKeys: site.ownerSet.keys, certificates: [certificate] };
  const answer = openTimeAnswer(nodeCrypto, body, question);
  assert.deepEqual(answer.ok && answer.value.instant, hub.clock.now);
  const replayed = openTimeAnswer(nodeCrypto, body, { ...question, nonce: decodeTimeAsk(encodeTimeAsk(new Uint8Array(16))) ?? nonce });
  assert.deepEqual(!replayed.ok && replayed.error.code, 'nonce-wrong');
  await adopted.end();
});

void test('a client that floods or announces too long a packet is cut off; another lock is not', async (t) => {
  const { hub, ca, join } = await linked(t);
  const bystander = await join(await adoptedCredentials(other.lockId, ca), other.lockId);
  const flood = await join(await adoptedCredentials(lock.lockId, ca));
  for (let index = 0; index < 600; index += 1) flood.client.publish(linkTopic(lock.lockId, 'out'), 'x', { qos: 0 });
  await flood.ended;
  const long = await join(await adoptedCredentials(lock.lockId, ca));
  long.client.publish(linkTopic(lock.lockId, 'out'), Buffer.alloc(70_000), { qos: 1 });
  await long.ended;
  assert.deepEqual(['too-many-packets', 'packet-too-long'].map((code) => hub.lines.some((line) => line.includes(code))), [true, true]);
  assert.equal(bystander.client.connected, true);
  await bystander.end();
});

const waitFor = async (condition: () => boolean): Promise<void> => {
  for (let tries = 0; !condition(); tries += 1) {
    assert.ok(tries < 500, 'it did not come to be in five seconds');
    await new Promise((resolve) => { setTimeout(resolve, 10); });
  }
};
