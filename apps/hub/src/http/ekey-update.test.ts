// A real electronic key and the hub, by whatever phone or station passes on what they say: it is enrolled, given what it shall hold, and holds it;
// its records come home; and a lost one is emptied.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { base64url } from '@mortise/base/bytes.ts';
import { alerts } from '@mortise/api/activity.ts';
import { heldEkeys } from '@mortise/api/ekeys.ts';
import type { LockId } from '@mortise/base/identifiers.ts';
import { unprovenJournalAck } from '@mortise/courier/journal-ack.ts';
import { decodePost, encodePost } from '@mortise/courier/key-message.ts';
import { encodeTimeAsk } from '@mortise/courier/link-body.ts';
import { decodeToLock, encodeFromLock, NO_SESSION } from '@mortise/courier/link-message.ts';
import { codeOf } from '../testing/hub.fixture.ts';
import { act, exampleEkey, grantKey, keyNow, realKey, register, say, search, statusBy, technician } from '../testing/ekey.fixture.ts';
import { DAY, guestWithKey, HOUR, lendingScene } from '../testing/lending.fixture.ts';
import { journalOf } from '../testing/lock.fixture.ts';
import { parsed } from '../testing/owner.fixture.ts';

const reasons = (key: ReturnType<typeof realKey>): readonly string[] => key.world.records().map(({ reason }) => reason);

void test('a key of nobody is registered, enrolled and given its grants by its holder’s phone; its records come home', async (t) => {
  const scene = await lendingScene(t, { power: { issue: {} } });
  const key = realKey();
  const { keyId } = key.parts;
  await register(scene, key.parts, key.status());
  const bob = await technician(scene, 'Bob', keyId);
  const grant = await grantKey(scene, bob.grant.person.id, key.parts, { freshForS: 86_400 }, 'hub');
  assert.deepEqual((await keyNow(scene, keyId)).orders, { version: 0, held: 0, isCurrent: false, grants: 1, leftOut: 0, revalidateBy: null });
  await key.update(bob.browser);
  await key.update(bob.browser);
  const { state } = key.world;
  assert.deepEqual([state.membership.kind, state.orders?.version, state.staged, key.world.state.holdings.grants.length, state.holdings.grants[0]?.stamps.length], ['enrolled', 1, undefined, 1, 1]);
  assert.ok(state.holdings.own !== undefined && state.holdings.delegations.length === 1 && state.holdings.hubTimeKeys.length === 1);
  const now = await keyNow(scene, keyId);
  assert.deepEqual([now.orders.version, now.orders.held, now.orders.isCurrent, now.status?.clock, now.orders.revalidateBy], [1, 1, true, 'synced', scene.clock.now + 7 * DAY]);
  assert.deepEqual(now.journal.entries, key.world.stored.acknowledged, 'what came home was acknowledged');
  const home = await search(scene, { ekey: keyId });
  assert.deepEqual(home.items.map(({ reason }) => reason).toReversed(), reasons(key).slice(0, home.items.length));
  assert.ok(home.items.length >= 4 && home.items.every(({ device, ekey }) => device.kind === 'ekey' && ekey?.id === keyId));
  assert.deepEqual(parsed(heldEkeys, await bob.browser.get('/api/keys/ekeys')).ekeys.map(({ id, orders }) => [id, orders.isCurrent]), [[keyId, true]]);
  assert.equal(await key.update(bob.browser), 2, 'nothing new: it says how it is, is acknowledged, and that is all');
  assert.equal(key.world.state.orders?.version, 1);
  assert.deepEqual(scene.test.lines.filter((line) => line.includes('key-answer')), [], 'the key refused nothing');
  assert.equal(grant.state, 'live');
});

void test('a change of a grant reaches the key with its next update; a lost key is emptied, also by the phone of who lost it', async (t) => {
  const scene = await lendingScene(t, { power: { issue: {} } });
  const key = realKey();
  const { keyId } = key.parts;
  await register(scene, key.parts, key.status());
  const bob = await technician(scene, 'Bob', keyId);
  const first = await grantKey(scene, bob.grant.person.id, key.parts, {}, 'hub');
  await grantKey(scene, bob.grant.person.id, key.parts, { hours: [{ days: [1, 2, 3, 4, 5], from: '08:00', until: '17:00' }] });
  for (let round = 0; round < 2; round += 1) await key.update(bob.browser);
  assert.equal(key.world.state.holdings.grants.length, 2);
  assert.equal((await scene.owner.browser.send('PATCH', `/api/grants/${first.id}`, { changes: { enabled: false } })).status, 200);
  assert.equal((await keyNow(scene, keyId)).orders.isCurrent, false);
  await key.update(bob.browser);
  assert.deepEqual([key.world.state.holdings.grants.length, key.world.state.orders?.version], [1, 2]);
  assert.equal((await act(scene, keyId, 'lose', { revocation: null, note: 'Left in a taxi' })).status, 200);
  await key.update(bob.browser);
  const { state } = key.world;
  assert.deepEqual([state.orders?.version, state.holdings.grants.length, state.holdings.own, state.items.size], [3, 0, undefined, 0]);
  key.time.run(5000);
  assert.equal(key.world.signal.name, 'must-update');
  assert.ok(state.revocations.length > 0, 'and carries the word of it');
  assert.equal((await keyNow(scene, keyId)).orders.isCurrent, true);
});

void test('orders are renewed after half of their time, and not before', async (t) => {
  const scene = await lendingScene(t);
  const key = realKey();
  await register(scene, key.parts, key.status());
  const bob = await technician(scene, 'Bob', key.parts.keyId);
  for (let round = 0; round < 2; round += 1) await key.update(bob.browser);
  const after = async (ms: number): Promise<number | undefined> => {
    scene.clock.now += ms;
    key.time.run(ms);
    await key.update(scene.owner.browser);
    return key.world.state.orders?.version;
  };
  assert.deepEqual([await after(0), await after(3 * DAY), await after(HOUR * 12), await after(HOUR)], [1, 1, 2, 2]);
  assert.equal(key.world.state.orders?.revalidateBy, scene.clock.now - HOUR + 7 * DAY);
});

void test('a hub that was put back to an earlier day gives orders that the key takes', async (t) => {
  const scene = await lendingScene(t);
  const key = realKey();
  const { keyId } = key.parts;
  await register(scene, key.parts, key.status());
  const bob = await technician(scene, 'Bob', keyId);
  for (let round = 0; round < 2; round += 1) await key.update(bob.browser);
  await scene.test.hub.database.deleteFrom('ekey_orders').execute();
  await scene.test.hub.database.deleteFrom('ekey_word').execute();
  await grantKey(scene, bob.grant.person.id, key.parts);
  await key.update(bob.browser);
  assert.deepEqual([key.world.state.orders?.version, key.world.state.holdings.grants.length], [2, 1]);
});

void test('what a key says counts by its own signature, and the newest word stands; whoever else has it reaches nothing', async (t) => {
  const scene = await lendingScene(t);
  const [mine, other] = [exampleEkey('mine'), exampleEkey('other')];
  await register(scene, mine);
  await register(scene, other, statusBy(other), 'Key 2');
  const bob = await technician(scene, 'Bob', mine.keyId);
  const heard = async (body: Uint8Array) => {
    await say(bob.browser, mine.keyId, [{ type: 'key-status', body }]);
    return (await keyNow(scene, mine.keyId)).status?.batteryMv;
  };
  const [old, newer] = [statusBy(mine, { batteryMv: 3000, seq: 5 }), statusBy(mine, { batteryMv: 3700, seq: 5 })];
  assert.equal(await heard(newer), 3700, 'the control');
  assert.equal(await heard(old), 3700, 'an old word takes nothing back');
  assert.equal(await heard(statusBy(other, { batteryMv: 1, seq: 9 })), 3700);
  assert.equal(await heard(statusBy({ ...mine, credential: other.credential }, { batteryMv: 2, seq: 9 })), 3700, 'nor does it get another credential');
  assert.equal(await heard(new Uint8Array([1, 2, 3])), 3700);
  assert.equal(await heard(statusBy(mine, { batteryMv: 3600, seq: 6, count: 1 })), 3600);
  const carol = await guestWithKey(scene, 'Carol');
  const update = (browser: typeof carol.browser, keyId: string) => browser.send('POST', `/api/ekeys/${keyId}/update`, { messages: [base64url(new Uint8Array([0]))] });
  assert.deepEqual([codeOf(await update(carol.browser, mine.keyId)), codeOf(await update(bob.browser, other.keyId)), codeOf(await update(bob.browser, mine.keyId)), codeOf(await update(scene.owner.browser, other.keyId))],
    ['ekey-unknown', 'ekey-unknown', 'status 200', 'status 200']);
  assert.deepEqual((await say(bob.browser, mine.keyId, [{ type: 'time-ask', body: encodeTimeAsk(new Uint8Array(16)) }, { type: 'answer', body: new Uint8Array(3) }])).map(({ type }) => type), ['time-answer']);
  const often = await say(bob.browser, mine.keyId, [1, 2, 3].map((seq) => ({ type: 'key-status', body: statusBy(mine, { seq: 6 + seq }) }) as const));
  assert.equal(often.filter(({ type }) => type === 'orders').length, 1, 'however often it says how it is');
});

void test('what locks gave a key comes home by it, and the word that it has goes back the same way; papers for locks go along', async (t) => {
  const scene = await lendingScene(t);
  const key = exampleEkey();
  await register(scene, key);
  const bob = await technician(scene, 'Bob', key.keyId);
  await grantKey(scene, bob.grant.person.id, key);
  const { siteId } = scene.owner.site.ownerSet;
  const { lockId } = scene.lock;
  const batch = journalOf(scene.lock, scene.test.hub.keys.journal.publicKey, 3).batch(1, 3);
  const post = (id: LockId, message: Uint8Array) => ({ type: 'post-from-lock', body: encodePost({ lockId: id, message }) } as const);
  const carried = encodeFromLock({ type: 'journal', session: NO_SESSION, seq: 1, expires: 0, body: batch });
  const nonsense = [post(lockId, new Uint8Array([1])), post(exampleEkey('nobody').keyId, carried), { type: 'post-from-lock', body: new Uint8Array([7]) } as const];
  const told = await say(bob.browser, key.keyId, [...nonsense, post(lockId, carried)]);
  assert.deepEqual(told.map(({ type }) => type), ['took', 'took', 'took', 'post-for-lock', 'took'], 'what is of no use is taken too, for the next waits for it');
  const answer = told.filter(({ type }) => type === 'post-for-lock').map(({ body }) => decodePost(body))[0];
  const ack = answer && decodeToLock(answer.message);
  assert.deepEqual([answer?.lockId, ack?.type, ack && unprovenJournalAck(ack.body)?.seq], [lockId, 'journal-ack', 3]);
  assert.deepEqual((await search(scene, { lock: lockId })).items.map(({ seq }) => seq), [3, 2, 1]);
  const errands = await say(bob.browser, key.keyId, [{ type: 'key-status', body: statusBy(key, { siteId, ownerSequence: 1 }) }]);
  const forLock = errands.filter(({ type }) => type === 'post-for-lock').map(({ body }) => decodeToLock(decodePost(body)?.message ?? new Uint8Array())?.type);
  assert.deepEqual([errands[0]?.type, forLock], ['orders', ['roster', 'journal-ack', 'time-bound']]);
});

void test('a key that was copied with all that it holds: whichever comes second tells another history; that is found and shown, and overwrites nothing', async (t) => {
  const scene = await lendingScene(t, { power: { issue: {} } });
  const [key, copy] = [realKey(), realKey()];
  const { keyId } = key.parts;
  await register(scene, key.parts, key.status());
  const bob = await technician(scene, 'Bob', keyId);
  for (let round = 0; round < 2; round += 1) await key.update(bob.browser);
  const { values, entries, acknowledged } = key.world.stored;
  Object.assign(copy.world.stored, { values: new Map(values), entries: [...entries], acknowledged });
  const shown = async (): Promise<readonly string[]> => parsed(alerts, await scene.owner.browser.get('/api/alerts')).alerts.map(({ lockId, code }) => `${lockId} ${code}`);
  const home = async (): Promise<number> => (await keyNow(scene, keyId)).journal.entries;
  for (const one of [key, copy]) {
    one.time.run(10_000);
    one.world.restart();
    one.time.run(50);
  }
  assert.deepEqual([copy.world.state.orders?.version, copy.world.state.keyId], [1, keyId], 'the copy is the key, as far as it goes');
  await key.update(bob.browser);
  const before = await home();
  assert.deepEqual([await shown(), before], [[], key.world.stored.acknowledged], 'control: the first to come goes on where it was');
  await copy.update(bob.browser);
  assert.deepEqual([[...new Set(await shown())], await home()], [[`${keyId} journal-fork`], before]);
  assert.ok(copy.world.stored.acknowledged < copy.world.state.journal.last.seq, 'what the copy tells is not acknowledged, and stays with it');
  key.world.restart();
  key.time.run(50);
  await key.update(bob.browser);
  assert.ok(await home() > before);
  assert.equal(await home(), key.world.stored.acknowledged, 'the first goes on');
});
