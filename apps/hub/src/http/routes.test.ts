// Every route of the table at its edges: without a session, from another site, by another name, with a body that does not fit. Each
// refusal stands beside the same request made right.

import assert from 'node:assert/strict';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { apiError } from '@mortise/api/error.ts';
import { MAX_BODY_BYTES } from '@mortise/api/fields.ts';
import { pathOf, ROUTES, STREAMS } from '@mortise/api/routes.ts';
import { people, vault } from '@mortise/api/owner.ts';
import { base64url } from '@mortise/base/bytes.ts';
import { exampleKey } from '@mortise/documents/example-site.ts';
import { browserOf, codeOf, ORIGIN, temporaryDirectory, testHub } from '../testing/hub.fixture.ts';
import { claimHub, parsed } from '../testing/owner.fixture.ts';

const id = base64url(new Uint8Array(16));
const filled = (path: string): string => pathOf(path, { lockId: id, doorId: id, grantId: id, groupId: id });
const routes = Object.values(ROUTES);

void test('without a session every closed route and stream asks to sign in', async (t) => {
  const hub = await testHub();
  t.after(hub.end);
  await claimHub(hub);
  const stranger = browserOf(hub);
  const closed = routes.filter(({ open }) => !open);
  for (const { method, path } of closed) {
    const reply = method === 'GET' ? await stranger.get(filled(path)) : await stranger.send(method, filled(path), {});
    assert.equal(codeOf(reply), 'sign-in-required', `${method} ${path}`);
  }
  for (const path of [STREAMS.journal, STREAMS.events]) assert.equal(codeOf(await stranger.get(filled(path))), 'sign-in-required', path);
  t.diagnostic(`${closed.length + 2} closed routes`);
});

void test('from another site, or without saying from where, nothing is changed', async (t) => {
  const hub = await testHub();
  t.after(hub.end);
  const { browser } = await claimHub(hub);
  const changing = routes.filter(({ method }) => method !== 'GET');
  for (const origin of ['https://evil.example', 'http://localhost:8401', 'http://localhost', 'null', '']) {
    for (const { method, path } of changing) {
      if (method === 'GET') continue;
      assert.equal(codeOf(await browser.send(method, filled(path), {}, { origin })), 'origin-refused', `${method} ${path} from ${origin}`);
    }
  }
  assert.notEqual(codeOf(await browser.send('PUT', '/api/vault', {})), 'origin-refused', 'the control: from the hub’s own page');
  t.diagnostic(`${changing.length} changing routes from 5 other origins`);
});

void test('under another name the hub does not answer, so that no page elsewhere can rebind its name here', async (t) => {
  const hub = await testHub();
  t.after(hub.end);
  const { browser } = await claimHub(hub);
  for (const host of ['http://127.0.0.1:8400', 'http://evil.example:8400', 'http://localhost:8401', 'http://localhost']) {
    const response = await hub.app.request(`${host}/api/me`, { headers: { cookie: browser.cookie() } }, {});
    assert.equal(response.status, 421, host);
  }
  assert.equal((await browser.get('/api/me')).status, 200);
});

void test('a field that a route does not name is refused by its name, in bodies and queries', async (t) => {
  const hub = await testHub();
  t.after(hub.end);
  const { browser, site, passkey } = await claimHub(hub);
  const key = { credentialKey: base64url(exampleKey('tablet').publicKey), label: 'Tablet' };
  const entry = { credentialId: passkey.id, ownerKey: base64url(site.owner.publicKey), method: 'prf', wrapped: 'AAAA' };
  const calendar = { id: 1, name: 'Holidays', days: [20_000], untilDay: 21_000 };
  const table = [
    ['POST', '/api/sign-in/options', {}, { hint: 'x' }, 'hint'], ['PUT', '/api/phone-keys', key, { ...key, replace: true }, 'replace'],
    ['PUT', '/api/vault', { vault: [entry], issuerWraps: [] }, { vault: [entry, { ...entry, note: 'x' }], issuerWraps: [] }, 'vault.1.note'],
    ['PUT', '/api/calendars', { calendars: [calendar] }, { calendars: [{ ...calendar, month: 7 }] }, 'calendars.0.month'],
    ['PUT', `/api/groups/${id}`, { name: 'All', doors: [] }, { id, name: 'All', doors: [] }, 'id'],
  ] as const;
  for (const [method, path, good, stray, field] of table) {
    const { json } = await browser.send(method, path, stray);
    assert.deepEqual(json, { error: { code: 'input-invalid', message: `Correct this and send it again: ${field}: there is no such field here.` } }, path);
    assert.equal((await browser.send(method, path, good)).status, 200, `the control: ${path}`);
  }
  const activity = await browser.get('/api/activity?dor=x');
  assert.match(JSON.stringify(activity.json), /input-invalid.*dor: there is no such field here/);
  assert.equal((await browser.get('/api/activity?limit=1')).status, 200, 'the control');
  const long = await browser.send('PUT', '/api/phone-keys', { ...key, ['x'.repeat(100_000)]: 1 });
  assert.ok(apiError.safeParse(long.json).success, 'an error stays in its bounds');
});

void test('bodies are bounded, JSON, and checked', async (t) => {
  const hub = await testHub();
  t.after(hub.end);
  const { browser } = await claimHub(hub);
  const put = (body: unknown, headers = {}) => browser.send('PUT', '/api/phone-keys', body, headers);
  assert.equal(codeOf(await put(`{"label":"${'x'.repeat(MAX_BODY_BYTES)}"}`)), 'too-large');
  assert.equal(codeOf(await put({}, { 'content-type': 'text/plain' })), 'input-invalid');
  for (const body of ['{', '"text"', 'null', '[]', '\u0000', '{"credentialKey":1}', `{"credentialKey":"${id}","label":"x"}`]) assert.equal(codeOf(await put(body)), 'input-invalid', body);
  const key = base64url(exampleKey('tablet').publicKey);
  assert.equal((await put({ credentialKey: key, label: 'Tablet' })).status, 200);
  const labels = parsed(people, await browser.get('/api/people')).people.flatMap(({ phoneKeys }) => phoneKeys.map(({ label }) => label));
  assert.deepEqual(labels, ['Ada’s phone', 'Tablet']);
});

void test('the vault takes wraps for owner keys only, replaces what it names and loses nothing', async (t) => {
  const hub = await testHub();
  t.after(hub.end);
  const { browser, site, passkey } = await claimHub(hub);
  const before = parsed(vault, await browser.get('/api/vault'));
  const entry = (ownerKey: Uint8Array, wrapped: string) => ({ credentialId: passkey.id, ownerKey: base64url(ownerKey), method: 'prf', wrapped });
  assert.equal(codeOf(await browser.send('PUT', '/api/vault', { vault: [entry(exampleKey('stranger').publicKey, 'AAAA')], issuerWraps: [] })), 'input-invalid');
  const otherIssuer = before.issuerWraps.map((wrap) => ({ ...wrap, issuerKey: base64url(exampleKey('other').publicKey) }));
  assert.equal(codeOf(await browser.send('PUT', '/api/vault', { vault: [], issuerWraps: otherIssuer })), 'conflict');
  assert.deepEqual(parsed(vault, await browser.get('/api/vault')), before);
  assert.equal((await browser.send('PUT', '/api/vault', { vault: [entry(site.owner.publicKey, 'BBBB'), entry(site.kit.publicKey, 'CCCC')], issuerWraps: [] })).status, 200);
  const after = parsed(vault, await browser.get('/api/vault'));
  assert.deepEqual(after.vault.map(({ wrapped }) => wrapped).toSorted(), ['BBBB', 'CCCC']);
  assert.deepEqual(after.issuerWraps, before.issuerWraps);
});

void test('what there is not is said as such', async (t) => {
  const hub = await testHub();
  t.after(hub.end);
  const { browser } = await claimHub(hub);
  const table = [
    ['/api/nothing', 'not-found'], [`/api/doors/${id}`, 'door-unknown'], [`/api/locks/${id}/roster`, 'lock-unknown'], [`/api/locks/${id}/journal`, 'lock-unknown'],
    ['/api/locks/short/journal', 'lock-unknown'], ['/api/activity?limit=0', 'input-invalid'], ['/api/activity?before=x', 'input-invalid'],
    ['/../../../etc/passwd.txt', 'not-found'], ['/assets/missing-12345678.js', 'not-found'], ['/.env.txt', 'not-found'],
  ] as const;
  for (const [path, code] of table) assert.equal(codeOf(await browser.get(path)), code, path);
  assert.equal(codeOf(await browser.send('PUT', `/api/locks/${id}/roster`, { document: id })), 'lock-unknown');
  for (const [path, body] of [['/api/doors', '{"doors":[]}'], ['/api/activity', '{"items":[],"next":null}'], ['/api/locks/waiting', '{"locks":[]}'], ['/api/alerts', '{"alerts":[]}']] as const) {
    assert.equal(JSON.stringify((await browser.get(path)).json), body);
  }
});

void test('the app is served with a strict policy: hashed assets for ever, its own routes by index.html', async (t) => {
  const directory = temporaryDirectory();
  t.after(() => { rmSync(directory, { recursive: true, force: true }); });
  mkdirSync(join(directory, 'assets'));
  writeFileSync(join(directory, 'index.html'), '<!doctype html><title>Mortise</title>');
  writeFileSync(join(directory, 'assets', 'main-a1b2c3d4.js'), '1');
  const hub = await testHub({ appDirectory: directory });
  t.after(hub.end);
  const ask = async (path: string) => hub.app.request(`${ORIGIN}${path}`, {}, {});
  for (const path of ['/', '/claim', '/doors/abc']) {
    const page = await ask(path);
    assert.deepEqual([page.status, page.headers.get('content-type'), page.headers.get('cache-control')], [200, 'text/html; charset=utf-8', 'no-cache'], path);
    const policy = page.headers.get('content-security-policy') ?? '';
    assert.match(policy, /^default-src 'none'; script-src 'self';/);
    assert.ok(!policy.includes('unsafe') && policy.includes("frame-ancestors 'none'"));
  }
  assert.equal((await ask('/assets/main-a1b2c3d4.js')).headers.get('cache-control'), 'public, max-age=31536000, immutable');
  assert.equal((await ask('/api/health')).headers.get('cache-control'), 'no-store');
});

void test('a hub whose app is not built says how to build it', async (t) => {
  const hub = await testHub({ appDirectory: '/nowhere' });
  t.after(hub.end);
  assert.equal(codeOf(await browserOf(hub).get('/')), 'app-missing');
});
