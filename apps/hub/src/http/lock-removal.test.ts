// The end of a lock: the owners' order kept and sent, the door gone once the lock's own record says that it was reset by them, and grants with it; a door that is removed alone.

import assert from 'node:assert/strict';
import { test } from 'node:test';
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
import { codeOf } from '../testing/hub.fixture.ts';
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
  assert.deepEqual(parsed(doorBody, await put(scene, order)).door.lock.reset, { until: scene.clock.now + RESET_ORDER_MS, refused: null });
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
