// A door controller, in a real Chromium: a strike that is fail-secure and a magnet that is fail-safe, moved by the hands on the Workbench's page and by the owner's app. One opening is free for its time
// and secures itself; request-to-exit and the fire release let out, and nothing secures against them; a cut of the power does what the mechanism is built for; kept unlocked, and ended.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Page } from 'playwright-core';
import { noBrowser } from '../support/browser.ts';
import type { Workbench } from '../support/workbench.ts';
import { holdOn, press, scene, type Scene } from './scene.ts';
import { holdToOpen, picture, says } from './walk.ts';

const RELEASE_MS = 1000;
/** Both ends of it are seen late on a machine that is busy. */
const LEAST_MS = 300;
/** The way of the messages, and a machine that is busy. */
const SLACK_MS = 6000;

type Hands = { readonly workbench: Workbench; readonly bench: Page; readonly owner: Page };

const atWorkbench = async ({ place, workbench, owner, open }: Scene): Promise<Hands> => {
  const bench = await open(await place.another());
  await bench.goto(workbench.url);
  await bench.getByRole('region', { name: 'The body' }).waitFor();
  return { workbench, bench, owner };
};

/** The large word of the body on its page, and the same of the body itself. */
const is = async ({ workbench, bench }: Hands, word: 'Secured' | 'Released', patienceMs = SLACK_MS): Promise<void> => {
  await workbench.until(`it is ${word}`, ({ position }) => position === (word === 'Secured' ? 'thrown' : 'withdrawn'), patienceMs);
  await bench.locator('.bench__hero .door__word', { hasText: new RegExp(`^${word}$`) }).waitFor();
};

const stays = async ({ workbench }: Hands, position: 'thrown' | 'withdrawn', why: string): Promise<void> => {
  await new Promise((resolve) => { setTimeout(resolve, RELEASE_MS + 300); });
  assert.equal((await workbench.body()).position, position, why);
};

const hand = async (page: Page, name: string | RegExp): Promise<void> => {
  await page.bringToFront();
  await press(page, name);
};

const turns = async ({ bench }: Hands, label: RegExp): Promise<void> => {
  await bench.bringToFront();
  await bench.getByLabel(label).click();
};

const toDoor = async (page: Page): Promise<void> => {
  await page.getByRole('link', { name: /^Back/ }).click();
  await page.locator('.door__word').waitFor();
};

/** By the policy page, which asks a pulsed mechanism for no relock. */
const freeFor = async (page: Page): Promise<void> => {
  await page.bringToFront();
  await page.getByRole('link', { name: /Locking and alarms/ }).click();
  await page.getByRole('heading', { name: 'What it goes by' }).waitFor();
  await page.getByText('5 seconds at each opening').waitFor();
  await press(page, 'Change');
  assert.equal(await page.getByLabel('Lock after', { exact: true }).count(), 0);
  await page.getByLabel('The door stays free for', { exact: true }).fill(String(RELEASE_MS / 1000));
  await press(page, 'Sign and send to the lock');
  await page.getByText('On the lock').first().waitFor();
  await page.getByText('1 second at each opening').waitFor();
  await toDoor(page);
};

/** Held in the app; measured by the body how long it is free. */
const opensForItsTime = async (hands: Hands): Promise<void> => {
  await hands.owner.bringToFront();
  await holdToOpen(hands.owner);
  await hands.workbench.until('it is released', ({ position }) => position === 'withdrawn');
  const released = performance.now();
  await hands.workbench.until('it is secured', ({ position }) => position === 'thrown', RELEASE_MS + SLACK_MS);
  assert.ok(performance.now() - released > LEAST_MS, 'and not before its time');
  await hands.owner.getByText(/Mira Meier unlocked/).first().waitFor();
  await says(hands.owner, 'Locked');
};

/** The way out, on the page of the body; beside it, the same door with nobody asking. */
const letsOut = async (hands: Hands): Promise<void> => {
  const { workbench, bench } = hands;
  await hand(bench, 'Press the exit button');
  await is(hands, 'Released');
  await stays(hands, 'withdrawn', 'past the time of an opening: as long as it is pressed');
  await hand(bench, 'Open the door');
  assert.equal((await workbench.until('it is open', ({ doorIs }) => doorIs !== 'closed')).doorIs, 'open', 'no alarm');
  await hand(bench, 'Let go of the exit button');
  await hand(bench, 'Close the door');
  await is(hands, 'Secured');
};

/** Neither the app nor a time secures against a fire. */
const opensInFire = async (hands: Hands): Promise<void> => {
  const { workbench, bench, owner } = hands;
  await turns(hands, /^Fire release/);
  await is(hands, 'Released');
  await bench.getByText('On. Nothing locks while it lasts.').waitFor();
  await owner.bringToFront();
  await says(owner, 'Unlocked');
  await press(owner, /^Lock/);
  await owner.getByText('Not locked.').first().waitFor();
  await picture(owner, `door-fire-${(await workbench.body()).mechanism.name}`);
  await stays(hands, 'withdrawn', 'whatever was asked');
  await turns(hands, /^Fire release/);
  await is(hands, 'Secured');
};

const keptUnlocked = async (hands: Hands): Promise<void> => {
  const { workbench, owner } = hands;
  await owner.bringToFront();
  await press(owner, /^Keep unlocked/);
  await holdOn(owner, /^Hold to keep unlocked until/);
  await workbench.until('it is kept unlocked', ({ position, held }) => position === 'withdrawn' && held);
  await stays(hands, 'withdrawn', 'no pulse ends it');
  await press(owner, /^End hold/);
  await workbench.until('it secures again', ({ position, held }) => position === 'thrown' && !held, RELEASE_MS + SLACK_MS);
};

const forced = async (hands: Hands): Promise<void> => {
  await hand(hands.bench, 'Open the door');
  await hands.bench.getByText('The lock calls the door forced open.').waitFor();
  await hand(hands.bench, 'Close the door');
  await hands.workbench.until('it is over', ({ doorIs }) => doorIs === 'closed');
};

test('a strike, fail-secure: free for its time, out by the button and in a fire, kept unlocked; without power it opens to nobody', { skip: noBrowser }, () =>
  scene('strike', async (stage) => {
    const hands = await atWorkbench(stage);
    const { workbench, bench, owner } = hands;
    await is(hands, 'Secured');
    await bench.getByText('It secures (fail-secure)').waitFor();
    await freeFor(owner);
    await opensForItsTime(hands);
    await owner.getByText(/strike secured, door closed/).waitFor();
    await picture(owner, 'door-strike');
    await letsOut(hands);
    await forced(hands);
    await opensInFire(hands);
    await keptUnlocked(hands);

    await turns(hands, /^Power of the coil/);
    await bench.getByText('Cut off. It secures (fail-secure).').waitFor();
    await owner.bringToFront();
    await holdToOpen(owner);
    await owner.getByText(/did not do what it was told|Not opened|stuck/).first().waitFor();
    assert.equal((await workbench.body()).position, 'thrown');
    await picture(owner, 'door-strike-no-power');
    await turns(hands, /^Power of the coil/);
    await workbench.until('it has power', ({ hasPower }) => hasPower);
    await is(hands, 'Secured', RELEASE_MS + SLACK_MS);
    await says(owner, 'Locked');
    await opensForItsTime(hands);
    assert.deepEqual(stage.errors(), []);
  }, { MORTISE_MECHANISM: 'strike' }));

test('a magnet, fail-safe: free for its time, out by the button and in a fire; without power it holds nobody', { skip: noBrowser }, () =>
  scene('magnet', async (stage) => {
    const hands = await atWorkbench(stage);
    const { bench, owner } = hands;
    await is(hands, 'Secured');
    await bench.getByText('It releases (fail-safe)').waitFor();
    await freeFor(owner);
    await opensForItsTime(hands);
    await owner.getByText(/magnet holds the door, door closed/).waitFor();
    await picture(owner, 'door-magnet');
    await letsOut(hands);
    await opensInFire(hands);

    await turns(hands, /^Power of the coil/);
    await is(hands, 'Released');
    await bench.getByText('Cut off. It releases (fail-safe).').waitFor();
    await says(owner, 'Unlocked');
    await owner.getByText(/magnet lets go/).waitFor();
    await picture(bench, 'bench-magnet-no-power');
    await stays(hands, 'withdrawn', 'as long as there is none');
    await turns(hands, /^Power of the coil/);
    await is(hands, 'Secured');
    await says(owner, 'Locked');
    assert.deepEqual(stage.errors(), []);
  }, { MORTISE_MECHANISM: 'magnet' }));
