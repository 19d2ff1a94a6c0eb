// The steps a person takes in the app, by what they read on the screen. A test strings them together.

import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';

/** Colours change in 120 ms. */
const SETTLE_MS = 250;
const SCREENS = { phone: { width: 390, height: 844 }, desk: { width: 1440, height: 900 } } as const;

/** Pictures of a screen at phone and desk size, light and dark, when MORTISE_SHOTS names a directory. */
export const picture = async (page: Page, name: string): Promise<void> => {
  const directory = process.env['MORTISE_SHOTS'];
  if (directory === undefined) return;
  mkdirSync(directory, { recursive: true });
  for (const [size, viewport] of Object.entries(SCREENS)) {
    await page.setViewportSize(viewport);
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme });
      await page.waitForTimeout(SETTLE_MS);
      await page.screenshot({ path: join(directory, `${name}-${size}-${colorScheme}.png`) });
    }
  }
  await page.setViewportSize(SCREENS.phone);
  await page.emulateMedia({ colorScheme: 'light' });
};

const press = (page: Page, name: string | RegExp): Promise<void> => page.getByRole('button', { name }).click();

export type Owner = { readonly kitCode: string };
export type Names = { readonly site: string; readonly owner: string };

const NAMES: Names = { site: 'Seefeldstrasse 41', owner: 'Mira Meier' };

/** From the claim link to the recovery kit, which is made before anything is claimed. */
export const toKit = async (page: Page, claimUrl: string, names: Names = NAMES): Promise<Owner> => {
  await page.bringToFront(); // passkeys are for the page in front
  await page.goto(claimUrl);
  await picture(page, 'claim-welcome');
  await press(page, 'Begin');
  await page.getByLabel('Name of the site').fill(names.site);
  await page.getByLabel('Your name').fill(names.owner);
  await picture(page, 'claim-site');
  await press(page, 'Continue');
  await page.getByText('Keep the recovery kit').waitFor();
  await picture(page, 'claim-kit');
  const kitCode = await codeOf(page, '.kit .code');
  assert.match(kitCode, /^(?:[A-Z2-7]{4}-){13}[A-Z2-7]{4}$/, 'the kit shows its code');
  return { kitCode };
};

/** From the kit to the passkey's page. */
export const keepKit = async (page: Page, { kitCode }: Owner): Promise<void> => {
  await page.getByLabel('The last four characters on your paper').fill(kitCode.slice(-4));
  await press(page, 'The kit is kept');
  await page.getByText('Make your passkey').waitFor();
  await picture(page, 'claim-passkey');
};

/** From the claim link to the last page of the claim. */
export const own = async (page: Page, claimUrl: string): Promise<Owner> => {
  const owner = await toKit(page, claimUrl);
  await keepKit(page, owner);
  await press(page, 'Make the passkey');
  await page.getByText('is yours').first().waitFor();
  await picture(page, 'claim-done');
  return owner;
};

/** The setup code as the Workbench shows it, read on the lock's own page. */
export const readSetupCode = async (page: Page, workbench: string): Promise<string> => {
  await page.goto(workbench);
  return codeOf(page, '#setup-code');
};

// A code is drawn in groups; what it says is the groups with dashes between.
const codeOf = async (page: Page, place: string): Promise<string> => {
  await page.locator(place).waitFor();
  return (await page.locator(`${place} > span`).allInnerTexts()).join('-');
};

/** From "Add the first lock" to the door's page. */
export const adopt = async (page: Page, setupCode: string): Promise<void> => {
  await page.getByLabel('Setup code').fill(setupCode);
  await page.getByText('Its lock is on the link').waitFor();
  await picture(page, 'add-lock-code');
  await press(page, 'Continue');
  await picture(page, 'add-lock-door');
  await press(page, 'Make it mine');
  await page.getByText('is added').first().waitFor();
  await picture(page, 'add-lock-done');
  await press(page, 'To the door');
};

const HOLD_MS = 1100;

/** Holds the control until the ring is full. */
export const holdToOpen = async (page: Page, forMs: number = HOLD_MS): Promise<void> => {
  const box = await page.getByRole('button', { name: /: Hold to open$/ }).boundingBox();
  assert.ok(box !== null, 'the hold control is on the screen');
  await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2);
  await page.mouse.down();
  await page.waitForTimeout(forMs);
  await page.mouse.up();
};

/** Waits until the door's word is `word`. */
export const says = (page: Page, word: string): Promise<void> => page.locator('.door__word', { hasText: new RegExp(`^${word}$`) }).waitFor();

/** To another screen by the main navigation. */
export const goTo = (page: Page, name: string): Promise<void> => page.getByRole('navigation').getByRole('link', { name, exact: true }).click();

/** The browser forgets everything of this origin: cookies, keys, storage. The authenticator stays. */
export const loseStorage = async (page: Page): Promise<void> => {
  const session = await page.context().newCDPSession(page);
  await session.send('Storage.clearDataForOrigin', { origin: new URL(page.url()).origin, storageTypes: 'all' });
  await page.goto(new URL('/', page.url()).href);
};

/** From the sign-in page, with the passkey. */
export const signIn = async (page: Page): Promise<void> => {
  await page.bringToFront();
  await press(page, 'Sign in with a passkey');
  await page.getByRole('navigation').waitFor();
};

/** Back with the passkey: where it has PRF it opens the owner key as well, and this browser becomes a key again. */
export const returnByPasskey = async (page: Page): Promise<void> => {
  await picture(page, 'sign-in');
  await signIn(page);
  await page.getByRole('link', { name: /make this browser a key/i }).waitFor();
  await page.getByRole('button', { name: /: No key$/ }).waitFor(); // and nothing to hold
  await picture(page, 'doors-no-key');
  await openByPasskey(page);
  await becomeKey(page);
};

/** To the page that says what will happen, with the owner key that the passkey opens. */
export const openByPasskey = async (page: Page): Promise<void> => {
  await page.getByRole('link', { name: /make this browser a key/i }).click();
  await page.getByRole('button', { name: 'Use my passkey' }).waitFor();
  await picture(page, 'restore-start');
  await press(page, 'Use my passkey');
};

/** Back with the paper. */
export const returnByKit = async (page: Page, kitCode: string): Promise<void> => {
  await signInByKit(page, kitCode);
  await becomeKey(page);
};

/** As far as the page that says what will happen. */
export const signInByKit = async (page: Page, kitCode: string): Promise<void> => {
  await page.getByRole('link', { name: 'Use the recovery kit instead' }).click();
  await page.getByLabel('Recovery kit').fill(kitCode.toLowerCase().replaceAll('-', ' '));
  await picture(page, 'restore-kit');
  await press(page, 'Sign in with the kit');
  await page.getByRole('button', { name: 'Make this browser a key' }).waitFor();
};

/** From what will happen to what has, where a phone is lost; `keep`: what is between. */
export const replacePhone = async (page: Page, keep: (page: Page) => Promise<void> = () => Promise.resolve()): Promise<void> => {
  await page.getByText('My old phone is lost').click();
  await picture(page, 'restore-explain');
  await press(page, 'Replace the lost phone');
  await keep(page);
  await page.getByRole('heading', { name: 'The lost phone is replaced' }).waitFor();
};

/** The new kit's code, once it is kept. */
export const keepNewKit = async (page: Page): Promise<void> => {
  await page.getByRole('heading', { name: 'Keep the new recovery kit' }).waitFor();
  await picture(page, 'restore-new-kit');
  const code = await codeOf(page, '.kit .code');
  await page.getByLabel('The last four characters on your paper').fill(code.slice(-4));
  await press(page, 'The kit is kept');
};

const becomeKey = async (page: Page): Promise<void> => {
  await replacePhone(page);
  await page.getByText('On the lock').waitFor();
  await picture(page, 'restore-done');
  await press(page, 'To the doors');
};

// ---- at the lock -----------------------------------------------------------------------------------------------------------------

/** The digits that are shown, just made. */
export const digitsOn = async (page: Page, what: 'PIN' | 'code'): Promise<string> => (await page.getByLabel(`The ${what}`, { exact: true }).innerText()).replaceAll(/\D/g, '');

/** What hands use at the front door. */
export const toEntries = async (page: Page): Promise<void> => {
  await page.goto(new URL('/', page.url()).href);
  await page.getByRole('link', { name: 'Front door', exact: true }).click();
  await page.getByRole('link', { name: 'PINs, codes, cards and fingers' }).click();
  await page.getByRole('heading', { name: 'At the lock' }).waitFor();
};

export const forNew = async (page: Page, name: string): Promise<void> => {
  await page.getByText('Somebody new').click();
  await page.getByLabel('Name', { exact: true }).fill(name);
};

/** Makes a code for somebody new at the front door; answers its digits. */
export const makeCode = async (page: Page, name: string): Promise<string> => {
  await page.bringToFront();
  await toEntries(page);
  await page.getByRole('link', { name: 'Make a code' }).click();
  await forNew(page, name);
  await page.getByRole('button', { name: 'Make the code' }).click();
  await page.getByRole('heading', { name: `A code for ${name}` }).waitFor();
  const digits = await digitsOn(page, 'code');
  await page.getByRole('button', { name: 'To the list' }).click();
  return digits;
};
