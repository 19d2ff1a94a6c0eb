// Own, adopt, open, see, come back: a person's way through the app in a real Chromium, against a real hub, broker and lock; over
// http://localhost and over HTTPS on another name, with an authenticator that has PRF and with one that has not.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { addAuthenticator, noBrowser, watchedPage } from '../support/browser.ts';
import { SOURCES } from '../support/programs.ts';
import { asItStands, onLocalhost, onOtherName, type Place } from './place.ts';
import { adopt, goTo, holdToOpen, loseStorage, own, picture, readSetupCode, returnByKit, returnByPasskey, says } from './walk.ts';

const PLACES: readonly { readonly name: string; readonly open: () => Promise<Place> }[] = [
  { name: 'http://localhost', open: () => onLocalhost({ env: {}, flags: [], program: SOURCES.mortise }) },
  { name: 'HTTPS on another name', open: () => onOtherName() },
];

for (const { name, open } of PLACES) {
  for (const prf of [true, false]) {
    test(`own, adopt, open, see, come back over ${name}, ${prf ? 'with' : 'without'} PRF`, { skip: noBrowser }, async () => {
      const place = await open();
      try {
        await walk(place, prf);
      } catch (error) {
        await asItStands(place, `${new URL(place.mortise.url).protocol.slice(0, -1)}-${prf ? 'prf' : 'plain'}`);
        throw error;
      } finally {
        await place.close();
      }
    });
  }
}

const walk = async ({ mortise, context }: Place, prf: boolean): Promise<void> => {
  const { page, errors } = await watchedPage(context);
  const { page: bench, errors: benchErrors } = await watchedPage(context);
  await addAuthenticator(page, { prf });
  const setupCode = await readSetupCode(bench, mortise.workbench);
  await picture(bench, 'workbench-factory');
  const { kitCode } = await own(page, mortise.claimUrl ?? '');
  await page.getByRole('button', { name: 'Add the first lock' }).click();
  await adopt(page, setupCode);
  await openOnce(page);
  await see(page);
  await loseStorage(page);
  await (prf ? returnByPasskey(page) : returnByKit(page, kitCode));
  await page.getByRole('link', { name: 'Front door', exact: true }).click();
  await openOnce(page);
  await picture(bench, 'workbench-adopted');
  assert.deepEqual([...errors, ...benchErrors], []);
};

const openOnce = async (page: Parameters<typeof says>[0]): Promise<void> => {
  await says(page, 'Locked');
  await picture(page, 'door-locked');
  await holdToOpen(page, 300);
  await page.getByText('Not opened. Hold until the ring is full.').first().waitFor();
  await says(page, 'Locked');
  await holdToOpen(page);
  await says(page, 'Unlocked');
  await picture(page, 'door-unlocked');
  await page.getByRole('button', { name: /^Lock/ }).click();
  await says(page, 'Locked');
};

const see = async (page: Parameters<typeof says>[0]): Promise<void> => {
  for (const screen of ['Doors', 'Activity', 'People', 'Trust']) {
    await goTo(page, screen);
    await page.getByRole('heading', { level: 1 }).waitFor();
    if (screen === 'Activity') await page.getByText(/(you|Mira Meier) unlocked/i).first().waitFor();
    await picture(page, screen.toLowerCase());
  }
};
