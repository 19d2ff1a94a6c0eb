// The near link's sockets: packets in and out as they are, and whoever does not keep to the form, or takes too slowly, is cut off alone.

import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { connect } from 'node:net';
import test, { type TestContext } from 'node:test';
import { WebSocket } from 'ws';
import { equalBytes, type Bytes } from '@mortise/base/bytes.ts';
import { encodeNearFrame } from '@mortise/courier/near-frame.ts';
import { MAX_NEAR_MESSAGE_BYTES, MAX_PACKET_BYTES } from '@mortise/courier/near-packet.ts';
import { MAX_NEAR_CHANNELS, MAX_UNSENT_BYTES, NearLinks } from './near-links.ts';
import { NearPhone } from './near-phone.fixture.ts';
import { serveSockets } from '@mortise/device/sockets.ts';
import { nearSockets } from './near-server.ts';

type Heard = { readonly what: 'opened' | 'frame' | 'closed'; readonly connection: number; readonly bytes?: Bytes };

const serve = async (t: TestContext) => {
  const heard: Heard[] = [];
  const links = new NearLinks({
    opened: (connection) => heard.push({ what: 'opened', connection }),
    frame: (connection, bytes) => heard.push({ what: 'frame', connection, bytes }),
    closed: (connection) => heard.push({ what: 'closed', connection }),
  });
  const server = createServer();
  serveSockets(server, [nearSockets(links)]);
  await new Promise<void>((resolve) => { server.listen(0, '127.0.0.1', resolve); });
  const address = server.address();
  assert.ok(typeof address === 'object' && address !== null);
  t.after(() => {
    links.terminate();
    server.close();
  });
  const { port } = address;
  const phone = (path = '/near'): Promise<NearPhone> => NearPhone.connect(`ws://127.0.0.1:${port}${path}`);
  const until = async (what: string, done: () => boolean): Promise<void> => {
    for (let turn = 0; turn < 800 && !done(); turn += 1) await new Promise((resolve) => setTimeout(resolve, 5));
    assert.ok(done(), what);
  };
  return { links, heard, port, phone, until };
};

test('frames of any length pass both ways, in packets that fit the radio', async (t) => {
  const { links, heard, phone, until } = await serve(t);
  const one = await phone();
  const sizes: number[] = [];
  one.socket.on('message', (data) => sizes.push(Buffer.isBuffer(data) ? data.length : 0));
  for (const length of [1, 252, 253, 5000, MAX_NEAR_MESSAGE_BYTES]) {
    const frame = new Uint8Array(length).fill(5);
    one.sayBytes(frame);
    await until(`${length} bytes`, () => equalBytes(heard.at(-1)?.bytes ?? new Uint8Array(0), frame));
    if (length === 1) continue;
    const back = encodeNearFrame({ kind: 'carry', message: frame.slice(0, Math.min(length, 65_000)) });
    const count = one.heard.length;
    links.send(1, back);
    await one.until('the same back', () => one.heard[count]);
  }
  assert.ok(sizes.every((size) => size >= 2 && size <= MAX_PACKET_BYTES));
  one.socket.close();
  await until('told', () => heard.at(-1)?.what === 'closed');
});

const NONSENSE: readonly (readonly [string, (socket: WebSocket) => void])[] = [
  ['text', (socket) => socket.send('hello')],
  ['an empty packet', (socket) => socket.send(new Uint8Array(0))],
  ['a header alone', (socket) => socket.send(Uint8Array.of(0x80))],
  ['a packet that is too long', (socket) => socket.send(new Uint8Array(MAX_PACKET_BYTES + 1))],
  ['a packet out of turn', (socket) => socket.send(Uint8Array.of(0x81, 1))],
  ['a message without an end', (socket) => { for (let count = 0; count < 300; count += 1) socket.send(new Uint8Array(MAX_PACKET_BYTES).fill(count & 0x7f, 0, 1)); }],
  ['bytes that are no WebSocket frame', (socket) => Reflect.get(socket, '_socket').write(Buffer.from('GET / HTTP/1.1\r\n\r\n'))],
  ['a line that is cut', (socket) => socket.terminate()],
];

for (const [name, does] of NONSENSE) {
  test(`${name}: the connection ends, is told once, and no other`, async (t) => {
    const { heard, phone, until } = await serve(t);
    const [wrong, other] = [await phone(), await phone()];
    does(wrong.socket);
    await until('the end', () => heard.some(({ what }) => what === 'closed'));
    await new Promise((resolve) => setTimeout(resolve, 30));
    assert.deepEqual(heard.filter(({ what }) => what !== 'opened'), [{ what: 'closed', connection: 1 }]);
    other.say({ kind: 'open' });
    await until('the other is heard', () => heard.at(-1)?.connection === 2);
  });
}

test('closed by the lock: what was said arrives, nothing more is heard, and the lock is not told what it did', async (t) => {
  const { links, heard, phone } = await serve(t);
  const one = await phone();
  links.send(1, encodeNearFrame({ kind: 'carry', message: new Uint8Array(20_000) }));
  links.close(1);
  one.say({ kind: 'open' });
  assert.equal(await one.end(), 1005);
  assert.deepEqual([one.heard.length, heard.map(({ what }) => what)], [1, ['opened']]);
  links.send(1, encodeNearFrame({ kind: 'open' }));
  links.close(1);
});

test('a phone that does not agree to the end is cut off', async (t) => {
  const { links, phone, until } = await serve(t);
  const one = await phone();
  one.socket.pause();
  links.close(1);
  for (let count = 1; count < MAX_NEAR_CHANNELS; count += 1) await phone();
  assert.equal(links.hasRoom(), false, 'it takes a place as long as it is there');
  await until('its place is free', () => links.hasRoom());
});

test('a phone that takes nothing is cut off before it costs more than its bound; others go on', async (t) => {
  const { links, heard, phone, until } = await serve(t);
  const [slow, good] = [await phone(), await phone()];
  slow.socket.pause();
  const frame = encodeNearFrame({ kind: 'carry', message: new Uint8Array(60_000) });
  let sent = 0;
  for (; sent < 400 && !heard.some(({ what }) => what === 'closed'); sent += 1) {
    links.send(1, frame);
    await new Promise((resolve) => setImmediate(resolve));
  }
  assert.deepEqual(heard.at(-1), { what: 'closed', connection: 1 });
  t.diagnostic(`cut off after ${sent} frames of 60,000 bytes, at most ${MAX_UNSENT_BYTES} of them unsent`);
  links.send(2, frame);
  await good.first('carry');
  await until('quiet', () => heard.length === 3);
});

test('there are so many sockets and no more; other paths and plain requests are refused', async (t) => {
  const { phone, port, until, links } = await serve(t);
  const phones = [];
  for (let count = 0; count < MAX_NEAR_CHANNELS; count += 1) phones.push(await phone());
  assert.equal((await phone()).ended, 503);
  phones[0]?.socket.close();
  await until('room', () => links.hasRoom());
  assert.equal((await phone()).ended, undefined);
  assert.equal((await phone('/')).ended, 404);
  assert.equal((await phone('/near/')).ended, 404);
  phones[1]?.socket.close();
  await until('room', () => links.hasRoom());
  const answer = await new Promise<string>((resolve) => {
    const raw = connect(port, '127.0.0.1', () => raw.write('GET /near HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: else\r\n\r\n'));
    raw.once('data', (data) => resolve(data.toString().slice(0, 12)));
  });
  assert.equal(answer, 'HTTP/1.1 400');
  assert.equal((await phone()).ended, undefined, 'control');
});
