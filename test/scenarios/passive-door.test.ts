// A passive lock and an electronic key as processes of their own, and a hub: the key is enrolled and given a grant over its update socket, touches,
// opens by a hand, returns, is lifted; what lock and key wrote down comes home by the key.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { WebSocket } from 'ws';
import { required } from '@mortise/base/assert.ts';
import { door } from '@mortise/api/locks.ts';
import { z } from '@mortise/api/schema.ts';
import { search } from '../../apps/hub/src/testing/ekey.fixture.ts';
import { parsed } from '../../apps/hub/src/testing/owner.fixture.ts';
import { deviceDirectory, passiveScene, putBeside, update } from '../support/passive-scene.ts';
import { startKey, startPassiveLock } from '../support/devices.ts';

void test('touch, turn, return, lift; and the journals of both come home', async (t) => {
  const world = await passiveScene(t);
  const { scene, fitted, known, running: { lock, key } } = world;
  await update(world);
  await key.until('its orders', (view) => view.orders.grants === 1 && view.clock.quality === 'synced');

  const before = await lock.look();
  assert.deepEqual([before.adopted, before.bolt, before.contact, before.position, before.setup], [true, null, null, 'thrown', null]);
  assert.equal(await key.act({ action: 'touch' }), 'lock-not-chosen');
  await putBeside(world);
  assert.equal(await key.act({ action: 'turn', to: 'withdrawn' }), 'bolt-blocked');
  assert.equal(await key.act({ action: 'touch' }), 'done');
  await key.until('the word to turn', (view) => view.signal.name === 'turn-now' && view.lock?.body?.free === true);
  assert.equal(await key.act({ action: 'touch' }), 'touching-already');
  assert.equal(await key.act({ action: 'turn', to: 'withdrawn' }), 'done');
  await key.until('open', (view) => view.signal.display === 'Open' && view.lock?.body?.bolt === 'unlocked');
  assert.equal(await key.act({ action: 'turn', to: 'thrown' }), 'done');
  await key.until('closed', (view) => view.signal.display === 'Closed');
  await key.until('what the lock gave it', (view) => view.bag.fromLocks > 0);
  assert.equal(await key.act({ action: 'lift' }), 'done');
  const after = await lock.until('the lift', ({ contact }) => contact === null);
  assert.deepEqual([after.position, after.free, after.bolt, after.adopted], ['thrown', false, null, true]);

  await update(world);
  const ofLock = (await search(scene, { lock: fitted.lockId })).items.filter(({ device }) => device.kind === 'lock').map(({ reason }) => reason).toReversed();
  const ofKey = (await search(scene, { ekey: known.keyId })).items.map(({ reason }) => reason).toReversed();
  assert.deepEqual(ofLock, ['started', 'adopted', 'roster-accepted', 'granted-document', 'granted-document', 'bolt-returned']);
  assert.deepEqual(ofKey.filter((reason) => reason.startsWith('contact-')), ['contact-opened', 'contact-closed']);
});

void test('a lock that was just adopted knows no door: the first key brings it the roster from the hub, and opens in the same touch', async (t) => {
  const world = await passiveScene(t, [], false);
  const { scene, fitted, running: { lock, key } } = world;
  await update(world);
  await key.until('its orders and what it carries for the lock', (view) => view.orders.grants === 1 && view.clock.quality === 'synced' && view.bag.forLocks > 0);
  await putBeside(world);
  assert.equal(await key.act({ action: 'touch' }), 'done');
  await key.until('the word to turn', (view) => view.signal.name === 'turn-now' && view.lock?.body?.free === true);
  assert.equal((await lock.look()).rosterVersion, 2);
  assert.equal(await key.act({ action: 'turn', to: 'withdrawn' }), 'done');
  await key.until('open', (view) => view.signal.display === 'Open' && view.lock?.body?.bolt === 'unlocked');
  assert.equal(await key.act({ action: 'turn', to: 'thrown' }), 'done');
  await key.until('what the lock gave it', (view) => view.signal.display === 'Closed' && view.bag.fromLocks > 0);
  assert.equal(await key.act({ action: 'lift' }), 'done');
  await lock.until('the lift', ({ contact }) => contact === null);
  await update(world);
  const ofLock = (await search(scene, { lock: fitted.lockId })).items.filter(({ device }) => device.kind === 'lock').map(({ reason }) => reason).toReversed();
  assert.deepEqual(ofLock, ['started', 'adopted', 'credential-unknown', 'roster-accepted', 'granted-document', 'granted-document', 'bolt-returned']);
  const { doors } = parsed(z.object({ doors: z.array(door) }), await scene.owner.browser.get('/api/doors'));
  assert.deepEqual(doors.find(({ lock: { lockId } }) => lockId === fitted.lockId)?.lock.roster, { version: 2, delivery: 'delivered', code: null }, 'and the hub knows that it has it');
});

void test('one key at a time, and each touch is a life of its own', async (t) => {
  const directory = deviceDirectory(t);
  const lock = await startPassiveLock(`${directory}/lock`);
  const key = await startKey(`${directory}/key`);
  t.after(() => Promise.all([lock.running.stop('SIGKILL'), key.running.stop('SIGKILL')]));
  const address = required(lock.said.get('workbench'), 'its page');
  const stranger = new WebSocket(new URL('/contact', address.replace('http', 'ws')));
  await lock.until('its touch', ({ contact }) => contact !== null);
  await key.act({ action: 'lock', address });
  assert.equal(await key.act({ action: 'touch' }), 'lock-touched');
  const first = await lock.look();
  stranger.terminate();
  await lock.until('the lift', ({ contact }) => contact === null);
  assert.equal(await key.act({ action: 'touch' }), 'done', 'the control');
  await lock.until('the next touch', ({ contact }) => contact !== null);
  assert.equal((await lock.look()).journal.records, first.journal.records, 'a waking by itself is no news');
  assert.ok(first.setup !== null && first.journal.records === 1, 'of nobody, with the record of its first start');
});
