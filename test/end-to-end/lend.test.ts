// Lend and take back, in a real Chromium with three profiles over HTTPS, by a real mail server on the loopback address: the owner lends, the
// guest opens at a door that has no network, a second reader of the mail gets nothing, the key is taken back, and another guest’s phone
// brings that to the lock and the records home. Then the calendar is moved over the edges of a key and both changes of summer time.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Page } from 'playwright-core';
import { noBrowser } from '../support/browser.ts';
import { movedClock } from '../support/moved-clock.ts';
import { programOf } from '../support/programs.ts';
import type { Workbench } from '../support/workbench.ts';
import { holdOn, lend, linkIn, lockUp, openNear, openNearSay, press, refusedAs, scene, showsOnHold, takeKey } from './scene.ts';
import { picture } from './walk.ts';

const MAIN = programOf('mortise');

test('an owner lends a key by e-mail; it opens a door without a network, once it is taken back another guest’s phone tells the lock', { skip: noBrowser }, () =>
  scene('lend', async ({ place, mail, workbench, owner, open, errors }) => {
    await lend(owner, 'Ana Keller', 'ana@example.org');
    await picture(owner, 'lend-sent');
    const link = await linkIn(mail, 'ana@example.org');
    const [anas, bens] = [await place.another(), await place.another()];
    const ana = await open(anas);
    await takeKey(ana, link);
    await ana.getByText('Plants on the landing please. Thank you!').waitFor();
    await ana.getByText(/Zurich time/).first().waitFor();
    await picture(ana, 'guest-key');

    await workbench.act({ action: 'link', on: false });
    await openNear(ana, workbench);
    await lockUp(workbench);
    await showsOnHold(ana, 'Hold to open'); // nobody told the page that the bolt is thrown again: what the lock said has grown old

    const thief = await open(bens);
    await thief.goto(link);
    await thief.getByText(/used/i).first().waitFor();
    await picture(thief, 'guest-link-used');
    await owner.bringToFront();
    await owner.goto(new URL('/lent', owner.url()).href);
    await owner.getByRole('link', { name: /Ana Keller/ }).first().click();
    await owner.getByText(/tried/i).first().waitFor();
    await picture(owner, 'grant-tried-again');
    assert.deepEqual(await wouldOpen(owner), [0, 'granted-document']);

    await lend(owner, 'Ben Graf', 'ben@example.org');
    const ben = await open(bens);
    await takeKey(ben, await linkIn(mail, 'ben@example.org'));

    // From before she could hear of it: nothing of the hub comes to her any more, her page neither.
    const missed = new Set<string>();
    await ana.context().route(`${place.mortise.url}/**`, (route) => {
      missed.add(new URL(route.request().url()).pathname);
      return route.abort();
    });
    await owner.bringToFront();
    await owner.goto(new URL('/lent', owner.url()).href);
    await owner.getByRole('link', { name: /Ana Keller/ }).first().click();
    await holdOn(owner, /Hold to take back/);
    await owner.getByText('Which locks have heard').waitFor();
    await owner.getByText(/has not heard/i).first().waitFor();
    await picture(owner, 'grant-taken-back');
    assert.deepEqual(await wouldOpen(owner), [3, 'revoked']);

    await ana.bringToFront();
    await ana.reload();
    assert.ok(missed.has('/'), 'the page was asked for, and did not come: it is the kept one');
    await openNearSay(ana, workbench, 'control: the lock has not heard yet, and the phone that was offline does not know either');
    await lockUp(workbench);
    await ben.bringToFront();
    await ben.reload();
    await openNear(ben, workbench);
    await lockUp(workbench);
    await owner.bringToFront();
    await owner.getByText(/has heard|opens nothing/i).first().waitFor({ timeout: 30_000 });
    await picture(owner, 'grant-heard');
    await refusedAs(ana, 'This key was taken back.', workbench);
    await picture(ana, 'guest-refused');
    await showsOnHold(ana, 'Taken back'); // without the hub: the lock said so, and that stays
    await ana.reload();
    await showsOnHold(ana, 'Taken back');
    await ana.getByText(/^This key was taken back\. The lock said so at/).waitFor();
    assert.equal(await ana.getByText(/works all the same|Works without internet/).count(), 0);
    await picture(ana, 'guest-refused-stays');
    assert.deepEqual(errors(), []);
  }));

test('a mail that is refused, or went to a stranger, is sent anew, and the former link ends; who asks is refused; a page that is open hears of it', { skip: noBrowser }, () =>
  scene('lend-anew', async ({ place, mail, owner, open, errors }) => {
    mail.answers.recipient = { code: 550, text: '5.1.1 no such user %s' };
    await lend(owner, 'Rudi Ohne', 'rudi@exmaple.org');
    await owner.getByRole('heading', { name: 'The message to Rudi Ohne was refused' }).waitFor();
    await picture(owner, 'lend-sent-refused');
    delete mail.answers.recipient;
    await owner.getByRole('link', { name: 'Correct the address' }).click();
    assert.equal(await owner.getByLabel(/e-mail$/).inputValue(), 'rudi@exmaple.org');
    await sendAnew(owner, 'stranger@example.org');
    const former = await linkIn(mail, 'stranger@example.org');

    await press(owner, 'See this key');
    await owner.getByRole('link', { name: 'Correct and send anew' }).click();
    await sendAnew(owner, 'rudi@example.org');
    const stranger = await open(await place.another());
    await stranger.goto(former);
    await stranger.getByRole('heading', { name: /taken.*back/i }).waitFor();
    await picture(stranger, 'guest-link-ended');
    const rudi = await open(await place.another());
    await takeKey(rudi, await linkIn(mail, 'rudi@example.org'));
    await owner.bringToFront();
    await press(owner, 'See this key');
    await owner.getByText('Rudi Ohne has the key.').waitFor();
    await picture(owner, 'grant-live');
    assert.equal(await owner.getByRole('link', { name: /send anew/i }).count(), 0, 'a link that was used is not sent anew');

    await holdOn(owner, /Hold to take back/);
    await owner.getByText('Which locks have heard').waitFor();
    await rudi.bringToFront();
    await showsOnHold(rudi, 'Taken back'); // the page was open all the while, and is not loaded anew

    await lend(owner, 'Ida Frei', 'ida@example.org', undefined, (page) => page.getByText('Ask me before it becomes a key').click());
    const ida = await open(await place.another());
    await takeKey(ida, await linkIn(mail, 'ida@example.org'));
    await ida.getByText(/has yet to sign your key/).first().waitFor();
    await owner.bringToFront();
    await press(owner, 'See this key');
    await owner.getByText('Ida Frei asks for this key').waitFor();
    await picture(owner, 'grant-asking');
    await press(owner, 'Refuse');
    await owner.getByText(/before anybody had it as a key/).waitFor();
    assert.equal(await owner.getByText(/has heard/i).count(), 0, 'no lock has anything to hear of');
    await ida.bringToFront();
    await ida.getByText(/has taken your key back/).first().waitFor();
    assert.deepEqual(errors(), []);
  }));

const sendAnew = async (owner: Page, address: string): Promise<void> => {
  await owner.getByText('The former link ends.').waitFor();
  await owner.getByLabel(/e-mail$/).fill(address);
  await picture(owner, 'lend-anew');
  await press(owner, 'Send anew to Rudi');
  await owner.getByRole('heading', { name: 'Rudi Ohne is invited' }).waitFor();
};

/** What the command line says of the key on this page, from the file that the page hands out. */
const wouldOpen = async (page: Page): Promise<readonly [number | null, unknown]> => {
  const [file] = await Promise.all([page.waitForEvent('download'), page.getByRole('link', { name: 'Documents of this key' }).click()]);
  const text = readFileSync(await file.path(), 'utf8');
  assert.ok(!/Ana|Keller/.test(text), 'the file names nobody');
  const { status, stdout } = spawnSync(process.execPath, [MAIN, 'would-open', '-', '--json'], { input: text, encoding: 'utf8' });
  const { reason }: { reason?: unknown } = JSON.parse(stdout);
  return [status, reason];
};

// ---- the calendar ------------------------------------------------------------------------------------------------------------

/** In UTC, by what the wall in Zurich shows; summer time begins on 28 March 2027 and ends on 31 October. */
const MOMENTS: readonly { readonly at: string; readonly wall: string; readonly opens: boolean; readonly says?: RegExp | string }[] = [
  { at: '2027-03-26T10:59:30Z', wall: 'the minute before the key', opens: false, says: 'This key begins at 12:00, Zurich time.' },
  { at: '2027-03-26T11:00:10Z', wall: 'the first minute of the key', opens: true },
  { at: '2027-03-27T07:59:30Z', wall: 'a winter morning, 8:59', opens: false, says: /This key opens .*9:00 to 17:00/ },
  { at: '2027-03-27T08:00:10Z', wall: 'a winter morning, 9:00', opens: true },
  { at: '2027-03-28T06:59:30Z', wall: 'the first summer morning, 8:59', opens: false, says: /This key opens .*9:00 to 17:00/ },
  { at: '2027-03-28T07:00:10Z', wall: 'the first summer morning, 9:00', opens: true },
  { at: '2027-10-31T07:59:30Z', wall: 'the first winter morning, 8:59', opens: false, says: /This key opens .*9:00 to 17:00/ },
  { at: '2027-10-31T08:00:10Z', wall: 'the first winter morning, 9:00', opens: true },
  { at: '2027-11-01T10:59:30Z', wall: 'the last minute of the key', opens: true },
];

const OVER = '2027-11-01T11:01:00Z';

/** The lock hears the time anew when its link comes up. */
const moveLock = async (clock: ReturnType<typeof movedClock>, at: string, workbench: Workbench, pages: readonly Page[] = []): Promise<void> => {
  await workbench.act({ action: 'link', on: false });
  await clock.set(Date.parse(at), pages);
  await workbench.act({ action: 'link', on: true });
  await workbench.until('the link is up', ({ link }) => link.up);
  await sleep(500);
};

const moveTo = async (clock: ReturnType<typeof movedClock>, at: string, page: Page, workbench: Workbench): Promise<void> => {
  await moveLock(clock, at, workbench, [page]);
  await page.reload();
  await page.getByRole('heading', { level: 1, name: 'Front door' }).waitFor();
};

test('a key keeps its hours on the door’s wall clock through both changes of summer time, and ends when it says', { skip: noBrowser }, async (t) => {
  const directory = mkdtempSync(join(tmpdir(), 'mortise-clock-'));
  const clock = movedClock(directory);
  await scene('lend-clock', async ({ place, mail, workbench, owner, open, errors }) => {
    await lend(owner, 'Cleo Vogel', 'cleo@example.org', async (page) => {
      await page.getByLabel('From', { exact: true }).fill('2027-03-26');
      await page.locator('.lend__form').getByLabel('Time in Zurich').nth(0).fill('12:00');
      await page.getByLabel('Until', { exact: true }).fill('2027-11-01');
      await page.locator('.lend__form').getByLabel('Time in Zurich').nth(1).fill('12:00');
      await press(page, 'Only at certain hours');
      for (const day of ['Sat', 'Sun']) await page.getByRole('group', { name: 'Hours 1' }).getByText(day, { exact: true }).click();
    });
    const cleo = await open(await place.another());
    await takeKey(cleo, await linkIn(mail, 'cleo@example.org'));
    for (const { at, wall, opens, says } of MOMENTS) {
      await moveTo(clock, at, cleo, workbench);
      if (opens) {
        await openNear(cleo, workbench);
        await lockUp(workbench);
      } else await refusedAs(cleo, says ?? wall, workbench);
      t.diagnostic(`${wall}: ${opens ? 'opens' : 'refused'}`);
    }
    // A page that knows that the key is over asks no lock. This one goes by a clock of before, without the hub: the lock itself says no.
    await cleo.route('**/api/**', (route) => route.abort());
    await moveLock(clock, OVER, workbench);
    await refusedAs(cleo, 'This key ended at 12:00, Zurich time.', workbench);
    t.diagnostic('the minute after the key: refused by the lock');
    await cleo.unroute('**/api/**');
    await moveTo(clock, OVER, cleo, workbench);
    await cleo.getByText('Your key ended at 12:00, Zurich time.').first().waitFor();
    await picture(cleo, 'guest-ended');
    assert.deepEqual(errors(), []);
  }, clock.env);
  rmSync(directory, { recursive: true });
});
