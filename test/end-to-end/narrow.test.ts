// Names of one long word on narrow screens: every page stays as wide as the screen, and nothing runs under anything else.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Page } from 'playwright-core';
import { addAuthenticator, noBrowser, watchedPage } from '../support/browser.ts';
import { asItStands, onLocalhost, type Place } from './place.ts';
import { goTo, holdToOpen, keepKit, picture, readSetupCode, says, toKit } from './walk.ts';

const WIDTHS = [320, 390];
const HEIGHT = 844;
const NAMES = { site: 'W'.repeat(64), owner: 'Wolfeschlegelsteinhausenbergerdorff'.repeat(2).slice(0, 64) };
const DOOR = 'Donaudampfschifffahrtsgesellschaftskapitänskajütentür';

const state = { checked: 0 };

const widthOf = (page: Page): Promise<unknown> => page.evaluate('document.documentElement.scrollWidth');

/** Whether the door's name on its tile lies over the hold control. */
const covered = async (page: Page): Promise<boolean> => {
  if (await page.locator('.tile--lead .hold').count() === 0) return false;
  const [hold, words] = [await page.locator('.tile--lead .hold').boundingBox(), await page.locator('.tile--lead h2 a').boundingBox()];
  assert.ok(hold !== null && words !== null, 'tile and control are on the screen');
  return words.x + words.width > hold.x && words.x < hold.x + hold.width && words.y + words.height > hold.y && words.y < hold.y + hold.height;
};

const fits = async (page: Page, name: string): Promise<void> => {
  await picture(page, `narrow-${name}`);
  for (const width of WIDTHS) {
    await page.setViewportSize({ width, height: HEIGHT });
    assert.equal(await widthOf(page), width, `${name} at ${width} px`);
    assert.equal(await covered(page), false, `${name} at ${width} px: the name runs under the control`);
    state.checked += 1;
  }
};

const press = (page: Page, name: string): Promise<void> => page.getByRole('button', { name }).click();

const claimNarrow = async (page: Page, claimUrl: string): Promise<void> => {
  const owner = await toKit(page, claimUrl, NAMES);
  await fits(page, 'kit');
  await page.goBack();
  await page.getByLabel('Your name').waitFor();
  await fits(page, 'site');
  await page.goForward();
  await keepKit(page, owner);
  await fits(page, 'passkey');
  await press(page, 'Make the passkey');
  await page.getByText('is yours').first().waitFor();
  await fits(page, 'owned');
  await press(page, 'Add the first lock');
};

const adoptNarrow = async (page: Page, setupCode: string): Promise<void> => {
  await page.getByLabel('Setup code').fill(setupCode);
  await page.getByText('Its lock is on the link').waitFor();
  await fits(page, 'code');
  await press(page, 'Continue');
  await page.goBack();
  assert.equal(await page.getByLabel('Setup code').inputValue(), setupCode, 'Back leads to the code, as it was typed');
  await page.goForward();
  await page.getByLabel('Name of the door').fill('Front\u202edoor');
  await page.getByText('A name must not hold characters that cannot be seen.').waitFor();
  await page.getByLabel('Name of the door').fill(DOOR);
  await fits(page, 'door-name');
  await press(page, 'Make it mine');
  await page.getByText('is added').first().waitFor();
  await fits(page, 'added');
  await press(page, 'To the door');
};

const walk = async ({ mortise, context }: Place): Promise<void> => {
  const { page } = await watchedPage(context);
  const { page: bench } = await watchedPage(context);
  await addAuthenticator(page, { prf: true });
  const setupCode = await readSetupCode(bench, mortise.workbench);
  await claimNarrow(page, mortise.claimUrl ?? '');
  await adoptNarrow(page, setupCode);
  await says(page, 'Locked');
  await holdToOpen(page);
  await says(page, 'Unlocked');
  await fits(page, 'door');
  for (const screen of ['Doors', 'Activity', 'People', 'Trust']) {
    await goTo(page, screen);
    await page.getByRole('heading', { level: 1, name: screen }).waitFor();
    if (screen === 'Activity') await page.getByText(/unlocked/i).first().waitFor();
    if (screen === 'People') await page.getByText(`${NAMES.owner}, owner`).waitFor();
    await fits(page, screen.toLowerCase());
  }
};

test('names of one long word at 320 and 390 px', { skip: noBrowser }, async (context) => {
  const place = await onLocalhost();
  try {
    await walk(place);
    context.diagnostic(`${state.checked} pages measured`);
  } catch (error) {
    await asItStands(place, 'narrow');
    throw error;
  } finally {
    await place.close();
  }
});
