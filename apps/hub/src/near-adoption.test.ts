// A lock that was adopted at the door with no hub at hand: handed in later by the owner's browser or by a courier, on its link by the certificate
// that it signed itself, and known for what it is built as. Each lie stands beside the true word.

import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { courierAnswer } from '@mortise/api/keys.ts';
import { doors, waitingLocks } from '@mortise/api/locks.ts';
import { base64url, fromBase64url, type Bytes } from '@mortise/base/bytes.ts';
import { required } from '@mortise/base/assert.ts';
import { encodeFromLock, NO_SESSION } from '@mortise/courier/link-message.ts';
import { adoptionStatementToSign } from '@mortise/documents/adoption-statement.ts';
import { exampleLock, signWith } from '@mortise/documents/example-site.ts';
import type { LockProfile } from '@mortise/documents/lock-profile.ts';
import { nodeCrypto } from '@mortise/node/crypto.ts';
import { knowledgeFor } from './grants/grant-view.ts';
import { codeOf, testHub } from './testing/hub.fixture.ts';
import { adoptedCredentials, dial, factoryCredentials, joinLink, statusBody } from './testing/lock.fixture.ts';
import { adoptedBodyFor, claimHub, documentsFor, parsed, type Owner } from './testing/owner.fixture.ts';

const lock = exampleLock();

const claimed = async (t: TestContext) => {
  const hub = await testHub();
  t.after(hub.end);
  return { hub, owner: await claimHub(hub) };
};

const doorsOf = async ({ browser }: Pick<Owner, 'browser'>) => parsed(doors, await browser.get('/api/doors')).doors;

const until = async (done: () => Promise<boolean>): Promise<void> => {
  for (let turn = 0; turn < 600 && !(await done()); turn += 1) await new Promise((resolve) => { setTimeout(resolve, 5); });
  assert.ok(await done(), 'it came to be in time');
};

const statementAs = async (owner: Owner, profile: LockProfile): Promise<Bytes> => {
  const { roster } = await documentsFor(owner, lock);
  return signWith(lock.identity, adoptionStatementToSign(nodeCrypto, lock.identity.publicKey, {
    lockId: lock.lockId, siteId: owner.site.ownerSet.siteId, ownerSetHash: owner.site.ownerSet.hash, rosterHash: required(roster, 'a first roster opens').hash,
    readerKey: lock.introduction.readerKey, sealKey: lock.seal.publicKey, profile,
  }));
};

void test('a lock with no link certificate is heard by its own, once its owner has handed it in, and for good', async (t) => {
  const { hub, owner } = await claimed(t);
  const port = await hub.broker.listen(0, '127.0.0.1');
  const { ca } = hub.hub.keys;
  const own = await factoryCredentials(lock);
  const before = await joinLink(port, ca.certificate, own, lock.lockId);
  before.send('status', statusBody(lock));
  await until(async () => parsed(waitingLocks, await owner.browser.get('/api/locks/waiting')).locks.some(({ adopted }) => adopted));
  before.send('statement', await statementAs(owner, 'powered'));
  assert.deepEqual(await doorsOf(owner), [], 'its word alone is nobody’s draft');
  assert.equal((await owner.browser.send('POST', '/api/locks', { ...await adoptedBodyFor(owner, lock), certified: false })).status, 200);
  await before.ended;
  const after = await joinLink(port, ca.certificate, own, lock.lockId);
  await after.next('status-ask');
  after.send('status', statusBody(lock));
  await until(async () => (await doorsOf(owner))[0]?.lock.state !== null);
  assert.deepEqual((await doorsOf(owner)).map(({ lock: { online, profile } }) => [online, profile]), [[true, 'powered']]);
  await after.end();
});

void test('control: a lock that was given a link certificate is heard by no other', async (t) => {
  const { hub, owner } = await claimed(t);
  const port = await hub.broker.listen(0, '127.0.0.1');
  assert.equal((await owner.browser.send('POST', '/api/locks', await adoptedBodyFor(owner, lock))).status, 200);
  const { ca } = hub.hub.keys;
  await assert.rejects(dial(port, ca.certificate, await factoryCredentials(lock), lock.lockId));
  const linked = await joinLink(port, ca.certificate, await adoptedCredentials(lock.lockId, ca), lock.lockId);
  await linked.end();
});

void test('the lock’s own word by its own certificate finishes a draft that says that it has no other, and no draft that says it has', async (t) => {
  for (const certified of [true, false]) {
    const { hub, owner } = await claimed(t);
    const port = await hub.broker.listen(0, '127.0.0.1');
    const { lockId, statement, ...draft } = await adoptedBodyFor(owner, lock);
    assert.equal((await owner.browser.send('PUT', `/api/locks/${lockId}/draft`, { ...draft, certified })).status, 200);
    const linked = await joinLink(port, hub.hub.keys.ca.certificate, await factoryCredentials(lock), lockId);
    linked.send('statement', required(fromBase64url(statement), 'bytes'));
    if (certified) await until(async () => hub.lines.some((line) => line.includes('"type":"statement"')));
    else await until(async () => (await doorsOf(owner)).length === 1);
    assert.equal((await doorsOf(owner)).length, certified ? 0 : 1);
    await linked.end();
  }
});

void test('a courier brings the word of a lock that never had a link; of a lock without a draft nobody brings anything', async (t) => {
  const { hub, owner } = await claimed(t);
  const statement = await statementAs(owner, 'passive');
  const carry = (body: Bytes) => owner.browser.send('POST', `/api/courier/${lock.lockId}`, {
    messages: [base64url(encodeFromLock({ type: 'statement', session: NO_SESSION, seq: 1, expires: 0, body }))],
  });
  assert.equal(codeOf(await carry(statement)), 'lock-unknown');
  const { lockId, statement: _statement, ...draft } = await adoptedBodyFor(owner, lock);
  await owner.browser.send('PUT', `/api/locks/${lockId}/draft`, { ...draft, certified: false });
  assert.deepEqual(parsed(courierAnswer, await carry(statement.slice(0, -1))).messages, []);
  assert.deepEqual(await doorsOf(owner), []);
  assert.ok(parsed(courierAnswer, await carry(statement)).messages.length > 0, 'and takes along what there is for it');
  assert.deepEqual((await doorsOf(owner)).map(({ lock: { lockId: id, profile, online } }) => [id, profile, online]), [[lock.lockId, 'passive', false]]);
  assert.equal(hub.hub.uncertified.has(lock.lockId), true);
});

void test('what a lock is built as is its own word, and what is told of its coverage goes by that', async (t) => {
  for (const profile of ['powered', 'passive'] as const) {
    const { hub, owner } = await claimed(t);
    const body = { ...await adoptedBodyFor(owner, lock), statement: base64url(await statementAs(owner, profile)), certified: false };
    assert.equal((await owner.browser.send('POST', '/api/locks', body)).status, 200);
    const { view } = await knowledgeFor(hub.hub, []);
    assert.deepEqual(view.locks.map(({ row }) => row.profile), [profile]);
  }
});
