// The end of a lock: the owners' order kept and sent, the door gone once the lock's own record says that it was reset by them, and grants with it; a door that is removed alone.

import assert from 'node:assert/strict';
import { rmSync } from 'node:fs';
import { test, type TestContext } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { door, doors } from '@mortise/api/locks.ts';
import { z } from '@mortise/api/schema.ts';
import { base64url, equalBytes, type Bytes } from '@mortise/base/bytes.ts';
import { instant } from '@mortise/base/instant.ts';
import { encodeResetAnswer } from '@mortise/courier/link-body.ts';
import type { KeyPair } from '@mortise/crypto/entropy.ts';
import { exampleKey, exampleLock, signWith } from '@mortise/documents/example-site.ts';
import { assembleResetOrder, RESET_ORDER_MS, resetOrderPayload, resetOrderToSign, type ResetOrder } from '@mortise/documents/reset-order.ts';
import type { JournalRecord } from '@mortise/journal/record.ts';
import { nodeCrypto } from '@mortise/node/crypto.ts';
import { doorByLock } from '../door-view.ts';
import { createHearing } from '../mqtt/hearing.ts';
import { orderReset, withdrawOrder } from '../removal.ts';
import { noteResetSent, removeLock } from '../store/removal-store.ts';
import { browserOf, codeOf, temporaryDirectory, testHub } from '../testing/hub.fixture.ts';
import { ingest } from '../testing/adopted.fixture.ts';
import { adoptedCredentials, joinLink, journalWriter } from '../testing/lock.fixture.ts';
import { freshId, grantNow, guestWithKey, lendingScene, type Scene } from '../testing/lending.fixture.ts';
import { parsed } from '../testing/owner.fixture.ts';

const doorBody = z.object({ door });

const orderOf = ({ owner, lock, clock }: Scene, changes: Partial<ResetOrder> = {}, signers: readonly KeyPair[] = [owner.site.owner]): Bytes => {
  const issued = instant(clock.now);
  const payload = resetOrderPayload({ siteId: owner.site.ownerSet.siteId, lockId: lock.lockId, issued, until: instant(issued + RESET_ORDER_MS), ...changes });
  return assembleResetOrder(signers.map((signer) => signWith(signer, resetOrderToSign(nodeCrypto, signer.publicKey, payload))));
};
const put = ({ owner, lock }: Scene, order: Bytes) => owner.browser.send('PUT', `/api/locks/${lock.lockId}/reset`, { order: base64url(order) });
const doorsOf = async ({ owner }: Scene) => parsed(doors, await owner.browser.get('/api/doors')).doors;

const resetRecord = ({ clock }: Scene, rule: string): JournalRecord =>
  ({ instant: instant(clock.now), clock: 'synced', kind: 'event', reason: 'reset', rule, sensed: { bolt: 'locked', door: 'closed' } });

void test('an order is kept and sent; the lock’s record removes the door and ends what was lent for it alone; its history stays', async (t) => {
  const scene = await lendingScene(t);
  const { owner, lock, test: hub } = scene;
  const guest = await guestWithKey(scene, 'Greta');
  const port = await hub.broker.listen(0, '127.0.0.1');
  const link = await joinLink(port, hub.hub.keys.ca.certificate, await adoptedCredentials(lock.lockId, hub.hub.keys.ca), lock.lockId);
  t.after(link.end);
  const order = orderOf(scene);
  assert.deepEqual(parsed(doorBody, await put(scene, order)).door.lock.reset, { until: scene.clock.now + RESET_ORDER_MS, refused: null, isSent: true, isWithdrawn: false });
  assert.ok(equalBytes((await link.next('reset')).body, order), 'as the owners signed it');
  assert.equal((await doorsOf(scene)).length, 1, 'until the lock has said so');
  const writer = journalWriter(lock, hub.hub.keys.journal.publicKey);
  const acknowledged = scene.acks.length;
  await ingest(scene, lock.lockId, writer.write(resetRecord(scene, 'owners:1')));
  assert.equal(scene.acks.length, acknowledged + 1, 'and the lock hears that the hub has its last word');
  assert.deepEqual(await doorsOf(scene), []);
  assert.equal((await grantNow(scene, guest.id)).state, 'takenBack');
  assert.equal(codeOf(await owner.browser.get(`/api/locks/${lock.lockId}/roster`)), 'lock-unknown');
  assert.equal(codeOf(await put(scene, order)), 'lock-unknown');
  const activity = await owner.browser.get('/api/activity');
  assert.match(JSON.stringify(activity.json), /"reason":"reset".*Front door|Front door.*"reason":"reset"/);
});

void test('orders that are not the owners’, for another lock or over are refused; one that the lock refused is told, and ordered anew', async (t) => {
  const scene = await lendingScene(t);
  const { lock, test: hub, clock } = scene;
  const bad = [
    orderOf(scene, {}, [exampleKey('a stranger')]), orderOf(scene, {}, [hub.hub.keys.delegate]), orderOf(scene, { lockId: exampleLock('another').lockId }),
    orderOf(scene, { issued: instant(clock.now - 2000), until: instant(clock.now - 1000) }), new Uint8Array(100),
  ];
  for (const order of bad) assert.equal(codeOf(await put(scene, order)), 'document-refused');
  assert.equal((await doorsOf(scene))[0]?.lock.reset, null, 'nothing is kept of them');
  assert.equal((await put(scene, orderOf(scene))).status, 200, 'the control');
  await scene.desks.hearing.hear(scene.hub, lock.lockId, { type: 'reset-answer', body: encodeResetAnswer({ code: 'clock-lost' }) }, { kind: 'courier', say: () => undefined });
  assert.equal((await doorsOf(scene))[0]?.lock.reset?.refused, null, 'a courier’s word for it is no proof');
  await scene.desks.hearing.hear(scene.hub, lock.lockId, { type: 'reset-answer', body: encodeResetAnswer({ code: 'clock-lost' }) }, { kind: 'link', say: () => undefined });
  assert.equal((await doorsOf(scene))[0]?.lock.reset?.refused, 'clock-lost');
  clock.now += 1000;
  assert.equal(parsed(doorBody, await put(scene, orderOf(scene))).door.lock.reset?.refused, null);
});

void test('a lock that was reset by the button inside keeps its door until an owner removes it; no order, no removal by its word', async (t) => {
  const scene = await lendingScene(t);
  const { owner, lock, test: hub } = scene;
  const writer = journalWriter(lock, hub.hub.keys.journal.publicKey);
  await ingest(scene, lock.lockId, writer.write(resetRecord(scene, 'inside')));
  await ingest(scene, lock.lockId, writer.write(resetRecord(scene, 'owners:1')));
  assert.equal((await doorsOf(scene)).length, 1);
  assert.equal((await owner.browser.send('POST', `/api/locks/${lock.lockId}/remove`, {})).status, 200);
  assert.deepEqual(await doorsOf(scene), []);
  assert.equal(codeOf(await owner.browser.send('POST', `/api/locks/${lock.lockId}/remove`, {})), 'lock-unknown', 'once');
  assert.equal(codeOf(await owner.browser.send('POST', `/api/locks/${freshId()}/remove`, {})), 'lock-unknown');
});

void test('where the owners did not let the hub take keys back, what was lent for the door alone ends all the same', async (t) => {
  const scene = await lendingScene(t, { power: { revocation: false } });
  const guest = await guestWithKey(scene, 'Greta');
  assert.equal((await scene.owner.browser.send('POST', `/api/locks/${scene.lock.lockId}/remove`, {})).status, 200);
  assert.equal((await grantNow(scene, guest.id)).state, 'takenBack');
});

/** A hub that stops once the record is stored, before it acts on it. */
const stopsAt = async (scene: Scene, rule: string): Promise<void> => {
  const { lock, test: hub } = scene;
  const body = journalWriter(lock, hub.hub.keys.journal.publicKey).write(resetRecord(scene, rule));
  const hearing = createHearing(hub.desks.delivery, { revoked: () => Promise.resolve(), reset: () => hub.end() });
  await hearing.hear(hub.hub, lock.lockId, { type: 'journal', body }, { kind: 'link', say: () => undefined });
  await hub.end();
};

void test('a hub that stopped between the record of a reset and its end finishes it when it starts; without an order, by the button, or without the record nothing goes', async (t) => {
  const table = [['owners:1', true, true], ['owners:1', false, false], ['inside', true, false], [undefined, true, false]] as const;
  for (const [rule, isOrdered, goes] of table) {
    const data = temporaryDirectory();
    t.after(() => { rmSync(data, { recursive: true, force: true }); });
    const scene = await lendingScene(t, { config: { data } });
    const guest = await guestWithKey(scene, 'Greta');
    if (isOrdered) assert.equal((await put(scene, orderOf(scene))).status, 200);
    if (rule === undefined) await scene.test.end();
    else await stopsAt(scene, rule);
    const later = await testHub({ data });
    t.after(later.end);
    const again = { ...scene, owner: { ...scene.owner, browser: browserOf(later, scene.owner.browser.cookie()) } };
    assert.equal((await doorsOf(again)).length, goes ? 0 : 1, `${rule} ${isOrdered}`);
    assert.equal((await grantNow(again, guest.id)).state === 'takenBack', goes, `${rule} ${isOrdered}`);
    assert.equal(later.hub.adopted.has(scene.lock.lockId), !goes);
    assert.match(JSON.stringify((await again.owner.browser.get('/api/activity')).json), rule === undefined ? /"items":\[\]/ : /"reason":"reset"/, 'what was written down stays');
  }
});

const withdraw = ({ owner, lock }: Scene) => owner.browser.send('POST', `/api/locks/${lock.lockId}/reset/withdraw`, {});
const onLink = async (t: TestContext, { test: hub, lock }: Scene, port: number) => {
  const link = await joinLink(port, hub.hub.keys.ca.certificate, await adoptedCredentials(lock.lockId, hub.hub.keys.ca), lock.lockId);
  t.after(link.end);
  return link;
};
/** What a lock that comes on the link is sent first; the order would be the last of it. */
const isSentReset = async (link: Awaited<ReturnType<typeof onLink>>, { test: hub, lock }: Scene): Promise<boolean> => {
  await link.next('roster');
  await hub.desks.delivery.reset(hub.hub, lock.lockId);
  await sleep(300);
  return link.heard.some(({ type }) => type === 'reset');
};

void test('an order that was not sent yet is withdrawn for good; the lock that comes then hears nothing of it', async (t) => {
  const scene = await lendingScene(t);
  const port = await scene.test.broker.listen(0, '127.0.0.1');
  assert.equal(codeOf(await withdraw(scene)), 'conflict', 'there is none');
  assert.deepEqual(parsed(doorBody, await put(scene, orderOf(scene))).door.lock.reset, { until: scene.clock.now + RESET_ORDER_MS, refused: null, isSent: false, isWithdrawn: false });
  assert.equal(parsed(doorBody, await withdraw(scene)).door.lock.reset, null);
  const link = await onLink(t, scene, port);
  assert.equal(await isSentReset(link, scene), false);
  await put(scene, orderOf(scene));
  assert.ok(await link.next('reset'), 'the control: ordered again, it is sent');
});

void test('of an order that was sent the withdrawal promises nothing: it is sent no more, and what the lock does with it still counts, until it is over', async (t) => {
  const scene = await lendingScene(t);
  const { lock, test: hub, clock } = scene;
  const port = await hub.broker.listen(0, '127.0.0.1');
  const first = await onLink(t, scene, port);
  await put(scene, orderOf(scene));
  await first.next('reset');
  const until = clock.now + RESET_ORDER_MS;
  assert.deepEqual(parsed(doorBody, await withdraw(scene)).door.lock.reset, { until, refused: null, isSent: true, isWithdrawn: true });
  assert.equal(codeOf(await withdraw(scene)), 'conflict', 'once');
  await first.end();
  assert.equal(await isSentReset(await onLink(t, scene, port), scene), false, 'sent no more');
  clock.now = until + 1;
  // The session is over by then, too.
  assert.equal((await doorByLock(hub.hub, lock.lockId))?.lock.reset, null, 'over');
  await ingest(scene, lock.lockId, journalWriter(lock, hub.hub.keys.journal.publicKey).write(resetRecord(scene, 'owners:1')));
  assert.equal(await doorByLock(hub.hub, lock.lockId), undefined, 'it had it, and its record says so');
});

void test('an order that the lock refused is withdrawn for good; one after one that was sent may be there as that one', async (t) => {
  const scene = await lendingScene(t);
  const { hub, lock } = scene;
  const link = await onLink(t, scene, await scene.test.broker.listen(0, '127.0.0.1'));
  await put(scene, orderOf(scene));
  await link.next('reset');
  await scene.desks.hearing.hear(hub, lock.lockId, { type: 'reset-answer', body: encodeResetAnswer({ code: 'clock-lost' }) }, { kind: 'link', say: () => undefined });
  assert.equal(parsed(doorBody, await withdraw(scene)).door.lock.reset, null);
  await put(scene, orderOf(scene));
  await link.next('reset');
  await withdraw(scene);
  await link.end();
  await until(() => scene.test.hub.presence.on(lock.lockId) === undefined);
  const again = parsed(doorBody, await put(scene, orderOf(scene))).door.lock.reset;
  assert.deepEqual([again?.isSent, again?.isWithdrawn], [true, false]);
  assert.equal(await noteResetSent(hub.database, lock.lockId, scene.clock.now), true, 'the control');
  await withdraw(scene);
  assert.equal(await noteResetSent(hub.database, lock.lockId, scene.clock.now), false, 'a withdrawal just before it is sent keeps it from being sent');
});

void test('an order, or its withdrawal, that meets a lock which has just gone is told so', async (t) => {
  const scene = await lendingScene(t);
  const { hub, lock, desks: { delivery } } = scene;
  const order = orderOf(scene);
  await put(scene, order);
  await removeLock(hub.database, lock.lockId, scene.clock.now);
  const { id } = await hub.database.selectFrom('person').select('id').executeTakeFirstOrThrow();
  const told = [await orderReset({ hub, delivery }, lock.lockId, order, id), await withdrawOrder({ hub }, lock.lockId)];
  assert.deepEqual(told.map((each) => (each.ok ? 'ok' : each.error.code)), ['lock-unknown', 'lock-unknown']);
});

const until = async (holds: () => boolean): Promise<void> => {
  for (let tries = 0; tries < 100 && !holds(); tries += 1) await sleep(20);
  assert.ok(holds());
};
