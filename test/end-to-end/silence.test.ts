// A hub that says nothing and does not close: a process that is stopped, as a machine asleep or a network that was left. The page does
// not go on showing what was; once the hub goes on, the page is true again by itself. Loaded anew meanwhile it starts from what this browser kept, until
// whoever is signed in leaves.

import assert from 'node:assert/strict';
import type { ChildProcess } from 'node:child_process';
import { after, before, test } from 'node:test';
import type { Page } from 'playwright-core';
import { addAuthenticator, noBrowser, watchedPage } from '../support/browser.ts';
import { Workbench } from '../support/workbench.ts';
import { onLocalhost, type Place } from './place.ts';
import { adopt, own, picture, readSetupCode, says } from './walk.ts';

const LIMIT_MS = 30_000;

const state: { place?: Place; page?: Page } = {};
before(async () => {
  if (noBrowser !== false) return;
  state.place = await onLocalhost();
  state.page = (await watchedPage(state.place.context)).page;
  await addAuthenticator(state.page, { prf: true });
  await state.page.routeWebSocket(/\/near$/, (socket) => socket.close()); // nobody is at the door
});
after(async () => {
  state.place?.mortise.running.process.kill('SIGCONT'); // who is stopped cannot end
  await state.place?.close();
});

test('a hub that falls silent without closing: Unknown within 30 s, and nothing to hold; awake again, the page is true by itself', { skip: noBrowser }, async (t) => {
  const { place, page } = state;
  assert.ok(place !== undefined && page !== undefined);
  const [hands, hub] = [new Workbench(place.mortise.workbench), place.mortise.running.process];
  const setupCode = await readSetupCode(page, place.mortise.workbench);
  await own(page, place.mortise.claimUrl ?? '');
  await page.getByRole('button', { name: 'Add the first lock' }).click();
  await adopt(page, setupCode);
  await says(page, 'Locked');
  await page.getByText('On the lock').first().waitFor(); // what is said of the roster below
  hub.kill('SIGSTOP');
  const stoppedAt = performance.now();
  await hands.act({ action: 'thumb-turn', to: 'withdrawn' });
  page.setDefaultTimeout(LIMIT_MS);
  await says(page, 'Unknown');
  t.diagnostic(`Unknown ${((performance.now() - stoppedAt) / 1000).toFixed(1)} s after the hub fell silent`);
  await page.getByText(/No connection to the hub/).first().waitFor();
  assert.equal(await page.getByRole('button', { name: /: Hold to open$/ }).count(), 0, 'nothing to hold');
  await picture(page, 'door-hub-silent');
  await page.reload();
  await says(page, 'Unknown');
  await page.getByText(/No connection to the hub/).first().waitFor();
  await picture(page, 'door-kept');
  await page.getByRole('link', { name: 'Back' }).click();
  await page.getByRole('link', { name: 'Front door' }).waitFor();
  await picture(page, 'doors-kept');
  await nothingIsDenied(page);
  await page.getByRole('link', { name: 'Doors', exact: true }).click();
  await page.getByRole('link', { name: 'Front door' }).click();
  hub.kill('SIGCONT');
  await says(page, 'Unlocked');
  await picture(page, 'door-hub-awake');
  assert.equal(await page.getByText(/No connection to the hub/).count(), 0, 'the banner is gone');
  await leave(page, hub);
});

/** Of what this browser did not keep no screen says that there is none, and none waits for ever. */
const nothingIsDenied = async (page: Page): Promise<void> => {
  await page.getByRole('link', { name: 'Keys' }).click();
  await page.getByText('The keys could not be fetched.').waitFor();
  await page.getByRole('link', { name: /^Groups of doors/ }).click();
  await page.getByText('The groups could not be fetched.').waitFor();
  await page.getByRole('link', { name: 'Trust' }).click();
  await page.getByText('Not known now').waitFor();
};

/** Signed out while the hub says nothing: at once on this page and in the other tab, and at the hub as soon as it answers, without a press. */
const leave = async (page: Page, hub: ChildProcess): Promise<void> => {
  const other = await page.context().newPage();
  await other.goto(page.url());
  await says(other, 'Unlocked');
  await page.bringToFront();
  await page.getByRole('link', { name: 'People' }).click();
  await page.getByText('This browser’s key').first().waitFor();
  hub.kill('SIGSTOP');
  await page.getByRole('button', { name: 'Sign out' }).last().click();
  await page.getByText('You are signed out on this device.').waitFor();
  await picture(page, 'signed-out-away');
  await page.reload();
  await page.getByText('You are signed out on this device.').waitFor();
  await other.getByText('You are signed out on this device.').waitFor();
  hub.kill('SIGCONT');
  await page.getByRole('button', { name: 'Sign in with a passkey' }).waitFor();
};
