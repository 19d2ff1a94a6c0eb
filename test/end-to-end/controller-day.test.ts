// The day of who manages an estate, in a real Chromium over a real hub: two locations with their locks, an electronic key issued, filled with a date and
// hours, a technician's request approved, the key reported lost, until when at worst each lock would open; and later its records, with a gap told as one.

import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import type { BrowserContext, Page } from 'playwright-core';
import { ROUTES } from '@mortise/api/routes.ts';
import { ekeys } from '@mortise/api/ekeys.ts';
import { required } from '@mortise/base/assert.ts';
import type { KeyParts } from '../../apps/hub/src/testing/ekey.fixture.ts';
import { parsed } from '../../apps/hub/src/testing/owner.fixture.ts';
import { launch, addAuthenticator, noBrowser, watchedPage } from '../support/browser.ts';
import { movedClock } from '../support/moved-clock.ts';
import { freePorts, startMortise } from '../support/mortise.ts';
import { temporaryDirectory } from '../support/processes.ts';
import { otherHand, technicianPhone, type OtherHand } from './estate.ts';
import { asItStands } from './place.ts';
import { holdOn, press } from './scene.ts';
import { adopt, own, picture, readSetupCode } from './walk.ts';

const NARROW = [320, 360, 390];
const DAY = 86_400_000;
const HEIGHT = 844;

const to = async (page: Page, path: string, heading: string | RegExp): Promise<void> => {
  await page.goto(new URL(path, page.url()).href);
  await page.getByRole('heading', { level: 1, name: heading }).waitFor();
};

/** What reaches beyond the screen, unless it is to be scrolled sideways by itself. */
const TOO_WIDE = `(() => {
  const width = document.documentElement.clientWidth;
  if (document.documentElement.scrollWidth <= width) return [];
  return [...document.querySelectorAll('body *')].filter((each) => each.getBoundingClientRect().right > width + 0.5).map((each) => each.outerHTML.slice(0, 80)).slice(-6);
})()`;

/** Nothing is wider than a narrow screen; and the picture, where one is wanted. */
const fits = async (page: Page, name: string): Promise<void> => {
  await picture(page, `estate-${name}`);
  for (const width of NARROW) {
    await page.setViewportSize({ width, height: HEIGHT });
    assert.deepEqual(await page.evaluate(TOO_WIDE), [], `${name} at ${width} px`);
  }
};

/** The estate's code comes when somebody first goes there; where it does not come, the page says so, and what to do. */
const fetchedLate = async (context: BrowserContext, url: string): Promise<void> => {
  // Signed in, but without the worker: what that fetches no test can keep from the hub.
  const apart = await required(context.browser() ?? undefined, 'a context of a browser').newContext({ storageState: await context.storageState(), serviceWorkers: 'block' });
  const page = await apart.newPage();
  const asked: string[] = [];
  page.on('request', (request) => { if (request.url().includes('/assets/estate-')) asked.push(request.url()); });
  await page.goto(url);
  await page.getByRole('heading', { level: 1, name: 'Doors' }).waitFor();
  assert.deepEqual(asked, [], 'whoever only opens doors fetches nothing of it');
  await page.route('**/assets/estate-*.js', (route) => route.abort());
  await page.goto(new URL('/estate', url).href);
  await page.getByRole('heading', { name: 'This page could not be fetched' }).waitFor();
  await page.unroute('**/assets/estate-*.js');
  await press(page, 'Load the page again');
  await page.getByRole('heading', { level: 1, name: 'Estate' }).waitFor();
  await apart.close();
};

const placeLocks = async (page: Page): Promise<void> => {
  await to(page, '/estate', 'Estate');
  await page.getByText('No location yet').waitFor();
  await fits(page, 'empty');
  await press(page, 'Make a location');
  await page.getByLabel('Name of the location').fill('Substation Rütli');
  await press(page, 'Make the location');
  await page.getByRole('heading', { level: 1, name: 'Substation Rütli' }).waitFor();
  await page.getByText('Relay room').click();
  await press(page, 'Place them here');
  await page.getByRole('link', { name: 'Relay room' }).waitFor();
  await fits(page, 'location');
  await page.getByRole('navigation', { name: 'Estate' }).getByRole('link', { name: 'Locations' }).click();
  await press(page, 'New location');
  await page.getByLabel('Name of the location').fill('Depot');
  await press(page, 'Make the location');
  await page.getByRole('heading', { level: 1, name: 'Depot' }).waitFor();
  await page.getByText('Front door').click();
  await press(page, 'Place them here');
  await page.getByRole('link', { name: 'Front door' }).waitFor();
  await press(page, 'Rename or move Front door');
  await page.getByLabel('Name of the door').fill('Gate');
  await fits(page, 'lock-change');
  await press(page, 'Save');
  await page.getByRole('link', { name: 'Gate' }).waitFor();
  await to(page, '/estate', 'Estate');
  await page.getByLabel('Find a location or a lock').fill('relay');
  await page.getByRole('link', { name: /Substation Rütli.*Relay room/ }).waitFor();
  assert.equal(await page.getByRole('link', { name: /^Depot/ }).count(), 0, 'only what is searched for');
  await page.getByLabel('Find a location or a lock').fill('');
  await page.getByRole('link', { name: /^Depot/ }).waitFor();
  await fits(page, 'locations');
};

const issueAndFill = async (page: Page): Promise<void> => {
  await to(page, '/estate/keys', 'Electronic keys');
  await page.getByText('In stock').waitFor();
  await page.getByRole('link', { name: 'K-0217' }).click();
  await page.getByRole('heading', { level: 1, name: 'K-0217' }).waitFor();
  await page.getByText('Somebody new').click();
  await page.getByLabel('Name', { exact: true }).fill('Noëmi Gasser');
  await page.getByLabel(/^Due back/).fill('2031-05-29T18:00');
  await fits(page, 'key-issue');
  await press(page, 'Issue the key');
  await page.getByText('Issued to Noëmi Gasser').waitFor();
  await page.getByText(/It is due back by Thursday 29 May 2031 18:00, Zurich time\./).waitFor();
  await page.getByRole('link', { name: 'Set doors, dates and hours' }).click();
  await page.getByText('Gate', { exact: true }).click();
  await fits(page, 'key-doors');
  await press(page, 'Continue');
  await press(page, 'A month');
  await press(page, 'Only at certain hours');
  await fits(page, 'key-when');
  await press(page, 'Sign it for the key');
  await page.getByRole('heading', { level: 1, name: 'It is signed' }).waitFor();
  await press(page, 'To the key');
  await page.getByText(/On weekdays from 9:00 to 17:00/).waitFor();
  await page.getByText('Update waits').waitFor();
  await fits(page, 'key');
  await page.getByRole('navigation', { name: 'Estate' }).getByRole('link', { name: 'Keys' }).click();
  await page.getByText('Noëmi Gasser').waitFor();
  await fits(page, 'keys');
};

const approve = async (page: Page, hand: OtherHand, url: string, key: KeyParts, relayRoom: string): Promise<void> => {
  const [told] = parsed(ekeys, await hand.owner.browser.get('/api/ekeys')).ekeys;
  const gate = parsed(ROUTES.doors.answer, await hand.owner.browser.get('/api/doors')).doors.find(({ name }) => name === 'Gate');
  const phone = await technicianPhone(url, hand, told?.person?.id ?? '', gate?.id ?? '');
  await to(page, '/', 'Doors');
  await phone.ask(key.keyId, relayRoom, 'Transformer 2 is hot');
  await page.getByText('Noëmi Gasser asks for Relay room').waitFor(); // told by the stream, wherever the owner is
  await fits(page, 'asked');
  await page.getByRole('link', { name: 'Look and answer' }).click();
  await page.getByText('“Transformer 2 is hot”').waitFor();
  await fits(page, 'request');
  await page.getByLabel('A word to Noëmi Gasser').fill('Mind the dog');
  await press(page, 'Sign and approve');
  await page.getByText('On its way to the key').waitFor();
  await page.getByText('“Mind the dog”').waitFor();
  await hand.update(key);
  await page.getByText('On the key', { exact: true }).waitFor(); // the key has said so
  await page.getByRole('navigation', { name: 'Estate' }).getByRole('link', { name: 'Requests' }).click();
  await page.getByText('Nobody waits for an answer.').waitFor();
  await fits(page, 'requests');
};

const search = async (page: Page): Promise<void> => {
  await to(page, '/estate/records', 'Records');
  await page.getByLabel('Electronic key').fill('K-0217');
  await page.getByLabel('Location').fill('rütli');
  await press(page, 'Search');
  await page.getByText('K-0217, Substation Rütli').waitFor();
  await page.getByText('3 records of K-0217 are missing here').waitFor();
  await page.getByRole('heading', { name: '3 records are missing' }).waitFor();
  assert.equal(await page.getByText('The lock told the key that it opened.').count(), 2);
  assert.equal(await page.getByText('Relay room, Noëmi Gasser').count(), 2, 'told of who held the key then, though it is lost since');
  await fits(page, 'records');
  const shared = page.url();
  assert.match(shared, /\/estate\/records\?key=[\w-]{22}&location=[\w-]{22}$/, 'the search stands in the address');
  await page.getByText('Change the search').click();
  await page.getByLabel('From, time in Zurich').fill('2031-01-01T00:00');
  await press(page, 'Search');
  await page.getByText('No record says that').waitFor();
  await page.goBack();
  await page.getByText('3 records of K-0217 are missing here').waitFor();
  await page.goto(shared);
  await page.getByText('3 records of K-0217 are missing here').waitFor();
  assert.equal(await page.getByLabel('Electronic key').inputValue(), 'K-0217');
};

const lose = async (page: Page, keyId: string): Promise<void> => {
  await to(page, `/estate/keys/${keyId}`, 'K-0217');
  await holdOn(page, /Hold to report K-0217 lost/);
  await page.getByRole('heading', { level: 1, name: /K-0217: which locks have heard/ }).waitFor();
  await page.getByText('Would open, without end').first().waitFor();
  await page.getByText(/^1 lock of 2 would still open to it\. It goes by the key’s own clock/).waitFor();
  const rows = await page.locator('.cover__row').allInnerTexts();
  assert.match(rows[0] ?? '', /Relay room[\s\S]*however long that takes/, 'the worst first');
  assert.match(rows[1] ?? '', /Gate[\s\S]*refuses the key/, 'a lock on the link has heard');
  await fits(page, 'coverage');
  await to(page, '/estate/keys', 'Electronic keys');
  await page.getByText('Lost', { exact: true }).waitFor();
};

const LONG = 'Donaudampfschifffahrtsgesellschaftskapitänskajütentür';

/** The same screens with names of one long word: nothing is wider than the screen. */
const narrow = async (page: Page, { owner: { browser } }: OtherHand, keyId: string): Promise<void> => {
  const { locations: places } = parsed(ROUTES.locations.answer, await browser.get('/api/locations'));
  const { doors } = parsed(ROUTES.doors.answer, await browser.get('/api/doors'));
  const { requests } = parsed(ROUTES.accessRequests.answer, await browser.get('/api/access-requests'));
  for (const door of doors) await browser.send('PATCH', `/api/doors/${door.id}`, { name: LONG });
  for (const place of places) await browser.send('PUT', `/api/locations/${place.id}`, { ...place, id: undefined, name: `${LONG}en` });
  await browser.send('PATCH', `/api/ekeys/${keyId}`, { name: `${LONG}schl` });
  const paths = ['', `/locations/${places[0]?.id}`, '/keys', `/keys/${keyId}`, `/keys/${keyId}/coverage`, '/requests', `/requests/${requests[0]?.id}`, `/records?key=${keyId}`];
  await page.goto(new URL('/estate', page.url()).href);
  for (const path of paths) {
    await page.evaluate(`history.pushState(null, '', '/estate${path}'); dispatchEvent(new PopStateEvent('popstate'))`); // as a link would, without loading all anew
    await page.getByText(LONG).filter({ visible: true }).first().waitFor();
    for (const width of NARROW) {
      await page.setViewportSize({ width, height: HEIGHT });
      assert.deepEqual(await page.evaluate(TOO_WIDE), [], `/estate${path} at ${width} px`);
    }
  }
};

test('a controller’s day: locations, a key issued and filled, a request approved, a lost key seen lock by lock, a gap told as one', { skip: noBrowser }, async () => {
  const directory = await temporaryDirectory();
  const clock = movedClock(directory.path);
  const mortise = await startMortise(join(directory.path, 'data'), await freePorts(), clock.env);
  const browser = await launch([], { HOME: directory.path });
  const context = await browser.newContext({ viewport: { width: 390, height: HEIGHT }, locale: 'en-GB', timezoneId: 'Europe/Zurich' });
  try {
    const { page, errors } = await watchedPage(context);
    await addAuthenticator(page, { prf: true });
    const { page: bench } = await watchedPage(context);
    const setupCode = await readSetupCode(bench, mortise.workbench);
    const { kitCode } = await own(page, mortise.claimUrl ?? '');
    await press(page, 'Add the first lock');
    await adopt(page, setupCode);
    const hand = await otherHand(mortise.url, kitCode);
    const relayRoom = await hand.addLock('Relay room');
    const key = await hand.registerKey('K-0217');
    await fetchedLate(context, mortise.url);
    await placeLocks(page);
    await issueAndFill(page);
    await approve(page, hand, mortise.url, key, relayRoom);

    const [wroteDown, start] = [hand.journalOf(key, relayRoom), Date.now()];
    const [first, , , , last] = [0, 1, 2, 3, 4].map((moment) => required(wroteDown(start + moment), 'a batch'));
    for (const batch of [first, last]) if (batch !== undefined) await hand.bring(key, batch);
    await lose(page, key.keyId);
    await clock.set(start + 2 * DAY, [page]); // for a day the hub asks for what is missing; then it is a gap
    if (last !== undefined) await hand.bring(key, last);
    await search(page);
    await narrow(page, hand, key.keyId);
    assert.deepEqual(errors, []);
  } catch (error) {
    await asItStands({ context, mortise }, 'controller-day');
    throw error;
  } finally {
    await browser.close();
    await mortise.running.stop();
    await directory.remove();
  }
});
