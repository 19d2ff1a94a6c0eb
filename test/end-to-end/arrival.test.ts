// Opening on arrival, on the real clock: said away from the door, it opens once when the lock's radio is heard after a minute without; who was away for
// some seconds only, as a phone that lies inside, opens nothing.

import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { required } from '@mortise/base/assert.ts';
import { TestRadio } from '@mortise/controller/radio.fixture.ts';
import { AWAY_MS } from '../../apps/web/src/model/arrival.ts';
import { BLUETOOTH_FLAGS, BluetoothBridge, emulateBluetooth, FOUND_AGAIN_MS } from '../support/bluetooth.ts';
import { addAuthenticator, noBrowser, watchedPage } from '../support/browser.ts';
import { Workbench } from '../support/workbench.ts';
import { asItStands, onLocalhost } from './place.ts';
import { adopt, own, picture, readSetupCode, says } from './walk.ts';

const air = new TestRadio();
after(() => air.close());

const [HERE, AWAY] = [{ x: 0, y: 0 }, { x: 1000, y: 0 }];

test('said on the way, and at the door a minute later: opened once; away for a moment only: not', { skip: noBrowser }, async () => {
  await air.serve();
  const place = await onLocalhost({ env: { MORTISE_LOCK_BLUETOOTH: air.name }, flags: BLUETOOTH_FLAGS });
  try {
    const { context, mortise } = place;
    const session = await emulateBluetooth(required(context.browser() ?? undefined, 'a context has a browser'));
    await context.routeWebSocket(/\/near$/, (socket) => socket.close());
    const [{ page }, phone] = [await watchedPage(context), await air.phone()];
    await BluetoothBridge.between(session, page, phone, 1);
    await addAuthenticator(page, { prf: true });
    const workbench = new Workbench(mortise.workbench);
    const setupCode = await readSetupCode(page, mortise.workbench);
    await own(page, mortise.claimUrl ?? '');
    await page.getByRole('button', { name: 'Add the first lock' }).click();
    await adopt(page, setupCode);
    await says(page, 'Locked');
    await page.getByRole('button', { name: 'Find the lock by Bluetooth' }).click();
    const near = page.getByText('Straight from here, by Bluetooth: the lock is near.').first();
    await near.waitFor();
    await workbench.act({ action: 'link', on: false });
    const arrive = page.getByRole('button', { name: 'Open when I arrive' });
    const coming = page.getByText('Opens once when the lock is heard').first();

    air.radio.move(air.lock, AWAY);
    await arrive.click();
    await coming.waitFor();
    await picture(page, 'arrival-coming');
    await sleep(AWAY_MS / 6);
    air.radio.move(air.lock, HERE);
    await near.waitFor({ timeout: FOUND_AGAIN_MS });
    await sleep(3000);
    assert.equal((await workbench.body()).position, 'thrown', 'a moment away is no way home');

    air.radio.move(air.lock, AWAY);
    await coming.waitFor();
    await sleep(AWAY_MS + 6000);
    air.radio.move(air.lock, HERE);
    await workbench.until('the bolt is withdrawn', ({ position }) => position === 'withdrawn');
    await says(page, 'Unlocked');
    await workbench.act({ action: 'thumb-turn', to: 'thrown' });
    await sleep(5000);
    assert.equal((await workbench.body()).position, 'thrown', 'once');
  } catch (error) {
    await asItStands(place, 'arrival');
    throw error;
  } finally {
    await place.close();
  }
});
