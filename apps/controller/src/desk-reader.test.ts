// The card pad as a desk reader: a card laid there is the page's while it is connected and the lock's before and after; what is written on a card stays on it.

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { WebSocket } from 'ws';
import { hex } from '@mortise/base/bytes.ts';
import { virtualCard } from '@mortise/cards/virtual-card.ts';
import { serveSockets } from '@mortise/device/sockets.ts';
import { freshEntropy } from '@mortise/node/entropy.ts';
import { keepDrawer, readDrawer } from './card-drawer.ts';
import { deskReader } from './desk-reader.ts';
import type { PadEvent } from './entry-pad.ts';
import { VirtualPad } from './virtual-pad.ts';

const directory = mkdtempSync(join(tmpdir(), 'mortise-cards-'));
after(() => rmSync(directory, { recursive: true, force: true }));
const SELECT = Uint8Array.of(0x00, 0xa4, 0x04, 0x0c, 7, 0xd2, 0x76, 0x00, 0x00, 0x85, 0x01, 0x01, 0);
const card = virtualCard('ntag424', Uint8Array.of(4, 1, 2, 3, 4, 5, 6));

test('while a page is connected, the pad is its reader; before and after it is the lock’s', async (t) => {
  const pad = new VirtualPad(freshEntropy);
  const toLock: PadEvent['kind'][] = [];
  pad.listen(({ kind }) => toLock.push(kind));
  const server = createServer();
  serveSockets(server, [deskReader(pad)]);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => server.close());
  const address = server.address();
  const port = typeof address === 'object' ? (address?.port ?? 0) : 0;
  pad.lay(card, 'unlock');
  pad.lift();
  const page = new WebSocket(`ws://127.0.0.1:${port}/card-reader`);
  await once(page, 'open');
  const heard: string[] = [];
  page.on('message', (data: Buffer) => heard.push(hex(Uint8Array.from(data))));
  pad.lay(card, 'unlock');
  await once(page, 'message');
  page.send(SELECT);
  await once(page, 'message');
  pad.lift();
  await once(page, 'message');
  assert.deepEqual(heard, ['010004010203040506', '029000', '00']);
  const busy = new WebSocket(`ws://127.0.0.1:${port}/card-reader`);
  assert.equal((await once(busy, 'unexpected-response')).length, 2, 'one page at a time');
  assert.deepEqual(toLock, ['cardFound', 'cardGone'], 'the lock heard nothing of it');
  page.close();
  await once(page, 'close');
  await new Promise((resolve) => setTimeout(resolve, 20));
  pad.lay(card, 'unlock');
  assert.deepEqual(toLock, ['cardFound', 'cardGone', 'cardFound']);
});

test('the drawer keeps its cards, keys and files; what is not a drawer is two other cards', () => {
  const path = join(directory, 'cards.json');
  const fresh = readDrawer(path, freshEntropy);
  assert.equal(fresh.blue.uid[0], 4);
  keepDrawer(path, fresh);
  assert.deepEqual(readDrawer(path, freshEntropy), fresh);
  for (const text of ['', 'nonsense', '[]', '[{}]', '[{"uid":"zz"},{"uid":"00"}]']) {
    writeFileSync(path, text);
    assert.notEqual(hex(readDrawer(path, freshEntropy).blue.uid), hex(fresh.blue.uid), text);
  }
});
