// A lock out of the box: it knows no hub, no network and nobody. Its owner adopts it by Bluetooth with the code on its label, tells it Wi-Fi and hub, and opens it, all
// with the network gone: page, Web Bluetooth, noble, radio, bleno, `mortise lock --bluetooth`. Once there is a network again the lock goes to the hub by itself.

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { connect, createServer, type Server } from 'node:net';
import { delimiter, join } from 'node:path';
import { after, test } from 'node:test';
import type { Page } from 'playwright-core';
import { required } from '@mortise/base/assert.ts';
import { TestRadio } from '@mortise/controller/radio.fixture.ts';
import { BLUETOOTH_FLAGS, BluetoothBridge, emulateBluetooth } from '../support/bluetooth.ts';
import { addAuthenticator, noBrowser, watchedPage } from '../support/browser.ts';
import { freePort, startNode, temporaryDirectory, type Running } from '../support/processes.ts';
import { programOf } from '../support/programs.ts';
import { Workbench } from '../support/workbench.ts';
import { asItStands, onLocalhost } from './place.ts';
import { holdToOpen, own, picture, says } from './walk.ts';

const MAIN = programOf('mortise');
const [WIFI, PASSPHRASE] = ['Upstairs', 'a passphrase that nobody prints'];
const air = new TestRadio();
after(() => air.close());

type NewLock = { readonly running: Running; readonly workbench: Workbench; readonly wifiFile: string };

/** As it leaves the box: told its radio and its Wi-Fi interface, and nothing of any hub. Its wpa_cli says yes to everything. */
const unpack = async (folder: string): Promise<NewLock> => {
  const wifiFile = join(folder, 'wpa_supplicant.conf');
  writeFileSync(join(folder, 'wpa_cli'), '#!/bin/sh\necho OK\n', { mode: 0o755 });
  const told = ['--data', join(folder, 'lock'), '--workbench-port', '0', '--bluetooth', air.name, '--wifi-interface', 'wlan7', '--wifi-file', wifiFile];
  const running = startNode([MAIN, 'lock', '--json', ...told], { PATH: [folder, process.env['PATH']].join(delimiter) });
  const [, workbench = ''] = await running.line(/"workbench":"([^"]+)"/);
  return { running, workbench: new Workbench(workbench), wifiFile };
};

/** The network between lock and hub: until it is there, nothing listens. */
const layNetwork = async (port: number, to: number): Promise<Server> => {
  const server = createServer((near) => {
    const far = connect(to, '127.0.0.1');
    near.pipe(far).pipe(near);
    for (const end of [near, far]) end.on('error', () => { near.destroy(); far.destroy(); });
  }).listen(port, '127.0.0.1');
  await once(server, 'listening');
  return server;
};

const toTheLock = async (page: Page, code: string): Promise<void> => {
  await page.getByRole('button', { name: 'Add the first lock' }).click();
  await page.getByText('Here beside me').click();
  await page.getByLabel('Setup code').fill(code);
  await picture(page, 'add-by-bluetooth');
  await page.getByRole('button', { name: 'Find the lock' }).click();
};

const tellNetwork = async (page: Page, hub: string): Promise<void> => {
  await page.getByLabel('Name of the door').fill('Cellar');
  await page.getByLabel('Address of the hub for locks').fill(hub);
  await page.getByText('Let it join a Wi-Fi network').click();
  await page.getByLabel('Name of the Wi-Fi').fill(WIFI);
  await page.getByLabel('Its passphrase').fill(PASSPHRASE);
};

test('adopted and first opened by Bluetooth with the network gone; told Wi-Fi and hub, it goes there once it can', { skip: noBrowser }, async (t) => {
  await air.serve();
  const [place, folder, wire] = [await onLocalhost({ env: {}, flags: BLUETOOTH_FLAGS }), await temporaryDirectory(), await freePort()];
  const lock = await unpack(folder.path);
  let network: Server | undefined;
  try {
    const { context, mortise } = place;
    const session = await emulateBluetooth(required(context.browser() ?? undefined, 'a context has a browser'));
    await context.routeWebSocket(/\/near$/, (socket) => socket.close()); // the radio is the only near way
    const { page, errors } = await watchedPage(context);
    const bridge = await BluetoothBridge.between(session, page, await air.phone(), 1);
    await addAuthenticator(page, { prf: true });
    const setupCode = await lock.workbench.setupCode();
    await own(page, mortise.claimUrl ?? '');
    await toTheLock(page, setupCode);
    await tellNetwork(page, `localhost:${wire}`);
    await context.setOffline(true);
    await page.getByRole('button', { name: 'Make it mine' }).click();
    await page.getByText('Cellar is added').first().waitFor();
    await page.getByText('The hub does not know of it yet').waitFor();
    await page.getByRole('button', { name: 'To the door' }).click();
    await page.getByText('Straight from here, by Bluetooth').first().waitFor();
    await picture(page, 'bluetooth-not-handed-in');
    await holdToOpen(page);
    await lock.workbench.until('the bolt is withdrawn', ({ position }) => position === 'withdrawn');
    await says(page, 'Unlocked');
    await lock.running.line(/"event":"wifi","why":"told"/);
    assert.match(readFileSync(lock.wifiFile, 'utf8'), new RegExp(`ssid=${Buffer.from(WIFI).toString('hex')}\\n\\tpsk="${PASSPHRASE}"`));
    assert.equal((await lock.workbench.body()).link.up, false, 'it had no network');

    network = await layNetwork(wire, place.brokerPort);
    await lock.workbench.until('the lock is with its hub', ({ link }) => link.up, 20_000);
    await context.setOffline(false);
    await page.locator('section[aria-labelledby="today"] li', { hasText: 'unlocked' }).first().waitFor(); // on the page where it was opened
    await says(page, 'Unlocked');
    assert.match(JSON.stringify(await page.evaluate(async (): Promise<unknown> => (await fetch('/api/doors')).json())), /"name":"Cellar"/);
    for (const secret of [PASSPHRASE, WIFI, setupCode]) assert.equal(lock.running.output().includes(secret), false, 'nothing of it is in the log');
    assert.deepEqual(errors.filter((text) => !/ERR_INTERNET_DISCONNECTED|ERR_FAILED|WebSocket connection/.test(text)), []);
    t.diagnostic(`${bridge.counts.connections} connections, ${bridge.counts.notifications} notifications`);
  } catch (error) {
    await asItStands(place, 'bluetooth-onboarding');
    process.stderr.write(`${lock.running.output()}\n`);
    throw error;
  } finally {
    await lock.running.stop();
    network?.close();
    await folder.remove();
    await place.close();
  }
});
