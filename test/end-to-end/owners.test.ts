// Owners who come and go, in a real Chromium over HTTPS with a profile for each person: a second owner joins by a link, opens, lends; is removed
// while the lock has no link, which a guest's phone tells it; what he signed is signed anew before, and codes that he made end. Then a phone is lost, and replaced by the
// paper in a fresh browser, the lock without link again; and by the passkey, of an owner who has no paper. Beside each refusal by the lock stands the same hand that it let in before.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Page } from 'playwright-core';
import { addAuthenticator, noBrowser } from '../support/browser.ts';
import type { Workbench } from '../support/workbench.ts';
import { holdOn, lend, linkIn, lockUp, openNear, press, scene, takeKey, typed } from './scene.ts';
import { goTo, holdToOpen, keepNewKit, loseStorage, makeCode, openByPasskey, picture, replacePhone, says, signIn, signInByKit } from './walk.ts';

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

const opensByCode = async (workbench: Workbench, code: string): Promise<void> => {
  assert.equal(await typed(workbench, code), 'granted');
  await workbench.until('the bolt is withdrawn', ({ position }) => position === 'withdrawn');
  await lockUp(workbench);
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
  await owner.getByText('1 code that they made ends').waitFor();
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

    const [his, hers] = [await makeCode(beat, 'Dora Lang'), await makeCode(owner, 'Emil Roth')];
    for (const code of [his, hers]) await opensByCode(workbench, code);

    await workbench.act({ action: 'link', on: false });
    await toDoor(beat);
    await beat.getByText(AT_HAND).waitFor();
    await picture(beat, 'door-at-hand');
    await withoutHub(beat);
    await remove(owner);
    await owner.getByText('On its way').waitFor();
    await picture(owner, 'owner-removed-on-its-way');
    await opens(beat, workbench); // control: the lock has not heard
    await opensByCode(workbench, his);
    await ana.bringToFront();
    await ana.reload();
    await openNear(ana, workbench);
    await lockUp(workbench);
    await owner.bringToFront();
    await owner.getByText('On the lock').waitFor();
    await press(owner, 'To the people');
    await isRefused(beat, workbench);
    await picture(beat, 'door-removed-owner');
    assert.equal(await typed(workbench, his), 'refused');
    await opensByCode(workbench, hers);
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

/** Out and in again, by the passkey of this browser. */
const signInAnew = async (page: Page): Promise<void> => {
  await page.bringToFront();
  await page.goto(new URL('/people', page.url()).href);
  await page.getByLabel('This browser').getByRole('button', { name: 'Sign out' }).click();
  await page.getByRole('button', { name: 'Sign in with a passkey' }).waitFor();
  await signIn(page);
};

const isNotLetIn = async (page: Page, name: string): Promise<void> => {
  await page.bringToFront();
  await page.getByRole('button', { name: 'Sign in with a passkey' }).waitFor();
  await press(page, 'Sign in with a passkey');
  await page.getByText('Not signed in.').waitFor();
  await picture(page, name);
};

test('a lost phone is replaced by the recovery kit: it signs in to nothing and opens nothing more, what was lent with it still does', { skip: noBrowser }, () =>
  scene('lost-phone', async ({ place, mail, workbench, owner: lost, kitCode, open, errors }) => {
    const [ana, found] = [await open(await place.another()), await open(await place.another())];
    await lend(lost, 'Ana Keller', 'ana@example.org');
    await takeKey(ana, await linkIn(mail, 'ana@example.org'));
    await signInAnew(lost); // control
    await workbench.act({ action: 'link', on: false });
    await toDoor(lost);
    await lost.getByText(AT_HAND).waitFor();
    await withoutHub(lost);

    await addAuthenticator(found, { prf: true });
    await found.bringToFront();
    await found.goto(new URL('/', lost.url()).href);
    await signInByKit(found, kitCode);
    await replacePhone(found);
    await found.getByText('On its way').waitFor();
    await found.getByText('Your recovery kit is valid as before.').waitFor();
    await picture(found, 'lost-phone-replaced-on-its-way');
    await opens(lost, workbench); // control: the lock has not heard
    await ana.bringToFront();
    await ana.reload();
    await openNear(ana, workbench);
    await lockUp(workbench);
    await found.bringToFront();
    await found.getByText('On the lock').waitFor();
    await isRefused(lost, workbench);
    await picture(lost, 'door-lost-phone');
    await workbench.act({ action: 'link', on: true });
    await lost.unroute('**/api/**');
    await isNotLetIn(lost, 'sign-in-lost-phone');

    await found.bringToFront();
    await press(found, 'To the doors');
    await activitySays(found, /Refused/i, 'activity-lost-phone');
    await signInAnew(found);
    await toDoor(found);
    await opens(found, workbench);
    await goTo(found, 'People');
    await found.getByText('This browser', { exact: true }).first().waitFor();
    await picture(found, 'people-new-phone');
    assert.deepEqual(errors(), []);
  }));

test('an owner who came by a link and has no kit replaces a lost phone by the passkey, and has a kit then; the other owner keeps everything', { skip: noBrowser }, () =>
  scene('lost-phone-no-kit', async ({ place, workbench, owner, kitCode, open, errors }) => {
    const [beat, elsewhere] = [await open(await place.another()), await open(await place.another())];
    await addAuthenticator(beat, { prf: true });
    await accept(owner, await askToJoin(beat, await invite(owner)));
    await enter(beat);
    await loseStorage(beat);
    await signIn(beat);
    await openByPasskey(beat);
    await replacePhone(beat, keepNewKit);
    await beat.getByText('On the lock').waitFor();
    await beat.getByText('The new recovery kit is valid.').waitFor();
    await picture(beat, 'lost-phone-new-kit');
    await press(beat, 'To the doors');
    await toDoor(beat);
    await says(beat, 'Locked');
    await opens(beat, workbench);
    await toDoor(owner);
    await says(owner, 'Locked');
    await opens(owner, workbench);
    await signInAnew(owner);
    await elsewhere.goto(new URL('/', owner.url()).href);
    await signInByKit(elsewhere, kitCode);
    assert.deepEqual(errors(), []);
  }));
