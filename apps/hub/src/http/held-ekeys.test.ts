// What whoever holds an electronic key sees of it, and may say: what it opens, since when it is theirs, and that it is lost. Others’ keys are not
// there for them.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { heldEkeys } from '@mortise/api/ekeys.ts';
import { required } from '@mortise/base/assert.ts';
import { codeOf, type Browser, type Reply } from '../testing/hub.fixture.ts';
import { act, exampleEkey, grantKey, keyNow, realKey, register, technician } from '../testing/ekey.fixture.ts';
import { DAY, freshId, grantNow, guestWithKey, HOUR, lendingScene } from '../testing/lending.fixture.ts';
import { parsed } from '../testing/owner.fixture.ts';

const held = async (browser: Browser) => parsed(heldEkeys, await browser.get('/api/keys/ekeys')).ekeys;
const report = (browser: Browser, keyId: string, body: object = {}): Promise<Reply> => browser.send('POST', `/api/keys/ekeys/${keyId}/lost`, body);

void test('the holder sees since when, from whom, and what the key opens: what waits for an update, and what is over and still on it', async (t) => {
  const scene = await lendingScene(t, { power: { issue: {} } });
  const key = realKey();
  const { keyId } = key.parts;
  await register(scene, key.parts, key.status());
  const issuedAt = scene.clock.now;
  const [bob, carol] = [await technician(scene, 'Bob', keyId), await guestWithKey(scene, 'Carol')];
  const locationId = freshId();
  await scene.owner.browser.send('PUT', `/api/locations/${locationId}`, { name: 'Substation 4', doors: [scene.door.id] });
  const grant = await grantKey(scene, bob.grant.person.id, key.parts, {}, 'hub');
  const [before] = await held(bob.browser);
  assert.deepEqual([before?.issued, before?.grants.map(({ id, state, from, isOnKey }) => [id, state, from, isOnKey])], [{ at: issuedAt, by: 'Ada' }, [[grant.id, 'live', 'Ada', false]]]);
  assert.deepEqual(before?.grants[0]?.doors.map(({ id, name, location }) => [id, name, location]), [[scene.door.id, scene.door.name, { id: locationId, name: 'Substation 4' }]]);
  for (let round = 0; round < 2; round += 1) await key.update(bob.browser);
  assert.equal((await held(bob.browser))[0]?.grants[0]?.isOnKey, true);
  await scene.owner.browser.send('POST', `/api/grants/${grant.id}/take-back`, { revocation: null });
  assert.deepEqual((await held(bob.browser))[0]?.grants.map(({ state, isOnKey }) => [state, isOnKey]), [['takenBack', true]], 'it is on the key still');
  await key.update(bob.browser);
  assert.deepEqual((await held(bob.browser))[0]?.grants, [], 'and with the next update it is not');
  assert.deepEqual(await held(carol.browser), [], 'who holds none sees none');
  await act(scene, keyId, 'return');
  assert.deepEqual(await held(bob.browser), [], 'nor does who gave it back');
});

void test('a key that its holder reports lost is blocked at once where owners let the hub; nobody else may say so', async (t) => {
  const scene = await lendingScene(t, { power: { issue: {} } });
  const key = exampleEkey();
  await register(scene, key);
  const [bob, carol] = [await technician(scene, 'Bob', key.keyId), await guestWithKey(scene, 'Carol')];
  const grant = await grantKey(scene, bob.grant.person.id, key, {}, 'hub');
  for (const [label, browser, keyId] of [['another', carol.browser, key.keyId], ['no such key', bob.browser, freshId()]] as const) assert.equal(codeOf(await report(browser, keyId)), 'ekey-unknown', label);
  assert.equal(codeOf(await report(bob.browser, key.keyId, { note: 'x'.repeat(281) })), 'input-invalid');
  assert.equal((await keyNow(scene, key.keyId)).state, 'issued');
  assert.deepEqual(parsed(heldEkeys, await report(bob.browser, key.keyId, { note: 'On the 14:10 train' })).ekeys.map(({ id, state }) => [id, state]), [[key.keyId, 'lost']]);
  assert.deepEqual([(await keyNow(scene, key.keyId)).state, (await grantNow(scene, grant.id)).state, (await grantNow(scene, bob.grant.id)).state], ['lost', 'takenBack', 'live']);
  assert.equal((await report(bob.browser, key.keyId)).status, 200, 'the same again changes nothing');
  assert.equal((await held(bob.browser))[0]?.issued.by, 'Ada', 'of a lost key, too, it is told who had issued it');
});

void test('without that power the report stands, with its note, until an owner acts on it', async (t) => {
  const scene = await lendingScene(t, { power: { revocation: false } });
  const key = exampleEkey();
  await register(scene, key);
  const bob = await technician(scene, 'Bob', key.keyId);
  await grantKey(scene, bob.grant.person.id, key, { until: scene.clock.now + DAY });
  const told: unknown[] = [];
  t.after(scene.test.hub.live.subscribe((event) => { if (event.event === 'ekey') told.push(event.data.lostReport); }));
  const first = { at: scene.clock.now, note: 'Left in the van' };
  assert.equal((await report(bob.browser, key.keyId, { note: first.note })).status, 200);
  scene.clock.now += HOUR;
  assert.deepEqual(required(parsed(heldEkeys, await report(bob.browser, key.keyId, { note: 'Again' })).ekeys[0], 'Bob has it').lostReport, first, 'the first word stands');
  const { state, lostReport } = await keyNow(scene, key.keyId);
  assert.deepEqual([state, lostReport, told[0]], ['issued', first, first]);
  await act(scene, key.keyId, 'return', { note: 'Was in the van' });
  const dueBack = scene.clock.now + DAY;
  await act(scene, key.keyId, 'issue', { person: { id: bob.grant.person.id }, dueBack });
  assert.deepEqual((await held(bob.browser)).map((ekey) => [ekey.lostReport, ekey.dueBack]), [[null, dueBack]], 'it was found, and is to be back tomorrow');
  await act(scene, key.keyId, 'return');
  assert.equal((await keyNow(scene, key.keyId)).dueBack, null);
});
