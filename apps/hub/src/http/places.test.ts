// Groups, calendars and near links: kept as they were written, within what rosters can say.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { calendars, groups } from '@mortise/api/grants.ts';
import { nearLinks } from '@mortise/api/keys.ts';
import { browserOf, codeOf, ORIGIN, testHub } from '../testing/hub.fixture.ts';
import { freshId, lendingScene } from '../testing/lending.fixture.ts';
import { parsed } from '../testing/owner.fixture.ts';

void test('a group has a name and doors, is changed as a whole, and no door is in more than a roster can say', async (t) => {
  const { owner: { browser }, door } = await lendingScene(t);
  const put = (id: string, doors: readonly string[], name = 'Office') => browser.send('PUT', `/api/groups/${id}`, { name, doors });
  const id = freshId();
  assert.deepEqual(parsed(groups, await put(id, [door.id, door.id])).groups, [{ id, name: 'Office', doors: [door.id] }]);
  assert.deepEqual(parsed(groups, await put(id, [], 'Nothing')).groups, [{ id, name: 'Nothing', doors: [] }]);
  assert.deepEqual([codeOf(await put(id, [freshId()])), codeOf(await put('short', []))], ['door-unknown', 'input-invalid']);
  for (let index = 0; index < 7; index += 1) assert.equal((await put(freshId(), [door.id])).status, 200);
  assert.equal(codeOf(await put(freshId(), [door.id])), 'conflict');
  for (let index = 8; index < 64; index += 1) await put(freshId(), []);
  assert.equal(codeOf(await put(freshId(), [])), 'conflict');
  assert.equal((await put(id, [], 'Again')).status, 200, 'the control: one that is there can be changed');
});

void test('calendars are replaced whole; days that a roster could not say are refused', async (t) => {
  const { owner: { browser } } = await lendingScene(t);
  const put = (all: readonly object[]) => browser.send('PUT', '/api/calendars', { calendars: all });
  const good = { id: 1, name: 'Zurich', days: [20_000, 20_400], untilDay: 21_000 };
  assert.deepEqual(parsed(calendars, await put([good])).calendars, [good]);
  for (const changes of [{ days: [20_400, 20_000] }, { days: [20_000, 20_000] }, { untilDay: 20_400 }, { untilDay: 9e9 }, { id: 0 }]) assert.equal(codeOf(await put([{ ...good, ...changes }])), 'input-invalid', JSON.stringify(changes));
  assert.equal(codeOf(await put([good, good])), 'input-invalid');
  assert.deepEqual(parsed(calendars, await browser.get('/api/calendars')).calendars, [good]);
  assert.deepEqual(parsed(calendars, await put([])).calendars, []);
});

void test('near links are told to anybody, and the pages may speak with the loopback address of the machine they run on', async (t) => {
  const address = 'ws://localhost:8401/near';
  const hub = await testHub({ near: () => [address] });
  t.after(hub.end);
  assert.deepEqual(parsed(nearLinks, await browserOf(hub).get('/api/near-links')).addresses, [address]);
  const policy = (await hub.app.request(`${ORIGIN}/api/health`, {}, {})).headers.get('content-security-policy') ?? '';
  assert.match(policy, /connect-src 'self' ws:\/\/localhost:8400 ws:\/\/localhost:\* ws:\/\/127\.0\.0\.1:\*;/);
  const plain = await testHub();
  t.after(plain.end);
  assert.deepEqual(parsed(nearLinks, await browserOf(plain).get('/api/near-links')).addresses, []);
});
