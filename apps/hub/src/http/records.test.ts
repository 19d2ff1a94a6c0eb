// Records of locks and keys, searched: by lock, key, person and time; the same transaction told by both is linked, and by nothing that only one of
// them says; what is missing is told as missing; and a record is told of whoever held the key then.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { activityPage } from '@mortise/api/activity.ts';
import { instant } from '@mortise/base/instant.ts';
import type { JournalRecord } from '@mortise/journal/record.ts';
import { nodeCrypto as crypto } from '@mortise/node/crypto.ts';
import { ingest } from '../testing/adopted.fixture.ts';
import { act, exampleEkey, grantKey, keyJournal, keyNow, register, say, search, statusBy, technician } from '../testing/ekey.fixture.ts';
import { DAY, fresh, freshId, HOUR, lendingScene } from '../testing/lending.fixture.ts';
import { journalWriter } from '../testing/lock.fixture.ts';
import { parsed } from '../testing/owner.fixture.ts';

const SENSED = { bolt: 'unlocked', door: 'none' } as const;

const estate = async (t: Parameters<typeof lendingScene>[0]) => {
  const scene = await lendingScene(t, { power: { issue: {} } });
  const [key, other] = [exampleEkey(), exampleEkey('other')];
  await register(scene, key, statusBy(key), 'Key 1');
  await register(scene, other, statusBy(other), 'Key 2');
  const bob = await technician(scene, 'Bob', key.keyId);
  const [lockJournal, journal, otherJournal] = [journalWriter(scene.lock, scene.test.hub.keys.journal.publicKey), keyJournal(scene, key), keyJournal(scene, other)];
  const credential = crypto.sha256(key.credential.publicKey);
  const base = (at: number): Pick<JournalRecord, 'instant' | 'clock' | 'sensed' | 'verb' | 'interface'> => ({ instant: instant(at), clock: 'held', sensed: SENSED, verb: 'unlock', interface: 0xf0 });
  const atLock = (at: number, changes: Partial<JournalRecord> = {}) => ingest(scene, scene.lock.lockId, lockJournal.write({ ...base(at), kind: 'operation', reason: 'granted-document', allowed: true, credential, ...changes }));
  const atKey = (at: number, changes: Partial<JournalRecord> = {}) => say(scene.owner.browser, key.keyId, [{ type: 'journal', body: journal.write({ ...base(at), kind: 'operation', reason: 'contact-opened', lock: scene.lock.lockId, ...changes }) }]);
  const atOther = (at: number, changes: Partial<JournalRecord> = {}) => say(scene.owner.browser, other.keyId, [{ type: 'journal', body: otherJournal.write({ ...base(at), kind: 'operation', reason: 'contact-opened', lock: scene.lock.lockId, ...changes }) }]);
  return { scene, key, other, bob, journal, atLock, atKey, atOther };
};

void test('an opening that lock and key both tell of is linked; a key that names another’s transaction is not believed', async (t) => {
  const { scene, key, other, atLock, atKey, atOther } = await estate(t);
  const [transactionId, at] = [fresh().slice(0, 16), scene.clock.now + 1000];
  await atLock(at, { transactionId });
  await atKey(at + 1, { transactionId });
  await atOther(at + 2, { transactionId });
  const { items } = await search(scene, {});
  const told = items.map(({ device, actor, door, ekey, told: twins }) => [device.name, actor?.name ?? null, door?.name, ekey?.name, twins.map((twin) => twin.device.name)]);
  assert.deepEqual(told, [
    ['Key 2', 'Key 2', 'Front door', 'Key 2', []],
    ['Key 1', 'Bob', 'Front door', 'Key 1', ['Front door']],
    ['Front door', 'Bob', 'Front door', 'Key 1', ['Key 1']],
  ]);
  const journals = (query: Readonly<Record<string, string | number>>) => search(scene, query).then((page) => page.items.map(({ device }) => device.name));
  assert.deepEqual(await journals({ lock: scene.lock.lockId }), ['Key 2', 'Key 1', 'Front door'], 'and keys that were at it');
  assert.deepEqual(await journals({ ekey: key.keyId }), ['Key 1', 'Front door']);
  assert.deepEqual(await journals({ ekey: other.keyId }), ['Key 2']);
  const activity = parsed(activityPage, await scene.owner.browser.get('/api/activity')).items;
  assert.deepEqual(activity.map(({ door, actor }) => [door.name, actor?.name, actor?.keyLabel]), [['Front door', 'Bob', 'Key 1']], 'activity tells what locks say');
});

void test('a record is of whoever held the key then, whoever holds it now; with a lost clock it is nobody’s', async (t) => {
  const { scene, key, bob, atLock, atKey } = await estate(t);
  const issued = scene.clock.now;
  scene.clock.now += DAY;
  await act(scene, key.keyId, 'return');
  scene.clock.now += DAY;
  const carol = (await act(scene, key.keyId, 'issue', { person: { name: 'Carol' } })).json;
  const carolId = (await keyNow(scene, key.keyId)).person?.id ?? '';
  assert.ok(carol !== undefined && carolId !== '');
  await atLock(issued + HOUR);
  await atKey(issued + DAY + HOUR, { reason: 'contact-refused', kind: 'decision', allowed: false });
  await atKey(scene.clock.now + HOUR);
  await atLock(scene.clock.now + HOUR, { clock: 'lost' });
  const page = await search(scene, {});
  assert.deepEqual(page.items.map(({ device, actor }) => [device.kind, actor?.name ?? null]), [['lock', 'Key 1'], ['ekey', 'Carol'], ['ekey', 'Key 1'], ['lock', 'Bob']]);
  const of = async (person: string) => (await search(scene, { person })).items.map(({ device, at }) => [device.kind, at - issued]);
  assert.deepEqual(await of(bob.grant.person.id), [['lock', HOUR]]);
  assert.deepEqual(await of(carolId), [['ekey', 2 * DAY + HOUR]]);
  assert.deepEqual(await of(scene.owner.me.person.id), []);
  scene.clock.now += DAY;
  await act(scene, key.keyId, 'lose', { revocation: null });
  await atLock(scene.clock.now + HOUR);
  const [opened] = (await search(scene, {})).items;
  assert.deepEqual(opened?.actor, { personId: null, name: 'Key 1', keyLabel: 'Reported lost' }, 'what a lost key opens names the key');
});

void test('time bounds, pages, and each journal in its own order', async (t) => {
  const { scene, key, atLock, atKey } = await estate(t);
  const start = scene.clock.now;
  for (let hour = 0; hour < 6; hour += 1) await (hour % 2 === 0 ? atLock(start + hour * HOUR) : atKey(start + hour * HOUR));
  const hours = async (query: Readonly<Record<string, string | number>>) => (await search(scene, query)).items.map(({ at }) => (at - start) / HOUR);
  assert.deepEqual(await hours({ from: start + HOUR, until: start + 3 * HOUR }), [3, 2, 1]);
  assert.deepEqual(await hours({ ekey: key.keyId, from: start + 4 * HOUR }), [5, 4]);
  const seen: number[] = [];
  for (let before: number | null = Number.MAX_SAFE_INTEGER; before !== null; ) {
    const page: Awaited<ReturnType<typeof search>> = await search(scene, { limit: 4, before });
    seen.push(...page.items.map(({ at }) => (at - start) / HOUR));
    before = page.next;
  }
  assert.deepEqual(seen, [5, 4, 3, 2, 1, 0]);
  for (const query of ['limit=0', 'lock=short', 'from=-1']) assert.equal((await scene.owner.browser.get(`/api/records?${query}`)).status, 400);
});

void test('what a key lost is a gap, told where it is; its chain and signature are checked as a lock’s', async (t) => {
  const { scene, key, journal, atKey } = await estate(t);
  const start = scene.clock.now;
  await atKey(start);
  const record = (at: number): JournalRecord => ({ instant: instant(at), clock: 'held', kind: 'event', reason: 'started', sensed: SENSED });
  for (let lost = 0; lost < 3; lost += 1) journal.write(record(start + lost));
  const after = journal.write(record(start + 9));
  const answers = async () => (await say(scene.owner.browser, key.keyId, [{ type: 'journal', body: after }])).map(({ type }) => type);
  assert.deepEqual(await answers(), ['took', 'journal-ack'], 'it is asked for what is missing');
  assert.equal((await keyNow(scene, key.keyId)).journal.entries, 1);
  scene.clock.now += 2 * DAY;
  await answers();
  const { items, gaps } = await search(scene, { ekey: key.keyId });
  const told = async (query: Readonly<Record<string, string | number>>) => (await search(scene, query)).gaps.map((each) => [each.first, each.last, each.after, each.before]);
  const gap = [2, 4, start, start + 9];
  assert.deepEqual(await told({}), [gap], 'of all journals, where none is named');
  assert.deepEqual([await told({ lock: scene.lock.lockId }), await told({ until: start - 1 }), await told({ from: start + 10 })], [[], [], []], 'not of another journal, and not of another time');
  assert.deepEqual([await told({ from: start + 5 }), await told({ until: start + 5 })], [[gap], [gap]], 'a missing record may be of any instant in between');
  assert.deepEqual([items.map(({ seq, missing }) => [seq, missing]), gaps.map(({ device, first, last }) => [device.name, first, last])], [[[5, 3], [1, 0]], [['Key 1', 2, 4]]]);
  const stand = (await keyNow(scene, key.keyId)).journal;
  assert.deepEqual([stand.entries, stand.missing, stand.alerts], [5, 3, 1]);
  const forged = keyJournal(scene, { ...key, identity: exampleEkey('forger').identity }).write(record(start));
  assert.deepEqual(await say(scene.owner.browser, key.keyId, [{ type: 'journal', body: forged }]), [], 'nothing is said to whoever forges');
  assert.equal((await keyNow(scene, key.keyId)).journal.alerts, 2);
  const file = await scene.owner.browser.get(`/api/ekeys/${key.keyId}/journal`);
  assert.equal(String(file.json).trim().split('\n').length, 4, 'header, entry, gap, entry');
});

void test('records of a location are those of its locks, and of keys that were at them', async (t) => {
  const { scene, key, journal, atLock, atKey } = await estate(t);
  const at = scene.clock.now;
  await atLock(at);
  await atKey(at + 1);
  await say(scene.owner.browser, key.keyId, [{ type: 'journal', body: journal.write({ instant: instant(at + 2), clock: 'held', kind: 'event', reason: 'started', sensed: SENSED }) }]);
  const [north, south] = [freshId(), freshId()];
  for (const [id, doors] of [[north, [scene.door.id]], [south, []]] as const) await scene.owner.browser.send('PUT', `/api/locations/${id}`, { name: 'Somewhere', doors });
  const of = async (location: string) => (await search(scene, { location })).items.map(({ device, reason }) => [device.kind, reason]);
  assert.deepEqual(await of(north), [['ekey', 'contact-opened'], ['lock', 'granted-document']]);
  assert.deepEqual(await of(south), []);
  await scene.owner.browser.send('PATCH', `/api/doors/${scene.door.id}`, { locationId: south });
  assert.deepEqual([await of(north), (await of(south)).length], [[], 2], 'where the lock is now');
});

void test('a grant to a key is named by the records of it, and erased records are not told', async (t) => {
  const { scene, key, bob, atLock } = await estate(t);
  await grantKey(scene, bob.grant.person.id, key);
  await atLock(scene.clock.now, { rule: 'document:1' });
  assert.deepEqual((await search(scene, {})).items.map(({ rule }) => rule), ['document:1']);
  await scene.test.hub.database.updateTable('journal').set({ salt: null, record: null, at: null, clock: null, about_lock: null, credential: null, transaction_id: null }).execute();
  assert.deepEqual((await search(scene, { ekey: key.keyId })).items, []);
  assert.deepEqual((await search(scene, {})).items, []);
});
