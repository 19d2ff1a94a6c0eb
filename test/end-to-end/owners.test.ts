// Owners who come and go, in a real Chromium over HTTPS with a profile for each person: a second owner joins by a link, opens, lends; is removed
// while the lock has no link, which a guest's phone tells it; what he signed is signed anew before. Then a phone is lost, and replaced by the
// paper in a fresh browser. Beside each refusal by the lock stands the same hand that it let in before.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Page } from 'playwright-core';
import { addAuthenticator, noBrowser } from '../support/browser.ts';
import type { Workbench } from '../support/workbench.ts';
import { holdOn, lend, linkIn, lockUp, openNear, press, scene, takeKey } from './scene.ts';
import { goTo, holdToOpen, picture, returnByKit, says, signIn } from './walk.ts';

const UNKNOWN_PHONE = /This lock does not know this phone’s key/;
const AT_HAND = 'Straight from here: the lock is near, and has no link.';

const toDoor = async (page: Page): Promise<void> => {
  await page.bringToFront();
  await page.goto(new URL('/', page.url()).href);
  await page.getByRole('link', { name: 'Front door', exact: true }).click();
};

/** Opens, and locks by one tap. */
const opens = async (page: Page, workbench: Workbench): Promise<void> => {
  await page.bringToFront();
  await holdToOpen(page);
  await workbench.until('the bolt is withdrawn', ({ position }) => position === 'withdrawn');
  await says(page, 'Unlocked');
  await page.getByRole('button', { name: /^Lock/ }).click();
  await says(page, 'Locked');
};

const isRefused = async (page: Page, workbench: Workbench): Promise<void> => {
  await page.bringToFront();
  await holdToOpen(page);
  await page.getByText(UNKNOWN_PHONE).first().waitFor();
  assert.equal((await workbench.body()).position, 'thrown');
};

/** The owner makes the link; answers it. */
const invite = async (owner: Page): Promise<string> => {
  await owner.bringToFront();
  await goTo(owner, 'People');
  await owner.getByRole('link', { name: 'Invite an owner' }).click();
  await owner.getByLabel('Name').fill('Beat');
  await picture(owner, 'owner-invite');
  await press(owner, 'Make the link');
  const link = await owner.getByLabel('The link', { exact: true }).innerText();
  await picture(owner, 'owner-link');
  return link;
};

/** Answers the characters to compare. */
const askToJoin = async (page: Page, link: string): Promise<string> => {
  await page.bringToFront();
  await page.goto(link);
  await page.getByLabel('Your name').fill('Beat Frei');
  assert.ok(!page.url().includes('#'), 'the secret is out of the address at once');
  await picture(page, 'join-open');
  await press(page, 'Make the passkey and ask');
  await page.getByText('Waiting for an owner’s signature').waitFor();
  await picture(page, 'join-asking');
  return page.getByLabel('Compare').innerText();
};

const accept = async (owner: Page, characters: string): Promise<void> => {
  await owner.bringToFront();
  await press(owner, 'To the people');
  await owner.getByRole('link', { name: 'Look and sign' }).waitFor();
  await picture(owner, 'people-asking');
  await owner.getByRole('link', { name: 'Look and sign' }).click();
  await owner.getByText('This is who has your link.').waitFor();
  assert.equal(await owner.locator('.compare').innerText(), characters, 'both read the same characters');
  await picture(owner, 'owner-request');
  await press(owner, 'Sign Beat Frei in');
  await owner.getByRole('heading', { name: 'Beat Frei is an owner' }).waitFor();
  await owner.getByText('On the lock').waitFor();
  await picture(owner, 'owner-added');
  await press(owner, 'To the people');
};

const enter = async (page: Page): Promise<void> => {
  await page.bringToFront();
  await page.getByRole('heading', { name: /^You are an owner of/ }).waitFor();
  await picture(page, 'join-done');
  await press(page, 'Sign in with a passkey');
  await page.getByRole('navigation').waitFor();
};

const activitySays = async (page: Page, what: RegExp, name: string): Promise<void> => {
  await page.bringToFront();
  await goTo(page, 'Activity');
  await page.getByText(what).first().waitFor();
  await picture(page, name);
};

const remove = async (owner: Page): Promise<void> => {
  await owner.bringToFront();
  await goTo(owner, 'People');
  await owner.getByRole('link', { name: 'Remove Beat Frei as an owner' }).click();
  await owner.getByRole('button', { name: 'Hold to remove Beat Frei' }).waitFor();
  await picture(owner, 'owner-remove');
  await holdOn(owner, /Hold to remove Beat Frei/);
  await owner.getByRole('heading', { name: 'Beat Frei is removed' }).waitFor();
};

/** Away from the hub, the page that is open goes on. */
const withoutHub = (page: Page): Promise<unknown> => page.route('**/api/**', (route) => route.abort());

test('a second owner joins by a link, opens and lends; removed, he opens nothing more, and the key that he lent still does', { skip: noBrowser }, () =>
  scene('owners', async ({ place, mail, workbench, owner, open, errors }) => {
    const [beat, thief, ana, cleo] = [await open(await place.another()), await open(await place.another()), await open(await place.another()), await open(await place.another())];
    await addAuthenticator(beat, { prf: true });
    const link = await invite(owner);
    const characters = await askToJoin(beat, link);
    await thief.goto(link);
    await thief.getByText('Somebody else has asked by this link').waitFor();
    await picture(thief, 'join-used');
    await accept(owner, characters);
    await enter(beat);
    await toDoor(beat);
    await says(beat, 'Locked');
    await opens(beat, workbench);
    await activitySays(owner, /Beat Frei unlocked/i, 'activity-second-owner');

    await lend(beat, 'Ana Keller', 'ana@example.org');
    await lend(beat, 'Cleo Vogel', 'cleo@example.org');
    await takeKey(ana, await linkIn(mail, 'ana@example.org'));
    await openNear(ana, workbench);
    await lockUp(workbench);

    await workbench.act({ action: 'link', on: false });
    await toDoor(beat);
    await beat.getByText(AT_HAND).waitFor();
    await picture(beat, 'door-at-hand');
    await withoutHub(beat);
    await remove(owner);
    await owner.getByText('On its way').waitFor();
    await picture(owner, 'owner-removed-on-its-way');
    await opens(beat, workbench); // control: the lock has not heard
    await ana.bringToFront();
    await ana.reload();
    await openNear(ana, workbench);
    await lockUp(workbench);
    await owner.bringToFront();
    await owner.getByText('On the lock').waitFor();
    await press(owner, 'To the people');
    await isRefused(beat, workbench);
    await picture(beat, 'door-removed-owner');
    await workbench.act({ action: 'link', on: true });
    await activitySays(owner, /Refused/i, 'activity-removed-owner');

    await beat.unroute('**/api/**');
    await beat.getByRole('button', { name: 'Sign in with a passkey' }).waitFor();
    await press(beat, 'Sign in with a passkey');
    await beat.getByText('Not signed in.').waitFor();
    await picture(beat, 'sign-in-removed-owner');
    await ana.reload();
    await openNear(ana, workbench);
    await lockUp(workbench);
    await cleo.goto(await linkIn(mail, 'cleo@example.org'));
    await cleo.getByText('The link was not opened in time').waitFor();
    await picture(cleo, 'guest-link-of-removed-owner');
    await goTo(owner, 'People');
    await owner.getByText('Was an owner. Signs nothing any more.').waitFor();
    await owner.getByText('Not fetched').waitFor();
    await picture(owner, 'people-former');
    assert.deepEqual(errors(), []);
  }));

test('a lost phone is replaced by the recovery kit: the old one opens nothing more, the new one does', { skip: noBrowser }, () =>
  scene('lost-phone', async ({ place, workbench, owner: lost, kitCode, open, errors }) => {
    await says(lost, 'Locked');
    await opens(lost, workbench); // control
    const found = await open(await place.another());
    await addAuthenticator(found, { prf: true });
    await found.goto(new URL('/', lost.url()).href);
    await returnByKit(found, kitCode);
    await toDoor(found);
    await says(found, 'Locked');
    await opens(found, workbench);
    await lost.bringToFront();
    await lost.getByRole('button', { name: 'Sign in with a passkey' }).waitFor();
    await picture(lost, 'sign-in-lost-phone');
    await signIn(lost);
    await toDoor(lost);
    await isRefused(lost, workbench);
    await picture(lost, 'door-lost-phone');
    await activitySays(found, /Refused/i, 'activity-lost-phone');
    await toDoor(found);
    await opens(found, workbench);
    await goTo(found, 'People');
    await found.getByText('This browser', { exact: true }).first().waitFor();
    await picture(found, 'people-new-phone');
    assert.deepEqual(errors(), []);
  }));
