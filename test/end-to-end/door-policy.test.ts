// A door's policy and its other verbs, in a real Chromium before a mortise lock: the latch is drawn by a held control; what an owner signs in the app is what the lock's process
// goes by, and a change waits while the lock is away; kept unlocked until a time, and ended; what the lock says of itself stands on the page in words.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Page } from 'playwright-core';
import { noBrowser } from '../support/browser.ts';
import { holdOn, lend, linkIn, lockUp, openNear, press, scene, takeKey, type Scene } from './scene.ts';
import { holdToOpen, picture, says } from './walk.ts';

const RELOCK_MS = 3000;
/** The motor's way, the way of the messages, and a machine that is busy. */
const SLACK_MS = 4000;

const toPolicy = async (page: Page): Promise<void> => {
  await page.getByRole('link', { name: /Locking and alarms/ }).click();
  await page.getByRole('heading', { name: 'What it goes by' }).waitFor();
};
const toDoor = async (page: Page): Promise<void> => {
  await page.getByRole('link', { name: /^Back/ }).click();
  await page.locator('.door__word').waitFor();
};
const span = async (page: Page, label: string, text: string, unit: string): Promise<void> => {
  await page.getByLabel(label, { exact: true }).fill(text);
  await page.getByLabel(`${label}: unit`).selectOption(unit);
};
const tells = (page: Page, words: string | RegExp): Promise<void> => page.getByText(words).first().waitFor();

/** A key that may draw the latch and keep it unlocked does so; one that was lent without offers neither. */
const lendsMore = async ({ place, mail, workbench, owner, open }: Scene): Promise<void> => {
  await lend(owner, 'Ana Keller', 'ana@example.org', async (page) => {
    await page.getByText('May draw the latch').click();
    await page.getByText('May keep it unlocked').click();
    await tells(page, 'may keep it unlocked');
    await picture(page, 'lend-powers');
  });
  const ana = await open(await place.another());
  await takeKey(ana, await linkIn(mail, 'ana@example.org'));
  await openNear(ana, workbench);
  await lockUp(workbench);
  await holdOn(ana, /^Unlatch/);
  await workbench.until('her key draws the latch', ({ position }) => position === 'unlatched');
  await workbench.until('the latch springs back', ({ position }) => position === 'withdrawn');
  await lockUp(workbench);
  await press(ana, /^Keep unlocked/);
  await ana.getByText('It ends with your key, and with its hours, at the latest.').waitFor();
  await holdOn(ana, /^Hold to keep unlocked until/);
  await workbench.until('it is kept unlocked', ({ position, held }) => position === 'withdrawn' && held);
  await ana.getByText(/^Kept until/).waitFor();
  await picture(ana, 'guest-keeps');
  await press(ana, /^End hold/);
  await workbench.until('it is held no longer', ({ held }) => !held);
  await lockUp(workbench);

  await lend(owner, 'Ben Graf', 'ben@example.org');
  const ben = await open(await place.another());
  await takeKey(ben, await linkIn(mail, 'ben@example.org'));
  await openNear(ben, workbench);
  assert.equal(await ben.getByRole('button', { name: /^(?:Unlatch|Keep unlocked)/ }).count(), 0);
  await owner.bringToFront();
  await owner.goto(new URL('/', owner.url()).href);
  await owner.getByRole('link', { name: 'Front door', exact: true }).click();
};

test('unlatched, relocked by the policy that was signed, kept unlocked and ended, and what the lock says in words', { skip: noBrowser }, () =>
  scene('door-policy', async (stage) => {
    const { workbench, owner, errors } = stage;
    await owner.getByRole('button', { name: /^Unlatch/ }).waitFor();
    await picture(owner, 'door-mortise');
    await holdOn(owner, /^Unlatch/);
    await workbench.until('the latch is drawn', ({ position }) => position === 'unlatched');
    await workbench.until('the latch springs back', ({ position }) => position === 'withdrawn');
    await says(owner, 'Unlocked');
    await lockUp(workbench);
    await lendsMore(stage);
    await says(owner, 'Unlocked');

    await toPolicy(owner);
    await tells(owner, '5 minutes after it was unlocked and closed');
    await picture(owner, 'policy');
    await press(owner, 'Change');
    await span(owner, 'Lock after', '1', 's');
    await tells(owner, 'From 3 seconds to 1 hour.');
    await press(owner, 'Sign and send to the lock');
    await tells(owner, 'That does not hold together yet.');
    await picture(owner, 'policy-bad');
    await span(owner, 'Lock after', String(RELOCK_MS / 1000), 's');
    await owner.getByText('The door stands open for too long').click();
    await owner.getByText('Another time at night').click();
    await span(owner, 'At night, lock after', String(RELOCK_MS / 1000), 's'); // at whatever hour this runs
    await picture(owner, 'policy-form');
    await workbench.act({ action: 'link', on: false });
    await press(owner, 'Sign and send to the lock');
    await tells(owner, 'On its way');
    await tells(owner, 'The lock has yet to hear of the last change.');
    await picture(owner, 'policy-on-its-way');
    assert.equal((await workbench.body()).position, 'withdrawn', 'until it has heard it goes by what it knew');
    await workbench.act({ action: 'link', on: true });
    await tells(owner, 'On the lock');
    await tells(owner, '3 seconds after it was unlocked and closed');
    await picture(owner, 'policy-on-the-lock');

    await toDoor(owner);
    await workbench.until('it locks as the policy says', ({ position }) => position === 'thrown', RELOCK_MS + SLACK_MS);
    await says(owner, 'Locked');
    await holdToOpen(owner);
    await workbench.until('it opens', ({ position }) => position === 'withdrawn');
    const opened = performance.now();
    await workbench.until('it locks again', ({ position }) => position === 'thrown', RELOCK_MS + SLACK_MS);
    assert.ok(performance.now() - opened > RELOCK_MS - 1000, 'and not before its time');
    await says(owner, 'Locked');

    await press(owner, /^Keep unlocked/);
    await owner.getByRole('heading', { name: 'Keep Front door unlocked' }).waitFor();
    await picture(owner, 'door-keep');
    await holdOn(owner, /^Hold to keep unlocked until/);
    await workbench.until('it is kept unlocked', ({ position, held }) => position === 'withdrawn' && held);
    await tells(owner, /Kept unlocked until/);
    await picture(owner, 'door-held');
    await owner.waitForTimeout(RELOCK_MS + 1000);
    assert.equal((await workbench.body()).position, 'withdrawn', 'nothing relocks while it is held');
    await press(owner, /^End hold/);
    await workbench.until('it locks by itself again', ({ position, held }) => position === 'thrown' && !held, RELOCK_MS + SLACK_MS);
    await says(owner, 'Locked');
    await owner.getByRole('button', { name: /^Keep unlocked/ }).waitFor();
    assert.equal(await owner.getByText('It may still be kept unlocked.').count(), 0, 'the lock’s answer to the end of the hold was understood');

    await workbench.act({ action: 'door', open: true });
    await tells(owner, 'The door was forced.');
    await workbench.act({ action: 'tamper', on: true });
    await tells(owner, 'Somebody opens the lock itself.');
    await picture(owner, 'door-forced');
    await workbench.act({ action: 'door', open: false });
    await workbench.act({ action: 'tamper', on: false });
    await owner.getByText('The door was forced.').waitFor({ state: 'detached' });
    await workbench.act({ action: 'battery', mv: 4300 });
    await tells(owner, /opens and locks 20 more times/);
    await picture(owner, 'door-reserve');
    assert.deepEqual(errors(), []);
  }, { MORTISE_MECHANISM: 'mortise' }));
