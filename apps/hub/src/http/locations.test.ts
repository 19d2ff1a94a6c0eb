// Locations: made, renamed, removed; a door is in one of them.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { locations } from '@mortise/api/locations.ts';
import { doorAnswer } from '@mortise/api/locks.ts';
import { exampleLock } from '@mortise/documents/example-site.ts';
import { adoptedLock } from '../testing/adopted.fixture.ts';
import { codeOf } from '../testing/hub.fixture.ts';
import { freshId } from '../testing/lending.fixture.ts';
import { adoptedBodyFor, parsed } from '../testing/owner.fixture.ts';

void test('a location has a name and doors; a door is in one; who removes it loses no door', async (t) => {
  const { owner, door } = await adoptedLock(t);
  const added = await owner.browser.send('POST', '/api/locks', { ...(await adoptedBodyFor(owner, exampleLock('cellar'))), doorName: 'Cellar' });
  assert.equal(added.status, 200);
  const put = (id: string, body: object) => owner.browser.send('PUT', `/api/locations/${id}`, body);
  const told = async () => parsed(locations, await owner.browser.get('/api/locations')).locations.map(({ name, doors }) => [name, doors.length]);
  const [north, south] = [freshId(), freshId()];
  assert.equal((await put(south, { name: 'South', doors: [] })).status, 200);
  assert.deepEqual(parsed(locations, await put(north, { name: 'North', doors: [door.id, door.id] })).locations.map(({ name, doors }) => [name, doors]), [['North', [door.id]], ['South', []]]);
  await put(south, { name: 'South side', doors: [door.id] });
  assert.deepEqual(await told(), [['North', 0], ['South side', 1]]);
  for (const [code, id, body] of [['door-unknown', north, { name: 'North', doors: [freshId()] }], ['input-invalid', 'short', { name: 'North', doors: [] }], ['input-invalid', north, { name: '', doors: [] }]] as const) {
    assert.equal(codeOf(await put(id, body)), code);
  }
  const remove = (id: string) => owner.browser.send('POST', `/api/locations/${id}/remove`, {});
  assert.equal((await remove(south)).status, 200);
  assert.equal(codeOf(await remove(south)), 'location-unknown');
  assert.deepEqual(await told(), [['North', 0]]);
  assert.equal((await owner.browser.get(`/api/doors/${door.id}`)).status, 200);
  await put(north, { name: 'North', doors: [door.id] });
  assert.deepEqual(await told(), [['North', 1]]);
});

void test('one door is renamed and moved, and nothing else changes; whoever watches is told', async (t) => {
  const { test: { hub }, owner, door } = await adoptedLock(t);
  const [north, south] = [freshId(), freshId()];
  for (const [id, name] of [[north, 'North'], [south, 'South']] as const) await owner.browser.send('PUT', `/api/locations/${id}`, { name, doors: [] });
  const patch = (body: object, id = door.id) => owner.browser.send('PATCH', `/api/doors/${id}`, body);
  const told = async () => parsed(locations, await owner.browser.get('/api/locations')).locations.map(({ name, doors }) => [name, doors.length]);
  const names: string[] = [];
  t.after(hub.live.subscribe((event) => { if (event.event === 'state') names.push(event.data.name); }));
  assert.equal(parsed(doorAnswer, await patch({ locationId: north })).door.name, door.name);
  assert.deepEqual(await told(), [['North', 1], ['South', 0]]);
  assert.equal(parsed(doorAnswer, await patch({ name: 'Relay room' })).door.name, 'Relay room');
  assert.deepEqual(await told(), [['North', 1], ['South', 0]], 'what is not named stays');
  assert.equal(codeOf(await patch({ locationId: freshId(), name: 'Elsewhere' })), 'location-unknown');
  assert.equal(codeOf(await patch({ name: 'Elsewhere' }, freshId())), 'door-unknown');
  assert.equal(codeOf(await patch({ name: '' })), 'input-invalid');
  await patch({ locationId: south });
  assert.deepEqual(await told(), [['North', 0], ['South', 1]]);
  await patch({ locationId: null });
  assert.deepEqual(await told(), [['North', 0], ['South', 0]]);
  assert.deepEqual(names, [door.name, 'Relay room', 'Relay room', 'Relay room']);
});
