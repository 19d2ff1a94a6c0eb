// The lock takes its owner, and then something goes away: the hub's ear, the socket, the page. The lock's own word makes the door all the
// same, and the app finds it. In a real Chromium, against a real hub, broker and lock.

import { test } from 'node:test';
import type { Page } from 'playwright-core';
import { decodeAdoptBody } from '@mortise/courier/link-body.ts';
import { ADOPTION_STEP } from '@mortise/documents/adoption-message.ts';
import { addAuthenticator, noBrowser, watchedPage } from '../support/browser.ts';
import { asItStands, onLocalhost } from './place.ts';
import { holdToOpen, own, readSetupCode, says } from './walk.ts';

const stepOf = (data: string | Buffer): number | undefined => (typeof data === 'string' ? undefined : decodeAdoptBody(new Uint8Array(data))?.step);

/** Lets the adoption's socket through but for the lock's last word; `offered` is called when the offer has gone. */
const loseDone = (page: Page, offered: () => void): Promise<void> =>
  page.routeWebSocket(/\/adopt$/, (socket) => {
    const hub = socket.connectToServer();
    socket.onMessage((data) => {
      hub.send(data);
      if (stepOf(data) === ADOPTION_STEP.offer) offered();
    });
    hub.onMessage((data) => {
      if (stepOf(data) === ADOPTION_STEP.done) void socket.close();
      else socket.send(data);
    });
  });

const LOSSES: Readonly<Record<string, (page: Page, reopened: () => Promise<Page>) => Promise<Page>>> = {
  'the hub is never told': async (page) => {
    await page.route('**/api/locks', (route) => route.abort());
    await make(page);
    await page.getByText('is added').first().waitFor();
    return page;
  },
  'the lock’s answer is lost': async (page) => {
    await loseDone(page, () => undefined);
    await make(page);
    await page.getByText('is added').first().waitFor();
    return page;
  },
  'the page is closed after the offer': async (page, reopened) => {
    const sent = Promise.withResolvers<void>();
    await loseDone(page, sent.resolve);
    await make(page);
    await sent.promise;
    await page.close();
    return reopened();
  },
};

const make = (page: Page): Promise<void> => page.getByRole('button', { name: 'Make it mine' }).click();

for (const [name, lose] of Object.entries(LOSSES)) {
  test(`the lock took its owner, and ${name}: the door is there`, { skip: noBrowser }, async () => {
    const place = await onLocalhost();
    try {
      const { mortise, context } = place;
      const { page } = await watchedPage(context);
      const { page: bench } = await watchedPage(context);
      await addAuthenticator(page, { prf: true });
      const setupCode = await readSetupCode(bench, mortise.workbench);
      await own(page, mortise.claimUrl ?? '');
      await page.getByRole('button', { name: 'Add the first lock' }).click();
      await page.getByLabel('Setup code').fill(setupCode);
      await page.getByText('Its lock is on the link').waitFor();
      await page.getByRole('button', { name: 'Continue' }).click();
      const after = await lose(page, async () => {
        const { page: again } = await watchedPage(context);
        await again.goto(new URL('/', mortise.url).href);
        return again;
      });
      await after.goto(new URL('/', mortise.url).href);
      await after.getByRole('link', { name: 'Front door' }).first().click();
      await says(after, 'Locked');
      await holdToOpen(after);
      await says(after, 'Unlocked');
    } catch (error) {
      await asItStands(place, 'lost-adoption');
      throw error;
    } finally {
      await place.close();
    }
  });
}
