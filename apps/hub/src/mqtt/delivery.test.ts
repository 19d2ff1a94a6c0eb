// Revocations and owner sets on their way to locks: at once on the link, at link-up, by couriers; and arrived only by the lock's own signed word,
// whoever carries it.

import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { courierAnswer } from '@mortise/api/keys.ts';
import { doorAnswer } from '@mortise/api/locks.ts';
import { revocationName, revocationRule } from '@mortise/access/revocation-document.ts';
import { required } from '@mortise/base/assert.ts';
import { base64url, fromBase64url, type Bytes } from '@mortise/base/bytes.ts';
import { instant } from '@mortise/base/instant.ts';
import { openJournalAck } from '@mortise/courier/journal-ack.ts';
import { encodeOwnerSetAnswer, encodeRosterAnswer, encodeTimeAsk } from '@mortise/courier/link-body.ts';
import { decodeToLock, encodeFromLock, NO_SESSION, type FromLockType, type ToLockMessage } from '@mortise/courier/link-message.ts';
import type { Status } from '@mortise/courier/status.ts';
import { openTimeBound } from '@mortise/courier/time-bound.ts';
import { exampleEntropy, exampleKey, exampleLock, ownerSetFields, signOwnerSet, signWith } from '@mortise/documents/example-site.ts';
import { openTimeAnswer, timeKeyPayload, timeKeyToSign } from '@mortise/documents/time.ts';
import type { JournalRecord } from '@mortise/journal/record.ts';
import { nodeCrypto } from '@mortise/node/crypto.ts';
import { browserOf, codeOf, type Browser } from '../testing/hub.fixture.ts';
import { followRoster, grantNow, guestWithKey, held, lendingScene, told, type Scene } from '../testing/lending.fixture.ts';
import { adoptedCredentials, joinLink, journalWriter, statusBody } from '../testing/lock.fixture.ts';
import { parsed } from '../testing/owner.fixture.ts';
import { COURIER_PATIENCE_MS } from './hearing.ts';

const takeBack = async ({ owner }: Scene, id: string) => told(await owner.browser.send('POST', `/api/grants/${id}/take-back`, { revocation: null }));
const standingOf = async (scene: Scene, id: string) => (await grantNow(scene, id)).locks.map(({ standing, opensUntil }) => [standing, opensUntil]);
const SENSED = { bolt: 'locked', door: 'closed' } as const;
const event = (at: number, reason: JournalRecord['reason'], rule: string): JournalRecord => ({ instant: instant(at), clock: 'synced', kind: 'event', reason, rule, sensed: SENSED });

const linked = async (t: TestContext, scene: Scene) => {
  const port = await scene.test.broker.listen(0, '127.0.0.1');
  const { ca } = scene.test.hub.keys;
  const credentials = await adoptedCredentials(scene.lock.lockId, ca);
  const join = async () => {
    const link = await joinLink(port, ca.certificate, credentials, scene.lock.lockId);
    t.after(link.end);
    return link;
  };
  return { join };
};

const status = (scene: Scene, changes: Partial<Status>) => statusBody(scene.lock, { rosterVersion: 2, ownerSequence: 1, instant: instant(scene.clock.now), ...changes });

/** What a courier says, and what it is given. */
const carry = async ({ lock }: Scene, browser: Browser, said: readonly (readonly [FromLockType, Bytes])[] = []): Promise<readonly ToLockMessage[]> => {
  const messages = said.map(([type, body], seq) => base64url(encodeFromLock({ type, session: NO_SESSION, seq, expires: 0, body })));
  const answer = parsed(courierAnswer, await browser.send('POST', `/api/courier/${lock.lockId}`, { messages }));
  return answer.messages.map((text) => required(decodeToLock(required(fromBase64url(text), 'bytes')), 'a message to a lock'));
};
const typesOf = (messages: readonly ToLockMessage[]): readonly string[] => messages.map(({ type }) => type);

void test('on the link a revocation goes at once, and has arrived when the lock’s journal says so', async (t) => {
  const scene = await lendingScene(t);
  const { join } = await linked(t, scene);
  const link = await join();
  const bob = await guestWithKey(scene, 'Bob');
  await held(bob);
  link.send('status', status(scene, {}));
  await until(async () => (await standingOf(scene, bob.grant.id))[0]?.[0] === 'onTheLock');
  await takeBack(scene, bob.grant.id);
  const sent = await link.next('revocation');
  assert.deepEqual(await standingOf(scene, bob.grant.id), [['onItsWay', scene.clock.now + 86_400_000]], 'sent is not arrived');
  const told2: string[] = [];
  scene.test.hub.live.subscribe((live) => { if (live.event === 'grant') told2.push(live.data.locks[0]?.standing ?? ''); });
  const journal = journalWriter(scene.lock, scene.test.hub.keys.journal.publicKey);
  link.send('journal', journal.write(event(scene.clock.now, 'revocations-accepted', revocationRule('A'.repeat(22)))));
  await link.next('journal-ack');
  assert.equal((await standingOf(scene, bob.grant.id))[0]?.[0], 'onItsWay', 'another document says nothing of this one');
  link.send('journal', journal.write(event(scene.clock.now, 'revocations-accepted', revocationRule(revocationName(nodeCrypto, sent.body)))));
  await until(async () => (await standingOf(scene, bob.grant.id))[0]?.[0] === 'onTheLock');
  assert.deepEqual([await standingOf(scene, bob.grant.id), told2], [[['onTheLock', null]], ['onTheLock']], 'and who watches is told');
  await link.end();
  const again = await join();
  await again.next('status-ask');
  again.send('status', status(scene, { count: 2 }));
  await until(async () => scene.test.hub.presence.last(scene.lock.lockId)?.count === 2);
  assert.ok(!again.heard.some(({ type }) => type === 'revocation'), 'what it has it is not sent again');
  await again.end();
});

void test('a lock that was away gets its revocations when it comes back; one that it refuses cannot be checked', async (t) => {
  const scene = await lendingScene(t);
  const bob = await guestWithKey(scene, 'Bob');
  await held(bob);
  await takeBack(scene, bob.grant.id);
  assert.equal((await standingOf(scene, bob.grant.id))[0]?.[0], 'notHeard');
  const link = await (await linked(t, scene)).join();
  const sent = await link.next('revocation');
  const journal = journalWriter(scene.lock, scene.test.hub.keys.journal.publicKey);
  link.send('journal', journal.write(event(scene.clock.now, 'revocations-refused', 'document:revocations-full')));
  await until(async () => (await standingOf(scene, bob.grant.id))[0]?.[0] === 'cannotBeChecked');
  link.send('journal', journal.write(event(scene.clock.now, 'revocations-accepted', revocationRule(revocationName(nodeCrypto, sent.body)))));
  await until(async () => (await standingOf(scene, bob.grant.id))[0]?.[0] === 'onTheLock');
});

void test('a courier takes the revocation in and the journal out; arrived is what the lock signed, and nothing that the courier says', async (t) => {
  const scene = await lendingScene(t);
  const { clock, lock } = scene;
  const [bob, carol] = [await guestWithKey(scene, 'Bob'), await guestWithKey(scene, 'Carol')];
  await held(bob);
  await takeBack(scene, bob.grant.id);
  const bag = await carry(scene, carol.browser);
  assert.deepEqual(typesOf(bag), ['roster', 'revocation', 'time-bound'], 'an empty request fetches');
  const revocation = required(bag.find(({ type }) => type === 'revocation'), 'it is in the bag').body;
  assert.equal((await standingOf(scene, bob.grant.id))[0]?.[0], 'notHeard', 'given is not arrived');
  assert.equal(scene.test.hub.presence.on(lock.lockId), undefined);
  const journal = journalWriter(lock, scene.test.hub.keys.journal.publicKey);
  const record = event(clock.now - 5000, 'revocations-accepted', revocationRule(revocationName(nodeCrypto, revocation)));
  const forged = journalWriter({ ...lock, identity: exampleKey('forger') }, scene.test.hub.keys.journal.publicKey).write(record);
  await carry(scene, carol.browser, [['journal', forged], ['roster-answer', encodeRosterAnswer({ version: 2, code: 'accepted' })], ['owner-set-answer', encodeOwnerSetAnswer({ sequence: 1, code: 'malformed' })], ['status', statusBody(lock, { rosterVersion: 2 }, exampleKey('forger'))]]);
  assert.deepEqual([(await standingOf(scene, bob.grant.id))[0]?.[0], (await rosterOf(scene)).delivery], ['notHeard', 'waiting'], 'nothing that is not signed by the lock counts');
  await carry(scene, carol.browser, [['revocation', revocation], ['revocation', new Uint8Array(60_000)]]);
  assert.equal((await standingOf(scene, bob.grant.id))[0]?.[0], 'notHeard', 'nor what a passive lock hands on, which proves no arrival');
  const answers = await carry(scene, carol.browser, [['time-ask', encodeTimeAsk(exampleEntropy('nonce').slice(0, 16))], ['status', status(scene, { instant: instant(clock.now - 4000) })], ['journal', journal.write(record)]]);
  assert.deepEqual(typesOf(answers), ['time-answer', 'journal-ack', 'time-bound'], 'roster and revocation are there');
  assert.deepEqual([await standingOf(scene, bob.grant.id), (await rosterOf(scene)).delivery], [[['onTheLock', null]], 'delivered']);
  assert.equal((await grantNow(scene, bob.grant.id)).locks[0]?.heardAt, clock.now - 4000, 'heard when the lock said it');
  assert.equal(scene.test.hub.presence.on(lock.lockId), undefined, 'a courier is no link');
  // The hub’s words are by its certified time key, so that the lock takes them from whoever carries them.
  const { site } = scene.owner;
  const { publicKey } = scene.test.hub.keys.time;
  const certificate = signWith(site.owner, timeKeyToSign(nodeCrypto, site.owner.publicKey, timeKeyPayload(nodeCrypto, { key: publicKey, kind: 'hub', driftPpm: 100, until: instant(Date.UTC(2040, 0, 1)) })));
  const authority = { ownerKeys: site.ownerSet.keys, certificates: [certificate] };
  const bodyOf = (type: string): Bytes => required(answers.find((each) => each.type === type), type).body;
  assert.deepEqual(openJournalAck(nodeCrypto, bodyOf('journal-ack'), lock.lockId, authority), { ok: true, value: { lockId: lock.lockId, seq: 1, instant: clock.now } });
  assert.deepEqual(openTimeBound(nodeCrypto, bodyOf('time-bound'), authority), { ok: true, value: clock.now });
  const question = { lockId: lock.lockId, nonce: exampleEntropy('nonce').slice(0, 16), ...authority };
  assert.ok(openTimeAnswer(nodeCrypto, bodyOf('time-answer'), question).ok);
});

const rosterOf = async ({ owner, door }: Scene) => parsed(doorAnswer, await owner.browser.get(`/api/doors/${door.id}`)).door.lock.roster;

void test('an old courier takes nothing back; one that comes twice changes nothing; noise is passed over', async (t) => {
  const scene = await lendingScene(t);
  const { clock, owner } = scene;
  const carrying = (said: readonly (readonly [FromLockType, Bytes])[]) => carry(scene, owner.browser, said);
  const [early, late] = [status(scene, { rosterVersion: 1, count: 1, instant: instant(clock.now - 60_000) }), status(scene, { rosterVersion: 2, count: 2, bolt: 'unlocked' })];
  await carrying([['status', late]]);
  assert.equal((await rosterOf(scene)).delivery, 'delivered');
  await carrying([['status', early], ['status', late]]);
  assert.deepEqual([(await rosterOf(scene)).delivery, scene.test.hub.presence.last(scene.lock.lockId)?.bolt], ['delivered', 'unlocked']);
  const journal = journalWriter(scene.lock, scene.test.hub.keys.journal.publicKey);
  const [one, two, three] = [1, 2, 3].map((at) => journal.write(event(clock.now + at, 'manual', 'x')));
  assert.ok(one && two && three);
  const acked = (messages: readonly ToLockMessage[]) => messages.filter(({ type }) => type === 'journal-ack').length;
  assert.equal(acked(await carrying([['journal', two], ['journal', three]])), 1, 'it is asked for what is missing');
  assert.equal(await stored(scene), 0, 'a courier with the second half: nothing is taken for lost yet');
  await carrying([['journal', one], ['journal', one], ['journal', two], ['journal', three], ['journal', one]]);
  assert.equal(await stored(scene), 3);
  const noise = base64url(new Uint8Array(40));
  const reply = await owner.browser.send('POST', `/api/courier/${scene.lock.lockId}`, { messages: [noise, noise] });
  assert.equal(reply.status, 200);
  assert.equal(codeOf(await owner.browser.send('POST', `/api/courier/${scene.lock.lockId}`, { messages: Array.from({ length: 65 }, () => noise) })), 'input-invalid');
  clock.now += COURIER_PATIENCE_MS;
  const later = journalWriter(scene.lock, scene.test.hub.keys.journal.publicKey);
  for (let at = 1; at <= 5; at += 1) later.write(event(clock.now + at, 'manual', 'y'));
  await carrying([['journal', later.write(event(clock.now + 6, 'manual', 'y'))]]);
  assert.equal(await stored(scene), 3, 'another history is none of it');
});

const stored = async ({ test: { hub } }: Scene) => (await hub.database.selectFrom('journal').select('seq').execute()).length;

void test('couriers are bounded in number', async (t) => {
  const scene = await lendingScene(t);
  const codes: string[] = [];
  for (let index = 0; index < 121; index += 1) codes.push(codeOf(await scene.owner.browser.send('POST', `/api/courier/${scene.lock.lockId}`, { messages: [] })));
  assert.deepEqual([codes[119], codes[120]], ['status 200', 'too-many-requests']);
  assert.equal(codeOf(await browserOf(scene.test).send('POST', `/api/courier/${scene.lock.lockId}`, { messages: [] })), 'sign-in-required');
});

// ---- owner sets ----------------------------------------------------------------------------------------------------------------

void test('rosters and owner sets go in the order in which the lock can take them, by link and by courier', async (t) => {
  const scene = await lendingScene(t);
  const { owner, lock } = scene;
  const beat = exampleKey('Beat');
  const { site } = owner;
  const put = (document: Bytes, wraps: readonly Uint8Array[]) => owner.browser.send('POST', '/api/owner-sets', { document: base64url(document), issuerWraps: wraps.map((key) => ({ ownerKey: base64url(key), issuerKey: base64url(exampleKey('issuer').publicKey), wrapped: 'AAAA' })) });
  const second = ownerSetFields([site.owner, site.kit, beat], { sequence: 2, previous: site.ownerSet.hash });
  assert.equal((await put(signOwnerSet(second, [site.owner]), [beat.publicKey])).status, 200);
  const follow = { ...owner, site: { ...site, ownerSet: { ...site.ownerSet, ...second } } };
  await followRoster(follow, lock, { zone: 'UTC' }, beat);
  const order = async (said: readonly (readonly [FromLockType, Bytes])[] = []) => typesOf(await carry(scene, owner.browser, said)).filter((type) => type === 'roster' || type === 'owner-set');
  assert.deepEqual(await order(), ['roster', 'owner-set', 'roster'], 'the third roster is by somebody whom the lock knows by the second set');
  const link = await (await linked(t, scene)).join();
  const steps: string[] = [];
  const next = async (type: 'roster' | 'owner-set', answer: readonly [FromLockType, Bytes]) => {
    const message = await link.next(type);
    steps.push(`${type} ${message.body.length > 0}`);
    link.send(...answer);
  };
  await next('roster', ['roster-answer', encodeRosterAnswer({ version: 2, code: 'accepted' })]);
  await next('owner-set', ['owner-set-answer', encodeOwnerSetAnswer({ sequence: 2, code: 'accepted' })]);
  await next('roster', ['roster-answer', encodeRosterAnswer({ version: 3, code: 'accepted' })]);
  await until(async () => (await rosterOf(scene)).delivery === 'delivered');
  assert.deepEqual([steps, await order()], [['roster true', 'owner-set true', 'roster true'], []]);
  // A lock that was put back to a copy of its storage says so itself.
  link.send('status', status(scene, { rosterVersion: 2, ownerSequence: 1, seq: 9 }));
  assert.ok((await link.next('owner-set')).body.length > 0);
  await link.end();
});

void test('an owner set that the lock refuses is told, and sent again no sooner than it may', async (t) => {
  const scene = await lendingScene(t);
  const { owner } = scene;
  const { site } = owner;
  const bob = await guestWithKey(scene, 'Bob');
  const next = signOwnerSet(ownerSetFields([site.owner], { sequence: 2, previous: site.ownerSet.hash }), [site.owner]);
  assert.equal((await owner.browser.send('POST', '/api/owner-sets', { document: base64url(next), issuerWraps: [] })).status, 200);
  const link = await (await linked(t, scene)).join();
  await link.next('roster');
  link.send('roster-answer', encodeRosterAnswer({ version: 2, code: 'accepted' }));
  await link.next('owner-set');
  link.send('owner-set-answer', encodeOwnerSetAnswer({ sequence: 1, code: 'too-long' }));
  await until(async () => (await standingOf(scene, bob.grant.id))[0]?.[0] === 'cannotBeChecked');
  link.send('status', status(scene, { count: 2 }));
  await until(async () => scene.test.hub.presence.last(scene.lock.lockId)?.count === 2);
  assert.ok(!link.heard.some(({ type }) => type === 'owner-set'));
  scene.clock.now += 10_000;
  link.send('status', status(scene, { count: 3 }));
  await link.next('owner-set');
  link.send('owner-set-answer', encodeOwnerSetAnswer({ sequence: 2, code: 'accepted' }));
  await until(async () => (await standingOf(scene, bob.grant.id))[0]?.[0] === 'onTheLock');
  await link.end();
});

const until = async (condition: () => Promise<boolean>): Promise<void> => {
  for (let tries = 0; !(await condition()); tries += 1) {
    assert.ok(tries < 200, 'it did not come to be in time');
    await new Promise((resolve) => { setTimeout(resolve, 15); });
  }
};

void test('a lock of no door here is carried for by nobody', async (t) => {
  const scene = await lendingScene(t);
  assert.equal(codeOf(await scene.owner.browser.send('POST', `/api/courier/${exampleLock('stranger').lockId}`, { messages: [] })), 'lock-unknown');
});
