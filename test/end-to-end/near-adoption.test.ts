// A lock is adopted where it is, and the hub is out of reach all the while: for the lock, whose link is pulled out, and from the offer on for the page.
// It opens there at once; once the hub is reached again it has the door, and the lock goes there by itself. In a real Chromium, with a real
// hub, broker and lock.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Page } from 'playwright-core';
import { addAuthenticator, noBrowser, watchedPage } from '../support/browser.ts';
import { startPassiveLock } from '../support/devices.ts';
import { temporaryDirectory } from '../support/processes.ts';
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
    await page.locator('section[aria-labelledby="today"] li').first().waitFor();
  } catch (error) {
    await asItStands(place, 'near-adoption');
    throw error;
  } finally {
    await place.close();
  }
});

test('a passive lock is adopted by contact, opened by the hand that its owner’s phone lets, and the hub knows it as passive', { skip: noBrowser }, async () => {
  const place = await onLocalhost();
  const directory = await temporaryDirectory();
  const lock = await startPassiveLock(directory.path);
  try {
    const { mortise, context } = place;
    const { page } = await watchedPage(context);
    await addAuthenticator(page, { prf: true });
    await own(page, mortise.claimUrl ?? '');
    const { setup } = await lock.look();
    const contact = new URL('/contact', lock.said.get('workbench'));
    contact.protocol = 'ws:';
    await page.getByRole('button', { name: 'Add the first lock' }).click();
    await page.getByText('Here beside me').click();
    await page.getByLabel('Setup code').fill(setup?.text ?? '');
    await page.getByLabel('Where the lock answers').fill(contact.href);
    await page.getByRole('button', { name: 'Continue' }).click();
    await page.getByLabel('Name of the door').fill('Cabinet 4');
    assert.equal(await page.getByText('Tell the lock where the hub is').count(), 0, 'it has no link to tell of');
    await page.getByRole('button', { name: 'Make it mine' }).click();
    await page.getByText('Cabinet 4 is added').first().waitFor();
    await page.getByRole('button', { name: 'To the door' }).click();
    await picture(page, 'door-passive');
    const turned = lock.until('the bolt is free', ({ free }) => free).then(() => lock.act({ action: 'turn', to: 'withdrawn' }));
    await holdToOpen(page);
    assert.equal(await turned, 'done');
    await says(page, 'Unlocked');
    const doors: unknown = await page.evaluate(async () => (await fetch('/api/doors')).json());
    assert.match(JSON.stringify(doors), /"name":"Cabinet 4".*"profile":"passive"/);
  } catch (error) {
    await asItStands(place, 'contact-adoption');
    throw error;
  } finally {
    await lock.running.stop();
    await directory.remove();
    await place.close();
  }
});
