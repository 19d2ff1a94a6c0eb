// An adoption whose owner went away after the offer: the lock's own statement finishes the draft, and nothing else does. Each lie stands
// beside the true word.

import assert from 'node:assert/strict';
import { rmSync } from 'node:fs';
import { test, type TestContext } from 'node:test';
import { door, doors, waitingLocks } from '@mortise/api/locks.ts';
import { z } from '@mortise/api/schema.ts';
import { base64url, fromBase64url } from '@mortise/base/bytes.ts';
import { required } from '@mortise/base/assert.ts';
import { openAdoptionStatement } from '@mortise/documents/adoption-statement.ts';
import { exampleKey, exampleLock, exampleSite, rosterFields, signRoster, type ExampleLock } from '@mortise/documents/example-site.ts';
import { nodeCrypto } from '@mortise/node/crypto.ts';
import { hearStatement } from './adoption.ts';
import { draftedLocks, MAX_DRAFTS } from './store/draft-store.ts';
import { browserOf, codeOf, temporaryDirectory, testHub } from './testing/hub.fixture.ts';
import { adoptedCredentials, factoryCredentials, joinLink, statusBody } from './testing/lock.fixture.ts';
import { adoptedBodyFor, claimHub, documentsFor, parsed, statementOf, type Owner } from './testing/owner.fixture.ts';

const lock = exampleLock();
const doorBody = z.object({ door });

/** The draft of an adoption and what would end it. */
const adoptionOf = async (owner: Owner, of: ExampleLock = lock) => {
  const body = await adoptedBodyFor(owner, of);
  const { identityKey, roster, doorName, model, firmware } = body;
  return { body, draft: { identityKey, roster, doorName, model, firmware }, statement: required(fromBase64url(body.statement), 'bytes') };
};
const putDraft = (owner: Owner, draft: object, lockId: string = lock.lockId) => owner.browser.send('PUT', `/api/locks/${lockId}/draft`, draft);
const doorsOf = async ({ browser }: Pick<Owner, 'browser'>) => parsed(doors, await browser.get('/api/doors')).doors;

const claimed = async (t: TestContext) => {
  const hub = await testHub();
  t.after(hub.end);
  return { hub, owner: await claimHub(hub) };
};

void test('the browser is gone after the offer: the lock says by whom it was adopted, and has its door', async (t) => {
  const { hub, owner } = await claimed(t);
  const port = await hub.broker.listen(0, '127.0.0.1');
  const { ca } = hub.hub.keys;
  const { body, draft, statement } = await adoptionOf(owner);
  const waiting = async () => parsed(waitingLocks, await owner.browser.get('/api/locks/waiting')).locks.map(({ adopted, finishing }) => [adopted, finishing]);

  const factory = await joinLink(port, ca.certificate, await factoryCredentials(lock), lock.lockId);
  await until(async () => (await waiting()).length === 1);
  assert.equal((await putDraft(owner, draft)).status, 200);
  assert.deepEqual(await waiting(), [[false, false]], 'a draft alone makes nobody an owner');
  factory.send('statement', statement);
  factory.send('status', statusBody(lock, { adopted: false, rosterVersion: 0 }));
  await until(async () => hub.lines.some((line) => line.includes('"type":"statement"')));
  assert.deepEqual(await doorsOf(owner), [], 'by its factory certificate the word does not count');
  await factory.end();

  const adopted = await joinLink(port, ca.certificate, await adoptedCredentials(lock.lockId, ca), lock.lockId);
  await until(async () => (await waiting()).length === 1);
  assert.deepEqual(await waiting(), [[true, true]], 'ours, and finishing');
  adopted.send('statement', statement);
  await until(async () => (await doorsOf(owner)).length === 1);
  const [made] = await doorsOf(owner);
  assert.deepEqual([made?.name, made?.lock.lockId, made?.lock.identityKey, made?.lock.statement], ['Front door', lock.lockId, body.identityKey, body.statement]);
  assert.deepEqual([await waiting(), await draftedLocks(hub.hub.database)], [[], []]);
  await adopted.next('status-ask');
  adopted.send('statement', statement);
  assert.deepEqual(parsed(doorBody, await owner.browser.send('POST', '/api/locks', { ...body, doorName: 'Again' })).door.id, made?.id, 'the owner’s word after it: the same door');
  await adopted.end();
});

void test('both words at once, in either order, make one door', async (t) => {
  for (const first of ['lock', 'owner']) {
    const { hub, owner } = await claimed(t);
    const { body, draft, statement } = await adoptionOf(owner);
    await putDraft(owner, draft);
    const words = [() => hearStatement(hub.hub, lock.lockId, statement), () => owner.browser.send('POST', '/api/locks', body)];
    await Promise.all((first === 'lock' ? words : words.toReversed()).map((say) => say()));
    const all = await doorsOf(owner);
    assert.deepEqual(all.map(({ name }) => name), ['Front door'], first);
    assert.deepEqual(parsed(doorBody, await owner.browser.send('POST', '/api/locks', body)).door.id, all[0]?.id);
    assert.equal((await hub.hub.database.selectFrom('lock').select('id').execute()).length, 1);
  }
});

void test('no other word finishes a draft; a true one that does not fit ends it', async (t) => {
  const { hub, owner } = await claimed(t);
  const { draft, statement } = await adoptionOf(owner);
  const { roster, journalKey } = await documentsFor(owner, lock);
  const other = await documentsFor(owner, lock, { journalKey, zone: 'UTC' });
  assert.ok(roster && other.roster);
  const stranger = exampleLock('stranger');
  const lies = [
    ['no draft', false, statement],
    ['noise', true, new Uint8Array(100)],
    ['nothing', true, new Uint8Array(0)],
    ['signed by another lock', true, statementOf(owner, { ...lock, identity: stranger.identity }, roster)],
    ['another lock’s own', true, statementOf(owner, stranger, roster)],
    ['a changed byte', true, statement.with(statement.length - 1, (statement.at(-1) ?? 0) ^ 1)],
    ['another site', true, statementOf({ ...owner, site: exampleSite('elsewhere') }, lock, roster)],
    ['another roster', true, statementOf(owner, lock, other.roster)],
  ] as const;
  const kept: string[] = [];
  for (const [label, hasDraft, word] of lies) {
    if (hasDraft) assert.equal((await putDraft(owner, draft)).status, 200);
    await hearStatement(hub.hub, lock.lockId, word);
    assert.deepEqual(await doorsOf(owner), [], label);
    if (hub.hub.drafts.has(lock.lockId)) kept.push(label);
  }
  assert.deepEqual(kept, ['noise', 'nothing', 'signed by another lock', 'another lock’s own', 'a changed byte'], 'a forged word takes no draft away');
  await putDraft(owner, draft);
  await hearStatement(hub.hub, lock.lockId, statement);
  assert.equal((await doorsOf(owner)).length, 1, 'the control');
  t.diagnostic(`${lies.length} words refused`);
});

void test('a draft holds only what its lock and an owner of this site could agree on, and none is taken for a lock with a door', async (t) => {
  const { owner } = await claimed(t);
  const { body, draft } = await adoptionOf(owner);
  const stranger = exampleLock('stranger');
  const bad: readonly (readonly [string, string, string, object])[] = [
    ['another lock’s key', 'document-refused', lock.lockId, { ...draft, identityKey: base64url(stranger.identity.publicKey) }],
    ['another lock', 'document-refused', stranger.lockId, draft],
    ['no lock', 'lock-unknown', 'short', draft],
    ['a roster by nobody', 'document-refused', lock.lockId, { ...draft, roster: base64url(signRoster(exampleKey('nobody'), rosterFields(owner.site, lock))) }],
    ['a roster to another hub', 'document-refused', lock.lockId, { ...draft, roster: base64url(signRoster(owner.site.owner, rosterFields(owner.site, lock))) }],
    ['no name', 'input-invalid', lock.lockId, { ...draft, doorName: ' ' }],
  ];
  for (const [label, code, lockId, wrong] of bad) assert.equal(codeOf(await putDraft(owner, wrong, lockId)), code, label);
  assert.equal((await putDraft(owner, draft)).status, 200, 'the control');
  await owner.browser.send('POST', '/api/locks', body);
  assert.equal(codeOf(await putDraft(owner, draft)), 'lock-already-adopted');
});

void test('the next draft takes the place of the one before; beyond a bound the oldest go; a restart keeps them', async (t) => {
  const data = temporaryDirectory();
  t.after(() => { rmSync(data, { recursive: true, force: true }); });
  const first = await testHub({ data });
  const owner = await claimHub(first);
  const { draft } = await adoptionOf(owner);
  await putDraft(owner, draft);
  await putDraft(owner, { ...draft, doorName: 'Cellar' });
  const others = Array.from({ length: MAX_DRAFTS }, (_, index) => exampleLock(`lock ${index}`));
  for (const each of others.slice(1)) {
    first.clock.now += 1000;
    assert.equal((await putDraft(owner, (await adoptionOf(owner, each)).draft, each.lockId)).status, 200);
  }
  assert.deepEqual([first.hub.drafts.size, first.hub.drafts.has(lock.lockId)], [MAX_DRAFTS, true]);
  await first.end();

  const second = await testHub({ data });
  t.after(second.end);
  second.clock.now = first.clock.now + 1000;
  const again: Owner = { ...owner, browser: browserOf(second, owner.browser.cookie()) };
  assert.deepEqual([...second.hub.drafts].toSorted(), [...first.hub.drafts].toSorted());
  await hearStatement(second.hub, lock.lockId, (await adoptionOf(again)).statement);
  assert.deepEqual((await doorsOf(again)).map(({ name }) => name), ['Cellar']);
  const [, oldest] = others;
  for (const name of ['one more', 'and another']) await putDraft(again, (await adoptionOf(again, exampleLock(name))).draft, exampleLock(name).lockId);
  assert.deepEqual([second.hub.drafts.size, second.hub.drafts.has(required(oldest, 'the first').lockId)], [MAX_DRAFTS, false]);
});

void test('each lock of the list of doors comes with the word that proves its keys', async (t) => {
  const { owner } = await claimed(t);
  const { body } = await adoptionOf(owner);
  const { door: made } = parsed(doorBody, await owner.browser.send('POST', '/api/locks', body));
  const opened = openAdoptionStatement(nodeCrypto, lock.identity.publicKey, required(fromBase64url(made.lock.statement), 'bytes'));
  assert.ok(opened.ok);
  assert.deepEqual([base64url(opened.value.sealKey), base64url(opened.value.readerKey), opened.value.siteId], [made.lock.sealKey, made.lock.readerKey, owner.site.ownerSet.siteId]);
});

const until = async (condition: () => Promise<boolean>): Promise<void> => {
  for (let tries = 0; !(await condition()); tries += 1) {
    assert.ok(tries < 200, 'it did not come to be in time');
    await new Promise((resolve) => { setTimeout(resolve, 15); });
  }
};
