// A silent alarm, in a real Chromium: an owner sets the address that it goes to and tries it; a PIN opens and sends nothing; a PIN for use under duress opens just so, and its mail arrives.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Page } from 'playwright-core';
import type { WorkbenchBody } from '@mortise/api/workbench.ts';
import type { MailFixture, TakenMail } from '@mortise/hub/testing/mail.fixture.ts';
import { noBrowser } from '../support/browser.ts';
import type { Workbench } from '../support/workbench.ts';
import { lockUp, press, scene, typed } from './scene.ts';
import { digitsOn, forNew, goTo, picture, toEntries } from './walk.ts';

const MAIL_MS = 15_000;
const MINE = 'mira@example.org';

const mailAt = async ({ taken }: MailFixture, index: number): Promise<TakenMail> => {
  const end = performance.now() + MAIL_MS;
  for (;;) {
    const mail = taken[index];
    if (mail !== undefined) return mail;
    assert.ok(performance.now() < end, `${taken.length} mails came, and not number ${index}`);
    await sleep(50);
  }
};

/** What whoever stands at the lock sees of an opening, but for how many signals there were before. */
const opening = async (workbench: Workbench, digits: string): Promise<Omit<WorkbenchBody, 'signal'>> => {
  assert.equal(await typed(workbench, digits), 'granted');
  const { signal, ...seen } = await workbench.until('the bolt is withdrawn', ({ position, motor, bolt }) => position === 'withdrawn' && motor === 'still' && bolt === 'unlocked');
  assert.equal(signal?.what, 'granted', 'nothing follows it');
  await lockUp(workbench);
  return seen;
};

const pinFor = async (owner: Page, isUnderDuress: boolean): Promise<string> => {
  await owner.getByRole('link', { name: 'Give a PIN' }).click();
  if (isUnderDuress) {
    await owner.getByText('Anna Keller').click();
    await owner.getByText('It is for use under duress').click();
    await picture(owner, 'alarms-duress-pin');
  } else await forNew(owner, 'Anna Keller');
  await press(owner, 'Sign and give it');
  await owner.getByRole('heading', { name: 'Anna Keller has a PIN' }).waitFor();
  const pin = await digitsOn(owner, 'PIN');
  await press(owner, 'To the list');
  return pin;
};

test('an owner sets where alarms go; a PIN sends nothing, one under duress opens alike and its mail arrives', { skip: noBrowser }, () =>
  scene('alarms', async ({ mail, workbench, owner, errors }) => {
    await goTo(owner, 'People');
    await owner.getByText('An alarm shows in Activity only.').waitFor();
    await picture(owner, 'alarms-people');
    await owner.getByRole('link', { name: 'Where alarms reach you' }).click();
    await owner.getByText('No alarm reaches you yet.').waitFor();
    await owner.getByText('This hub has no SMS gateway').waitFor();
    await picture(owner, 'alarms-none');
    await owner.getByLabel('Your e-mail').fill(MINE);
    await press(owner, 'Save it');
    await press(owner, 'Send a test');
    await owner.getByText('was taken by the mail server').waitFor();
    await picture(owner, 'alarms-set');
    assert.deepEqual((await mailAt(mail, 0)).to, [MINE]);

    await toEntries(owner);
    const [pin, underDuress] = [await pinFor(owner, false), await pinFor(owner, true)];
    const plain = await opening(workbench, pin);
    const forced = await opening(workbench, underDuress);
    assert.deepEqual(forced, plain, 'nothing at the lock tells the one from the other');
    const alarm = await mailAt(mail, 1);
    assert.deepEqual([alarm.to, alarm.headers.get('subject')], [[MINE], 'Mortise: please look at Front door']);
    assert.match(alarm.text, /for use under duress/);
    assert.ok(![pin, underDuress].some((digits) => alarm.text.includes(digits)), 'no PIN is in it');
    await goTo(owner, 'Activity');
    await owner.getByText(/under duress/i).first().waitFor();
    assert.equal(mail.taken.length, 2, 'the test and the alarm: the rightful PIN sent none');

    await goTo(owner, 'People');
    await owner.getByText(`by mail to ${MINE}`).waitFor();
    await owner.getByRole('link', { name: 'Where alarms reach you' }).click();
    await press(owner, `Remove ${MINE}`);
    await owner.getByLabel('Your e-mail').waitFor();
    await opening(workbench, underDuress);
    await goTo(owner, 'Activity');
    await owner.getByText(/under duress/i).nth(1).waitFor();
    assert.equal(mail.taken.length, 2, 'nobody is written to any more');
    assert.deepEqual(errors(), []);
  }));
