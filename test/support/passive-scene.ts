// A hub, a passive lock with a door there, and a technician with an electronic key that opens it; lock and key run as processes of their own.

import { rmSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { required } from '@mortise/base/assert.ts';
import { unprovenKeyStatus } from '@mortise/courier/key-status.ts';
import { elementOf } from '@mortise/documents/place.ts';
import { lockIdOf } from '@mortise/journal/chain.ts';
import { nodeCrypto } from '@mortise/node/crypto.ts';
import { grantKey, registerKnown, technician, type KnownKey, type Technician } from '../../apps/hub/src/testing/ekey.fixture.ts';
import { lendingScene, type Scene } from '../../apps/hub/src/testing/lending.fixture.ts';
import { fitPassiveLock, type Fitted } from './bench-adoption.ts';
import { startKey, startPassiveLock, type KeyProcess, type LockProcess } from './devices.ts';
import { statusOver, updateOver } from './update-link.ts';

/** A hub that goes by the machine's clock, since locks and keys in processes of their own do. */
export const sceneNow = async (t: TestContext): Promise<Scene> => {
  const scene = await lendingScene(t, { power: { issue: {} }, config: { now: () => Date.now() } });
  scene.clock.now = Math.floor(Date.now() / 1000) * 1000;
  return scene;
};

export const deviceDirectory = (t: TestContext): string => {
  const path = mkdtempSync(join(tmpdir(), 'mortise-devices-'));
  t.after(() => rmSync(path, { recursive: true, force: true }));
  return path;
};

export type PassiveScene = {
  readonly scene: Scene; readonly fitted: Fitted; readonly known: KnownKey; readonly bob: Technician;
  readonly data: { readonly lock: string; readonly key: string };
  /** Those that run now: a test that kills one puts the next here. */
  readonly running: { lock: LockProcess; key: KeyProcess };
};

/** Registers the key of this process by its own word, as a station does. */
export const registerProcess = async (scene: Scene, key: KeyProcess): Promise<KnownKey> => {
  const status = await statusOver(updateOf(key));
  const said = required(unprovenKeyStatus(status), 'a status');
  const known: KnownKey = { keyId: lockIdOf(nodeCrypto, said.identityKey), identity: { publicKey: said.identityKey }, credential: { publicKey: said.credentialKey } };
  await registerKnown(scene, known, status);
  return known;
};

/** Where a key is updated. */
export const updateOf = ({ said }: KeyProcess): string => required(said.get('update'), 'where it is updated');

/** Not updated yet: the key is registered, issued and has a grant at the hub. `isTold` false: the lock was adopted and knows no door yet. */
export const passiveScene = async (t: TestContext, more: readonly string[] = [], isTold = true): Promise<PassiveScene> => {
  const [directory, scene] = [deviceDirectory(t), await sceneNow(t)];
  const data = { lock: join(directory, 'lock'), key: join(directory, 'key') };
  const fitted = await fitPassiveLock(scene, data.lock, { isTold });
  const running = { lock: await startPassiveLock(data.lock), key: await startKey(data.key, more) };
  t.after(() => Promise.all([running.lock.running.stop('SIGKILL'), running.key.running.stop('SIGKILL')]));
  const known = await registerProcess(scene, running.key);
  const bob = await technician(scene, 'Bob', known.keyId);
  await grantKey(scene, bob.grant.person.id, known, { places: [elementOf({ kind: 'door', id: fitted.doorId })], verbs: ['unlock'] });
  return { scene, fitted, known, bob, data, running };
};

/** Bob's phone updates the key, until it holds its orders; the records of both are at the hub then. */
export const update = async ({ known, bob, running }: PassiveScene): Promise<void> => {
  for (let round = 0; round < 2; round += 1) await updateOver(updateOf(running.key), known.keyId, bob.browser);
};

/** Puts the lock beside the key. */
export const putBeside = async ({ running: { lock, key } }: PassiveScene): Promise<void> => {
  await key.act({ action: 'lock', address: required(lock.said.get('workbench'), 'its page') });
  await key.until('the lock beside it', ({ lock: beside }) => beside !== null && beside.body !== null);
};
