// A passive lock and an electronic key as processes of their own, and a hub: the key is enrolled and given a grant over its update socket, touches,
// opens by a hand, returns, is lifted; what lock and key wrote down comes home by the key.

import assert from 'node:assert/strict';
import { rmSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { elementOf } from '@mortise/documents/place.ts';
import { nodeCrypto } from '@mortise/node/crypto.ts';
import { unprovenKeyStatus } from '@mortise/courier/key-status.ts';
import { lockIdOf } from '@mortise/journal/chain.ts';
import type { LockId } from '@mortise/base/identifiers.ts';
import { required } from '@mortise/base/assert.ts';
import { grantKey, registerKnown, search, technician } from '../../apps/hub/src/testing/ekey.fixture.ts';
import { lendingScene } from '../../apps/hub/src/testing/lending.fixture.ts';
import { fitPassiveLock } from '../support/bench-adoption.ts';
import { startKey, startPassiveLock } from '../support/devices.ts';
import { statusOver, updateOver } from '../support/update-link.ts';

const directory = (t: TestContext): string => {
  const path = mkdtempSync(join(tmpdir(), 'mortise-devices-'));
  t.after(() => rmSync(path, { recursive: true, force: true }));
  return path;
};

/** A hub that goes by the machine's clock, since locks and keys in processes of their own do. */
const sceneNow = async (t: TestContext) => {
  const scene = await lendingScene(t, { power: { issue: {} }, config: { now: () => Date.now() } });
  scene.clock.now = Math.floor(Date.now() / 1000) * 1000;
  return scene;
};

void test('touch, turn, return, lift; and the journals of both come home', async (t) => {
  const data = directory(t);
  const scene = await sceneNow(t);
  const fitted = await fitPassiveLock(scene, join(data, 'lock'));
  const lock = await startPassiveLock(join(data, 'lock'));
  const key = await startKey(join(data, 'key'));
  t.after(() => Promise.all([lock.running.stop('SIGKILL'), key.running.stop('SIGKILL')]));
  const update = required(key.said.get('update'), 'where it is updated');

  const status = await statusOver(update);
  const parts = required(unprovenKeyStatus(status), 'a status');
  const keyId: LockId = lockIdOf(nodeCrypto, parts.identityKey);
  assert.equal(keyId, key.said.get('keyId'));
  const known = { keyId, identity: { publicKey: parts.identityKey }, credential: { publicKey: parts.credentialKey } };
  await registerKnown(scene, known, status);
  const bob = await technician(scene, 'Bob', keyId);
  await grantKey(scene, bob.grant.person.id, known, { places: [elementOf({ kind: 'door', id: fitted.doorId })], verbs: ['unlock'] });
  for (let round = 0; round < 2; round += 1) await updateOver(update, keyId, bob.browser);
  await key.until('its orders', (view) => view.orders.grants === 1 && view.clock.quality === 'synced');

  const before = await lock.look();
  assert.deepEqual([before.adopted, before.bolt, before.contact, before.position, before.setup], [true, null, null, 'thrown', null]);
  assert.equal(await key.act({ action: 'touch' }), 'lock-not-chosen');
  assert.equal(await key.act({ action: 'lock', address: required(lock.said.get('workbench'), 'its page') }), 'done');
  await key.until('the lock beside it', (view) => view.lock?.body?.lockId === fitted.lockId);
  assert.equal(await key.act({ action: 'turn', to: 'withdrawn' }), 'bolt-blocked');
  assert.equal(await key.act({ action: 'touch' }), 'done');
  await key.until('the word to turn', (view) => view.signal.name === 'turn-now' && view.lock?.body?.free === true);
  assert.equal(await key.act({ action: 'turn', to: 'withdrawn' }), 'done');
  await key.until('open', (view) => view.signal.display === 'Open' && view.lock?.body?.bolt === 'unlocked');
  assert.equal(await key.act({ action: 'turn', to: 'thrown' }), 'done');
  await key.until('closed', (view) => view.signal.display === 'Closed');
  await key.until('what the lock gave it', (view) => view.bag.fromLocks > 0);
  assert.equal(await key.act({ action: 'lift' }), 'done');
  const after = await lock.until('the lift', ({ contact }) => contact === null);
  assert.deepEqual([after.position, after.free, after.bolt, after.adopted], ['thrown', false, null, true]);

  for (let round = 0; round < 2; round += 1) await updateOver(update, keyId, bob.browser);
  const ofLock = (await search(scene, { lock: fitted.lockId })).items.map(({ reason }) => reason);
  const ofKey = (await search(scene, { ekey: keyId })).items.map(({ reason }) => reason);
  assert.ok(ofLock.includes('opened-by-hand') || ofLock.length >= 3, ofLock.join(' '));
  assert.ok(ofKey.includes('contact-opened') && ofKey.includes('contact-closed'), ofKey.join(' '));
});
