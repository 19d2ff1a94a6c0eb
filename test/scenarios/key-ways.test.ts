// The other ways between a key and its hub than a phone's page: by itself over the network, and by a station at a serial line.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { keyNow } from '../../apps/hub/src/testing/ekey.fixture.ts';
import { hubDoor } from '../support/hub-door.ts';
import { startKey, type KeyProcess } from '../support/devices.ts';
import { deviceDirectory, passiveScene } from '../support/passive-scene.ts';
import { startNode, type Running } from '../support/processes.ts';
import { programOf } from '../support/programs.ts';
import { noSerialPair, serialPair } from '../support/serial-pair.ts';

const CLI = programOf('mortise');

const isUpToDate = async (key: KeyProcess): Promise<void> => {
  await key.until('its orders', (view) => view.enrolled && view.orders.version > 0 && view.orders.grants === 1 && view.clock.quality === 'synced' && !view.updating);
};

void test('by itself: the key fetches its orders, says what it then holds, and waits longer where no hub answers', async (t) => {
  const world = await passiveScene(t);
  const door = await hubDoor(t, world.scene.test);
  await world.running.key.running.stop();
  world.running.key = await startKey(world.data.key, ['--hub', door.url]);
  const { key } = world.running;
  await isUpToDate(key);
  const view = await key.until('its word on it', ({ network }) => network?.said === 'The last update by the network went through.' && !network.busy);
  assert.ok((view.network?.nextAt ?? 0) > Date.now() + 600_000, 'not again before a quarter of an hour');
  const { orders } = await keyNow(world.scene, world.known.keyId);
  assert.deepEqual([orders.held, orders.isCurrent], [1, true], 'the hub has heard what it holds');
  door.shut = true;
  const before = door.count();
  assert.equal(await key.act({ action: 'update' }), 'done');
  assert.equal(await key.act({ action: 'update' }), 'updating-already');
  const failed = await key.until('the failure', ({ network }) => network?.said?.includes('No hub answers') === true);
  assert.equal(door.count(), before + 1, 'one try');
  assert.ok((failed.network?.nextAt ?? 0) > Date.now() + 1000, 'and then a pause');
  door.shut = false;
  assert.equal(await key.act({ action: 'update' }), 'done', 'a hand may ask sooner');
  await key.until('that it went through', ({ network }) => network?.said?.includes('went through.') === true && !network.busy);
});

void test('by a station: a serial line on one side, the hub on the other; a line that breaks is found again', { skip: noSerialPair }, async (t) => {
  const world = await passiveScene(t);
  const [door, directory] = [await hubDoor(t, world.scene.test), deviceDirectory(t)];
  const line = await serialPair(t, directory);
  await world.running.key.running.stop();
  world.running.key = await startKey(world.data.key, ['--serial', line.key]);
  const { key } = world.running;
  await key.until('its line', ({ serial }) => serial?.open === true);
  const words = ['station', '--serial', line.station, '--hub', door.url, '--json'];
  const ended = async (running: Running): Promise<{ readonly code: number | null; readonly output: string }> => {
    if (running.process.exitCode === null) await new Promise((resolve) => running.process.once('exit', resolve));
    return { code: running.process.exitCode, output: running.output() };
  };
  const serving = startNode([CLI, ...words]);
  await serving.line(new RegExp(`"keyId":"${world.known.keyId}"`));
  await isUpToDate(key);
  await serving.stop();
  assert.equal((await ended(serving)).code, 0, 'a signal ends it');
  const again = await ended(startNode([CLI, ...words, '--once']));
  assert.deepEqual([again.code, again.output.includes(world.known.keyId)], [0, true], again.output);
  const { orders, status } = await keyNow(world.scene, world.known.keyId);
  assert.deepEqual([orders.held, orders.isCurrent, status?.clock], [1, true, 'synced']);
  line.cut();
  await key.until('that the line is gone', ({ serial }) => serial?.open === false);
  const wrong = await ended(startNode([CLI, ...words, '--once']));
  assert.deepEqual([wrong.code, wrong.output.includes('line-unusable')], [2, true]);
});

void test('a station without a key, without a hub, with wrong arguments: each is told', { skip: noSerialPair }, async (t) => {
  const line = await serialPair(t, deviceDirectory(t));
  const run = async (...words: string[]): Promise<string> => {
    const running = startNode([CLI, 'station', ...words]);
    await new Promise((resolve) => running.process.once('exit', resolve));
    return `${running.process.exitCode}: ${running.output()}`;
  };
  assert.match(await run('--serial', line.station, '--hub', 'http://localhost:1', '--once'), /^1: mortise: The key does not say how it is\./);
  assert.match(await run('--serial', line.station, '--hub', 'http://lock.example.org'), /^2: mortise: A hub is given by its origin/);
  assert.match(await run('--hub', 'https://lock.example.org'), /^2: mortise: Give --serial or set MORTISE_SERIAL\./);
  assert.match(await run('--serial', 'COM1', '--hub', 'https://lock.example.org'), /^2: mortise: A serial line is given by its path/);
});
