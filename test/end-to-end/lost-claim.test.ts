// Whoever owns a site has its recovery kit on paper: a reload, the browser's Back, or a lost answer never leaves an owner without one.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Page } from 'playwright-core';
import { addAuthenticator, noBrowser, watchedPage } from '../support/browser.ts';
import { asItStands, onLocalhost, type Place } from './place.ts';
import { keepKit, loseStorage, picture, signInByKit, toKit } from './walk.ts';

const meet = async (walk: (place: Place, page: Page) => Promise<void>): Promise<void> => {
  const place = await onLocalhost();
  try {
    const { page } = await watchedPage(place.context);
    await addAuthenticator(page, { prf: false });
    await walk(place, page);
  } catch (error) {
    await asItStands(place, 'lost-claim');
    throw error;
  } finally {
    await place.close();
  }
};

const make = (page: Page): Promise<void> => page.getByRole('button', { name: 'Make the passkey' }).click();

test('a reload at the kit starts anew with another kit; Back goes a step back; the answer of the claim is lost, and kit and passkey hold', { skip: noBrowser }, () =>
  meet(async ({ mortise, context }, page) => {
    const first = await toKit(page, mortise.claimUrl ?? '');
    await page.emulateMedia({ colorScheme: 'dark' });
    assert.equal(await page.evaluate("getComputedStyle(document.querySelector('.kit')).backgroundColor"), 'rgb(255, 255, 255)', 'ink on paper, in the dark too');
    await page.reload();
    await page.getByText('This hub is yours to take').waitFor();
    const owner = await toKit(page, mortise.claimUrl ?? '');
    assert.notEqual(owner.kitCode, first.kitCode);
    await keepKit(page, owner);
    await page.goBack();
    await page.getByText('Keep the recovery kit').waitFor();
    await page.goBack();
    assert.equal(await page.getByLabel('Your name').inputValue(), 'Mira Meier');
    await page.goForward();
    await page.goForward();
    await page.route('**/api/claim', async (route) => {
      assert.equal((await route.fetch()).status(), 200);
      await context.clearCookies();
      await route.abort();
    });
    await make(page);
    await page.getByText('but its answer was lost').waitFor();
    await picture(page, 'claim-answer-lost');
    await page.getByRole('button', { name: 'Sign in with a passkey' }).click();
    await page.getByText('The kit is the only way back on another browser.').waitFor();
    await page.getByRole('button', { name: 'Later' }).click();
    await page.getByText('No door yet').waitFor();
    assert.equal(await page.getByText('This browser cannot open a door').count(), 0);
    await loseStorage(page);
    await signInByKit(page, owner.kitCode);
  }));

test('a claim that never reached the hub claims nothing, and the same kit serves the next try', { skip: noBrowser }, () =>
  meet(async ({ mortise }, page) => {
    const owner = await toKit(page, mortise.claimUrl ?? '');
    await keepKit(page, owner);
    await page.route('**/api/claim', (route) => route.abort(), { times: 1 });
    await make(page);
    await page.getByText('Whether the hub took the claim is not known yet').waitFor();
    await picture(page, 'claim-unheard');
    await make(page);
    await page.getByText('is yours').first().waitFor();
  }));
