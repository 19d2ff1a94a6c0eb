// A technician's day, in a real Chromium, with an electronic key and a passive lock in processes of their own: an owner registers the key on a page and
// gives it out; its holder asks for the cabinet, is refused and then is not, and sees each without a reload; the grant reaches the key through their page,
// over a line that breaks off once; the key opens the lock, the bolt returns, and what both wrote down comes home through the page. Past its deadline
// the key opens nothing until it is updated. In the end it is reported lost.

import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import type { Page } from 'playwright-core';
import { required } from '@mortise/base/assert.ts';
import { compareCode } from '../../apps/web/src/keys/compare.ts';
import { addAuthenticator, noBrowser, watchedPage } from '../support/browser.ts';
import { startKey, startPassiveLock, type KeyProcess } from '../support/devices.ts';
import { temporaryDirectory } from '../support/processes.ts';
import { controllerHand } from './controller-hand.ts';
import { fitLock } from './fitted-lock.ts';
import { asItStands, onLocalhost } from './place.ts';
import { holdOn, press } from './scene.ts';
import { own, picture } from './walk.ts';
import { cutWire } from './cut-wire.ts';

const DAY_MS = 86_400_000;
/** What a browser says by itself where a link is asked for as one that lends something, and is none. */
const NO_GRANT = /status of 404/;

/** At the place where a page meets a key: its port, and the button that begins. */
const meet = async (page: Page, port: number, verb: RegExp): Promise<void> => {
  await page.getByLabel('Port').fill(String(port));
  await press(page, verb);
};

const goUpdate = async (page: Page, port: number): Promise<void> => {
  await page.getByRole('link', { name: 'Update the key' }).click();
  await meet(page, port, /^Update the virtual key$/);
};

const isUpdated = async (page: Page, name: string): Promise<void> => {
  await page.getByRole('heading', { name: 'Key 1 is updated' }).waitFor();
  await picture(page, name);
  await page.getByRole('link', { name: 'See what it opens' }).click();
  await page.getByRole('heading', { name: 'Your electronic key', level: 1 }).waitFor();
};

const askFor = async (page: Page, why: string): Promise<void> => {
  await page.getByRole('link', { name: 'Ask for a door' }).click();
  await page.getByRole('textbox', { name: 'Door' }).fill('cab');
  await page.getByRole('radio', { name: 'Cabinet 12' }).check();
  await page.getByLabel('Why').fill(why);
  await picture(page, 'ekey-ask');
  await press(page, 'Ask');
  await page.getByText('Nobody has answered yet').first().waitFor();
};

/** The owner makes a link for whoever has the key; by it the hub knows this browser. */
const becomePhone = async (owner: Page, page: Page, keyId: string): Promise<void> => {
  await owner.goto(new URL(`/estate/keys/${keyId}`, owner.url()).href);
  await owner.getByRole('link', { name: 'A phone for Bob Wire' }).click();
  await owner.getByRole('heading', { name: 'A phone for Bob Wire' }).waitFor();
  await picture(owner, 'ekey-phone-link');
  const link = await owner.getByLabel('The link', { exact: true }).innerText();
  await page.bringToFront();
  await page.goto(link);
  await page.getByRole('heading', { name: 'The pages of Key 1' }).waitFor();
  assert.ok(!page.url().includes('#'), 'the secret is out of the address at once');
  await picture(page, 'ekey-phone');
  await press(page, 'Use this browser');
  await page.getByRole('heading', { name: 'Your electronic key', level: 1 }).waitFor();
};

/** The hand: touch, turn when told to, turn back, lift. */
const openByHand = async (key: KeyProcess): Promise<void> => {
  assert.equal(await key.act({ action: 'touch' }), 'done');
  await key.until('the word to turn', (view) => view.signal.name === 'turn-now' && view.lock?.body?.free === true);
  assert.equal(await key.act({ action: 'turn', to: 'withdrawn' }), 'done');
  await key.until('open', (view) => view.signal.name === 'granted' && view.lock?.body?.bolt === 'unlocked');
  assert.equal(await key.act({ action: 'turn', to: 'thrown' }), 'done');
  await key.until('closed', (view) => view.signal.name === 'closed');
  await key.until('what the lock gave it', (view) => view.bag.fromLocks > 0);
  await key.act({ action: 'lift' });
};

const portOf = (key: KeyProcess): number => Number(new URL(required(key.said.get('update'), 'where it is updated')).port);

test('a technician asks, carries the grant to the key, opens a passive lock, brings the records home, and reports the key lost', { skip: noBrowser }, async () => {
  const [place, devices] = [await onLocalhost(), await temporaryDirectory()];
  const at = (name: string): string => join(devices.path, name);
  let key = await startKey(at('key'));
  const watched = [await watchedPage(place.context), await watchedPage(await place.another())];
  const [owner, bob] = watched.map(({ page }) => page);
  assert.ok(owner !== undefined && bob !== undefined);
  const ends: (() => Promise<void>)[] = [() => key.running.stop('SIGKILL')];
  try {
    await addAuthenticator(owner, { prf: true });
    const { kitCode } = await own(owner, place.mortise.claimUrl ?? '');
    await owner.getByRole('button', { name: 'Add the first lock' }).waitFor();
    const controller = await controllerHand(place.mortise.url, kitCode);
    const { lockId, doorId } = await fitLock(controller, at('lock'), 'Cabinet 12');
    const lock = await startPassiveLock(at('lock'));
    ends.push(() => lock.running.stop('SIGKILL'));
    const keyId = required(key.said.get('keyId'), 'who it is');
    const wire = await cutWire(portOf(key));
    ends.push(wire.stop);

    await owner.bringToFront();
    await owner.goto(new URL('/estate/keys/new', owner.url()).href);
    await picture(owner, 'ekey-register');
    await meet(owner, portOf(key), /^Look at the virtual key$/);
    await owner.getByLabel('Characters of the key').waitFor();
    assert.equal(await owner.getByLabel('Characters of the key').innerText(), compareCode((await key.look()).identityKey), 'what the key’s own page shows');
    await owner.getByLabel('Number on its case').fill('MK-0007');
    await picture(owner, 'ekey-register-name');
    await press(owner, 'Sign it in');
    await owner.getByRole('heading', { name: 'Key 1 is this site’s' }).waitFor();
    await picture(owner, 'ekey-registered');
    assert.equal((await key.look()).enrolled, true);
    await owner.goto(new URL('/estate/keys/new', owner.url()).href);
    await meet(owner, portOf(key), /^Look at the virtual key$/);
    await owner.getByText('It is registered already, as Key 1.').waitFor();

    const personId = await controller.issue(keyId, 'Bob Wire', Date.now() + 3 * DAY_MS);
    await becomePhone(owner, bob, keyId);
    await picture(bob, 'ekey-held');

    await askFor(bob, 'The meter reads wrong');
    await controller.refuse(required((await controller.waiting())[0], 'Bob asks').id, 'Not before the audit');
    await bob.getByText('“Not before the audit”').waitFor();
    await picture(bob, 'ekey-refused');
    await askFor(bob, 'The audit is over');
    await controller.approve(required((await controller.waiting())[0], 'Bob asks again').id, keyId, doorId, 'Mind the dog');
    await bob.getByText('Approved', { exact: true }).waitFor();
    await picture(bob, 'ekey-approved');

    assert.equal(await key.act({ action: 'lock', address: required(lock.said.get('workbench'), 'its page') }), 'done');
    await key.act({ action: 'touch' });
    await key.until('a refusal: it holds nothing yet', (view) => view.signal.name === 'refused');
    await key.act({ action: 'lift' });
    wire.cutAfter(300);
    await goUpdate(bob, wire.port);
    await bob.getByText('The update broke off.').waitFor();
    await picture(bob, 'ekey-cut');
    assert.equal((await key.look()).orders.grants, 0, 'nothing of it holds yet');
    await meet(bob, portOf(key), /^Go on with the virtual key$/);
    await isUpdated(bob, 'ekey-updated');
    await bob.getByText('On the key').first().waitFor();
    await picture(bob, 'ekey-holds');

    await openByHand(key);
    await goUpdate(bob, portOf(key));
    await isUpdated(bob, 'ekey-home');
    const reasons = async (query: Readonly<Record<string, string>>) => (await controller.records(query)).map(({ reason }) => reason);
    const ofKey = await reasons({ ekey: keyId });
    assert.ok(ofKey.includes('contact-opened') && ofKey.includes('contact-closed'), ofKey.join(' '));
    assert.ok((await reasons({ lock: lockId })).includes('bolt-returned'), 'the lock’s own word came home by the key');
    assert.equal((await controller.records({ person: personId })).some(({ reason }) => reason === 'contact-opened'), true, 'and is found by who had the key');

    // Off for so long that its orders have lapsed: the clock runs on in the key, eight days in a moment.
    await key.act({ action: 'clock', moveMs: 8 * DAY_MS });
    await key.running.stop();
    key = await startKey(at('key'));
    await key.act({ action: 'touch' });
    await key.until('a word that it must be updated', (view) => view.signal.name === 'must-update');
    await key.act({ action: 'lift' });
    await key.act({ action: 'clock', moveMs: -8 * DAY_MS });
    await goUpdate(bob, portOf(key));
    await isUpdated(bob, 'ekey-again');
    await openByHand(key);

    await bob.getByText('Is it lost?').click();
    await bob.getByLabel('Where, as far as you know').fill('On the 14:10 train');
    await picture(bob, 'ekey-lost');
    await holdOn(bob, /^Hold to report/);
    await bob.getByText('Lost', { exact: true }).waitFor();
    assert.equal((await controller.ekey(keyId)).state, 'lost');
    assert.deepEqual(watched.flatMap(({ errors }) => errors).filter((text) => !NO_GRANT.test(text)), []);
  } catch (error) {
    await asItStands(place, 'technician', watched.map(({ page }) => page));
    process.stderr.write(`${JSON.stringify(await key.look())}\n`);
    throw error;
  } finally {
    for (const end of ends.toReversed()) await end();
    await place.close();
    await devices.remove();
  }
});
