// A lost phone at the hub: a passkey and a key in the place of its, by one owner set; by a later one all that it could do ends. Each refusal
// beside the same thing before the change was taken, and beside what another owner still does.

import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { people, vault } from '@mortise/api/owner.ts';
import { passkeyOptions } from '@mortise/api/passkey.ts';
import { z } from '@mortise/api/schema.ts';
import { base64url } from '@mortise/base/bytes.ts';
import type { KeyPair } from '@mortise/crypto/entropy.ts';
import { exampleKey, ownerSetFields, signOwnerSet } from '@mortise/documents/example-site.ts';
import type { OwnerSet } from '@mortise/documents/owner-set.ts';
import { act, exampleEkey, grantToKey, register } from '../testing/ekey.fixture.ts';
import { browserOf, codeOf, ORIGIN, type Browser } from '../testing/hub.fixture.ts';
import { followRoster, freshId, guestWithKey, introduce, issue, lendingScene, post, signInByKey, termsFor } from '../testing/lending.fixture.ts';
import { parsed } from '../testing/owner.fixture.ts';
import { asOwner, nextSet, putSet, signIn, signInByOwnerKey, withBeat } from '../testing/owners.fixture.ts';
import { createPasskey } from '../testing/passkey.fixture.ts';

const [fresh, phone] = [exampleKey('owner key in the place of the lost one'), exampleKey('new phone')];

/** Ada and Beat are owners; Ada has lost her phone and is back by her kit, in another browser. */
const lostScene = async (t: TestContext) => {
  const scene = await lendingScene(t);
  const beat = await withBeat(scene);
  assert.equal((await signIn(beat.browser, beat.beat.passkey)).status, 200);
  const found = browserOf(scene.test);
  assert.equal((await signInByOwnerKey(found, scene.owner.site.kit)).status, 200);
  return { ...scene, ...beat, found, lost: scene.owner.site.owner, kit: scene.owner.site.kit };
};
type Lost = Awaited<ReturnType<typeof lostScene>>;

/** A passkey as the page makes it, with the fresh key wrapped for it. */
const newPasskey = async (browser: Browser, ownerKey: KeyPair = fresh) => {
  const passkey = createPasskey();
  const { ceremony, options } = parsed(passkeyOptions, await browser.send('POST', '/api/passkeys/options', { replaces: true }));
  const entry = { credentialId: passkey.id, ownerKey: base64url(ownerKey.publicKey), method: 'prf', wrapped: 'AAAA' };
  return { passkey, options, body: { passkey: { ceremony, registration: passkey.register(options.challenge, ORIGIN), vault: entry } } };
};

/** The set that also holds the fresh key. */
const withFresh = ({ set, lost, kit, beat }: Lost) => nextSet(set, [lost, kit, beat.ownerKey, fresh], kit);
const putPhone = ({ found }: Lost) => found.send('PUT', '/api/phone-keys', { credentialKey: base64url(phone.publicKey), label: 'New phone' });
const remainingOf = (credentialId: string, key = phone) => ({ remaining: { credentialId, credentialKey: base64url(key.publicKey) } });

/** As far as everything that adds: the passkey, the key, the phone, the roster that the kit signed. */
const added = async (lost: Lost) => {
  const made = await newPasskey(lost.found);
  const { document, set } = withFresh(lost);
  assert.equal((await putSet(lost.found, document, [fresh.publicKey], made.body)).status, 200);
  assert.equal((await putPhone(lost)).status, 200);
  await followRoster({ ...asOwner(lost.owner, set), browser: lost.found }, lost.lock, { zone: 'UTC' }, lost.kit);
  return { passkey: made.passkey, set };
};
const without = ({ kit, beat }: Lost, set: OwnerSet) => nextSet(set, [kit, beat.ownerKey, fresh], kit);

const phonesOf = async (browser: Browser) => parsed(people, await browser.get('/api/people')).people.map(({ name, phoneKeys }) => [name, phoneKeys.map(({ label }) => label)]);
const wrapsOf = async (browser: Browser) => parsed(vault, await browser.get('/api/vault'));

void test('a lost phone is replaced: what it could do ends with the set, and of the other owner nothing changes', async (t) => {
  const lost = await lostScene(t);
  const { found, beat, owner, test: { hub, web } } = lost;
  const { passkey, set } = await added(lost);
  const ended: string[] = [];
  for (const { token_hash: hash } of await hub.database.selectFrom('session').selectAll().execute()) web.holds.hold(hash, () => { ended.push(hash); });
  const before = [(await owner.browser.get('/api/me')).status, (await signIn(browserOf(lost.test), owner.passkey)).status, (await signInByOwnerKey(browserOf(lost.test), lost.lost)).status];
  assert.deepEqual(before, [200, 200, 200], 'the control: until the set is taken the lost phone is in');
  const { document } = without(lost, set);
  assert.equal((await putSet(found, document, [], remainingOf(passkey.id))).status, 200);
  assert.equal(ended.length, 1, 'what the lost phone’s session held open ends too');
  assert.equal((await putSet(found, document, [], remainingOf(passkey.id))).status, 200, 'once more: the answer was lost');
  const after = [codeOf(await owner.browser.get('/api/me')), codeOf(await signIn(browserOf(lost.test), owner.passkey)), codeOf(await signInByOwnerKey(browserOf(lost.test), lost.lost))];
  assert.deepEqual(after, ['sign-in-required', 'passkey-refused', 'kit-refused']);
  assert.deepEqual([(await found.get('/api/me')).status, (await signIn(browserOf(lost.test), passkey)).status, (await signInByOwnerKey(browserOf(lost.test), lost.kit)).status], [200, 200, 200]);
  assert.deepEqual([(await lost.browser.get('/api/me')).status, (await signIn(browserOf(lost.test), beat.passkey)).status], [200, 200]);
  assert.deepEqual(await phonesOf(found), [['Ada', ['New phone']], ['Beat', ['Beat’s phone']]]);
  const kept = await wrapsOf(found);
  assert.deepEqual(kept.vault.map(({ credentialId }) => credentialId).toSorted(), [passkey.id, beat.passkey.id].toSorted());
  assert.deepEqual(kept.issuerWraps.map(({ ownerKey }) => ownerKey).toSorted(), [lost.kit, beat.ownerKey, fresh].map(({ publicKey }) => base64url(publicKey)).toSorted());
  assert.equal((await hub.database.selectFrom('phone_key').selectAll().execute()).length, 3, 'old records name the lost phone still');
});

void test('what the lost owner key signs the hub takes no more; before the change it did', async (t) => {
  const lost = await lostScene(t);
  const { key, grant } = await guestWithKey(lost, 'Bob');
  const { passkey, set } = await added(lost);
  const owner = { ...asOwner(lost.owner, set), browser: lost.found };
  const lend = (by: KeyPair) => {
    const [id, terms] = [freshId(), lost.terms()];
    const document = base64url(issue(termsFor(id, terms), { by, to: key.publicKey }));
    return post({ owner }, { id, person: { id: grant.person.id }, terms, way: { kind: 'direct', credentialKey: base64url(key.publicKey), document }, introduction: base64url(introduce(owner, by)) });
  };
  assert.equal((await lend(lost.lost)).status, 200, 'the control: a grant');
  await followRoster(owner, lost.lock, { zone: 'Europe/Zurich' }, lost.lost);
  await followRoster(owner, lost.lock, { zone: 'UTC' }, lost.kit);
  const { document, set: next } = without(lost, set);
  assert.equal((await putSet(lost.found, document, [], remainingOf(passkey.id))).status, 200);
  assert.equal(codeOf(await lend(lost.lost)), 'document-refused');
  await assert.rejects(followRoster({ ...owner, ...asOwner(owner, next) }, lost.lock, { zone: 'Europe/Zurich' }, lost.lost), /document-refused/);
  const follows = ownerSetFields([lost.lost], { sequence: next.sequence + 1, previous: next.hash });
  for (const stolen of [nextSet(set, [lost.lost], lost.lost).document, signOwnerSet(follows, [lost.lost])]) {
    assert.equal(codeOf(await putSet(lost.found, stolen, [lost.lost.publicKey])), 'document-refused', 'an owner set after the one before, or after the newest');
  }
  assert.equal((await lend(fresh)).status, 200, 'the control: the key in its place');
  await followRoster({ ...owner, ...asOwner(owner, next) }, lost.lock, { zone: 'Europe/Zurich' }, fresh);
});

void test('what was lent to the lost phone’s own key lets it in no more, and its session by that key ends', async (t) => {
  const lost = await lostScene(t);
  const old = exampleKey('phone');
  const [id, terms] = [freshId(), lost.terms()];
  const document = base64url(issue(termsFor(id, terms), { by: lost.kit, to: old.publicKey }));
  const body = { id, person: { id: lost.owner.me.person.id }, terms, way: { kind: 'direct', credentialKey: base64url(old.publicKey), document }, introduction: base64url(introduce(lost.owner, lost.kit)) };
  assert.equal((await post({ owner: { ...lost.owner, browser: lost.found } }, body)).status, 200);
  const thief = { key: old, browser: browserOf(lost.test) };
  assert.equal((await signInByKey(thief)).status, 200, 'the control');
  assert.equal((await thief.browser.get('/api/keys')).status, 200);
  const { passkey, set } = await added(lost);
  assert.equal((await putSet(lost.found, without(lost, set).document, [], remainingOf(passkey.id))).status, 200);
  assert.equal(codeOf(await thief.browser.get('/api/keys')), 'sign-in-required');
  assert.equal(codeOf(await signInByKey(thief)), 'key-refused');
});

void test('broken off anywhere, nothing has ended yet, and the step can be done again', async (t) => {
  const lost = await lostScene(t);
  const { set } = await added(lost);
  assert.equal((await lost.owner.browser.get('/api/me')).status, 200);
  const [again, second] = [exampleKey('the second try'), await newPasskey(lost.found, exampleKey('the second try'))];
  const next = nextSet(set, [lost.lost, lost.kit, lost.beat.ownerKey, fresh, again], lost.kit);
  assert.equal((await putSet(lost.found, next.document, [again.publicKey], second.body)).status, 200);
  const last = nextSet(next.set, [lost.kit, lost.beat.ownerKey, again], lost.kit);
  assert.equal((await putSet(lost.found, last.document, [], remainingOf(second.passkey.id))).status, 200);
  assert.deepEqual((await wrapsOf(lost.found)).vault.map(({ credentialId }) => credentialId).toSorted(), [second.passkey.id, lost.beat.passkey.id].toSorted());
});

void test('a passkey comes with a set only if it opens a key that is new in it, and its ceremony is the caller’s and unused', async (t) => {
  const lost = await lostScene(t);
  const { document } = withFresh(lost);
  const put = (more: object, browser = lost.found) => putSet(browser, document, [fresh.publicKey], more);
  const made = await newPasskey(lost.found);
  const entry = made.body.passkey.vault;
  assert.equal(codeOf(await put({ passkey: { ...made.body.passkey, vault: { ...entry, ownerKey: base64url(lost.kit.publicKey) } } })), 'input-invalid', 'a key that was there before');
  assert.equal(codeOf(await put({ passkey: { ...made.body.passkey, vault: { ...entry, credentialId: lost.owner.passkey.id } } })), 'input-invalid', 'another passkey');
  assert.equal(codeOf(await put({ passkey: { ...made.body.passkey, ceremony: freshId() } })), 'ceremony-expired');
  assert.equal(codeOf(await put(made.body, lost.browser)), 'ceremony-expired', 'Beat brings what Ada began; it is used up');
  const bent = await newPasskey(lost.found);
  assert.equal(codeOf(await put({ passkey: { ...bent.body.passkey, registration: bent.passkey.register('AAAA', ORIGIN) } })), 'passkey-refused');
  assert.deepEqual((await wrapsOf(lost.found)).vault.length, 2, 'nothing was kept of any of them');
  assert.equal((await put((await newPasskey(lost.found)).body)).status, 200, 'control');
  const excluded = z.object({ excludeCredentials: z.array(z.object({ id: z.string() })).optional() });
  const others = async (body: object) => excluded.parse(parsed(passkeyOptions, await lost.found.send('POST', '/api/passkeys/options', body)).options).excludeCredentials?.length ?? 0;
  assert.deepEqual([await others({}), await others({ replaces: true })], [2, 0], 'in the place of the others it may lie where they lie');
});

void test('who would be locked out, or would end what is another’s, ends nothing', async (t) => {
  const lost = await lostScene(t);
  const { passkey, set } = await added(lost);
  const { document } = without(lost, set);
  const bad: readonly (readonly [string, object])[] = [
    ['a passkey that there is not', remainingOf(freshId())], ['Beat’s passkey', remainingOf(lost.beat.passkey.id)], ['a passkey that opens no key of the set', remainingOf(lost.owner.passkey.id)],
    ['a phone that there is not', remainingOf(passkey.id, exampleKey('nobody’s'))], ['Beat’s phone', remainingOf(passkey.id, lost.beat.phoneKey)],
  ];
  for (const [label, body] of bad) assert.equal(codeOf(await putSet(lost.found, document, [], body)), 'input-invalid', label);
  assert.deepEqual([(await lost.owner.browser.get('/api/me')).status, (await lost.browser.get('/api/me')).status], [200, 200]);
  assert.equal((await putSet(lost.found, document, [], remainingOf(passkey.id))).status, 200, 'control');
  t.diagnostic(`${bad.length} refused`);
});

void test('an electronic key in the hand of who lost a phone stays theirs', async (t) => {
  const lost = await lostScene(t);
  const key = exampleEkey();
  await register(lost, key);
  await act(lost, key.keyId, 'issue', { person: { id: lost.owner.me.person.id } });
  const { passkey, set } = await added(lost);
  assert.equal((await putSet(lost.found, without(lost, set).document, [], remainingOf(passkey.id))).status, 200);
  const rows = await lost.test.hub.database.selectFrom('phone_key').select(['label', 'replaced_at']).where('person_id', '=', lost.owner.me.person.id).execute();
  const stays = rows.filter(({ replaced_at: at }) => at === null).length;
  assert.deepEqual([rows.length, stays], [3, 2], 'the lost phone alone is replaced');
  const owner = { ...asOwner(lost.owner, set), browser: lost.found };
  assert.equal((await post({ owner }, grantToKey({ ...lost, owner: { ...owner, site: { ...owner.site, owner: fresh } } }, lost.owner.me.person.id, key))).status, 200, 'and it can be lent to');
});
