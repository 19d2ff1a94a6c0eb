// Owners who come, by a link and the signature of those who are there; and owners who go, with everything that they could do. Each step beside
// what must not do the same.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { me, ownerSets, vault } from '@mortise/api/owner.ts';
import { joinState, ownerInvitations } from '@mortise/api/owners.ts';
import { base64url, type Bytes } from '@mortise/base/bytes.ts';
import { exampleKey, ownerSetFields, signOwnerSet } from '@mortise/documents/example-site.ts';
import { nodeCrypto } from '@mortise/node/crypto.ts';
import { isOwnerRequest } from '@mortise/wallet/owner-request.ts';
import { browserOf, codeOf, ORIGIN } from '../testing/hub.fixture.ts';
import { DAY, followRoster, freshId, grantNow, guestOf, invite, lendingScene, newLink, redeem } from '../testing/lending.fixture.ts';
import { parsed } from '../testing/owner.fixture.ts';
import { asOwner, inviteOwner, join, joinBody, joiner, nextSet, putSet, rolesOf, signIn, voucherOf, withBeat } from '../testing/owners.fixture.ts';

void test('somebody asks by a link, the owners sign, and there is one owner more', async (t) => {
  const scene = await lendingScene(t);
  const [link, beat, browser] = [newLink(), joiner('Beat'), browserOf(scene.test)];
  const invited = parsed(ownerInvitations, await inviteOwner(scene, link)).invitations;
  assert.deepEqual(invited.map(({ name, state, asking }) => [name, state, asking]), [['Beat', 'open', null]]);
  const stateNow = async () => parsed(joinState, await browser.send('POST', '/api/join/state', { invitationKey: base64url(link.key.publicKey) }));
  assert.deepEqual(await stateNow(), { state: 'open', siteName: 'Home', siteId: scene.owner.site.ownerSet.siteId });
  const body = await joinBody(browser, link, beat);
  assert.equal((await stateNow()).state, 'open');
  assert.equal(parsed(joinState, await join(browser, body)).state, 'asking');
  assert.equal(parsed(joinState, await join(browser, body)).state, 'asking', 'once more: the same answer');
  const [asking] = parsed(ownerInvitations, await scene.owner.browser.get('/api/owner-invitations')).invitations;
  const request = { ownerKey: beat.ownerKey.publicKey, phoneKey: beat.phoneKey.publicKey, name: 'Beat' };
  assert.ok(asking?.asking && isOwnerRequest(nodeCrypto, Uint8Array.fromBase64(asking.asking.voucher, { alphabet: 'base64url' }), link.key.publicKey, request), 'the owner can check whose key it is');
  assert.equal(codeOf(await signIn(browserOf(scene.test), beat.passkey)), 'passkey-refused', 'who asks is nobody yet');
  assert.deepEqual(await rolesOf(scene.owner.browser), [['Ada', 'owner']]);
  const { site } = scene.owner;
  const { document } = nextSet(site.ownerSet, [site.owner, site.kit, beat.ownerKey], site.owner);
  assert.equal(codeOf(await putSet(scene.owner.browser, document)), 'input-invalid', 'without the issuer key the new owner could add no lock');
  assert.equal(parsed(ownerSets, await putSet(scene.owner.browser, document, [beat.ownerKey.publicKey])).sets.length, 2);
  assert.equal((await putSet(scene.owner.browser, document, [beat.ownerKey.publicKey])).status, 200, 'the same set once more');
  assert.equal((await stateNow()).state, 'done');
  const mine = parsed(me, await signIn(browser, beat.passkey));
  assert.equal(mine.person.name, 'Beat');
  assert.deepEqual(await rolesOf(browser), [['Ada', 'owner'], ['Beat', 'owner']]);
  const kept = parsed(vault, await browser.get('/api/vault'));
  assert.ok(kept.vault.some(({ ownerKey }) => ownerKey === base64url(beat.ownerKey.publicKey)) && kept.issuerWraps.some(({ ownerKey }) => ownerKey === base64url(beat.ownerKey.publicKey)));
});

void test('nobody asks without the link’s word, with somebody else’s keys, or after another', async (t) => {
  const scene = await lendingScene(t);
  const [link, beat, browser] = [newLink(), joiner('Beat'), browserOf(scene.test)];
  await inviteOwner(scene, link);
  const eve = joiner('Eve');
  const bad: readonly (readonly [string, string, object])[] = [
    ['a voucher by another link', 'document-refused', { voucher: voucherOf(beat, newLink().key) }],
    ['a voucher for another key', 'document-refused', { voucher: voucherOf({ ...beat, ownerKey: eve.ownerKey }, link.key) }],
    ['a voucher for another name', 'document-refused', { name: 'Eve' }],
    ['a vault for another key', 'input-invalid', { vault: [{ credentialId: beat.passkey.id, ownerKey: base64url(eve.ownerKey.publicKey), method: 'prf', wrapped: 'AAAA' }] }],
    ['an owner’s own key', 'input-invalid', { ownerKey: base64url(scene.owner.site.owner.publicKey), vault: [{ credentialId: beat.passkey.id, ownerKey: base64url(scene.owner.site.owner.publicKey), method: 'prf', wrapped: 'AAAA' }], voucher: voucherOf({ ...beat, ownerKey: scene.owner.site.owner }, link.key) }],
    ['an owner’s phone', 'input-invalid', { phoneKey: { credentialKey: base64url(exampleKey('phone').publicKey), label: 'x' }, voucher: voucherOf({ ...beat, phoneKey: exampleKey('phone') }, link.key) }],
    ['another ceremony', 'ceremony-expired', { ceremony: freshId() }],
    ['a link that there is not', 'invitation-unknown', { invitationKey: base64url(newLink().key.publicKey) }],
  ];
  for (const [label, code, changes] of bad) assert.equal(codeOf(await join(browser, { ...(await joinBody(browser, link, beat)), ...changes })), code, label);
  const bent = await joinBody(browser, link, beat);
  assert.equal(codeOf(await join(browser, { ...bent, registration: beat.passkey.register('AAAA', ORIGIN) })), 'passkey-refused');
  const [first, second] = [await joinBody(browser, link, beat), await joinBody(browser, link, eve)];
  const codes = (await Promise.all([join(browser, first), join(browser, second)])).map(codeOf).toSorted();
  assert.deepEqual(codes, ['invitation-used', 'status 200'], 'two at once: one of them asks');
  assert.equal(codeOf(await browser.send('POST', '/api/join/options', { invitationKey: base64url(link.key.publicKey), name: 'Carol' })), 'invitation-used');
  const late = newLink();
  await inviteOwner(scene, late);
  scene.clock.now += DAY + 1000;
  assert.equal(codeOf(await browser.send('POST', '/api/join/options', { invitationKey: base64url(late.key.publicKey), name: 'Carol' })), 'invitation-used');
  t.diagnostic(`${bad.length + 1} askings refused`);
});

void test('an owner set follows the present one, by its threshold; another is refused, and so is one at once with another', async (t) => {
  const scene = await lendingScene(t);
  const { browser, site } = { ...scene.owner };
  const [beat, carol] = [exampleKey('Beat'), exampleKey('Carol')];
  const fields = ownerSetFields([site.owner, beat], { sequence: 2, previous: site.ownerSet.hash });
  const bad: readonly (readonly [string, Bytes])[] = [
    ['document-refused', signOwnerSet(fields, [exampleKey('stranger')])], ['document-refused', signOwnerSet(fields, [beat])],
    ['document-refused', signOwnerSet({ ...fields, sequence: 3 }, [site.owner])], ['conflict', signOwnerSet({ ...fields, previous: new Uint8Array(32) }, [site.owner])],
    ['document-refused', new Uint8Array(60)],
  ];
  for (const [code, document] of bad) assert.equal(codeOf(await putSet(browser, document, [beat.publicKey])), code);
  const [one, two] = [signOwnerSet(fields, [site.owner]), signOwnerSet(ownerSetFields([site.owner, carol], { sequence: 2, previous: site.ownerSet.hash }), [site.owner])];
  const replies = await Promise.all([putSet(browser, one, [beat.publicKey]), putSet(browser, two, [carol.publicKey])]);
  assert.deepEqual(replies.map(codeOf).toSorted(), ['conflict', 'status 200'], 'two owners at once');
  assert.equal(codeOf(await putSet(browser, site.document)), 'conflict', 'an old one');
});

void test('an owner goes: no roster may be left without a signer; then sessions, passkeys and wraps are gone, and the name stays', async (t) => {
  const scene = await lendingScene(t);
  const { beat, browser, set } = await withBeat(scene);
  await signIn(browser, beat.passkey);
  const { site } = scene.owner;
  const without = nextSet(set, [beat.ownerKey], beat.ownerKey);
  const refused = await putSet(browser, without.document);
  assert.equal(codeOf(refused), 'conflict');
  assert.match(JSON.stringify(refused.json), /“Front door”.*Have an owner who stays sign it first/, 'the doors are named');
  await followRoster(asOwner(scene.owner, set), scene.lock, { zone: 'UTC' }, beat.ownerKey);
  const [link, asks] = [await invite(scene), await invite(scene, { confirm: true })];
  const held: string[] = [];
  const [session] = await scene.test.hub.database.selectFrom('session').selectAll().where('person_id', '=', scene.owner.me.person.id).execute();
  scene.test.web.holds.hold(session?.token_hash ?? '', () => { held.push('ended'); });
  assert.equal((await putSet(browser, without.document)).status, 200);
  assert.deepEqual([codeOf(await scene.owner.browser.get('/api/me')), held], ['sign-in-required', ['ended']]);
  assert.equal(codeOf(await signIn(browserOf(scene.test), scene.owner.passkey)), 'passkey-refused');
  assert.deepEqual((await rolesOf(browser)).slice(0, 2), [['Ada', 'former'], ['Beat', 'owner']]);
  const stateOf = async (id: string) => (await grantNow({ owner: { ...scene.owner, browser } }, id)).state;
  assert.deepEqual([await stateOf(link.id), await stateOf(asks.id)], ['lapsed', 'invited'], 'the link that Ada signed ends; the control, one for which an owner is yet to sign, goes on');
  assert.equal(codeOf(await redeem(link, guestOf(scene, 'Bob'))), 'invitation-lapsed');
  const kept = parsed(vault, await browser.get('/api/vault'));
  assert.deepEqual([...new Set([...kept.vault, ...kept.issuerWraps].map(({ ownerKey }) => ownerKey))], [base64url(beat.ownerKey.publicKey)]);
  assert.equal(codeOf(await browser.send('PUT', `/api/locks/${scene.lock.lockId}/roster`, { document: base64url(site.document) })), 'document-refused');
  assert.equal((await browser.get('/api/me')).status, 200, 'the control: who stays is still there');
});

void test('a lost key is replaced by the same person: a key that nobody asked for is theirs who brought the set', async (t) => {
  const scene = await lendingScene(t);
  const { site, browser } = scene.owner;
  const replaced = exampleKey('new phone of Ada');
  await followRoster(scene.owner, scene.lock, { zone: 'UTC' }, site.kit);
  const { document } = nextSet(site.ownerSet, [site.kit, replaced], site.kit);
  assert.equal((await putSet(browser, document, [replaced.publicKey])).status, 200);
  assert.deepEqual(await rolesOf(browser), [['Ada', 'owner']]);
  assert.equal((await browser.get('/api/me')).status, 200, 'whoever has a key left stays signed in');
});

void test('links for owners are bounded; the same once more is no second one', async (t) => {
  const scene = await lendingScene(t);
  const link = newLink();
  const id = freshId();
  assert.equal((await inviteOwner(scene, link, { id })).status, 200);
  assert.equal((await inviteOwner(scene, link, { id })).status, 200);
  assert.equal(codeOf(await inviteOwner(scene, link)), 'conflict');
  assert.equal(codeOf(await inviteOwner(scene, newLink(), { redeemBy: scene.clock.now - 1 })), 'input-invalid');
  for (let index = 1; index < 64; index += 1) assert.equal((await inviteOwner(scene, newLink())).status, 200);
  assert.equal(codeOf(await inviteOwner(scene, newLink())), 'conflict');
  scene.clock.now += 2 * DAY;
  assert.equal((await inviteOwner(scene, newLink(), { redeemBy: scene.clock.now + DAY })).status, 200, 'those that are over make room');
});
