// The key's page over HTTP and its update socket, in this process: guards as a lock's, one courier at a time, what nobody touches.

import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { type TestContext } from 'node:test';
import { WebSocket } from 'ws';
import { ekeyWorkbench } from '@mortise/api/ekey-workbench.ts';
import { required } from '@mortise/base/assert.ts';
import { decodeFromKey } from '@mortise/courier/key-message.ts';
import { openKeyStatus } from '@mortise/courier/key-status.ts';
import { encodeSerialFrame, hearSerial, IDLE_LINE } from '@mortise/courier/serial-frame.ts';
import { createLog } from '@mortise/device/log.ts';
import { nodeCrypto } from '@mortise/node/crypto.ts';
import { ElectronicKey } from './electronic-key.ts';
import { openKeyBody } from './key-body.ts';
import { Bench } from './workbench.ts';

const running = async (t: TestContext) => {
  const data = mkdtempSync(join(tmpdir(), 'mortise-ekey-'));
  const body = openKeyBody(join(data, 'body.json'));
  assert.ok(body.ok);
  const key = new ElectronicKey(data, body.value, createLog(() => undefined, () => 0));
  assert.ok(key.start().ok);
  const bench = new Bench(key, { network: () => null, serial: () => null, update: () => ({ ok: true, value: undefined }) }, 'Key 1');
  const page = await bench.serve(0, data);
  assert.ok(page.ok);
  t.after(async () => {
    bench.close();
    await Promise.all([key.close(), page.value.close()]);
    rmSync(data, { recursive: true, force: true });
  });
  const base = `http://127.0.0.1:${page.value.port}`;
  const act = async (action: object, headers: Record<string, string> = {}) => {
    const response = await fetch(`${base}/api/body`, { method: 'POST', headers: { 'content-type': 'application/json', ...headers }, body: JSON.stringify(action) });
    const json: unknown = await response.json();
    const error = typeof json === 'object' && json !== null && 'error' in json ? json.error : undefined;
    return typeof error === 'object' && error !== null && 'code' in error ? `${response.status} ${String(error.code)}` : String(response.status);
  };
  const look = async () => ekeyWorkbench.parse(await (await fetch(`${base}/api/body`)).json());
  return { key, page: page.value, act, look };
};

const linkWith = async (port: number) => {
  const socket = new WebSocket(`ws://127.0.0.1:${port}/update`, { origin: 'https://hub.example.org' });
  const status = Promise.withResolvers<Uint8Array>();
  let line = IDLE_LINE;
  socket.on('message', (data) => {
    const heard = hearSerial(line, Buffer.isBuffer(data) ? new Uint8Array(data) : new Uint8Array());
    line = heard.line;
    for (const bytes of heard.messages) {
      const message = decodeFromKey(bytes);
      if (message?.type === 'key-status') status.resolve(message.body);
    }
  });
  const closed = new Promise<number>((resolve) => { socket.once('close', (code) => { resolve(code); }); });
  return { socket, closed, status: status.promise };
};

test('whoever connects hears the key’s own word, from any page; the next takes its place; nonsense ends it', async (t) => {
  const { page, key, look } = await running(t);
  const first = await linkWith(page.port);
  const said = openKeyStatus(nodeCrypto, await first.status);
  assert.deepEqual([said.ok && said.value.keyId, (await look()).updating], [key.state()?.keyId, true]);
  const second = await linkWith(page.port);
  await second.status;
  await first.closed;
  second.socket.send(encodeSerialFrame(Uint8Array.of(1, 2, 3)));
  await second.closed;
  assert.equal((await look()).updating, false);
});

test('no website touches, types or resets', async (t) => {
  const { act, page, key } = await running(t);
  const before = key.state()?.keyId;
  for (const headers of [{ origin: 'https://evil.example' }, { origin: 'null' }, { 'content-type': 'text/plain' }, { 'sec-fetch-site': 'cross-site' }]) assert.match(await act({ action: 'reset' }, headers), /^(403|415) /, JSON.stringify(headers));
  assert.equal(key.state()?.keyId, before);
  assert.equal(await act({ action: 'reset' }, { origin: `http://localhost:${page.port}` }), '200', 'the control');
  assert.notEqual(key.state()?.keyId, before, 'another key');
});

test('what is no passive lock is not put beside, and nothing is sent to it', async (t) => {
  const { act, look } = await running(t);
  const asked: string[] = [];
  const server = createServer((request, response) => {
    asked.push(`${request.method} ${request.url}`);
    response.writeHead(200, { 'content-type': 'application/json' });
    response.end('{"kind":"passive"}');
  });
  await new Promise<void>((resolve) => { server.listen(0, '127.0.0.1', resolve); });
  t.after(() => { server.closeAllConnections(); server.close(); });
  const address = server.address();
  const port = required(typeof address === 'object' ? address?.port : undefined, 'a port');
  assert.equal(await act({ action: 'lock', address: `http://localhost:${port}/` }), '409 lock-missing');
  assert.deepEqual(asked, ['GET /api/body']);
  assert.deepEqual([await act({ action: 'lock', address: 'http://example.org:80/' }), await act({ action: 'turn', to: 'thrown' }), await act({ action: 'touch' })], ['409 address-wrong', '409 lock-not-chosen', '409 lock-not-chosen']);
  assert.equal((await look()).lock, null);
});

test('its hands: battery, clock, PIN; what it shows follows', async (t) => {
  const { act, look } = await running(t);
  assert.equal((await look()).signal.display, 'Belongs to nobody yet');
  for (const action of [{ action: 'battery', mv: 3000 }, { action: 'clock', moveMs: 3_600_000 }, { action: 'clock-lost' }, { action: 'pin', digits: '1234' }, { action: 'lift' }]) assert.equal(await act(action), '200', JSON.stringify(action));
  const view = await look();
  assert.deepEqual([view.batteryMv, view.clock.quality, view.pin, view.clock.rtc < 60_000], [3000, 'lost', { asked: false, set: false, open: false }, true]);
  assert.equal(await act({ action: 'fly' }), '400 action-malformed');
});
