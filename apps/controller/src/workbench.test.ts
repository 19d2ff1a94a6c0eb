import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'node:test';
import * as fc from 'fast-check';
import type { WorkbenchAction, WorkbenchBody } from '@mortise/api/workbench.ts';
import { err, ok } from '@mortise/base/result.ts';
import { MECHANISMS } from '@mortise/lock/mechanism.ts';
import { parseAction } from './workbench-action.ts';
import { refuseRequest } from '@mortise/device/page-guard.ts';
import { NearLinks } from './near-links.ts';
import { startWorkbench, type Workbench } from './workbench.ts';

const pageRoot = mkdtempSync(join(tmpdir(), 'mortise-workbench-'));
mkdirSync(join(pageRoot, 'assets'));
writeFileSync(join(pageRoot, 'workbench.html'), '<!doctype html><title>Workbench</title>');
writeFileSync(join(pageRoot, 'index.html'), 'the app');
writeFileSync(join(pageRoot, 'assets', 'a-1.js'), 'export {}');
writeFileSync(join(pageRoot, 'assets', '.hidden.js'), 'no');
writeFileSync(join(pageRoot, 'assets', 'a-1.js.map'), 'no');

const BODY: WorkbenchBody = {
  lockId: 'AAAAAAAAAAAAAAAAAAAAAA', name: 'Front door', mechanism: MECHANISMS.deadbolt, position: 'thrown', motor: 'still', current: null, travel: { degrees: 90, throws: 'rising' }, bolt: 'locked',
  exit: false, fire: false, tamper: false, hasPower: true, celsius: 20, parts: { keypad: 3000 }, doorIs: 'closed', held: false, door: 'closed', batteryMv: 6000, jammed: false,
  link: { wanted: true, up: false, told: false }, radio: null, adopted: false, setup: null, mode: 'running', fault: null, signal: null, pad: { enrolling: null, fingers: 0, card: null }, canReset: false,
};
let shown = BODY;
const actions: WorkbenchAction[] = [];
const watchers = new Set<() => void>();
const nobodyNear = new NearLinks({ opened: () => undefined, frame: () => undefined, closed: () => undefined });
const started = await startWorkbench({
  pageRoot, read: () => shown, near: nobodyNear,
  watch: (watcher) => {
    watchers.add(watcher);
    return () => watchers.delete(watcher);
  },
  act: (action) => {
    if (action.action === 'reset') return Promise.resolve(err({ code: 'bolt-not-withdrawn', message: 'Withdraw the bolt first.' }));
    actions.push(action);
    return Promise.resolve(ok(undefined));
  },
}, 0);
assert.ok(started.ok);
const workbench: Workbench = started.value;
const origin = `http://localhost:${workbench.port}`;
test.after(async () => {
  await workbench.close();
  rmSync(pageRoot, { recursive: true });
});

type Answer = { readonly status: number; readonly text: string; readonly headers: NodeJS.Dict<string | string[]> };

const ask = (method: string, path: string, headers: Record<string, string> = {}, body = ''): Promise<Answer> =>
  new Promise((resolve, reject) => {
    const asked = request({ host: '127.0.0.1', port: workbench.port, method, path, headers: { host: `localhost:${workbench.port}`, ...headers } }, (response) => {
      const parts: Buffer[] = [];
      response.on('data', (part: Buffer) => parts.push(part));
      response.on('end', () => resolve({ status: response.statusCode ?? 0, text: Buffer.concat(parts).toString(), headers: response.headers }));
    });
    asked.on('error', reject);
    asked.end(body);
  });
const JSON_TYPE = { 'content-type': 'application/json' };
const act = (value: unknown, headers: Record<string, string> = {}): Promise<Answer> =>
  ask('POST', '/api/body', { ...JSON_TYPE, origin, ...headers }, typeof value === 'string' ? value : JSON.stringify(value));

test('shows the body and takes each action of the page', async () => {
  assert.deepEqual(JSON.parse((await ask('GET', '/api/body')).text), BODY);
  const all: WorkbenchAction[] = [
    { action: 'thumb-turn', to: 'withdrawn' }, { action: 'door', open: true }, { action: 'battery', mv: 0 }, { action: 'jam', on: true }, { action: 'link', on: false },
    { action: 'handle' }, { action: 'exit', on: true }, { action: 'fire', on: true }, { action: 'tamper', on: false }, { action: 'power', on: false }, { action: 'temperature', celsius: -20 },
    { action: 'keypad-battery', mv: 2400 }, { action: 'door-sensor-battery', mv: 3000 }, { action: 'mark', end: 'thrown' },
  ];
  for (const action of all) assert.equal((await act(action)).status, 200);
  assert.equal((await act({ action: 'thumb-turn' })).status, 200);
  assert.deepEqual(actions, [...all, { action: 'thumb-turn' }]);
});

test('what cannot be done says why', async () => {
  const answer = await act({ action: 'reset' });
  assert.deepEqual([answer.status, JSON.parse(answer.text)], [409, { error: { code: 'bolt-not-withdrawn', message: 'Withdraw the bolt first.' } }]);
});

test('a website in the same browser turns nothing and reads nothing', async () => {
  const turn = JSON.stringify({ action: 'thumb-turn' });
  const done = actions.length;
  const attacks: readonly (readonly [string, Promise<Answer>, number])[] = [
    ['its own origin', act(turn, { origin: 'https://evil.example' }), 403],
    ['no origin, as from a sandbox', act(turn, { origin: 'null' }), 403],
    ['the hub’s page, another port', act(turn, { origin: 'http://localhost:8400', 'sec-fetch-site': 'same-site' }), 403],
    ['a form, which needs no preflight', act(turn, { 'content-type': 'text/plain' }), 415],
    ['a browser that says cross-site', ask('POST', '/api/body', { ...JSON_TYPE, 'sec-fetch-site': 'cross-site' }, turn), 403],
    ['DNS rebinding', act(turn, { host: `evil.example:${workbench.port}`, origin: `http://evil.example:${workbench.port}` }), 403],
    ['DNS rebinding, reading the setup code', ask('GET', '/api/body', { host: `evil.example:${workbench.port}` }), 403],
    ['DNS rebinding, the events', ask('GET', '/api/body/events', { host: 'evil.example' }), 403],
    ['preflight', ask('OPTIONS', '/api/body', { origin: 'https://evil.example', 'access-control-request-method': 'POST' }), 403],
  ];
  for (const [name, answer, status] of attacks) {
    const { status: got, headers } = await answer;
    assert.equal(got, status, name);
    assert.equal(headers['access-control-allow-origin'], undefined, name);
  }
  assert.equal(actions.length, done);
  assert.equal((await act(turn, { 'sec-fetch-site': 'same-origin' })).status, 200, 'the control: its own page');
  console.log(`website attacks refused: ${attacks.length}`);
});

test('bad input is told what would be good', async () => {
  const bad = ['', '{', '[]', 'null', '7', '{"action":"drive"}', '{"action":"door"}', '{"action":"door","open":1}', '{"action":"battery","mv":-1}', '{"action":"battery","mv":1.5}',
    '{"action":"battery","mv":9001}', '{"action":"thumb-turn","to":"open"}', '{"action":"reset","now":true}', '{"action":"jam","on":true,"too":1}', '{"__proto__":{"action":"reset"}}', '{"action":"temperature","celsius":121}', '{"action":"mark","end":"between"}',
    '{"action":"handle","to":1}', '{"action":"exit","on":1}', '{"action":"toString"}', '{"action":7}'];
  for (const body of bad) {
    const answer = await act(body);
    assert.equal(answer.status, 400, body);
    assert.match(answer.text, /"action-malformed","message":"Send one of/);
  }
  assert.equal((await act(`"${'x'.repeat(2000)}"`)).status, 413);
  assert.equal((await ask('DELETE', '/api/body')).status, 404);
  console.log(`bad actions refused: ${bad.length + 2}`);
});

test('any JSON is an action or none', () => {
  fc.assert(fc.property(fc.jsonValue(), (value) => ['undefined', 'object'].includes(typeof parseAction(value))));
});

test('the guard lets nothing through but its own names', () => {
  fc.assert(fc.property(fc.webAuthority({ withPort: true }), (host) => {
    const facts = { method: 'GET', host, origin: undefined, fetchSite: undefined, contentType: undefined };
    return refuseRequest(facts, 8401)?.code === 'host-refused';
  }));
});

test('serves the page and its assets, and nothing else', async () => {
  const html = await ask('GET', '/');
  assert.deepEqual([html.status, html.headers['content-type']], [200, 'text/html; charset=utf-8']);
  assert.match(String(html.headers['content-security-policy']), /default-src 'self'/);
  assert.equal((await ask('GET', '/assets/a-1.js')).status, 200);
  const hidden = ['/index.html', '/assets/.hidden.js', '/assets/a-1.js.map', '/assets/../workbench.html/../index.html', '/..%2f..%2fetc%2fpasswd', '/%2e%2e/package.json', '/assets', '/assets/', '/nothing.js', '//etc/passwd.css'];
  for (const path of hidden) assert.equal((await ask('GET', path)).status, 404, path);
});

test('tells a watcher the first state and each change, and forgets one that left', async () => {
  const answer = await fetch(`${origin.replace('localhost', '127.0.0.1')}/api/body/events`);
  assert.ok(answer.body);
  const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
  const next = async (): Promise<unknown> => JSON.parse(/^event: body\ndata: (.*)\n\n$/.exec((await reader.read()).value ?? '')?.[1] ?? 'null');
  assert.deepEqual(await next(), BODY);
  shown = { ...BODY, door: 'open' };
  for (const watcher of watchers) watcher();
  assert.deepEqual(await next(), shown);
  assert.equal(watchers.size, 1);
  await reader.cancel();
  for (let i = 0; i < 50 && watchers.size > 0; i += 1) await new Promise((resolve) => setTimeout(resolve, 10));
  assert.equal(watchers.size, 0);
});

test('requests for the headers alone take no watcher’s place', async () => {
  for (let times = 0; times < 40; times += 1) assert.equal((await ask('HEAD', '/api/body/events')).status, 200);
  assert.equal(watchers.size, 0);
});

test('a port that is taken is said', async () => {
  const second = await startWorkbench({ pageRoot, read: () => shown, near: nobodyNear, watch: () => () => undefined, act: () => Promise.resolve(ok(undefined)) }, workbench.port);
  assert.deepEqual(second, { ok: false, error: { code: 'port-busy' } });
});
