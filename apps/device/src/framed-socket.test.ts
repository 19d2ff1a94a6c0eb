import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { test, type TestContext } from 'node:test';
import { WebSocket } from 'ws';
import type { Bytes } from '@mortise/base/bytes.ts';
import { encodeSerialFrame } from '@mortise/courier/serial-frame.ts';
import { FramedSocket, MAX_PIECE_BYTES } from './framed-socket.ts';
import { serveSockets } from './sockets.ts';

/** A wire, and the socket at its other end. */
const wire = async (t: TestContext, endAfterBytes?: number) => {
  const heard: Bytes[] = [];
  const ended = Promise.withResolvers<undefined>();
  const accepted = Promise.withResolvers<FramedSocket>();
  const server = createServer();
  serveSockets(server, [{
    path: '/wire', maxMessageBytes: MAX_PIECE_BYTES, hasRoom: () => true, terminate: () => undefined,
    accept: (socket) => { accepted.resolve(new FramedSocket(socket, { message: (bytes) => heard.push(bytes), ended: () => { ended.resolve(undefined); } }, endAfterBytes)); },
  }]);
  await new Promise<void>((resolve) => { server.listen(0, '127.0.0.1', resolve); });
  const address = server.address();
  const far = new WebSocket(`ws://127.0.0.1:${typeof address === 'object' ? address?.port : 0}/wire`);
  const said: Buffer[] = [];
  far.on('message', (data) => { if (Buffer.isBuffer(data)) said.push(data); });
  const gone = new Promise<void>((resolve) => { far.once('close', () => { resolve(); }); });
  t.after(() => { far.terminate(); server.closeAllConnections(); server.close(); });
  const near = await accepted.promise;
  await new Promise<void>((resolve) => { if (far.readyState === WebSocket.OPEN) resolve(); else far.once('open', () => { resolve(); }); });
  return { near, far, heard, said, ended: ended.promise, gone };
};

const until = async (what: string, isSo: () => boolean): Promise<void> => {
  for (const end = performance.now() + 4000; !isSo(); ) {
    assert.ok(performance.now() < end, what);
    await new Promise((resolve) => { setTimeout(resolve, 5); });
  }
};

const [ONE, TWO] = [Uint8Array.of(1, 0, 2), new Uint8Array(600).fill(7)];

test('messages come whole, in whatever pieces their bytes come; noise is not heard', async (t) => {
  const { near, far, heard, said } = await wire(t);
  const bytes = Buffer.concat([encodeSerialFrame(ONE), Buffer.from([9, 9, 9, 0]), encodeSerialFrame(TWO)]);
  for (const byte of bytes) far.send(Uint8Array.of(byte));
  far.send(bytes);
  await until('four messages', () => heard.length === 4);
  assert.deepEqual(heard, [ONE, TWO, ONE, TWO]);
  near.send(TWO);
  await until('the answer', () => said.length === 1);
  assert.deepEqual(new Uint8Array(said[0] ?? []), encodeSerialFrame(TWO));
  assert.equal(near.bytes, 2 * bytes.length + encodeSerialFrame(TWO).length);
});

test('a wire with an end: so many bytes go over, both ways counted, and not one more', async (t) => {
  const frame = encodeSerialFrame(ONE);
  const { near, far, heard, said, ended, gone } = await wire(t, frame.length + 4);
  far.send(frame);
  await until('the message', () => heard.length === 1);
  near.send(TWO);
  await ended;
  await gone;
  assert.deepEqual([near.bytes, Buffer.concat(said)], [frame.length + 4, Buffer.from(encodeSerialFrame(TWO).subarray(0, 4))]);
  near.send(ONE);
  assert.equal(near.bytes, frame.length + 4);
  const none = await wire(t, 0);
  none.near.send(ONE);
  await none.ended;
  assert.deepEqual([none.near.bytes, none.said.length], [0, 0]);
});

test('text, and more than a frame at once, end it', async (t) => {
  for (const said of ['text', new Uint8Array(MAX_PIECE_BYTES + 1)]) {
    const { far, heard, ended, gone } = await wire(t);
    far.send(said);
    await ended;
    await gone;
    assert.deepEqual(heard, []);
  }
});
