// Electronic keys at the hub: what an owner must have signed, whose hands a key goes through, grants to it, and what becomes of a lost one. Each
// refusal stands beside the same done right.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ekeyCoverage, ekeys, type EkeyBody } from '@mortise/api/ekeys.ts';
import { people } from '@mortise/api/owner.ts';
import { base64url, fromBase64url } from '@mortise/base/bytes.ts';
import { required } from '@mortise/base/assert.ts';
import { instant } from '@mortise/base/instant.ts';
import { decodeKeyOrders, openKeyOrders } from '@mortise/courier/key-orders.ts';
import { exampleKey, exampleSite } from '@mortise/documents/example-site.ts';
import { revocationName, revocationRule } from '@mortise/access/revocation-document.ts';
import { proveEkey } from '@mortise/wallet/ekey-proof.ts';
import { nodeCrypto as crypto } from '@mortise/node/crypto.ts';
import { LOST_REVOKED_MS } from '../ekeys/custody.ts';
import { makeRoom } from '../store/grant-store.ts';
import { ingest } from '../testing/adopted.fixture.ts';
import { codeOf } from '../testing/hub.fixture.ts';
import { act, certify, ekeyBody, enrol, exampleEkey, grantKey, grantToKey, keyNow, register, say, statusBy, technician, toldKey } from '../testing/ekey.fixture.ts';
import { DAY, freshId, grantNow, guestOf, HOUR, introduce, invite, lendingScene, lockSays, post, redeem, revoke, signInByKey, type Scene } from '../testing/lending.fixture.ts';
import { journalWriter, statusBody } from '../testing/lock.fixture.ts';
import { parsed } from '../testing/owner.fixture.ts';

const bytes = (text: string): Uint8Array => required(fromBase64url(text), 'bytes');
const coverageNow = async ({ owner }: Scene, keyId: string) => parsed(ekeyCoverage, await owner.browser.get(`/api/ekeys/${keyId}/coverage`)).locks;

void test('a key is registered by its own word and what an owner signed, each as it should be', async (t) => {
  const scene = await lendingScene(t);
  const key = exampleEkey();
  const good = ekeyBody(scene, key, statusBy(key));
  const [stranger, elsewhere] = [exampleKey('stranger'), exampleSite('elsewhere')];
  const { publicKey: own } = key.identity;
  const add = (body: EkeyBody) => scene.owner.browser.send('POST', '/api/ekeys', body);
  const text = (signed: Uint8Array): string => base64url(signed);
  const phone = required(parsed(people, await scene.owner.browser.get('/api/people')).people[0], 'Ada');
  const bad: readonly (readonly [string, string, Partial<EkeyBody>])[] = [
    ['a status by another', 'document-refused', { status: text(statusBy({ ...key, identity: stranger }).with(40, 0)) }],
    ['a status of another site', 'conflict', { status: text(statusBy(key, { siteId: elsewhere.ownerSet.siteId })) }],
    ['one key for both', 'document-refused', { status: text(statusBy({ ...key, credential: key.identity })) }],
    ['a credential that is a phone’s', 'conflict', { status: text(statusBy(key, { credentialKey: exampleKey('phone').publicKey })) }],
    ['a certificate by a stranger', 'document-refused', { certificate: text(certify(scene, { key: own, kind: 'ekey' }, stranger)) }],
    ['a certificate of another key', 'document-refused', { certificate: text(certify(scene, { key: stranger.publicKey, kind: 'ekey' })) }],
    ['a certificate of a hub', 'document-refused', { certificate: text(certify(scene, { key: own, kind: 'hub' })) }],
    ['a certificate that has ended', 'document-refused', { certificate: text(certify(scene, { key: own, kind: 'ekey', until: instant(scene.clock.now) })) }],
    ['a hub’s certificate of another hub', 'document-refused', { hubCertificate: text(certify(scene, { key: stranger.publicKey, kind: 'hub' })) }],
    ['a hub’s certificate as a key’s', 'document-refused', { hubCertificate: text(certify(scene, { key: scene.test.hub.keys.time.publicKey, kind: 'ekey' })) }],
    ['an enrolment by a stranger', 'document-refused', { enrolment: text(enrol(scene, key.keyId, undefined, stranger)) }],
    ['an enrolment of another key', 'document-refused', { enrolment: text(enrol(scene, exampleEkey('other').keyId)) }],
    ['an enrolment to another site', 'document-refused', { enrolment: text(enrol(scene, key.keyId, undefined, scene.owner.site.owner, elsewhere.ownerSet)) }],
    ['an enrolment that seals to another', 'document-refused', { enrolment: text(enrol(scene, key.keyId, stranger.publicKey)) }],
    ['an introduction by a stranger', 'document-refused', { introduction: text(introduce(scene.owner, stranger)) }],
    ['a name that nobody sees', 'input-invalid', { name: ' ' }],
    ['a serial number of markup', 'input-invalid', { serial: '<b>' }],
  ];
  for (const [label, code, bent] of bad) assert.equal(codeOf(await add({ ...good, ...bent })), code, label);
  assert.deepEqual(parsed(ekeys, await scene.owner.browser.get('/api/ekeys')).ekeys, []);
  const { ekey, custody, takingBack } = toldKey(await add(good));
  assert.deepEqual([ekey.id, ekey.state, ekey.person, ekey.clock, ekey.policy, takingBack], [key.keyId, 'inStock', null, { driftPpm: 20, until: scene.clock.now + 400 * DAY }, { revalidateDays: 7, buffer: 'stop', pin: null }, []]);
  assert.deepEqual(custody.map(({ action, by, person }) => [action, by.name, person]), [['registered', 'Ada', null]]);
  assert.deepEqual(toldKey(await add(good)).ekey, ekey, 'the same again is the same key');
  assert.equal(codeOf(await add({ ...good, status: text(statusBy({ ...key, credential: stranger })) })), 'conflict');
  assert.equal(phone.phoneKeys.length, 1);
  for (const [method, path] of [['GET', ''], ['PATCH', ''], ['POST', '/issue'], ['GET', '/coverage'], ['GET', '/journal']] as const) {
    const at = `/api/ekeys/${freshId()}${path}`;
    assert.equal(codeOf(method === 'GET' ? await scene.owner.browser.get(at) : await scene.owner.browser.send(method, at, path === '/issue' ? { person: { name: 'Bob' } } : {})), 'ekey-unknown', at);
  }
});

void test('a key goes from hand to hand, each step in its log and none out of turn', async (t) => {
  const scene = await lendingScene(t);
  const key = exampleEkey();
  await register(scene, key);
  const done = async (what: 'issue' | 'return' | 'lose', body: object = {}) => codeOf(await act(scene, key.keyId, what, body));
  assert.equal(await done('return'), 'conflict', 'it is in stock');
  assert.equal(await done('issue', { person: { id: freshId() } }), 'input-invalid', 'to nobody');
  assert.equal(await done('issue', { person: { name: 'Bob' }, note: 'Shift 2' }), 'status 200');
  assert.equal(await done('issue', { person: { name: 'Carol' } }), 'conflict', 'Bob has it');
  scene.clock.now += HOUR;
  assert.equal(await done('return', { note: 'Worn' }), 'status 200');
  assert.equal(await done('issue', { person: { name: 'Carol' } }), 'status 200');
  assert.equal(await done('lose', { revocation: null }), 'status 200');
  assert.equal(await done('issue', { person: { name: 'Dan' } }), 'conflict', 'it is lost');
  assert.equal(await done('lose', { revocation: null }), 'conflict');
  const lost = await keyNow(scene, key.keyId);
  assert.deepEqual([lost.state, lost.person?.name], ['lost', 'Carol'], 'who had it last');
  assert.equal(await done('return', { note: 'Found' }), 'status 200');
  const { ekey, custody } = toldKey(await scene.owner.browser.get(`/api/ekeys/${key.keyId}`));
  assert.deepEqual([ekey.state, ekey.person], ['returned', null]);
  assert.deepEqual(custody.map(({ action, person, note }) => [action, person?.name ?? null, note]), [
    ['returned', 'Carol', 'Found'], ['lost', 'Carol', ''], ['issued', 'Carol', ''], ['returned', 'Bob', 'Worn'], ['issued', 'Bob', 'Shift 2'], ['registered', null, ''],
  ]);
  assert.deepEqual(parsed(people, await scene.owner.browser.get('/api/people')).people.map(({ name, phoneKeys }) => [name, phoneKeys.length]), [['Ada', 1], ['Bob', 0], ['Carol', 0]], 'a key is nobody’s phone');
  const issued = await Promise.all(['Eve', 'Fay'].map((name) => done('issue', { person: { name } })));
  assert.deepEqual(issued.toSorted(), ['conflict', 'status 200'], 'of two at once one gets it');
  assert.equal(parsed(people, await scene.owner.browser.get('/api/people')).people.length, 4, 'and the other is nobody');
});

void test('when a key is due back is told until it is back, and stands in its log; a lost one stays due', async (t) => {
  const scene = await lendingScene(t);
  const key = exampleEkey();
  await register(scene, key);
  const due = scene.clock.now + DAY;
  const now = async () => { const { state, dueBack } = await keyNow(scene, key.keyId); return [state, dueBack]; };
  assert.equal(codeOf(await act(scene, key.keyId, 'issue', { person: { name: 'Bob' }, dueBack: scene.clock.now })), 'input-invalid');
  assert.deepEqual(await now(), ['inStock', null]);
  assert.equal((await act(scene, key.keyId, 'issue', { person: { name: 'Bob' }, dueBack: due })).status, 200);
  assert.deepEqual(await now(), ['issued', due]);
  await act(scene, key.keyId, 'return');
  assert.deepEqual(await now(), ['returned', null]);
  await act(scene, key.keyId, 'issue', { person: { name: 'Carol' } });
  assert.deepEqual(await now(), ['issued', null], 'nobody said');
  await act(scene, key.keyId, 'return');
  await act(scene, key.keyId, 'issue', { person: { name: 'Dan' }, dueBack: due });
  await act(scene, key.keyId, 'lose', { revocation: null });
  assert.deepEqual(await now(), ['lost', due]);
  const { custody } = toldKey(await scene.owner.browser.get(`/api/ekeys/${key.keyId}`));
  assert.deepEqual(custody.map(({ action, dueBack }) => [action, dueBack]), [['lost', null], ['issued', due], ['returned', null], ['issued', null], ['returned', null], ['issued', due], ['registered', null]]);
});

void test('a grant to a key is for whoever holds it, by an owner or by the hub; a lock opens to it', async (t) => {
  const scene = await lendingScene(t, { power: { issue: {} } });
  const key = exampleEkey();
  await register(scene, key);
  const bob = await technician(scene, 'Bob', key.keyId);
  const { proof, ekey } = toldKey(await scene.owner.browser.get(`/api/ekeys/${key.keyId}`));
  const proven = proveEkey(crypto, { siteId: scene.owner.site.ownerSet.siteId, ownerKeys: scene.owner.site.ownerSet.keys }, { keyId: key.keyId, credentialKey: bytes(ekey.credentialKey), status: bytes(proof.status), enrolment: bytes(proof.enrolment) });
  assert.deepEqual(proven, { ok: true, value: key.credential.publicKey }, 'and an owner who signs for it can check whose credential it is');
  const lent = await grantKey(scene, bob.grant.person.id, key, { hours: [{ days: [1], from: '00:00', until: '12:00' }] });
  assert.equal(lockSays(scene, key.credential.publicKey, [bytes(lent.document ?? '')]), 'granted-document');
  assert.deepEqual([lent.ekeyId, (await grantNow(scene, bob.grant.id)).ekeyId], [key.keyId, null], 'a grant says whether it is an electronic key’s');
  const own = await grantKey(scene, bob.grant.person.id, key, {}, 'hub');
  assert.deepEqual([own.state, own.signedBy], ['live', 'hub']);
  const carol = await invite(scene, { name: 'Carol' });
  assert.equal(codeOf(await post(scene, grantToKey(scene, carol.grant.person.id, key))), 'input-invalid', 'Carol has not this key');
  const late = grantToKey(scene, bob.grant.person.id, key);
  assert.equal((await act(scene, key.keyId, 'return')).status, 200);
  assert.equal(codeOf(await post(scene, late)), 'input-invalid', 'nor has Bob any more');
  assert.equal((await act(scene, key.keyId, 'issue', { person: { id: bob.grant.person.id } })).status, 200);
  assert.equal((await post(scene, late)).status, 200, 'the control');
  const paused = await scene.owner.browser.send('PATCH', `/api/grants/${own.id}`, { changes: { enabled: false } });
  assert.equal(paused.status, 200);
  assert.equal((await keyNow(scene, key.keyId)).orders.grants, 2);
  await act(scene, key.keyId, 'return');
  assert.equal((await keyNow(scene, key.keyId)).orders.grants, 0, 'a key that is back shall hold nothing');
});

void test('a key that still holds another’s documents is not handed on before it is updated', async (t) => {
  const scene = await lendingScene(t);
  const key = exampleEkey();
  await register(scene, key);
  const bob = await technician(scene, 'Bob', key.keyId);
  await grantKey(scene, bob.grant.person.id, key);
  const { siteId } = scene.owner.site.ownerSet;
  const ordersBody = async () => required((await say(scene.owner.browser, key.keyId, [{ type: 'key-status', body: statusBy(key, { siteId, ownerSequence: 1 }) }])).find(({ type }) => type === 'orders'), 'orders').body;
  const goesBy = (ordersVersion: number) => say(scene.owner.browser, key.keyId, [{ type: 'key-status', body: statusBy(key, { siteId, ownerSequence: 1, ordersVersion, seq: ordersVersion }) }]);
  const opened = openKeyOrders(crypto, await ordersBody(), key.keyId, { ownerKeys: scene.owner.site.ownerSet.keys, certificates: [certify(scene, { key: scene.test.hub.keys.time.publicKey, kind: 'hub' })] });
  assert.ok(opened.ok && opened.value.version === 1 && opened.value.items.length > 1);
  const items = (await scene.test.hub.database.selectFrom('ekey_orders').select('orders').executeTakeFirst())?.orders;
  const held = required(items && decodeKeyOrders(items), 'orders').items.map((digest) => digest.slice(0, 16));
  await say(scene.owner.browser, key.keyId, [{ type: 'key-status', body: statusBy(key, { siteId, ownerSequence: 1, ordersVersion: 1, held, seq: 1 }) }]);
  assert.equal((await keyNow(scene, key.keyId)).orders.isCurrent, true);
  await act(scene, key.keyId, 'return');
  assert.equal(codeOf(await act(scene, key.keyId, 'issue', { person: { name: 'Carol' } })), 'conflict');
  assert.equal((await act(scene, key.keyId, 'issue', { person: { id: bob.grant.person.id } })).status, 200, 'the control: Bob may have it again');
  await act(scene, key.keyId, 'return');
  await goesBy(1);
  await goesBy(2);
  assert.equal((await act(scene, key.keyId, 'issue', { person: { name: 'Carol' } })).status, 200, 'it goes by the orders that were made since');
});

void test('policy and papers change as named; another holder chooses another PIN', async (t) => {
  const scene = await lendingScene(t);
  const key = exampleEkey();
  await register(scene, key);
  const patch = (body: object) => scene.owner.browser.send('PATCH', `/api/ekeys/${key.keyId}`, body);
  const policy = { revalidateDays: null, buffer: 'overwrite', pin: { minutes: 5 } };
  const certificate = base64url(certify(scene, { key: key.identity.publicKey, kind: 'ekey', driftPpm: 7 }));
  assert.deepEqual(toldKey(await patch({ policy, name: 'Key 9' })).ekey.policy, policy);
  assert.deepEqual([toldKey(await patch({ certificate })).ekey.clock?.driftPpm, (await keyNow(scene, key.keyId)).name], [7, 'Key 9']);
  assert.equal(codeOf(await patch({ certificate: base64url(certify(scene, { key: exampleKey('stranger').publicKey, kind: 'ekey' })) })), 'document-refused');
  assert.equal(codeOf(await patch({ policy: { ...policy, revalidateDays: 0 } })), 'input-invalid');
  const epoch = async () => (await scene.test.hub.database.selectFrom('ekey').select('pin_epoch').executeTakeFirst())?.pin_epoch;
  const before = await epoch();
  await patch({ forgetPin: true });
  await act(scene, key.keyId, 'issue', { person: { name: 'Bob' } });
  assert.deepEqual([before, await epoch()], [0, 2]);
});

// ---- lost --------------------------------------------------------------------------------------------------------------------

void test('a lost key: everything that it holds is taken back, by the hub where owners let it, else by an owner who names it all', async (t) => {
  const scene = await lendingScene(t, { power: { revocation: false } });
  const key = exampleEkey();
  await register(scene, key);
  const bob = await technician(scene, 'Bob', key.keyId);
  const grants = [await grantKey(scene, bob.grant.person.id, key), await grantKey(scene, bob.grant.person.id, key, { until: scene.clock.now + DAY })];
  assert.equal(codeOf(await act(scene, key.keyId, 'lose', { revocation: null })), 'delegation-missing');
  const { takingBack } = toldKey(await scene.owner.browser.get(`/api/ekeys/${key.keyId}`));
  assert.deepEqual(takingBack.map(({ until }) => until).toSorted((a, b) => a - b), [scene.clock.now + DAY, scene.clock.now + 7 * DAY].map((until) => until + LOST_REVOKED_MS));
  const revocation = (ids: readonly string[], until = scene.clock.now + 30 * DAY + LOST_REVOKED_MS) => base64url(revoke(ids, { by: scene.owner.site.owner, now: scene.clock.now, until }));
  const ids = takingBack.map(({ accessId }) => accessId);
  for (const short of [revocation(ids.slice(1)), revocation(ids, scene.clock.now + 10 * DAY)]) assert.equal(codeOf(await act(scene, key.keyId, 'lose', { revocation: short })), 'document-refused');
  assert.equal((await keyNow(scene, key.keyId)).state, 'issued');
  const { ekey } = toldKey(await act(scene, key.keyId, 'lose', { revocation: revocation(ids) }));
  assert.equal(ekey.state, 'lost');
  for (const { id } of grants) assert.equal((await grantNow(scene, id)).state, 'takenBack');
  assert.equal((await grantNow(scene, bob.grant.id)).state, 'live', 'Bob’s phone is not lost');
  assert.equal(codeOf(await post(scene, grantToKey(scene, bob.grant.person.id, key))), 'input-invalid');
});

/** What the lock said, at its adoption, that it is built as; null: it was adopted before locks said it. */
const builtAs = async ({ test: { hub } }: Scene, profile: 'passive' | 'powered' | null): Promise<void> => {
  await hub.database.updateTable('lock').set({ profile }).execute();
};

void test('coverage: who holds a lost key holds its clock too, so that a lock without one of its own is open to it until it has heard', async (t) => {
  const scene = await lendingScene(t);
  const key = exampleEkey();
  await register(scene, key);
  const bob = await technician(scene, 'Bob', key.keyId);
  const grant = await grantKey(scene, bob.grant.person.id, key);
  const { lockId } = scene.lock;
  const { siteId } = scene.owner.site.ownerSet;
  await builtAs(scene, 'passive');
  assert.deepEqual((await coverageNow(scene, key.keyId)).map(({ opensUntil, hasHeard, unbounded }) => [opensUntil, hasHeard, unbounded]), [[null, false, false]], 'nothing was taken back');
  await say(bob.browser, key.keyId, [{ type: 'key-status', body: statusBy(key, { siteId, ownerSequence: 1, instant: instant(scene.clock.now), clock: 'synced', seq: 3 }) }]);
  assert.equal((await act(scene, key.keyId, 'lose', { revocation: null })).status, 200);
  const [open] = await coverageNow(scene, key.keyId);
  assert.deepEqual([open?.lockId, open?.unbounded, open?.hasHeard], [lockId, true, false]);
  assert.equal((await grantNow(scene, grant.id)).locks[0]?.unbounded, true);
  scene.clock.now += 8 * DAY;
  assert.equal((await coverageNow(scene, key.keyId))[0]?.unbounded, true, 'also when it is over by every other clock');
  // The lock's own judgement, told the time by a key whose clock is held where it was: open until it has seen the word, closed with it.
  const [shown, before] = [bytes(grant.document ?? ''), scene.clock.now - 7 * DAY];
  const revoked = required((await scene.test.hub.database.selectFrom('revocation').select('document').executeTakeFirst())?.document, 'the hub revoked');
  assert.deepEqual([lockSays(scene, key.credential.publicKey, [shown], { at: before }), lockSays(scene, key.credential.publicKey, [shown, revoked], { at: before })], ['granted-document', 'revoked']);
  const document = required((await scene.test.hub.database.selectFrom('revocation').select('document').executeTakeFirst())?.document, 'the hub revoked');
  const { write } = journalWriter(scene.lock, scene.test.hub.keys.journal.publicKey);
  const heard = write({ instant: instant(scene.clock.now), clock: 'held', kind: 'event', reason: 'revocations-accepted', rule: revocationRule(revocationName(crypto, document)), sensed: { bolt: 'locked', door: 'none' } });
  await ingest(scene, lockId, heard);
  const [closed] = await coverageNow(scene, key.keyId);
  assert.deepEqual([closed?.opensUntil, closed?.unbounded, closed?.hasHeard], [null, false, true]);
});

void test('coverage: a lock that was on a link of its own has a clock of its own; a key in our hands is nobody’s clock', async (t) => {
  const scene = await lendingScene(t);
  const key = exampleEkey();
  await register(scene, key);
  const bob = await technician(scene, 'Bob', key.keyId);
  const grant = await grantKey(scene, bob.grant.person.id, key);
  await act(scene, key.keyId, 'lose', { revocation: null });
  const told = async () => (await coverageNow(scene, key.keyId)).map(({ opensUntil, unbounded }) => [opensUntil === grant.terms.until, unbounded]);
  assert.deepEqual(await told(), [[true, false]], 'it said that it is powered');
  await builtAs(scene, 'passive');
  assert.deepEqual(await told(), [[false, true]]);
  await builtAs(scene, null);
  assert.deepEqual(await told(), [[false, true]], 'nobody knows: by whether it was ever on a link');
  const status = (kind: 'link' | 'courier') => scene.desks.hearing.hear(scene.hub, scene.lock.lockId, { type: 'status', body: statusBody(scene.lock, { seq: kind === 'link' ? 2 : 1 }) }, { kind, say: () => undefined });
  await status('courier');
  assert.deepEqual(await told(), [[false, true]], 'the control: whoever carries is no link');
  await status('link');
  assert.deepEqual(await told(), [[true, false]]);
  await scene.test.hub.database.updateTable('lock_word').set({ linked_at: null }).execute();
  assert.deepEqual(await told(), [[false, true]]);
  await act(scene, key.keyId, 'return', { note: 'Found' });
  assert.deepEqual(await told(), [[true, false]]);
});

void test('an owner may have an electronic key in hand; a link that Bob’s phone redeems twice loses nobody who had a key', async (t) => {
  const scene = await lendingScene(t);
  const key = exampleEkey();
  await register(scene, key);
  await act(scene, key.keyId, 'issue', { person: { id: scene.owner.me.person.id } });
  assert.equal((await post(scene, grantToKey(scene, scene.owner.me.person.id, key))).status, 200);
  await act(scene, key.keyId, 'return');
  const bob = guestOf(scene, 'Bob');
  const first = await invite(scene, { name: 'Bob' });
  await redeem(first, bob);
  await signInByKey(bob);
  const issued = toldKey(await act(scene, key.keyId, 'issue', { person: { name: 'Dan' } }));
  await act(scene, key.keyId, 'return');
  const dan = required(issued.ekey.person, 'Dan').id;
  const link = await invite(scene, { name: 'Dan' });
  await scene.test.hub.database.updateTable('lent_grant').set({ person_id: dan }).where('id', '=', link.id).execute();
  assert.equal((await redeem(link, bob)).status, 200, 'Bob’s phone took Dan’s link');
  assert.ok(parsed(people, await scene.owner.browser.get('/api/people')).people.some(({ id }) => id === dan), 'the log names Dan');
});

void test('where there is no room for another grant, those of a lost key go last', async (t) => {
  const scene = await lendingScene(t);
  const key = exampleEkey();
  await register(scene, key);
  const bob = await technician(scene, 'Bob', key.keyId);
  const grant = await grantKey(scene, bob.grant.person.id, key);
  scene.clock.now += 1000;
  const later = await invite(scene, { name: 'Carol' });
  await act(scene, key.keyId, 'lose', { revocation: null });
  scene.clock.now += 8 * DAY;
  const { database } = scene.test.hub;
  const left = async (most: number) => {
    assert.ok(await makeRoom(database, most, scene.clock.now));
    return (await database.selectFrom('lent_grant').select('id').execute()).map(({ id }) => id);
  };
  assert.ok(!(await left(3)).includes(bob.grant.id), 'the oldest');
  assert.deepEqual([await left(2), await left(1)], [[grant.id], []]);
  assert.notEqual(later.id, grant.id);
});
