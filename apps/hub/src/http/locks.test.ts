// Adoption's end and rosters: only what lock and owner signed, only in its place. And the way of each roster to its lock.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { door, doors, linkCertificate, roster as rosterAnswer, waitingLocks } from '@mortise/api/locks.ts';
import { z } from '@mortise/api/schema.ts';
import { base64url } from '@mortise/base/bytes.ts';
import { instant } from '@mortise/base/instant.ts';
import { encodeRosterAnswer } from '@mortise/courier/link-body.ts';
import { encodeStatus, type Status } from '@mortise/courier/status.ts';
import { exampleKey, exampleLock, exampleSite, rosterFields, signRoster } from '@mortise/documents/example-site.ts';
import type { RosterFields } from '@mortise/documents/roster.ts';
import { derOfPem } from '@mortise/node/certificates.ts';
import { lockIdOfCertificate } from '@mortise/node/lock-id-of-certificate.ts';
import { codeOf, testHub } from '../testing/hub.fixture.ts';
import { adoptedCredentials, factoryCredentials, joinLink, statusBody } from '../testing/lock.fixture.ts';
import { adoptedBodyFor, claimHub, documentsFor, parsed, statementOf, type Owner } from '../testing/owner.fixture.ts';

const lock = exampleLock();
const stranger = exampleLock('stranger');
const stated: Status = {
  lockId: lock.lockId, bolt: 'locked', door: 'closed', adopted: true, rosterVersion: 1, ownerSequence: 1, since: instant(1), seq: 1, instant: instant(2), clock: 'synced', count: 1,
};
const doorBody = z.object({ door });

void test('a lock is stored on its own signed word only; the same word again is no second door', async (t) => {
  const hub = await testHub();
  t.after(hub.end);
  const owner = await claimHub(hub);
  const good = await adoptedBodyFor(owner, lock);
  const strange = await adoptedBodyFor(owner, stranger);
  const { roster, journalKey } = await documentsFor(owner, lock);
  assert.ok(roster);
  const elsewhere = exampleSite('elsewhere');
  const foreign = { ...owner, site: elsewhere };
  const otherKey = await documentsFor(owner, lock, { journalKey: exampleKey('another hub').publicKey });
  assert.ok(otherKey.roster);
  const bad: readonly (readonly [string, string, object])[] = [
    ['another lock’s key', 'document-refused', { ...good, identityKey: strange.identityKey }],
    ['another lock’s statement', 'document-refused', { ...good, statement: strange.statement }],
    ['another site’s statement', 'document-refused', { ...good, statement: base64url(statementOf(foreign, lock, roster)) }],
    ['another roster', 'document-refused', { ...good, roster: base64url(signRoster(owner.site.owner, rosterFields(owner.site, lock, { journalKey, zone: 'UTC' }))) }],
    ['a roster by nobody’s key', 'document-refused', { ...good, roster: base64url(signRoster(exampleKey('nobody'), rosterFields(owner.site, lock, { journalKey }))) }],
    ['a roster to another hub’s key', 'document-refused', { ...good, roster: base64url(otherKey.document), statement: base64url(statementOf(owner, lock, otherKey.roster)) }],
    ['noise', 'document-refused', { ...good, statement: base64url(new Uint8Array(100)) }],
    ['a key that is no point', 'document-refused', { ...good, identityKey: base64url(new Uint8Array(65)) }],
    ['no name', 'input-invalid', { ...good, doorName: '' }],
  ];
  for (const [label, code, body] of bad) assert.equal(codeOf(await owner.browser.send('POST', '/api/locks', body)), code, label);
  assert.deepEqual((await owner.browser.get('/api/doors')).json, { doors: [] });
  const first = parsed(doorBody, await owner.browser.send('POST', '/api/locks', good));
  assert.deepEqual(parsed(doorBody, await owner.browser.send('POST', '/api/locks', { ...good, doorName: 'Again' })), first);
  assert.deepEqual(parsed(doorBody, await owner.browser.get(`/api/doors/${first.door.id}`)), first);
  const again = { ...good, statement: base64url(statementOf(owner, lock, roster)), roster: good.roster };
  assert.equal((await owner.browser.send('POST', '/api/locks', again)).status, 200, 'the statement is deterministic here, so it is the same word');
  assert.deepEqual([first.door.name, first.door.lock.state, first.door.lock.online, first.door.lock.roster], ['Front door', null, false, { version: 1, delivery: 'delivered', code: null }]);
  t.diagnostic(`${bad.length} adoptions refused`);
});

void test('a link certificate names the lock and comes from the link’s own authority', async (t) => {
  const hub = await testHub();
  t.after(hub.end);
  const { browser } = await claimHub(hub);
  const linkKey = exampleKey('link').publicKey;
  const issued = parsed(linkCertificate, await browser.send('POST', `/api/locks/${lock.lockId}/link-certificate`, { linkKey: base64url(linkKey) }));
  const identity = lockIdOfCertificate(derOfPem(issued.certificate), issued.brokerCa);
  assert.deepEqual(identity, { ok: true, value: { kind: 'adopted', lockId: lock.lockId, linkKey } });
  assert.equal(codeOf(await browser.send('POST', '/api/locks/nonsense/link-certificate', { linkKey: base64url(linkKey) })), 'lock-unknown');
  assert.equal(codeOf(await browser.send('POST', `/api/locks/${lock.lockId}/link-certificate`, { linkKey: base64url(new Uint8Array(65)) })), 'input-invalid');
});

const nextRoster = async (owner: Owner, changes: Partial<RosterFields>, previous: Uint8Array, signer = owner.site.owner) => {
  const { journalKey } = await documentsFor(owner, lock);
  return base64url(signRoster(signer, rosterFields(owner.site, lock, { journalKey, version: 2, previous, ...changes })));
};

void test('a roster must follow the newest, by an owner, to this hub’s journal key', async (t) => {
  const hub = await testHub();
  t.after(hub.end);
  const owner = await claimHub(hub);
  await owner.browser.send('POST', '/api/locks', await adoptedBodyFor(owner, lock));
  const first = (await documentsFor(owner, lock)).roster?.hash ?? new Uint8Array(32);
  const put = (document: string) => owner.browser.send('PUT', `/api/locks/${lock.lockId}/roster`, { document });
  const table: readonly (readonly [string, string])[] = [
    [await nextRoster(owner, {}, new Uint8Array(32)), 'roster-fork'],
    [await nextRoster(owner, { version: 3 }, first), 'roster-gap'],
    [base64url((await documentsFor(owner, lock)).document), 'roster-stale'],
    [await nextRoster(owner, {}, first, exampleKey('nobody')), 'document-refused'],
    [await nextRoster(owner, { journalKey: exampleKey('another hub').publicKey }, first), 'document-refused'],
    [await nextRoster(owner, { lockId: stranger.lockId }, first), 'document-refused'],
    [base64url(new Uint8Array(50)), 'document-refused'],
  ];
  for (const [document, code] of table) assert.equal(codeOf(await put(document)), code);
  const [mine, theirs] = [await nextRoster(owner, { zone: 'UTC' }, first), await nextRoster(owner, { zone: 'Asia/Tokyo' }, first, owner.site.kit)];
  const replies = await Promise.all([put(mine), put(theirs)]);
  assert.deepEqual(replies.map(codeOf).toSorted(), ['roster-fork', 'status 200'], 'two owners at once: one of them wins');
  assert.equal(parsed(rosterAnswer, await owner.browser.get(`/api/locks/${lock.lockId}/roster`)).delivery.version, 2);
});

void test('a roster reaches its lock at once, or when it comes back, and until the lock says so it counts as waiting', async (t) => {
  const hub = await testHub();
  t.after(hub.end);
  const port = await hub.broker.listen(0, '127.0.0.1');
  const { ca } = hub.hub.keys;
  const owner = await claimHub(hub);
  await owner.browser.send('POST', '/api/locks', await adoptedBodyFor(owner, lock));
  const credentials = await adoptedCredentials(lock.lockId, ca);
  const deliveryOf = async () => parsed(doors, await owner.browser.get('/api/doors')).doors[0]?.lock.roster;
  const first = (await documentsFor(owner, lock)).roster?.hash ?? new Uint8Array(32);
  const second = await nextRoster(owner, {}, first);
  await owner.browser.send('PUT', `/api/locks/${lock.lockId}/roster`, { document: second });
  assert.deepEqual(await deliveryOf(), { version: 2, delivery: 'waiting', code: null });
  const before = await joinLink(port, ca.certificate, credentials, lock.lockId);
  assert.equal(base64url((await before.next('roster')).body), second, 'on the link again: sent');
  await before.end();
  const back = await joinLink(port, ca.certificate, credentials, lock.lockId);
  assert.equal(base64url((await back.next('roster')).body), second, 'not answered: sent again');
  back.send('roster-answer', encodeRosterAnswer({ version: 1, code: 'entry-unreadable' }));
  await until(async () => (await deliveryOf())?.delivery === 'refused');
  assert.deepEqual(await deliveryOf(), { version: 2, delivery: 'refused', code: 'entry-unreadable' });
  back.send('status', statusBody(lock, { rosterVersion: 9 }));
  back.send('status', statusBody(lock, { rosterVersion: 2 }));
  await until(async () => (await deliveryOf())?.delivery === 'delivered');
  await back.end();
});

void test('factory locks on the link wait to be adopted; adopted ones show what they sensed and whether they are there', async (t) => {
  const hub = await testHub();
  t.after(hub.end);
  const port = await hub.broker.listen(0, '127.0.0.1');
  const { ca } = hub.hub.keys;
  const owner = await claimHub(hub);
  const waiting = async () => parsed(waitingLocks, await owner.browser.get('/api/locks/waiting')).locks.map(({ lockId, adopted }) => [lockId, adopted]);
  const factory = await joinLink(port, ca.certificate, await factoryCredentials(lock), lock.lockId);
  await until(async () => (await waiting()).length === 1);
  assert.deepEqual(await waiting(), [[lock.lockId, false]]);
  await owner.browser.send('POST', '/api/locks', await adoptedBodyFor(owner, lock));
  await factory.ended;
  assert.deepEqual(await waiting(), []);
  const adopted = await joinLink(port, ca.certificate, await adoptedCredentials(lock.lockId, ca), lock.lockId);
  adopted.send('status', statusBody(lock, { bolt: 'unlocked', door: 'open' }));
  const lockOf = async () => parsed(doors, await owner.browser.get('/api/doors')).doors[0]?.lock;
  await until(async () => (await lockOf())?.state !== null);
  const state = (await lockOf())?.state;
  assert.deepEqual([state?.bolt, state?.door, state?.heardAt, (await lockOf())?.online], ['unlocked', 'open', hub.clock.now, true]);
  await adopted.end();
  await until(async () => (await lockOf())?.online === false);
  assert.equal((await lockOf())?.state?.bolt, 'unlocked', 'what was heard last stays, with its time');
});

void test('a state is passed on as the lock signed it; what the adopted lock has not signed is refused, and what was said before its key was known is forgotten', async (t) => {
  const hub = await testHub();
  t.after(hub.end);
  const port = await hub.broker.listen(0, '127.0.0.1');
  const { ca } = hub.hub.keys;
  const owner = await claimHub(hub);
  const stateNow = async () => parsed(doors, await owner.browser.get('/api/doors')).doors[0]?.lock.state;
  const link = await joinLink(port, ca.certificate, await adoptedCredentials(lock.lockId, ca), lock.lockId);
  link.send('status', statusBody(lock, { bolt: 'unlocked' }, stranger.identity));
  await until(async () => hub.hub.presence.last(lock.lockId) !== undefined);
  await owner.browser.send('POST', '/api/locks', await adoptedBodyFor(owner, lock));
  assert.equal(await stateNow(), null, 'nobody knows who said it');
  const lies = [encodeStatus(stated), statusBody(lock, {}, stranger.identity), statusBody(stranger), statusBody(lock, { lockId: stranger.lockId })];
  for (const lie of lies) link.send('status', lie);
  await until(async () => hub.lines.filter((line) => line.includes('status-refused')).length === lies.length);
  assert.equal(await stateNow(), null);
  const word = statusBody(lock, { count: 2 });
  link.send('status', word);
  await until(async () => (await stateNow()) !== null);
  assert.equal((await stateNow())?.statement, base64url(word));
  await link.end();
});

const until = async (condition: () => Promise<boolean>): Promise<void> => {
  for (let tries = 0; !(await condition()); tries += 1) {
    assert.ok(tries < 200, 'it did not come to be in time');
    await new Promise((resolve) => { setTimeout(resolve, 15); });
  }
};
