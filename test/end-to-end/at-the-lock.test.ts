// What hands use at the door, in a real Chromium: a PIN given to a new person and sent by mail, typed at the Workbench's keypad; a code that opens without word to the lock; a finger that the
// sensor learns; a card that gets keys of its own on the desk; PIN and code taken away again; a PIN for use under duress, which opens and alarms the owners alone. Beside each opening stands an entry that opens nothing.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { noBrowser } from '../support/browser.ts';
import type { Workbench } from '../support/workbench.ts';
import { after, holdOn, lockUp, press, scene, typed } from './scene.ts';
import { digitsOn, forNew, goTo, picture, toEntries } from './walk.ts';

const opens = async (workbench: Workbench, digits: string): Promise<void> => {
  assert.equal(await typed(workbench, digits), 'granted');
  await workbench.until('the bolt is withdrawn', ({ position }) => position === 'withdrawn');
  await lockUp(workbench);
};

test('a PIN, a code, a finger and a card are given, used at the lock, and taken away', { skip: noBrowser }, () =>
  scene('at-the-lock', async ({ mail, workbench, owner, errors }) => {
    await toEntries(owner);
    await picture(owner, 'entries-none');
    await owner.getByRole('link', { name: 'Give a PIN' }).click();
    await forNew(owner, 'Anna Keller');
    await picture(owner, 'entries-pin');
    await press(owner, 'Sign and give it');
    await owner.getByRole('heading', { name: 'Anna Keller has a PIN' }).waitFor();
    const pin = await digitsOn(owner, 'PIN');
    await owner.getByLabel('E-mail', { exact: true }).last().fill('anna@example.org');
    await picture(owner, 'entries-pin-given');
    await press(owner, 'Send it');
    await owner.getByText('The hub hands it to the mail or message server now.').waitFor();
    await press(owner, 'To the list');
    await owner.getByText('Anna Keller').first().waitFor();

    assert.equal(await typed(workbench, '999999'), 'refused');
    await opens(workbench, `12${pin}9`);
    const message = mail.taken.find(({ to }) => to.includes('anna@example.org'));
    assert.ok(message !== undefined && message.text.replaceAll(/\D/g, '').includes(pin), 'the mail has the digits');

    await owner.getByRole('link', { name: 'Make a code' }).click();
    await forNew(owner, 'Bruno Rossi');
    await picture(owner, 'entries-code');
    await press(owner, 'Make the code');
    await owner.getByRole('heading', { name: 'A code for Bruno Rossi' }).waitFor();
    const code = await digitsOn(owner, 'code');
    assert.equal(code.length, 9);
    await picture(owner, 'entries-code-made');
    await opens(workbench, code);
    await press(owner, 'To the list');

    await owner.getByRole('link', { name: 'Add a finger' }).click();
    await owner.getByText('Anna Keller').click();
    await picture(owner, 'entries-finger');
    await press(owner, 'Sign it');
    await owner.getByRole('heading', { name: 'Now at the door' }).waitFor();
    const finger = { action: 'finger', finger: 'Right index finger' } as const;
    await workbench.act(finger);
    assert.equal((await workbench.body()).pad.fingers, 0, 'nothing is learnt before somebody says whose it is');
    await opens(workbench, pin);
    await workbench.until('the sensor waits', ({ pad }) => pad.enrolling !== null);
    await workbench.act(finger);
    await workbench.until('the finger is learnt', ({ pad }) => pad.fingers === 1);
    await workbench.act(finger);
    await workbench.until('the finger opens', ({ position }) => position === 'withdrawn');
    await lockUp(workbench);

    await press(owner, 'To the list');
    await owner.getByRole('link', { name: 'Add a card' }).click();
    await owner.getByText('Anna Keller').click();
    await picture(owner, 'entries-card');
    await press(owner, 'Enrol the card');
    await owner.getByText('Waiting for the card on the reader').waitFor();
    await workbench.act({ action: 'card', card: 'blue' });
    await owner.getByRole('heading', { name: 'Anna Keller has a card' }).waitFor();
    await workbench.act({ action: 'card', card: null });
    assert.equal(await after(workbench, { action: 'card', card: 'white' }), 'refused', 'a card that was not enrolled');
    assert.equal(await after(workbench, { action: 'card', card: 'blue' }), 'granted');
    await workbench.until('the card opens', ({ position }) => position === 'withdrawn');
    await workbench.act({ action: 'card', card: null });
    await lockUp(workbench);

    await press(owner, 'To the list');
    await picture(owner, 'entries-list');
    await goTo(owner, 'Activity');
    await owner.getByText(/Anna Keller unlocked/i).first().waitFor();
    await owner.getByText(/Bruno Rossi unlocked/i).first().waitFor();
    await picture(owner, 'activity-entries');

    await toEntries(owner);
    for (const [row, words] of [['PIN', /Hold to take away Anna Keller’s PIN/], ['Code', /Hold to take back Bruno Rossi’s code/]] as const) {
      const item = owner.getByRole('listitem').filter({ hasText: row });
      await item.getByRole('button', { name: 'Take away' }).click();
      await holdOn(owner, words);
      await item.waitFor({ state: 'detached' });
      await owner.getByText('The lock has yet to hear of the last change.').waitFor({ state: 'detached' });
    }
    await workbench.until('the finger stays', ({ pad }) => pad.fingers === 1);
    assert.equal(await typed(workbench, pin), 'refused');
    assert.equal(await typed(workbench, code), 'refused');

    await owner.getByRole('link', { name: 'Give a PIN' }).click();
    await owner.getByText('Anna Keller').click();
    await owner.getByText('It is for use under duress').click();
    await press(owner, 'Sign and give it');
    await owner.getByRole('heading', { name: 'Anna Keller has a PIN' }).waitFor();
    const underDuress = await digitsOn(owner, 'PIN');
    await press(owner, 'To the list');
    await opens(workbench, underDuress);
    await goTo(owner, 'Activity');
    await owner.getByText(/under duress/i).first().waitFor();
    assert.deepEqual(errors(), []);
  }));
