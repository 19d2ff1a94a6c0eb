// A fob whose hub or adapter fails it: what is said, and that the next try is not kept from working.

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { identifierOf, type SiteId } from '@mortise/base/identifiers.ts';
import { Secret } from '@mortise/base/secret.ts';
import { TestRadio } from '@mortise/controller/radio.fixture.ts';
import { nodeCrypto } from '@mortise/node/crypto.ts';
import { serveController } from '@mortise/radio/remote.ts';
import { keyLinkText, LINK_SECRET_BYTES } from '@mortise/wallet/key-link.ts';
import { freePort, startNode, temporaryDirectory, type Running } from '../support/processes.ts';
import { programOf } from '../support/programs.ts';

const MAIN = programOf('mortise');
const siteId = identifierOf<SiteId>(new Uint8Array(16).fill(3));
const air = new TestRadio();
after(() => air.close());

const ended = async (running: Running): Promise<{ readonly code: number | null; readonly says: string }> => {
  const [code] = await once(running.process, 'exit');
  return { code: typeof code === 'number' ? code : null, says: running.output() };
};

test('a hub that does not answer uses no file up: the same again tries by the same key; without a link it is said what makes one', async () => {
  const folder = await temporaryDirectory();
  try {
    const file = join(folder.path, 'fob.json');
    assert.match((await ended(startNode([MAIN, 'fob', '--file', file]))).says, /There is no file .*fob\.json\. `mortise fob LINK` makes one/);
    const hub = `http://localhost:${await freePort()}`;
    const link = `${hub}/key#${keyLinkText(nodeCrypto, { secret: new Secret(new Uint8Array(LINK_SECRET_BYTES).fill(5)), siteId })}`;
    const first = await ended(startNode([MAIN, 'fob', link, '--file', file]));
    assert.match(first.says, /does not answer/);
    const key = readFileSync(file, 'utf8');
    const again = await ended(startNode([MAIN, 'fob', link, '--file', file]));
    assert.match(again.says, /does not answer/);
    assert.deepEqual([again.code, readFileSync(file, 'utf8')], [2, key], 'its key is kept');
    const elsewhere = await ended(startNode([MAIN, 'fob', link.replace('localhost', '127.0.0.1'), '--file', file]));
    assert.match(elsewhere.says, /is there already/, 'the control: another hub’s file stays');
  } finally {
    await folder.remove();
  }
});

test('an adapter that is pulled out while it listens is told; put back, the next press listens again', async () => {
  const folder = await temporaryDirectory();
  try {
    const [file, path] = [join(folder.path, 'fob.json'), join(folder.path, 'adapter')];
    const hub = `http://localhost:${await freePort()}`;
    writeFileSync(file, JSON.stringify({ kind: 'mortise-fob', hub, siteId, privateKey: Buffer.alloc(32, 1).toString('base64url'), keys: null }));
    const controller = air.controller();
    const server = serveController(controller).listen(path);
    await once(server, 'listening');
    const fob = startNode([MAIN, 'fob', '--file', file, '--bluetooth', `h4:${path}`]);
    await fob.line(/press Enter/);
    fob.process.stdin?.write('\n');
    setTimeout(() => air.radio.remove(controller), 1000);
    await fob.line(/The Bluetooth adapter is gone/);
    server.close();
    rmSync(path, { force: true });
    const back = serveController(air.controller()).listen(path);
    await once(back, 'listening');
    fob.process.stdin?.end('\n');
    await fob.line(/No lock of this key/);
    const { code, says } = await ended(fob);
    assert.deepEqual([code, says.includes('defect')], [3, false], says);
    back.close();
  } finally {
    await folder.remove();
  }
});
