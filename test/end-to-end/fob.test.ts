// A fob from the owner's screen to the bolt: a key is lent in the app, a fob redeems its link and opens the lock by Bluetooth with the link and the hub gone; what is
// no lock of its site, or no link, is told.

import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { required } from '@mortise/base/assert.ts';
import { TestRadio } from '@mortise/controller/radio.fixture.ts';
import { addAuthenticator, noBrowser, watchedPage } from '../support/browser.ts';
import { startNode, temporaryDirectory, type Running } from '../support/processes.ts';
import { programOf } from '../support/programs.ts';
import { Workbench } from '../support/workbench.ts';
import { asItStands, onLocalhost } from './place.ts';
import { lend } from './scene.ts';
import { adopt, own, readSetupCode, says } from './walk.ts';

const MAIN = programOf('mortise');
const air = new TestRadio();
after(() => air.close());

const ended = (running: Running): Promise<number | null> => new Promise((resolve) => { running.process.once('exit', resolve); });

test('lent in the app, redeemed by a fob, opened by its button', { skip: noBrowser }, async () => {
  await air.serve();
  const [place, folder] = [await onLocalhost({ env: { MORTISE_LOCK_BLUETOOTH: air.name }, flags: [] }), await temporaryDirectory()];
  const file = join(folder.path, 'fob.json');
  try {
    const { page } = await watchedPage(place.context);
    await addAuthenticator(page, { prf: true });
    const workbench = new Workbench(place.mortise.workbench);
    const setupCode = await readSetupCode(page, place.mortise.workbench);
    await own(page, place.mortise.claimUrl ?? '');
    await page.getByRole('button', { name: 'Add the first lock' }).click();
    await adopt(page, setupCode);
    await says(page, 'Locked');
    await lend(page, 'Fob', 'fob@example.org');
    await page.goto(new URL('/outbox', page.url()).href);
    const message = await page.getByText(/\/key#/).first().innerText();
    const link = required(message.match(/https?:\/\/\S+\/key#\S+/)?.[0], 'a link in the outbox');

    const wrong = startNode([MAIN, 'fob', link.slice(0, -1), '--file', file]);
    assert.equal(await ended(wrong), 2);
    const taken = startNode([MAIN, 'fob', link, '--file', file]);
    assert.equal(await ended(taken), 0, taken.output());
    const held = readFileSync(file, 'utf8');
    writeFileSync(file, JSON.stringify({ ...JSON.parse(held), keys: null })); // as when the hub's answer was lost
    const told = startNode([MAIN, 'fob', link, '--file', file]);
    assert.deepEqual([await ended(told), JSON.parse(readFileSync(file, 'utf8'))], [0, JSON.parse(held)], told.output());
    const again = startNode([MAIN, 'fob', link, '--file', `${file}-2`]);
    assert.equal(await ended(again), 2, 'a link serves once');

    await workbench.act({ action: 'link', on: false });
    const button = startNode([MAIN, 'fob', '--file', file, '--json', '--bluetooth', await air.serveAnother()]);
    button.process.stdin?.write('\n');
    const [, opened] = await button.line(/"opened":(true|false)/);
    assert.equal(opened, 'true', button.output());
    await workbench.until('the bolt is withdrawn', ({ position }) => position === 'withdrawn');
    air.radio.move(air.lock, { x: 1000, y: 0 });
    button.process.stdin?.write('\n');
    await button.line(/No lock of this key/);
    button.process.stdin?.end();
    assert.equal(await ended(button), 3);
  } catch (error) {
    await asItStands(place, 'fob');
    throw error;
  } finally {
    await place.close();
    await folder.remove();
  }
});
