// Remote assignment, as it goes: a technician asks, an owner says yes or no, and the key has it with its next update. And what may not be: asking
// for another's key, deciding twice, a grant for more than was asked.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { accessRequests, type AccessRequestBody } from '@mortise/api/access-requests.ts';
import { askablePlaces } from '@mortise/api/locations.ts';
import { base64url } from '@mortise/base/bytes.ts';
import { required } from '@mortise/base/assert.ts';
import { base32 } from '@mortise/base/bytes.ts';
import { codeOf, type Browser } from '../testing/hub.fixture.ts';
import { act, exampleEkey, realKey, register, requestIn, statusBy, technician } from '../testing/ekey.fixture.ts';
import { DAY, freshId, grantNow, guestWithKey, HOUR, introduce, issue, lendingScene, termsFor, type Scene } from '../testing/lending.fixture.ts';
import { parsed } from '../testing/owner.fixture.ts';

const asking = (scene: Scene, ekeyId: string, changes: Partial<AccessRequestBody> = {}): AccessRequestBody =>
  ({ id: freshId(), ekeyId, at: { doorId: scene.door.id }, from: scene.clock.now, until: scene.clock.now + 4 * HOUR, reason: 'Transformer 2 is hot', ...changes });
const ask = (browser: Browser, body: object) => browser.send('POST', '/api/access-requests', body);
const stateNow = async (scene: Scene, id: string) => parsed(accessRequests, await scene.owner.browser.get('/api/access-requests')).requests.find((request) => request.id === id)?.state;
const decide = (scene: Scene, id: string, body: object) => scene.owner.browser.send('POST', `/api/access-requests/${id}/decision`, body);
const approval = (scene: Scene, to: Uint8Array | undefined, changes: object = {}) => {
  const [grantId, terms] = [freshId(), scene.terms({ freshForS: null, until: scene.clock.now + 4 * HOUR, ...changes })];
  const document = to === undefined ? null : base64url(issue(termsFor(grantId, terms), { by: scene.owner.site.owner, to }));
  return { kind: 'approve', grantId, terms, document, introduction: base64url(introduce(scene.owner)), answer: 'Mind the dog' };
};

void test('a technician asks, an owner approves, and the technician’s phone brings it to the key', async (t) => {
  const scene = await lendingScene(t, { power: { issue: {} } });
  const key = realKey();
  const { keyId, credential } = key.parts;
  await register(scene, key.parts, key.status());
  const bob = await technician(scene, 'Bob', keyId);
  for (let round = 0; round < 2; round += 1) await key.update(bob.browser);
  const body = asking(scene, keyId);
  const events: string[] = [];
  t.after(scene.test.hub.live.subscribe((event) => { if (event.event === 'accessRequest' && event.data.id === body.id) events.push(event.data.state); }));
  const asked = requestIn(await ask(bob.browser, body));
  assert.deepEqual([asked.state, asked.person.name, asked.door.lockId, asked.grantId], ['asked', 'Bob', scene.lock.lockId, null]);
  assert.deepEqual(requestIn(await ask(bob.browser, body)), asked, 'the same again is the same request');
  const approve = approval(scene, undefined);
  const approved = requestIn(await decide(scene, body.id, approve));
  assert.deepEqual([approved.state, approved.decidedBy, approved.answer, approved.grantId], ['approved', 'Ada', 'Mind the dog', approve.grantId]);
  assert.deepEqual(requestIn(await decide(scene, body.id, approve)), approved);
  await key.update(bob.browser);
  assert.deepEqual([await stateNow(scene, body.id), key.world.state.holdings.grants.length], ['onTheKey', 1]);
  assert.deepEqual(parsed(accessRequests, await bob.browser.get('/api/keys/access-requests')).requests.map(({ id, state }) => [id, state]), [[body.id, 'onTheKey']]);
  assert.deepEqual([...new Set(events)], ['asked', 'approved', 'onTheKey']);
  const second = asking(scene, keyId, { at: { lockId: scene.lock.lockId } });
  await ask(bob.browser, second);
  assert.equal(requestIn(await decide(scene, second.id, approval(scene, credential.publicKey))).state, 'approved', 'signed by the owner');
  scene.clock.now += 5 * HOUR;
  assert.deepEqual([await stateNow(scene, body.id), await stateNow(scene, second.id)], ['lapsed', 'lapsed']);
});

void test('a request is refused, lapses, or lapses with the key; none is decided twice', async (t) => {
  const scene = await lendingScene(t, { power: { issue: {} } });
  const key = exampleEkey();
  await register(scene, key);
  const bob = await technician(scene, 'Bob', key.keyId);
  const [refused, late, gone] = [asking(scene, key.keyId), asking(scene, key.keyId, { until: scene.clock.now + HOUR }), asking(scene, key.keyId)];
  for (const body of [refused, late, gone]) assert.equal(requestIn(await ask(bob.browser, body)).state, 'asked');
  assert.equal(requestIn(await decide(scene, refused.id, { kind: 'refuse', answer: 'Not today' })).state, 'refused');
  assert.equal(codeOf(await decide(scene, refused.id, approval(scene, undefined))), 'conflict');
  assert.equal(requestIn(await decide(scene, refused.id, { kind: 'refuse' })).answer, 'Not today');
  const waiting = async () => parsed(accessRequests, await scene.owner.browser.get('/api/access-requests?waiting=true')).requests.map(({ id }) => id);
  assert.deepEqual(new Set(await waiting()), new Set([late.id, gone.id]), 'neither decided nor over');
  scene.clock.now += 2 * HOUR;
  assert.equal(await stateNow(scene, late.id), 'lapsed');
  assert.deepEqual(await waiting(), [gone.id]);
  assert.equal(codeOf(await decide(scene, late.id, approval(scene, undefined))), 'conflict');
  await act(scene, key.keyId, 'return');
  assert.equal(await stateNow(scene, gone.id), 'lapsed');
  assert.deepEqual(await waiting(), []);
  assert.equal(codeOf(await decide(scene, gone.id, approval(scene, undefined))), 'conflict');
  assert.equal(codeOf(await decide(scene, freshId(), { kind: 'refuse' })), 'request-unknown');
});

void test('approved and taken back is over; approved twice at once is approved once, and one grant is made', async (t) => {
  const scene = await lendingScene(t, { power: { issue: {} } });
  const key = exampleEkey();
  await register(scene, key);
  const bob = await technician(scene, 'Bob', key.keyId);
  const body = asking(scene, key.keyId);
  await ask(bob.browser, body);
  const both = [approval(scene, undefined), approval(scene, undefined)];
  const codes = (await Promise.all(both.map((each) => decide(scene, body.id, each)))).map(codeOf);
  assert.deepEqual(codes.toSorted(), ['conflict', 'status 200']);
  const made = (await scene.test.hub.database.selectFrom('lent_grant').select('id').execute()).filter(({ id }) => both.some(({ grantId }) => grantId === id));
  assert.equal(made.length, 1);
  const grantId = required(made[0], 'a grant').id;
  assert.equal((await grantNow(scene, grantId)).state, 'live');
  assert.equal((await scene.owner.browser.send('POST', `/api/grants/${grantId}/take-back`, { revocation: null })).status, 200);
  assert.equal(await stateNow(scene, body.id), 'lapsed');
});

void test('nobody asks for what is not theirs, and nobody is granted what was not asked', async (t) => {
  const scene = await lendingScene(t, { power: { issue: { longestS: HOUR * 5 / 1000 } } });
  const key = exampleEkey();
  await register(scene, key);
  const bob = await technician(scene, 'Bob', key.keyId);
  const carol = await guestWithKey(scene, 'Carol');
  const good = asking(scene, key.keyId);
  const table: readonly (readonly [string, string, Browser, object])[] = [
    ['another’s key', 'ekey-unknown', carol.browser, good],
    ['an owner for another’s key', 'ekey-unknown', scene.owner.browser, good],
    ['no key of this site', 'ekey-unknown', bob.browser, { ...good, ekeyId: freshId() }],
    ['no door', 'door-unknown', bob.browser, { ...good, at: { doorId: freshId() } }],
    ['no lock', 'door-unknown', bob.browser, { ...good, at: { lockId: freshId() } }],
    ['a time that is over', 'input-invalid', bob.browser, { ...good, until: scene.clock.now - 1 }],
    ['a time that ends before it begins', 'input-invalid', bob.browser, { ...good, from: scene.clock.now + DAY }],
    ['no reason', 'input-invalid', bob.browser, { ...good, reason: ' ' }],
  ];
  for (const [label, code, browser, body] of table) assert.equal(codeOf(await ask(browser, body)), code, label);
  assert.equal((await ask(bob.browser, good)).status, 200, 'the control');
  assert.equal(codeOf(await ask(bob.browser, { ...good, reason: 'Another' })), 'conflict');
  const elsewhere = `g.${base32(new Uint8Array(16)).toLowerCase()}`;
  const bad: readonly (readonly [string, string, object])[] = [
    ['another place', 'input-invalid', approval(scene, undefined, { places: [elsewhere] })],
    ['a place more', 'input-invalid', approval(scene, undefined, { places: [scene.place, elsewhere] })],
    ['longer than owners let the hub', 'delegation-missing', approval(scene, undefined, { until: scene.clock.now + 6 * HOUR })],
    ['from afar, by the hub', 'delegation-missing', approval(scene, undefined, { remote: true })],
    ['a document for another key', 'document-refused', approval(scene, carol.key.publicKey)],
    ['a grant id that is taken', 'conflict', { ...approval(scene, undefined), grantId: bob.grant.id }],
  ];
  for (const [label, code, body] of bad) {
    assert.equal(codeOf(await decide(scene, good.id, body)), code, label);
    assert.equal(await stateNow(scene, good.id), 'asked', label);
  }
  assert.equal(codeOf(await decide(scene, good.id, approval(scene, undefined))), 'status 200', 'the control');
  for (let index = 0; index < 15; index += 1) await ask(bob.browser, asking(scene, key.keyId));
  assert.equal(codeOf(await ask(bob.browser, asking(scene, key.keyId))), 'status 200');
  assert.equal(codeOf(await ask(bob.browser, asking(scene, key.keyId))), 'conflict', 'sixteen wait');
});

void test('doors to ask for are told to whoever holds a key, with their location, and to nobody else', async (t) => {
  const scene = await lendingScene(t);
  const key = exampleEkey();
  await register(scene, key, statusBy(key));
  const [bob, carol] = [await technician(scene, 'Bob', key.keyId), await guestWithKey(scene, 'Carol')];
  const locationId = freshId();
  assert.equal((await scene.owner.browser.send('PUT', `/api/locations/${locationId}`, { name: 'Substation 4', doors: [scene.door.id] })).status, 200);
  const places = async (browser: Browser) => parsed(askablePlaces, await browser.get('/api/keys/places')).doors;
  assert.deepEqual(await places(bob.browser), [{ id: scene.door.id, name: scene.door.name, lockId: scene.lock.lockId, location: { id: locationId, name: 'Substation 4' } }]);
  assert.deepEqual(await places(carol.browser), []);
  await act(scene, key.keyId, 'return');
  assert.deepEqual(await places(bob.browser), []);
});
