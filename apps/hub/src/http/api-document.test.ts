// The API document against the hub that serves it: the same routes, the same sessions, the same refusals, and an example that works.

import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { test } from 'node:test';
import { ERROR_STATUS } from '@mortise/api/error.ts';
import { openApi, templated, type OpenApi, type Operation } from '@mortise/api/open-api.ts';
import { GUIDE } from '@mortise/api/open-api-guide.ts';
import { health } from '@mortise/api/owner.ts';
import { base64url } from '@mortise/base/bytes.ts';
import { encodeCbor } from '@mortise/base/cbor.ts';
import { toSign } from '@mortise/documents/cose.ts';
import { exampleKey, signWith } from '@mortise/documents/example-site.ts';
import { nodeCrypto } from '@mortise/node/crypto.ts';
import { isRedemption } from '@mortise/wallet/redemption.ts';
import { WebSocket } from 'ws';
import { browserOf, codeOf, ORIGIN, testHub, type Browser, type Reply } from '../testing/hub.fixture.ts';
import { claimHub, parsed } from '../testing/owner.fixture.ts';
import { CEREMONY_MS } from './ceremonies.ts';
import { listen } from './server.ts';
import { SESSION_MS } from './signed-in.ts';
import { createSockets, FRAME_EXPIRES_MS } from './sockets.ts';

type Told = { readonly method: string; readonly path: string; readonly operation: Operation };

const toldBy = ({ paths }: OpenApi): readonly Told[] =>
  Object.entries(paths).flatMap(([path, methods]) => Object.entries(methods).map(([method, operation]) => ({ method: method.toUpperCase(), path, operation })));

const told = toldBy(openApi('0'));
const isSocket = ({ operation }: Told): boolean => Object.hasOwn(operation.responses, '101');
const named = ({ method, path }: { readonly method: string; readonly path: string }): string => `${method} ${templated(path)}`;

const id = base64url(new Uint8Array(16));
const filled = (path: string): string => path.replace(/\{\w+\}/g, id);
const asked = (browser: Browser, { method, path }: Told, headers = {}): Promise<Reply> =>
  method === 'POST' || method === 'PUT' || method === 'PATCH' ? browser.send(method, filled(path), '{"stray":', headers) : browser.get(filled(path));

void test('the document has each route of the hub, and the hub each of the document', async (t) => {
  const hub = await testHub();
  t.after(hub.end);
  const mounted = hub.app.routes.filter(({ method, path }) => method !== 'ALL' && path !== '*' && path !== '/*').map(named);
  assert.ok(mounted.includes('GET /api/health') && mounted.includes('GET /api/doors/{doorId}'), 'the control: the walk sees routes');
  assert.deepEqual(told.filter((one) => !isSocket(one)).map(named).toSorted(), mounted.toSorted());
  t.diagnostic(`${mounted.length} routes`);
});

void test('the sockets of the document are those that the hub opens', async (t) => {
  const hub = await testHub();
  const server = createServer();
  const sockets = createSockets(hub.web);
  sockets.attach(server);
  t.after(async () => {
    sockets.close();
    server.close();
    await hub.end();
  });
  const port = await listen(server, 0, '127.0.0.1');
  const { browser } = await claimHub(hub);
  const outcome = (path: string, cookie: string): Promise<string> =>
    new Promise((resolve) => {
      const socket = new WebSocket(`ws://127.0.0.1:${port}${path}`, { headers: { host: 'localhost:8400', origin: ORIGIN, cookie } });
      socket.on('error', () => undefined);
      socket.once('open', () => { resolve('101'); });
      socket.once('unexpected-response', (_request, response) => { resolve(String(response.statusCode)); socket.terminate(); });
    });
  const documented = told.filter(isSocket);
  for (const { path, operation } of documented) {
    for (const cookie of [browser.cookie(), '']) assert.ok(Object.hasOwn(operation.responses, await outcome(filled(path), cookie)), path);
    assert.equal(await outcome(filled(path), browser.cookie()), '101', path);
  }
  assert.equal(await outcome(`/api/locks/${id}/journal`, browser.cookie()), '404', 'the control: another path opens nothing');
  t.diagnostic(`${documented.length} sockets`);
});

void test('who needs a session is told as it is, and each refusal met is among those told', async (t) => {
  const hub = await testHub();
  t.after(hub.end);
  const { browser } = await claimHub(hub);
  let met = 0;
  for (const one of told.filter((each) => !isSocket(each))) {
    const stranger = await asked(browserOf(hub), one);
    assert.equal(codeOf(stranger) === 'sign-in-required', one.operation.security.length > 0, named(one));
    // A watcher's stream stays open; what it refuses is tested in events.test.ts.
    const replies = one.path === '/api/events' ? [stranger] : [stranger, await asked(browser, one), await asked(browser, one, { origin: 'https://evil.example' }), await asked(browser, one, { 'content-type': 'text/plain' })];
    for (const reply of replies) {
      const response = one.operation.responses[String(reply.status)];
      assert.ok(response !== undefined, `${named(one)} answers ${reply.status}`);
      if (reply.status === 200) continue;
      assert.ok(response.description.includes(`\`${codeOf(reply)}\``), `${named(one)} refuses with ${codeOf(reply)}`);
      met += 1;
    }
  }
  t.diagnostic(`${met} refusals of ${told.length} operations`);
});

void test('anybody may read the document, and nothing of the site is in it', async (t) => {
  const hub = await testHub();
  t.after(hub.end);
  const before = (await browserOf(hub).get('/api/openapi.json')).json;
  const { browser } = await claimHub(hub);
  await browser.send('POST', '/api/sign-in/options', {});
  const reply = await browserOf(hub).get('/api/openapi.json');
  assert.equal(reply.status, 200);
  assert.deepEqual(reply.json, before, 'a claim changes nothing in it');
  const { version } = parsed(health, await browser.get('/api/health'));
  assert.deepEqual(reply.json, JSON.parse(JSON.stringify(openApi(version))));
});

void test('the example of the guide works, and its figures are the hub’s', async (t) => {
  const hub = await testHub();
  t.after(hub.end);
  await claimHub(hub);
  const guide = GUIDE.map(({ text }) => text).join('\n');
  const [, url = '', shown = ''] = /```sh\ncurl (\S+)\n```\n\n```json\n(.*)\n```/.exec(guide) ?? [];
  const answer = await (await hub.app.request(url, {}, {})).json();
  assert.deepEqual(Object.keys(health.parse(answer)), Object.keys(health.parse(JSON.parse(shown))));
  const [, kit = ''] = /-d '\{\}' (\S+)\n/.exec(guide) ?? [];
  const begun = await hub.app.request(kit, { method: 'POST', body: '{}', headers: { origin: ORIGIN, 'content-type': 'application/json' } }, {});
  assert.equal(begun.status, 200);
  assert.ok(guide.includes(`for ${SESSION_MS / 86_400_000} days`) && CEREMONY_MS === 300_000 && guide.includes('five minutes'));
  assert.ok(guide.includes(`expire after ${FRAME_EXPIRES_MS / 1000} seconds`));
});

void test('what a proof of redemption signs is told so that a stranger can make one', () => {
  const told2 = openApi('0').components.schemas['RedeemBody']?.description ?? '';
  const [[, type = ''], [, field = '']] = [/`application\/x\.([a-z-]+)`/.exec(told2) ?? [], /`\{"(\w+)": bytes\}`/.exec(told2) ?? []];
  const [key, link] = [exampleKey('guest'), exampleKey('link')];
  const made = (name: string) => signWith(key, toSign(type, 1, key.publicKey, encodeCbor(new Map([[name, link.publicKey]])), nodeCrypto));
  const keys = { credentialKey: key.publicKey, invitationKey: link.publicKey };
  assert.deepEqual([isRedemption(nodeCrypto, made(field), keys), isRedemption(nodeCrypto, made('link'), keys)], [true, false]);
});

void test('each code has its status and is told somewhere', () => {
  const words = JSON.stringify(openApi('0')) + GUIDE.map(({ text }) => text).join('');
  const elsewhere = new Set(['not-found', 'app-missing', 'lock-offline', 'lock-busy']);
  assert.deepEqual(Object.keys(ERROR_STATUS).filter((code) => !elsewhere.has(code) && !words.includes(`\`${code}\``)), []);
});
