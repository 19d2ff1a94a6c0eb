// A passive lock over its socket, in this process: one key at a time, noise, nonsense, a store that cannot be believed, the reset.

import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import test, { type TestContext } from 'node:test';
import { WebSocket } from 'ws';
import type { Bytes } from '@mortise/base/bytes.ts';
import { MAX_PIECE_BYTES } from '@mortise/device/framed-socket.ts';
import { createLog } from '@mortise/device/log.ts';
import { decodeNearFrame, encodeNearFrame, type NearFrame } from '@mortise/courier/near-frame.ts';
import { encodeSerialFrame, hearSerial, IDLE_LINE } from '@mortise/courier/serial-frame.ts';
import { MAX_NEAR_NOISE } from '@mortise/lock/near-connections.ts';
import { PASSIVE_HELD_ENTRIES } from '@mortise/lock/profile.ts';
import { HandBody } from './hand-body.ts';
import { lifePaths } from './life.ts';
import { PassiveLock } from './passive-lock.ts';
import { parsePassiveAction, startPassiveWorkbench } from './passive-workbench.ts';
import { openStore } from './store.ts';

const running = async (t: TestContext) => {
  const data = mkdtempSync(join(tmpdir(), 'mortise-passive-'));
  const body = new HandBody('withdrawn', join(data, 'body.json'));
  const lock = new PassiveLock(data, body, createLog(() => undefined, () => 0));
  const begun = lock.start();
  assert.ok(begun.ok);
  const page = await startPassiveWorkbench(lock, body, 'Cabinet', 0, data);
  assert.ok(page.ok);
  t.after(async () => {
    await Promise.all([lock.close(), page.value.close()]);
    rmSync(data, { recursive: true, force: true });
  });
  return { lock, body, data, port: page.value.port, touch: () => touch(`ws://127.0.0.1:${page.value.port}/contact`) };
};

const touch = async (address: string) => {
  const socket = new WebSocket(address, { origin: 'https://anybody.example' });
  const heard: NearFrame[] = [];
  let line = IDLE_LINE;
  socket.on('message', (data) => {
    const got = hearSerial(line, Buffer.isBuffer(data) ? new Uint8Array(data) : new Uint8Array());
    line = got.line;
    for (const message of got.messages) heard.push(decodeNearFrame(message) ?? { kind: 'took', seq: -1 });
  });
  const closed = new Promise<void>((resolve) => { socket.once('close', () => { resolve(); }); });
  const status = await new Promise<number>((resolve) => {
    socket.once('open', () => { resolve(101); });
    socket.once('unexpected-response', (_request, response) => { resolve(response.statusCode ?? 0); });
    socket.on('error', () => undefined);
  });
  return { socket, heard, closed, status, say: (bytes: Bytes) => { socket.send(encodeSerialFrame(bytes)); } };
};

const until = async (what: string, isSo: () => boolean): Promise<void> => {
  for (const end = performance.now() + 4000; !isSo(); ) {
    assert.ok(performance.now() < end, what);
    await new Promise((resolve) => { setTimeout(resolve, 5); });
  }
};

test('a touch is power: hello, and one key at a time; the lift ends the life', async (t) => {
  const { lock, touch: reach } = await running(t);
  const first = await reach();
  await until('the greeting', () => first.heard.length === 1);
  assert.equal(first.heard[0]?.kind, 'hello');
  assert.equal((await reach()).status, 503);
  assert.ok((lock.contactBytes() ?? 0) > 20);
  first.socket.terminate();
  await until('the lift', () => lock.contactBytes() === undefined);
  assert.equal((await reach()).status, 101, 'the control');
});

test('nonsense ends the contact, and is written down before the power goes; noise is not heard', async (t) => {
  const { lock, touch: reach } = await running(t);
  const key = await reach();
  key.socket.send(Uint8Array.of(5, 5, 5, 0));
  await until('its first record', () => lock.state()?.journal.durable === 1);
  assert.equal(key.socket.readyState, WebSocket.OPEN, 'noise on the pins is no word');
  key.say(encodeNearFrame({ kind: 'took', seq: 1 }));
  key.say(Uint8Array.of(99));
  await key.closed;
  await until('the lift', () => lock.contactBytes() === undefined);
  assert.deepEqual([key.heard.at(-1)?.kind, lock.state()?.journal.durable], ['closed', 2]);
});

test('garbage that never becomes a frame ends the contact too, with or without ends in it, and is written down', async (t) => {
  const { lock, touch: reach } = await running(t);
  const garbage = [Array.from({ length: MAX_NEAR_NOISE + 1 }, () => Uint8Array.of(5, 5, 5, 0)), Array.from({ length: MAX_NEAR_NOISE + 2 }, () => new Uint8Array(MAX_PIECE_BYTES).fill(7))];
  for (const [index, pieces] of garbage.entries()) {
    const key = await reach();
    for (const piece of pieces) key.socket.send(piece);
    await key.closed;
    await until('the lift', () => lock.contactBytes() === undefined);
    assert.deepEqual([key.heard.at(-1)?.kind, lock.state()?.journal.durable], ['closed', index + 2]);
  }
});

test('a store that cannot be believed any more: no contact comes about, and it is said', async (t) => {
  const { lock, data, touch: reach } = await running(t);
  const key = await reach();
  await until('its first record', () => lock.state()?.journal.durable === 1);
  key.socket.terminate();
  await until('the lift', () => lock.contactBytes() === undefined);
  await lock.close();
  const raw = new DatabaseSync(lifePaths(data).store);
  raw.exec("UPDATE memory SET value = x'00' WHERE part = 'uses'");
  raw.close();
  const again = new PassiveLock(data, new HandBody('thrown', join(data, 'body.json')), createLog(() => undefined, () => 0));
  const begun = again.start();
  assert.equal(!begun.ok && begun.error.code, 'store-refused');
});

test('the reset: only with the bolt back and no key there; then it is another lock', async (t) => {
  const { lock, body, touch: reach } = await running(t);
  const code = (result: ReturnType<PassiveLock['reset']>): string => (result.ok ? 'done' : result.error.code);
  const before = lock.state()?.lockId;
  const key = await reach();
  assert.equal(code(lock.reset()), 'key-touches');
  key.socket.terminate();
  await until('the lift', () => lock.contactBytes() === undefined);
  body.turn('thrown');
  assert.equal(code(lock.reset()), 'bolt-not-withdrawn');
  body.drive('withdraw');
  body.turn('withdrawn');
  assert.equal(code(lock.reset()), 'done');
  assert.notEqual(lock.state()?.lockId, before);
  assert.equal(body.sense().position, 'withdrawn', 'nothing moves');
});

test('no website turns its bolt or reads its code', async (t) => {
  const { port } = await running(t);
  const ask = (headers: Record<string, string>, method = 'POST') => fetch(`http://127.0.0.1:${port}/api/body`, { method, headers: { 'content-type': 'application/json', ...headers }, ...(method === 'POST' && { body: '{"action":"turn","to":"thrown"}' }) });
  for (const headers of [{ origin: 'https://evil.example' }, { origin: 'null' }, { 'content-type': 'text/plain' }, { 'sec-fetch-site': 'cross-site' }]) assert.ok([403, 415].includes((await ask(headers)).status), JSON.stringify(headers));
  assert.equal((await ask({ origin: `http://localhost:${port}` })).status, 200, 'the control');
  const bad = [null, [], {}, { action: 'turn' }, { action: 'turn', to: 'between' }, { action: 'reset', now: 1 }, { action: 'turn', to: 'thrown', more: 1 }];
  for (const json of bad) assert.equal(parsePassiveAction(json), undefined, JSON.stringify(json));
});

test('its store keeps what such a lock keeps of its journal, and the entry before', () => {
  const directory = mkdtempSync(join(tmpdir(), 'mortise-passive-store-'));
  const lock = new PassiveLock(directory, new HandBody('thrown', join(directory, 'body.json')), createLog(() => undefined, () => 0));
  assert.ok(lock.start().ok);
  const lockId = lock.state()?.lockId;
  assert.ok(lockId !== undefined);
  void lock.close();
  const store = openStore(lifePaths(directory).store, lockId, 'passive');
  assert.ok(store.ok);
  const bytes = new Uint8Array(4);
  const append = Array.from({ length: PASSIVE_HELD_ENTRIES + 76 }, (_, index) => ({ seq: index + 1, leaf: bytes, salt: bytes, record: bytes, head: bytes }));
  assert.ok(store.value.commit([{ append }]).ok);
  const read = store.value.read();
  assert.deepEqual(read.ok && [read.value.entries.length, read.value.entries.at(-1)?.seq], [PASSIVE_HELD_ENTRIES + 1, PASSIVE_HELD_ENTRIES + 76]);
  store.value.close();
  rmSync(directory, { recursive: true });
});
