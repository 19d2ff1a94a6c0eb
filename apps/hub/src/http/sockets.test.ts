// The relay and adoption sockets: bytes pass as they are, between the browser and the lock that it asked for and nobody else. Strangers,
// other sites and absent locks are answered at once.

import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { test, type TestContext } from 'node:test';
import { MAX_FRAME_BYTES } from '@mortise/api/routes.ts';
import { CLOSE } from '@mortise/api/error.ts';
import type { Bytes } from '@mortise/base/bytes.ts';
import { encodeAdoptBody } from '@mortise/courier/link-body.ts';
import { decodeRelayFrame } from '@mortise/courier/relay-frame.ts';
import { exampleEntropy, exampleLock } from '@mortise/documents/example-site.ts';
import { WebSocket } from 'ws';
import { ORIGIN, testHub } from '../testing/hub.fixture.ts';
import { adoptedCredentials, factoryCredentials, joinLink } from '../testing/lock.fixture.ts';
import { adoptedBodyFor, claimHub } from '../testing/owner.fixture.ts';
import { MAX_SESSIONS_PER_LOCK } from '../mqtt/sessions.ts';
import { listen } from './server.ts';
import { createSockets, FRAME_EXPIRES_MS } from './sockets.ts';

const lock = exampleLock();
const factory = exampleLock('factory');

const running = async (t: TestContext) => {
  const hub = await testHub();
  const server = createServer();
  const sockets = createSockets(hub.web);
  sockets.attach(server);
  t.after(async () => {
    sockets.close();
    server.close();
    await hub.end();
  });
  const [port, brokerPort] = [await listen(server, 0, '127.0.0.1'), await hub.broker.listen(0, '127.0.0.1')];
  const owner = await claimHub(hub);
  await owner.browser.send('POST', '/api/locks', await adoptedBodyFor(owner, lock));
  const { ca } = hub.hub.keys;
  const socket = (path: string, headers: Readonly<Record<string, string>> = {}) =>
    new WebSocket(`ws://127.0.0.1:${port}${path}`, { headers: { host: 'localhost:8400', origin: ORIGIN, cookie: owner.browser.cookie(), ...headers } });
  const join = async () => joinLink(brokerPort, ca.certificate, await adoptedCredentials(lock.lockId, ca), lock.lockId);
  const joinFactory = async () => joinLink(brokerPort, ca.certificate, await factoryCredentials(factory), factory.lockId);
  return { hub, owner, socket, join, joinFactory };
};

const RELAY = `/api/locks/${lock.lockId}/relay`;

/** `open`, the refusal's HTTP status, or the close code and reason. */
const outcome = (socket: WebSocket): Promise<string> =>
  new Promise((resolve) => {
    socket.on('error', () => undefined);
    socket.once('unexpected-response', (_request, response) => { resolve(`status ${response.statusCode}`); socket.terminate(); });
    socket.once('close', (code, reason) => { resolve(`${code} ${reason.toString()}`); });
  });
const opened = (socket: WebSocket): Promise<void> => new Promise((resolve, reject) => { socket.once('open', resolve).once('error', reject); });
const frame = (socket: WebSocket): Promise<Bytes> =>
  new Promise((resolve) => { socket.once('message', (data) => { resolve(Buffer.isBuffer(data) ? new Uint8Array(data) : new Uint8Array(0)); }); });

void test('frames pass unaltered both ways, in their own session, and expire on the link', async (t) => {
  const { hub, socket, join } = await running(t);
  const linked = await join();
  const [one, two] = [socket(RELAY), socket(RELAY)];
  await Promise.all([opened(one), opened(two)]);
  const frames = [exampleEntropy('frame'), new Uint8Array(MAX_FRAME_BYTES).fill(0xa5), Uint8Array.of(0)];
  for (const sent of frames) {
    one.send(sent);
    const relayed = await linked.next('relay');
    assert.deepEqual(relayed.body, sent);
    assert.equal(relayed.expires, hub.clock.now + FRAME_EXPIRES_MS);
    const answer = frame(one);
    linked.send('relay', sent, relayed.session);
    assert.deepEqual(await answer, sent);
  }
  two.send(frames[2] ?? '');
  const other = await linked.next('relay');
  one.send(frames[2] ?? '');
  const mine = await linked.next('relay');
  assert.notDeepEqual(mine.session, other.session);
  assert.deepEqual([mine.seq, other.seq], [4, 1]);
  let leaked = 0;
  two.on('message', () => { leaked += 1; });
  linked.send('relay', frames[0] ?? new Uint8Array(1), exampleEntropy('no such session').slice(0, 8));
  const answer = frame(one);
  linked.send('relay', Uint8Array.of(7), mine.session);
  assert.deepEqual([await answer, leaked], [Uint8Array.of(7), 0]);
  one.close();
  const left = decodeRelayFrame((await linked.next('relay')).body);
  assert.deepEqual(left, { kind: 'closed', code: 'phone-left' });
  two.terminate();
  await linked.next('relay');
  assert.equal(hub.hub.sessions.count(), 0, 'a closed socket frees its session');
  assert.ok(hub.lines.every((line) => !line.includes('apdu') && !line.includes('relay"')), 'nothing is said about what passed');
  await linked.end();
});

void test('strangers, other sites, other names and other paths do not get a socket', async (t) => {
  const { socket, join } = await running(t);
  const linked = await join();
  const table: readonly (readonly [string, WebSocket, string])[] = [
    ['without a session', socket(RELAY, { cookie: '' }), 'status 401'],
    ['with a made-up session', socket(RELAY, { cookie: `mortise-8400=${'A'.repeat(43)}` }), 'status 401'],
    ['from another site', socket(RELAY, { origin: 'https://evil.example' }), 'status 403'],
    ['from another port', socket(RELAY, { origin: 'http://localhost:8401' }), 'status 403'],
    ['under another name', socket(RELAY, { host: 'evil.example:8400' }), 'status 421'],
    ['on another path', socket('/api/locks/x/relay'), 'status 404'],
    ['on no lock', socket(`/api/locks/${factory.lockId}/relay`), `${CLOSE.lockOffline} lock-unknown`],
    ['adopting an adopted lock', socket(`/api/locks/${lock.lockId}/adopt`), `${CLOSE.lockOffline} lock-already-adopted`],
  ];
  const outcomes = await Promise.all(table.map(([, each]) => outcome(each)));
  assert.deepEqual(outcomes, table.map(([, , expected]) => expected));
  const control = socket(RELAY);
  await opened(control);
  control.terminate();
  await linked.end();
});

void test('a lock that is away is said at once, and when it leaves the socket ends', async (t) => {
  const { socket, join } = await running(t);
  const asked = performance.now();
  assert.equal(await outcome(socket(RELAY)), `${CLOSE.lockOffline} lock-offline`);
  assert.ok(performance.now() - asked < 1000);
  const linked = await join();
  const held = socket(RELAY);
  await opened(held);
  const ends = outcome(held);
  await linked.end();
  assert.equal(await ends, `${CLOSE.lockOffline} lock-offline`);
});

void test('frames that are text, too large or too many end the socket; more sessions than the bound are refused', async (t) => {
  const { socket, join } = await running(t);
  const linked = await join();
  const bent = async (send: (socket: WebSocket) => void): Promise<string> => {
    const each = socket(RELAY);
    await opened(each);
    const ends = outcome(each);
    send(each);
    return ends;
  };
  assert.equal(await bent((each) => { each.send('text'); }), `${CLOSE.frameRefused} input-invalid`);
  assert.equal(await bent((each) => { each.send(new Uint8Array(MAX_FRAME_BYTES + 1)); }), '1009 ');
  assert.equal(await bent((each) => { for (let index = 0; index < 200; index += 1) each.send(Uint8Array.of(1)); }), `${CLOSE.frameRefused} too-many-requests`);
  const held = Array.from({ length: MAX_SESSIONS_PER_LOCK }, () => socket(RELAY));
  await Promise.all(held.map(opened));
  assert.equal(await outcome(socket(RELAY)), `${CLOSE.sessionEnded} lock-busy`);
  for (const each of held) each.terminate();
  await linked.end();
});

void test('adoption messages pass to and from a factory lock as they are', async (t) => {
  const { socket, joinFactory } = await running(t);
  const linked = await joinFactory();
  const adopting = socket(`/api/locks/${factory.lockId}/adopt`);
  await opened(adopting);
  const hello = encodeAdoptBody({ step: 1, bytes: exampleEntropy('hello') });
  adopting.send(hello);
  const passed = await linked.next('adopt');
  assert.deepEqual(passed.body, hello);
  const answer = frame(adopting);
  linked.send('adopt', encodeAdoptBody({ step: 2, bytes: exampleEntropy('answer') }), passed.session);
  assert.deepEqual(await answer, encodeAdoptBody({ step: 2, bytes: exampleEntropy('answer') }));
  adopting.terminate();
  await linked.end();
});

void test('signing out ends the sockets of that session', async (t) => {
  const { owner, socket, join } = await running(t);
  const linked = await join();
  const held = socket(RELAY);
  await opened(held);
  const ends = outcome(held);
  await owner.browser.send('POST', '/api/sign-out', {});
  assert.equal(await ends, `${CLOSE.sessionEnded} sign-in-required`);
  await linked.end();
});
