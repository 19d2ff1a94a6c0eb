// What the walks over HTTPS with several people share: an owner with one lock, a mail server, and the steps of lending and of opening at the door.

import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import type { BrowserContext, Page } from 'playwright-core';
import type { WorkbenchAction } from '@mortise/api/workbench.ts';
import { required } from '@mortise/base/assert.ts';
import { mailServer, type MailFixture } from '@mortise/hub/testing/mail.fixture.ts';
import { addAuthenticator, watchedPage } from '../support/browser.ts';
import { Workbench } from '../support/workbench.ts';
import { asItStands, onOtherName, type Place } from './place.ts';
import { adopt, holdToOpen, own, picture, readSetupCode } from './walk.ts';

type Watched = Awaited<ReturnType<typeof watchedPage>>;
export type Scene = {
  readonly place: Place; readonly mail: MailFixture; readonly workbench: Workbench; readonly owner: Page;
  /** The code on the owner's recovery kit. */
  readonly kitCode: string;
  readonly open: (context: BrowserContext) => Promise<Page>; readonly errors: () => readonly string[];
};

const MAIL_MS = 15_000;
/** What a browser says by itself of an answer that is not 2xx, and of requests that this test keeps from the hub. */
const REFUSALS = /status of (?:401|403|404|409|410)|net::ERR_FAILED/;

export const scene = async (name: string, run: (scene: Scene) => Promise<void>, env: Readonly<Record<string, string>> = {}): Promise<void> => {
  const mail = await mailServer();
  const place = await onOtherName({ MORTISE_SMTP_URL: `smtp://127.0.0.1:${mail.server.port}`, MORTISE_MAIL_FROM: 'Home <home@example.org>', ...env });
  const watched: Watched[] = [];
  const open = async (context: BrowserContext): Promise<Page> => {
    const one = await watchedPage(context);
    watched.push(one);
    return one.page;
  };
  try {
    const owner = await open(place.context);
    await addAuthenticator(owner, { prf: true });
    const setupCode = await readSetupCode(await open(place.context), place.mortise.workbench);
    const { kitCode } = await own(owner, place.mortise.claimUrl ?? '');
    await owner.getByRole('button', { name: 'Add the first lock' }).click();
    await adopt(owner, setupCode);
    const errors = (): readonly string[] => watched.flatMap((one) => one.errors).filter((text) => !REFUSALS.test(text));
    await run({ place, mail, workbench: new Workbench(place.mortise.workbench), owner, kitCode, open, errors });
  } catch (error) {
    await asItStands(place, name, watched.map(({ page }) => page));
    throw error;
  } finally {
    await place.close();
    await mail.close();
  }
};

export const press = (page: Page, name: string | RegExp): Promise<void> => page.getByRole('button', { name }).click();

type Filling = (page: Page) => Promise<void>;
const asItIs: Filling = () => Promise.resolve();

/** From the list of keys to the page after sending; `when` fills in the dates, `send` how it is sent. */
export const lend = async (page: Page, name: string, address: string, when: Filling = asItIs, send: Filling = asItIs): Promise<void> => {
  await page.bringToFront(); // passkeys are for the page in front
  await page.goto(new URL('/lend', page.url()).href);
  await page.getByLabel('Name', { exact: true }).fill(name);
  await picture(page, 'lend-who');
  await press(page, 'Continue');
  await page.getByText('Front door', { exact: true }).first().waitFor();
  await picture(page, 'lend-doors');
  await press(page, 'Continue');
  await when(page);
  await picture(page, 'lend-when');
  await press(page, 'Continue');
  await page.getByLabel(/e-mail$/).fill(address);
  await page.getByLabel('A word from you').fill('Plants on the landing please. Thank you!');
  await send(page);
  await picture(page, 'lend-send');
  await press(page, /^Send key to/);
  await page.getByText(/is invited|sent/i).first().waitFor();
};

export const linkIn = async (mail: MailFixture, address: string): Promise<string> => {
  const end = performance.now() + MAIL_MS;
  for (;;) {
    const message = mail.taken.findLast(({ to }) => to.includes(address));
    const link = message?.text.match(/https:\/\/\S+\/key#\S+/)?.[0];
    if (link !== undefined) return link;
    assert.ok(performance.now() < end, `no mail for ${address}`);
    await sleep(50);
  }
};

export const takeKey = async (page: Page, link: string): Promise<void> => {
  await page.bringToFront();
  await page.goto(link);
  await page.getByRole('button', { name: /^(?:Take|Ask for) the key$/ }).waitFor();
  assert.ok(!page.url().includes('#'), 'the secret is out of the address at once');
  await picture(page, 'guest-link');
  await press(page, /^(?:Take|Ask for) the key$/);
  await page.getByRole('heading', { level: 1, name: 'Front door' }).waitFor();
};

export const openNear = async (page: Page, workbench: Workbench): Promise<void> => {
  await page.bringToFront();
  await page.getByText('Straight from here: the lock is near.').waitFor();
  await picture(page, 'guest-near');
  await holdToOpen(page);
  await workbench.until('the bolt is withdrawn', ({ position }) => position === 'withdrawn');
  await page.getByText('Push the door.').waitFor();
  await picture(page, 'guest-open');
};

/** The control of a guest's page, by the word on it. */
export const showsOnHold = (page: Page, word: string): Promise<void> => page.getByRole('button', { name: `Front door: ${word}`, exact: true }).waitFor({ timeout: 15_000 });

export const lockUp = async (workbench: Workbench): Promise<void> => {
  await workbench.act({ action: 'thumb-turn', to: 'thrown' });
  await workbench.until('the bolt is thrown', ({ position }) => position === 'thrown');
};

export const refusedAs = async (page: Page, sentence: string | RegExp, workbench: Workbench): Promise<void> => {
  await page.bringToFront();
  await page.reload();
  await page.getByText('Straight from here: the lock is near.').waitFor();
  await holdToOpen(page);
  await page.getByText(sentence).first().waitFor();
  assert.equal((await workbench.body()).position, 'thrown');
};

export const holdOn = async (page: Page, name: RegExp): Promise<void> => {
  const button = page.getByRole('button', { name });
  await button.scrollIntoViewIfNeeded();
  const box = required((await button.boundingBox()) ?? undefined, 'the control is on the screen');
  await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2);
  await page.mouse.down();
  await page.waitForTimeout(1300);
  await page.mouse.up();
};

export const openNearSay = async (page: Page, workbench: Workbench, why: string): Promise<void> => {
  await page.bringToFront();
  await holdToOpen(page);
  await workbench.until(why, ({ position }) => position === 'withdrawn');
};

/** The lamp's next word. */
export const after = async (workbench: Workbench, action: WorkbenchAction): Promise<string> => {
  const before = (await workbench.body()).signal?.count ?? 0;
  await workbench.act(action);
  return (await workbench.until('the lamp says something', ({ signal }) => (signal?.count ?? 0) > before)).signal?.what ?? '';
};

/** Typed and confirmed. */
export const typed = (workbench: Workbench, digits: string): Promise<string> => after(workbench, { action: 'type', digits });
