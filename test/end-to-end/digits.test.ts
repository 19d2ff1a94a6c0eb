// PINs and codes on their way to guests, and two factors of one person, in a real Chromium: sent by SMS through a gateway on the loopback address, shared by the device's own sheet, copied where there
// is none; then typed on the keys of the Workbench's page. Beside each opening stands a wrong digit that opens nothing; beside the pair, an entry that opens alone.

import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Page } from 'playwright-core';
import { PAIR_MS } from '@mortise/access/second-factor.ts';
import { required } from '@mortise/base/assert.ts';
import { smsGateway, type SmsFixture } from '@mortise/hub/testing/sms.fixture.ts';
import { noBrowser } from '../support/browser.ts';
import { movedClock } from '../support/moved-clock.ts';
import type { Workbench } from '../support/workbench.ts';
import { after, lockUp, press, scene } from './scene.ts';
import { digitsOn, forNew, goTo, picture, toEntries } from './walk.ts';

const LAMP = { granted: '● Green: opened or locked', refused: '▲ Red: no', another: '◆ Amber: now the other one' } as const;

type Door = { readonly workbench: Workbench; readonly bench: Page };

/** On the keys of the page, one by one; whether the bolt came back is looked up at the body. */
const types = async ({ workbench, bench }: Door, digits: string, lamp: keyof typeof LAMP): Promise<void> => {
  await bench.bringToFront();
  const before = (await workbench.body()).signal?.count ?? 0;
  for (const digit of digits) await bench.getByRole('button', { name: digit, exact: true }).click();
  await press(bench, 'Confirm: open');
  const { signal } = await workbench.until('the lamp says something', (now) => (now.signal?.count ?? 0) > before);
  assert.equal(signal?.what, lamp);
  await bench.getByText(LAMP[lamp]).waitFor();
};

const opensBy = async (door: Door, digits: string): Promise<void> => {
  await types(door, digits, 'granted');
  await door.workbench.until('the bolt is withdrawn', ({ position }) => position === 'withdrawn');
  await lockUp(door.workbench);
};

/** The last digit is another. */
const refusesBut = async (door: Door, digits: string): Promise<void> => {
  await types(door, `${digits.slice(0, -1)}${(Number(digits.at(-1)) + 5) % 10}`, 'refused');
  assert.equal((await door.workbench.body()).position, 'thrown');
  await opensBy(door, digits);
};

// ---- ways to a guest -----------------------------------------------------------------------------------------------------------

const GATEWAY_MS = 10_000;
const SHEET = `globalThis.shared = []; Object.defineProperty(navigator, 'share', { configurable: true, value: async ({ text }) => { globalThis.shared.push(text); } });`;

const give = async (page: Page, what: 'PIN' | 'code', name: string): Promise<void> => {
  await page.bringToFront();
  await page.getByRole('link', { name: what === 'PIN' ? 'Give a PIN' : 'Make a code' }).click();
  await forNew(page, name);
  await press(page, what === 'PIN' ? 'Sign and give it' : 'Make the code');
  await page.getByRole('heading', { name: what === 'PIN' ? `${name} has a PIN` : `A code for ${name}` }).waitFor();
};

const bySms = async (page: Page, sms: SmsFixture, number: string): Promise<string> => {
  const before = sms.taken.length;
  await page.getByText('SMS', { exact: true }).click();
  await page.getByLabel('Mobile number').fill(number);
  await press(page, 'Send it');
  await page.getByText('The hub hands it to the mail or message server now.').waitFor();
  for (const end = performance.now() + GATEWAY_MS; sms.taken.length === before && performance.now() < end;) await sleep(20);
  const taken = required(sms.taken[before], 'the gateway was spoken to');
  assert.deepEqual([taken.to, taken.from, taken.authorization], ['+41791112233', '+41791234567', `Basic ${btoa('AC1:token')}`]);
  return taken.text;
};

const byShare = async (page: Page): Promise<string> => {
  await press(page, 'Share it');
  await page.getByText('Passed on.').waitFor();
  return String(await page.evaluate('globalThis.shared.at(-1)'));
};

/** The browser has no sheet. */
const byCopy = async (page: Page): Promise<string> => {
  await page.evaluate('delete navigator.share');
  await press(page, 'Share it');
  await page.getByText('Copied. Paste it into a message to one person.').waitFor();
  return String(await page.evaluate('navigator.clipboard.readText()'));
};

const digitsIn = async (page: Page, text: string, what: 'PIN' | 'code', length: number): Promise<string> => {
  const digits = required(new RegExp(`(?<!\\d)\\d{${length}}(?!\\d)`).exec(text)?.[0], `${text} has the digits`);
  assert.equal(digits, await digitsOn(page, what));
  assert.ok(text.includes(`${what} for Front door`), text);
  await press(page, 'To the list');
  return digits;
};

// ---- two factors ---------------------------------------------------------------------------------------------------------------

const askToo = async (page: Page, second: string): Promise<void> => {
  await page.getByText('Something else of theirs must come with it').click();
  await page.getByLabel('What must come with it').selectOption({ label: second });
};

const lays = async ({ workbench }: Door): Promise<string> => {
  const lamp = await after(workbench, { action: 'card', card: 'blue' });
  await workbench.act({ action: 'card', card: null });
  return lamp;
};

/** Emil's PIN asks for his card, and his card for his PIN; his PIN's digits. */
const givePair = async (page: Page, { workbench }: Door): Promise<string> => {
  await page.bringToFront();
  await page.getByRole('link', { name: 'Give a PIN' }).click();
  await forNew(page, 'Emil Graf');
  await askToo(page, 'Their card');
  await page.getByText('They have no card here yet: until then it opens nothing.').waitFor();
  await picture(page, 'entries-pair');
  await press(page, 'Sign and give it');
  const pin = await digitsOn(page, 'PIN');
  await press(page, 'To the list');
  await page.getByRole('link', { name: 'Add a card' }).click();
  await page.getByText('Emil Graf').click();
  await askToo(page, 'Their PIN');
  await page.getByText('Either comes first, the other within 30 seconds.').waitFor();
  await press(page, 'Enrol the card');
  await page.getByText('Waiting for the card on the reader').waitFor();
  await workbench.act({ action: 'card', card: 'blue' });
  await page.getByRole('heading', { name: 'Emil Graf has a card' }).waitFor();
  await workbench.act({ action: 'card', card: null });
  await press(page, 'To the list');
  await page.getByText('Always. Asks for their card too. Either comes first, the other within 30 seconds.').waitFor();
  await picture(page, 'entries-pair-list');
  return pin;
};

const thrown = async ({ workbench }: Door, why: string): Promise<void> => assert.equal((await workbench.body()).position, 'thrown', why);

test('digits come by SMS, by the sheet and by copying, and open; a card and a PIN that ask for each other open as a pair, in time', { skip: noBrowser }, async () => {
  const directory = mkdtempSync(join(tmpdir(), 'mortise-digits-'));
  const [sms, clock] = [await smsGateway(), movedClock(directory)];
  const env = { MORTISE_SMS_URL: sms.gateway.url.replace('http://', 'http://AC1:token@'), MORTISE_SMS_FROM: sms.gateway.from, ...clock.env };
  try {
    await scene('digits', async ({ place, workbench, owner, open, errors }) => {
      await place.context.grantPermissions(['clipboard-read', 'clipboard-write']);
      await owner.addInitScript(SHEET);
      const bench = await open(await place.another());
      await bench.goto(workbench.url);
      const door: Door = { workbench, bench };
      await toEntries(owner);

      await give(owner, 'PIN', 'Anna Keller');
      const annas = await digitsIn(owner, await bySms(owner, sms, '+41 79 111 22 33'), 'PIN', 7);
      await refusesBut(door, annas);
      await give(owner, 'code', 'Bruno Rossi');
      await refusesBut(door, await digitsIn(owner, await bySms(owner, sms, '0041 79 111 22 33'), 'code', 9));
      await give(owner, 'PIN', 'Clara Frei');
      await opensBy(door, await digitsIn(owner, await byShare(owner), 'PIN', 7));
      await give(owner, 'code', 'Dario Bianchi');
      const text = await byShare(owner);
      assert.equal(await byCopy(owner), text);
      await refusesBut(door, await digitsIn(owner, text, 'code', 9));

      const pin = await givePair(owner, door);
      await opensBy(door, annas); // control: hers opens alone
      await types(door, pin, 'another');
      await picture(bench, 'bench-another');
      await thrown(door, 'a PIN alone');
      assert.equal(await lays(door), 'granted', 'the card in time');
      await workbench.until('the pair opens', ({ position }) => position === 'withdrawn');
      await lockUp(workbench);

      assert.equal(await lays(door), 'another', 'a card alone; the pair before is spent');
      await clock.pass(PAIR_MS + 1000, [owner]);
      await types(door, pin, 'another');
      await thrown(door, 'too late');
      assert.equal(await lays(door), 'granted', 'control: in time, after that PIN');
      await workbench.until('the pair opens', ({ position }) => position === 'withdrawn');

      await owner.bringToFront();
      await goTo(owner, 'Activity');
      await owner.getByText('Something else of the same person must come with it.').first().waitFor();
      await owner.getByText(/Emil Graf unlocked/).first().waitFor();
      await picture(owner, 'activity-pair');
      assert.deepEqual(errors(), []);
    }, env);
  } finally {
    await sms.close();
    rmSync(directory, { recursive: true });
  }
});
