// An owner goes who had registered an electronic key: the papers that who stays signs beforehand reach the real key with its next update, and it goes on; without
// them it goes by nobody's word until the key is registered anew.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { allEkeyPapers } from '@mortise/api/ekeys.ts';
import { required } from '@mortise/base/assert.ts';
import { base64url, fromBase64url, type Bytes } from '@mortise/base/bytes.ts';
import { instant } from '@mortise/base/instant.ts';
import { nodeCrypto as crypto } from '@mortise/node/crypto.ts';
import { resignEkeyPapers } from '@mortise/wallet/ekey-resign.ts';
import type { TestContext } from 'node:test';
import { codeOf } from '../testing/hub.fixture.ts';
import { act, certify, enrol, grantKey, keyNow, realKey, register, statusBy, exampleEkey, technician, toldKey } from '../testing/ekey.fixture.ts';
import { followRoster, introduce, issue, lendingScene, revoke, termsFor, freshId } from '../testing/lending.fixture.ts';
import { parsed } from '../testing/owner.fixture.ts';
import { asOwner, nextSet, putSet, signIn, withBeat } from '../testing/owners.fixture.ts';

const bytes = (text: string): Bytes => required(fromBase64url(text), 'bytes');

/** Ada has registered a key that Bob has, updated and with a grant by her; Beat is an owner too, signed in. */
const scenery = async (t: TestContext) => {
  const scene = await lendingScene(t);
  const key = realKey();
  await register(scene, key.parts, key.status());
  const bob = await technician(scene, 'Bob', key.parts.keyId);
  const grant = await grantKey(scene, bob.grant.person.id, key.parts);
  for (let round = 0; round < 2; round += 1) await key.update(bob.browser);
  assert.equal(key.world.state.holdings.grants.length, 1);
  const { beat, browser, set } = await withBeat(scene);
  await signIn(browser, beat.passkey);
  await followRoster(asOwner(scene.owner, set), scene.lock, { zone: 'UTC' }, beat.ownerKey);
  const without = nextSet(set, [beat.ownerKey], beat.ownerKey);
  const papers = async () => parsed(allEkeyPapers, await browser.get('/api/ekey-papers')).papers;
  const resigned = async (present: readonly Bytes[] = set.keys) => {
    const [said] = (await papers()).map((each) => ({ keyId: key.parts.keyId, enrolment: bytes(each.enrolment), certificate: bytes(each.certificate), hubCertificate: bytes(each.hubCertificate) }));
    const succession = { owner: beat.ownerKey, siteId: set.siteId, present, next: without.set.keys, now: instant(scene.clock.now) };
    return resignEkeyPapers(crypto, succession, required(said, 'one key'));
  };
  const patch = (body: object) => browser.send('PATCH', `/api/ekeys/${key.parts.keyId}`, body);
  const signPapers = async () => patch(Object.fromEntries(Object.entries((await resigned()).papers).map(([name, paper]) => [name, base64url(paper)])));
  // Ada's grant goes as any lent key: signed anew by who stays.
  const signGrant = async () => {
    const accessId = freshId();
    const document = issue(termsFor(accessId, grant.terms, grant.id), { by: beat.ownerKey, to: key.parts.credential.publicKey });
    const revocation = revoke([grant.accessId], { by: beat.ownerKey, now: scene.clock.now });
    return browser.send('PATCH', `/api/grants/${grant.id}`, { changes: {}, accessId, document: base64url(document), revocation: base64url(revocation) });
  };
  const remove = () => putSet(browser, without.document, [], { introduction: base64url(introduce(scene.owner, beat.ownerKey)) });
  return { scene, key, bob, beat, browser, without, papers, resigned, patch, signPapers, signGrant, remove };
};

const standing = ({ world: { state } }: ReturnType<typeof realKey>) => ({
  owners: state.membership.kind === 'enrolled' ? state.membership.ownerSet.sequence : 0, orders: state.orders?.version, isCertified: state.holdings.own !== undefined,
  hubs: state.holdings.hubTimeKeys.length, grants: state.holdings.grants.length,
});
const refusals = (key: ReturnType<typeof realKey>, from: number): readonly string[] => key.world.told().slice(from).filter((told) => told.includes('refused'));

void test('papers signed anew before the owner goes reach the key with one update, and it refuses nothing on the way', async (t) => {
  const { scene, key, bob, browser, signPapers, signGrant, resigned, remove } = await scenery(t);
  const before = standing(key);
  assert.equal((await signPapers()).status, 200);
  assert.equal((await signGrant()).status, 200);
  assert.deepEqual(await resigned(), { papers: {}, isVoid: false }, 'nothing is left to sign');
  assert.equal((await remove()).status, 200);
  const from = key.world.told().length;
  await key.update(bob.browser);
  const { membership, holdings } = key.world.state;
  assert.deepEqual([before, standing(key)], [{ owners: 1, orders: 1, isCertified: true, hubs: 1, grants: 1 }, { owners: 3, orders: 2, isCertified: true, hubs: 1, grants: 1 }]);
  assert.ok(membership.kind === 'enrolled' && membership.papers.enrolment.length > 0);
  assert.deepEqual([refusals(key, from), scene.test.lines.filter((line) => line.includes('key-answer') || line.includes('key-papers-void'))], [[], []]);
  const { ekey } = toldKey(await browser.get(`/api/ekeys/${key.parts.keyId}`));
  assert.deepEqual([ekey.orders.isCurrent, ekey.clock?.driftPpm, holdings.own?.driftPpm], [true, 20, 20]);
});

void test('without them the key goes by nobody’s word; registered anew at a station, it goes on', async (t) => {
  const { scene, key, bob, beat, browser, resigned, remove } = await scenery(t);
  assert.equal((await remove()).status, 200);
  await key.update(bob.browser);
  assert.deepEqual(standing(key), { owners: 3, orders: 1, isCertified: false, hubs: 0, grants: 1 }, 'it holds its old orders, and its clock counts nowhere');
  assert.deepEqual(await resigned([beat.ownerKey.publicKey]), { papers: {}, isVoid: true }, 'who went signed them: nobody signs that anew unseen');
  const by = beat.ownerKey;
  const body = {
    status: base64url(key.status()), name: 'Key 1', certificate: base64url(certify(scene, { key: key.parts.identity.publicKey, kind: 'ekey' }, by)), enrolment: base64url(enrol(scene, key.parts.keyId, undefined, by)),
    hubCertificate: base64url(certify(scene, { key: scene.test.hub.keys.time.publicKey, kind: 'hub' }, by)), introduction: base64url(introduce(scene.owner, by)),
  };
  assert.equal(codeOf(await browser.send('POST', '/api/ekeys', { ...body, certificate: base64url(certify(scene, { key: key.parts.identity.publicKey, kind: 'ekey' })) })), 'document-refused', 'not by who went');
  assert.equal(toldKey(await browser.send('POST', '/api/ekeys', body)).ekey.state, 'issued', 'Bob has it still');
  await key.update(bob.browser);
  assert.deepEqual(standing(key), { owners: 3, orders: 3, isCertified: true, hubs: 1, grants: 1 }, 'the second were refused, whoever gave them');
});

void test('only owners are shown the papers; they are those of every key, and a lost one is told as lost', async (t) => {
  const { scene, key, bob, papers, patch } = await scenery(t);
  const other = exampleEkey('other');
  await register(scene, other, statusBy(other), 'Key 2');
  assert.equal((await act(scene, other.keyId, 'lose', { revocation: null })).status, 200);
  assert.deepEqual((await papers()).map(({ id, name, state }) => [id, name, state]), [[key.parts.keyId, 'Key 1', 'issued'], [other.keyId, 'Key 2', 'lost']]);
  assert.notEqual((await bob.browser.get('/api/ekey-papers')).status, 200);
  assert.equal(codeOf(await patch({ enrolment: base64url(enrol(scene, other.keyId)) })), 'document-refused');
  assert.equal((await keyNow(scene, key.parts.keyId)).clock?.driftPpm, 20);
});
