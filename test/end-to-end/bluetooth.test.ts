// The whole chain: page, Web Bluetooth, noble, radio, bleno, lock. The lock's link is pulled out; an owner finds the lock by its radio and opens it, without a
// network and from a page that was loaded without one, across a connection that breaks in the middle, and with another phone at the door at the same time.

import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import type { Page } from 'playwright-core';
import { required } from '@mortise/base/assert.ts';
import { TestRadio, type RadioPhone } from '@mortise/controller/radio.fixture.ts';
import { BLUETOOTH_FLAGS, BluetoothBridge, emulateBluetooth, FOUND_AGAIN_MS } from '../support/bluetooth.ts';
import { addAuthenticator, noBrowser, watchedPage } from '../support/browser.ts';
import { Workbench } from '../support/workbench.ts';
import { asItStands, onLocalhost, type Place } from './place.ts';
import { adopt, holdToOpen, own, picture, readSetupCode, says } from './walk.ts';

const air = new TestRadio();
after(() => air.close());

const NEAR = 'Straight from here, by Bluetooth: the lock is near.';

const find = async (page: Page): Promise<void> => {
  await page.bringToFront();
  await page.getByRole('button', { name: 'Find the lock by Bluetooth' }).click();
  await page.getByText(NEAR).first().waitFor();
};

const lockUp = async (page: Page, workbench: Workbench): Promise<void> => {
  await page.getByRole('button', { name: /^Lock\b/ }).click();
  await workbench.until('the bolt is thrown', ({ position }) => position === 'thrown');
  await says(page, 'Locked');
};

/** Holds; the radio breaks while the ring fills. */
const holdAndLose = async (page: Page, phone: RadioPhone): Promise<void> => {
  setTimeout(() => air.radio.cut(phone.controller, air.lock), 500);
  await holdToOpen(page);
  await page.getByText('Not opened').first().waitFor();
};

/** Without a network: only a browser that knows the page has it. */
const loadAnew = async (page: Page, { another }: Place, bridge: BluetoothBridge): Promise<void> => {
  const stranger = await another();
  await stranger.setOffline(true);
  await assert.rejects((await stranger.newPage()).goto(page.url()), /ERR_INTERNET_DISCONNECTED/, 'control');
  await stranger.close();
  await page.reload();
  await page.getByText(/No connection to the hub/).first().waitFor();
  await picture(page, 'bluetooth-kept');
  await bridge.again();
  await find(page);
};

test('page, Web Bluetooth, noble, radio, bleno, lock', { skip: noBrowser }, async (t) => {
  await air.serve();
  const place = await onLocalhost({ env: { MORTISE_LOCK_BLUETOOTH: air.name }, flags: BLUETOOTH_FLAGS });
  try {
    const { context, mortise } = place;
    const session = await emulateBluetooth(required(context.browser() ?? undefined, 'a context has a browser'));
    await context.routeWebSocket(/\/near$/, (socket) => socket.close()); // the radio is the only near way
    const [{ page, errors }, phone, other] = [await watchedPage(context), await air.phone(), await air.phone()];
    const bridge = await BluetoothBridge.between(session, page, phone, 1);
    await addAuthenticator(page, { prf: true });
    const workbench = new Workbench(mortise.workbench);
    const setupCode = await readSetupCode(page, mortise.workbench);
    await own(page, mortise.claimUrl ?? '');
    await page.getByRole('button', { name: 'Add the first lock' }).click();
    await adopt(page, setupCode);
    await says(page, 'Locked');
    await page.getByText('Through the hub.').first().waitFor();
    await picture(page, 'bluetooth-by-hub');
    await find(page);
    await picture(page, 'bluetooth-near');
    await workbench.act({ action: 'link', on: false });

    await holdToOpen(page);
    await workbench.until('the bolt is withdrawn', ({ position }) => position === 'withdrawn');
    await says(page, 'Unlocked');
    await lockUp(page, workbench);

    await holdAndLose(page, phone);
    assert.equal((await workbench.body()).position, 'thrown', 'nothing was asked, nothing moved');
    await page.getByText(NEAR).first().waitFor({ timeout: FOUND_AGAIN_MS });
    await context.setOffline(true);
    await holdToOpen(page);
    await workbench.until('the bolt is withdrawn', ({ position }) => position === 'withdrawn');
    await lockUp(page, workbench);
    await loadAnew(page, place, bridge);
    await holdToOpen(page);
    await workbench.until('the bolt is withdrawn', ({ position }) => position === 'withdrawn');
    await lockUp(page, workbench);
    await context.setOffline(false);

    const second = await watchedPage(context);
    const otherBridge = await BluetoothBridge.between(session, second.page, other, 2);
    await second.page.goto(page.url());
    await find(second.page);
    await page.bringToFront();
    await page.getByText(NEAR).first().waitFor();
    await Promise.all([page, second.page].map((each) => holdToOpen(each)));
    await workbench.until('the bolt is withdrawn', ({ position }) => position === 'withdrawn');
    await Promise.all([page, second.page].map((each) => says(each, 'Unlocked')));
    t.diagnostic(`${bridge.counts.connections} and ${otherBridge.counts.connections} connections, ${bridge.counts.notifications} and ${otherBridge.counts.notifications} notifications`);
    const ours = /ERR_INTERNET_DISCONNECTED|ERR_FAILED|WebSocket connection/;
    assert.deepEqual([...errors, ...second.errors].filter((text) => !ours.test(text)), []);
  } catch (error) {
    await asItStands(place, 'bluetooth');
    throw error;
  } finally {
    await place.close();
  }
});
