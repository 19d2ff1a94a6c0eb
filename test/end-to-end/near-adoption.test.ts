// A lock is adopted where it is, and the hub is out of reach all the while: for the lock, whose link is pulled out, and from the offer on for the page.
// It opens there at once; once the hub is reached again it has the door, and the lock goes there by itself. In a real Chromium, with a real
// hub, broker and lock.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Page } from 'playwright-core';
import { addAuthenticator, noBrowser, watchedPage } from '../support/browser.ts';
import { Workbench } from '../support/workbench.ts';
import { asItStands, onLocalhost } from './place.ts';
import { holdToOpen, own, picture, readSetupCode, says } from './walk.ts';

const nearOf = (workbench: string): string => {
  const url = new URL('/near', workbench);
  url.protocol = 'ws:';
  return url.href;
};

/** Nothing of the hub answers this page until the returned function is called; near links do. */
const cutHub = async (page: Page): Promise<() => Promise<void>> => {
  await page.route('**/api/**', (route) => route.abort());
  return () => page.unroute('**/api/**');
};

test('a lock with no link is adopted beside its owner while the hub is out of reach, opens at once, and is handed in later', { skip: noBrowser }, async () => {
  const place = await onLocalhost();
  try {
    const { mortise, context } = place;
    const lock = new Workbench(mortise.workbench);
    const { page } = await watchedPage(context);
    const { page: bench } = await watchedPage(context);
    await addAuthenticator(page, { prf: true });
    const setupCode = await readSetupCode(bench, mortise.workbench);
    await own(page, mortise.claimUrl ?? '');
    await lock.act({ action: 'link', on: false });
    await page.getByRole('button', { name: 'Add the first lock' }).click();
    await page.getByText('Here beside me').click();
    await page.getByLabel('Setup code').fill(setupCode);
    await page.getByLabel('Where the lock answers').fill(nearOf(mortise.workbench));
    await picture(page, 'add-here');
    await page.getByRole('button', { name: 'Continue' }).click();
    await page.getByLabel('Name of the door').fill('Cellar');
    await page.getByLabel('Address of the hub for locks').fill(`localhost:${place.brokerPort}`);
    await picture(page, 'add-here-name');
    const restore = await cutHub(page);
    await page.getByRole('button', { name: 'Make it mine' }).click();
    await page.getByText('Cellar is added').first().waitFor();
    await page.getByText('The hub does not know of it yet').waitFor();
    await picture(page, 'add-here-done');
    await page.getByRole('button', { name: 'To the door' }).click();
    await holdToOpen(page);
    await says(page, 'Unlocked');
    assert.equal((await lock.body()).bolt, 'unlocked');
    await picture(page, 'door-not-handed-in');

    await restore();
    await page.goto(new URL('/', mortise.url).href);
    const { lockId } = await lock.act({ action: 'link', on: true });
    await page.locator(`a[href*="/door"]:not([href*="${lockId}"])`, { hasText: 'Cellar' }).first().click();
    await says(page, 'Unlocked');
    await page.getByText('Opened by').or(page.getByText('Unlocked by')).first().waitFor();
  } catch (error) {
    await asItStands(place, 'near-adoption');
    throw error;
  } finally {
    await place.close();
  }
});
