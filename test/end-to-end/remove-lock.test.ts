// The end of a lock, in a real Chromium: an owner orders it from afar by a hold and a signature, withdraws that, and orders it again; the lock's process forgets its owners where it stands and is born anew, the door goes
// once the lock has said so, and what was lent for it ends. The lock that it has become is added again; and a door is removed whose lock is away.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { noBrowser } from '../support/browser.ts';
import { holdOn, lend, scene } from './scene.ts';
import { adopt, goTo, picture } from './walk.ts';

test('a lock is reset from afar and removed, added again, and its door removed alone while it is away', { skip: noBrowser }, () =>
  scene('remove-lock', async ({ workbench, owner, errors }) => {
    const before = await workbench.body();
    await lend(owner, 'Ana', 'ana@example.org');
    await owner.goto(new URL('/', owner.url()).href);
    await owner.getByRole('link', { name: 'Front door', exact: true }).click();
    await owner.getByRole('link', { name: 'Remove this lock' }).click();
    await owner.getByText('It is locked now, and stays locked.').waitFor();
    await picture(owner, 'remove-lock');
    await workbench.act({ action: 'link', on: false });
    await holdOn(owner, /^Hold to reset the lock/);
    await owner.getByText('On its way').waitFor();
    await owner.getByText('Withdrawn now, it never reaches the lock.').waitFor();
    await picture(owner, 'remove-lock-on-its-way');
    await owner.getByRole('button', { name: 'Withdraw the order' }).click();
    await owner.getByText('The lock goes on as it is.').waitFor();
    await picture(owner, 'remove-lock-withdrawn');
    await workbench.act({ action: 'link', on: true });
    await owner.getByText('On its way').waitFor({ state: 'detached' });
    await workbench.until('it is on the link again', ({ link }) => link.up);
    assert.equal((await workbench.body()).adopted, true, 'an order that was withdrawn resets nothing');
    await workbench.act({ action: 'link', on: false });
    await holdOn(owner, /^Hold to reset the lock/);
    await owner.getByText('On its way').waitFor();
    assert.equal((await workbench.body()).adopted, true, 'it has not heard yet');
    await workbench.act({ action: 'link', on: true });
    await owner.getByRole('heading', { name: 'Front door is removed' }).waitFor();
    await owner.getByText('The lock has said that it forgot its owners.').waitFor();
    await picture(owner, 'remove-lock-done');
    const after = await workbench.until('another lock is born', ({ adopted, setup, lockId }) => !adopted && setup !== null && lockId !== before.lockId);
    assert.equal(after.position, 'thrown', 'nothing moved');

    await owner.getByRole('link', { name: 'To the doors' }).click();
    await goTo(owner, 'Keys');
    await owner.getByText(/Ana/).first().waitFor();
    await owner.getByText(/taken back/i).first().waitFor();
    await owner.goto(new URL('/add-lock', owner.url()).href);
    await adopt(owner, after.setup?.text ?? '');
    await workbench.until('it has an owner again', ({ adopted }) => adopted);

    await workbench.act({ action: 'link', on: false });
    await owner.getByRole('link', { name: 'Remove this lock' }).click();
    await holdOn(owner, /^Hold to remove Front door/);
    await owner.getByRole('heading', { name: 'Front door is removed' }).waitFor();
    assert.equal(await owner.getByText('The lock has said that it forgot its owners.').count(), 0);
    assert.equal((await workbench.body()).adopted, true, 'the lock was told nothing');
    assert.deepEqual(errors(), []);
  }));
