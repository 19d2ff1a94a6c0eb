// A technician's day, in a real Chromium: an owner registers an electronic key on a page and gives it out; its holder updates it with the browser of
// their phone, asks for a door, is refused and then is not, sees each without a reload, carries the grant to the key over a line that breaks off once,
// and reports the key lost at the end.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Page } from 'playwright-core';
import { required } from '@mortise/base/assert.ts';
import { addAuthenticator, noBrowser, watchedPage } from '../support/browser.ts';
import { controllerHand } from './controller-hand.ts';
import { asItStands, onLocalhost } from './place.ts';
import { holdOn, press, takeKey } from './scene.ts';
import { serveKey, type ServedKey } from './served-key.ts';
import { adopt, own, picture, readSetupCode } from './walk.ts';

const DAY_MS = 86_400_000;

const updateBy = async (page: Page, { port }: ServedKey, verb: RegExp): Promise<void> => {
  await page.getByLabel('Port').fill(String(port));
  await press(page, verb);
};

const updated = async (page: Page, key: ServedKey): Promise<void> => {
  await page.getByRole('link', { name: 'Update the key' }).click();
  await updateBy(page, key, /^Update the virtual key$/);
  await page.getByRole('heading', { name: /is updated$/ }).waitFor();
};

const back = async (page: Page): Promise<void> => {
  await page.getByRole('link', { name: 'See what it opens' }).click();
  await page.getByRole('heading', { name: 'Your electronic key', level: 1 }).waitFor();
};

const askFor = async (page: Page, door: string, why: string): Promise<void> => {
  await page.getByRole('link', { name: 'Ask for a door' }).click();
  await page.getByRole('textbox', { name: 'Door' }).fill(door.slice(0, 4).toLowerCase());
  await page.getByRole('radio', { name: door }).check();
  await page.getByLabel('Why').fill(why);
  await picture(page, 'ekey-ask');
  await press(page, 'Ask');
  await page.getByText('Nobody has answered yet').first().waitFor();
};

test('a technician asks, carries the grant to the key, and reports it lost', { skip: noBrowser }, async () => {
  const [place, key] = [await onLocalhost(), await serveKey('the technician’s key')];
  const watched = [await watchedPage(place.context), await watchedPage(await place.another())];
  const [owner, bob] = watched.map(({ page }) => page);
  assert.ok(owner !== undefined && bob !== undefined);
  try {
    await addAuthenticator(owner, { prf: true });
    const setupCode = await readSetupCode(owner, place.mortise.workbench);
    const { kitCode } = await own(owner, place.mortise.claimUrl ?? '');
    await press(owner, 'Add the first lock');
    await adopt(owner, setupCode);
    const controller = await controllerHand(place.mortise.url, kitCode);
    const doorId = required((await controller.session.call((await import('@mortise/api/routes.ts')).ROUTES.doors)).doors[0], 'the front door').id;
    const { keyId } = key.world.state;

    await owner.bringToFront();
    await owner.goto(new URL('/estate/keys/new', owner.url()).href);
    await picture(owner, 'ekey-register');
    await updateBy(owner, key, /^Look at the virtual key$/);
    await owner.getByLabel('Characters of the key').waitFor();
    await owner.getByLabel('Number on its case').fill('MK-0007');
    await picture(owner, 'ekey-register-name');
    await press(owner, 'Sign it in');
    await owner.getByRole('heading', { name: 'Key 1 is this site’s' }).waitFor();
    await picture(owner, 'ekey-registered');
    assert.equal(key.world.state.membership.kind, 'enrolled');
    await owner.goto(new URL('/estate/keys/new', owner.url()).href);
    await updateBy(owner, key, /^Look at the virtual key$/);
    await owner.getByText('It is registered already, as Key 1.').waitFor();

    const personId = await controller.issue(keyId, 'Bob Wire', Date.now() + 3 * DAY_MS);
    await takeKey(bob, await controller.invite(personId, doorId));
    await bob.getByRole('link', { name: /Your electronic key/ }).click();
    await bob.getByRole('heading', { name: 'Your electronic key', level: 1 }).waitFor();
    await picture(bob, 'ekey-held');

    await askFor(bob, 'Front door', 'The meter reads wrong');
    const [first] = await controller.waiting();
    await controller.refuse(required(first, 'Bob asks').id, 'Not before the audit');
    await bob.getByText('“Not before the audit”').waitFor();
    await picture(bob, 'ekey-refused');
    await askFor(bob, 'Front door', 'The audit is over');
    const [second] = await controller.waiting();
    await controller.approve(required(second, 'Bob asks again').id, keyId, doorId, 'Mind the dog');
    await bob.getByText('Approved', { exact: true }).waitFor();
    await picture(bob, 'ekey-approved');

    key.cutAfter = 300;
    await bob.getByRole('link', { name: 'Update the key' }).click();
    await updateBy(bob, key, /^Update the virtual key$/);
    await bob.getByText('The update broke off.').waitFor();
    await picture(bob, 'ekey-cut');
    assert.equal(key.world.state.holdings.grants.length, 0, 'nothing of it holds yet');
    await press(bob, /^Go on with the virtual key$/);
    await bob.getByRole('heading', { name: 'Key 1 is updated' }).waitFor();
    await picture(bob, 'ekey-updated');
    assert.equal(key.world.state.holdings.grants.length, 1);
    await back(bob);
    await bob.getByText('Up to date').waitFor();
    await picture(bob, 'ekey-holds');
    assert.ok((await controller.records({ ekey: keyId })).length > 3, 'its records came home');

    await bob.getByText('Is it lost?').click();
    await bob.getByLabel('Where, as far as you know').fill('On the 14:10 train');
    await picture(bob, 'ekey-lost');
    await holdOn(bob, /^Hold to report/);
    await bob.getByText('Lost', { exact: true }).waitFor();
    assert.deepEqual((await controller.ekey(keyId)).state, 'lost');
    assert.deepEqual(watched.flatMap(({ errors }) => errors), []);
    void updated;
  } catch (error) {
    await asItStands(place, 'technician', watched.map(({ page }) => page));
    throw error;
  } finally {
    await key.stop();
    await place.close();
  }
});
