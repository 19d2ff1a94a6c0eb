// Contacts that are cut, and processes that are killed. The key is lifted after so many bytes, in the middle of a frame too; lock and key are killed while
// they touch. Whatever was cut: both live on from their stores, the next whole touch opens, and the hub gets both journals without a gap.
// MORTISE_CUTS sets how many cuts (5 by default, `all` for each byte), MORTISE_KILLS how many kills, MORTISE_SEED where and when.

import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import type { EkeyAction, EkeyWorkbench } from '@mortise/api/ekey-workbench.ts';
import { search, keyNow } from '../../apps/hub/src/testing/ekey.fixture.ts';
import { startKey, startPassiveLock } from '../support/devices.ts';
import { passiveScene, putBeside, update, type PassiveScene } from '../support/passive-scene.ts';
import { freePort } from '../support/processes.ts';

const SEED = process.env['MORTISE_SEED'] ?? String(Date.now());
const KILLS = Number(process.env['MORTISE_KILLS'] ?? 2);
const CUTS = process.env['MORTISE_CUTS'] ?? '5';
/** A key that nobody updates is full some time, and opens nothing then; and who updates it goes on for so many rounds only. */
const CUTS_BETWEEN_UPDATES = 250;
/** Between two looks of the hand. */
const MOVE_MS = 15;
/** So many draws leave no bias worth the name. */
const DRAW_BYTES = 6;

/** A whole number below `bound`, for a name. */
const draw = (name: string, bound: number): number => createHash('sha256').update(`${SEED} ${name}`).digest().readUIntBE(0, DRAW_BYTES) % bound;

const sleep = (ms: number): Promise<void> => new Promise((resolve) => { setTimeout(resolve, ms); });

/** A whole contact: opens, returns, carries. Answers how many bytes went over until the lock had given all. */
const openWhole = async ({ running: { lock, key } }: PassiveScene): Promise<number> => {
  assert.equal(await key.act({ action: 'touch' }), 'done', `seed ${SEED}`);
  await key.until('the word to turn', (view) => view.lock?.body?.free === true || view.lock?.body?.bolt === 'unlocked');
  await key.act({ action: 'turn', to: 'withdrawn' });
  await key.until('open', (view) => view.lock?.body?.bolt === 'unlocked' && view.signal.name === 'granted');
  await key.act({ action: 'turn', to: 'thrown' });
  await key.until('closed', (view) => view.signal.name === 'closed');
  await key.until('the journal', (view) => view.bag.fromLocks > 0);
  const bytes = await bytesWhenQuiet(key);
  await key.act({ action: 'lift' });
  await lock.until('the lift', ({ contact }) => contact === null);
  return bytes;
};

/** A lock gives its journal batch by batch: nothing has gone over for so long. */
const QUIET_MS = 400;
const bytesWhenQuiet = async (key: PassiveScene['running']['key']): Promise<number> => {
  let [bytes, sinceMs] = [-1, performance.now()];
  while (performance.now() - sinceMs < QUIET_MS) {
    const now = (await key.look()).touch?.bytes ?? 0;
    if (now !== bytes) [bytes, sinceMs] = [now, performance.now()];
    await sleep(MOVE_MS);
  }
  return bytes;
};

/** A hand that turns as soon as it may and back, and lifts when all is done: the next thing it does. */
const nextMove = (view: EkeyWorkbench): EkeyAction | undefined => {
  const body = view.lock?.body;
  if (view.signal.name === 'closed') return { action: 'lift' };
  if (body?.free === true) return { action: 'turn', to: 'withdrawn' };
  return body?.bolt === 'unlocked' && view.signal.name === 'granted' ? { action: 'turn', to: 'thrown' } : undefined;
};

const cutAfter = async ({ running: { lock, key } }: PassiveScene, bytes: number): Promise<void> => {
  assert.equal(await key.act({ action: 'touch', liftAfter: bytes }), 'done', `cut at ${bytes}`);
  for (let view = await key.look(); view.touch !== null; view = await key.look()) {
    const move = nextMove(view);
    // What the cut makes impossible meanwhile is refused.
    if (move !== undefined) await key.act(move);
    await sleep(MOVE_MS);
  }
  const left = await lock.until('the lift', ({ contact }) => contact === null);
  assert.deepEqual([left.fault, left.free, (await key.look()).fault], [null, false, null], `cut at ${bytes}`);
  await lock.act({ action: 'turn', to: 'thrown' });
};

const killAndStart = async (world: PassiveScene, ports: { readonly lock: number; readonly key: number }, count: number): Promise<void> => {
  const { running, data } = world;
  await running.key.act({ action: 'touch' });
  await sleep(draw(`when ${count}`, 250));
  const victims = (['lock', 'key', 'both'] as const)[draw(`who ${count}`, 3)] ?? 'both';
  await Promise.all([victims !== 'key' && running.lock.running.stop('SIGKILL'), victims !== 'lock' && running.key.running.stop('SIGKILL')]);
  if (victims !== 'key') running.lock = await startPassiveLock(data.lock, ports.lock);
  if (victims !== 'lock') running.key = await startKey(data.key, [], ports.key);
  assert.deepEqual([running.lock.said.get('ready'), running.key.said.get('ready')], ['true', 'true'], `seed ${SEED}, kill ${count}`);
  await running.key.until('the lock beside it again', ({ lock, touch }) => lock?.body?.adopted === true && touch === null);
  await running.lock.until('the lift', ({ contact }) => contact === null);
};

/** What was written before the last contact is at the hub, and all that is there follows without a gap. Answers how many records of the lock are there. */
const atHome = async (world: PassiveScene, writtenBefore: number): Promise<number> => {
  await update(world);
  const { scene, fitted, known } = world;
  const ofLock = (await search(scene, { lock: fitted.lockId, limit: 100 })).items.filter(({ device }) => device.kind === 'lock').map(({ seq }) => seq).toReversed();
  const last = ofLock.at(-1) ?? 0;
  assert.ok(last >= writtenBefore, `${last} of ${writtenBefore} came home, seed ${SEED}`);
  assert.deepEqual(ofLock, Array.from({ length: ofLock.length }, (_, index) => last - ofLock.length + 1 + index), `no gap, seed ${SEED}`);
  const { journal, status } = await keyNow(scene, known.keyId);
  assert.deepEqual([journal.missing, journal.alerts, journal.entries >= (status?.acknowledged ?? 0)], [0, 0, true]);
  return last;
};

const bringHome = async (world: PassiveScene): Promise<number> => {
  const { records } = (await world.running.lock.look()).journal;
  await openWhole(world);
  return atHome(world, records);
};

void test('cut after any byte, killed at any moment: both live on, and no record is lost or doubled', async (t) => {
  const world = await passiveScene(t);
  const ports = { lock: await freePort(), key: await freePort() };
  await Promise.all([world.running.lock.running.stop(), world.running.key.running.stop()]);
  world.running.lock = await startPassiveLock(world.data.lock, ports.lock);
  world.running.key = await startKey(world.data.key, [], ports.key);
  await update(world);
  await putBeside(world);
  const whole = await openWhole(world);
  const cuts = CUTS === 'all' ? Array.from({ length: whole }, (_, bytes) => bytes) : Array.from({ length: Number(CUTS) }, (_, index) => draw(`cut ${index}`, whole));
  for (const [index, bytes] of cuts.entries()) {
    await cutAfter(world, bytes);
    if ((index + 1) % CUTS_BETWEEN_UPDATES === 0) await bringHome(world);
  }
  for (let count = 0; count < KILLS; count += 1) await killAndStart(world, ports, count);
  const records = await bringHome(world);
  console.log(`contacts: ${JSON.stringify({ seed: SEED, wholeBytes: whole, cuts: cuts.length, kills: KILLS, records })}`);
});
