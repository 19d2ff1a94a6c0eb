// Lending, changing, taking back: each thing that was signed wrong is refused beside the same signed right, and what is lent is never wider
// than what was signed.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { grants as grantsAnswer, type GrantPatch, type GrantTermsJson } from '@mortise/api/grants.ts';
import { people } from '@mortise/api/owner.ts';
import { invitationOf } from '@mortise/access/invitation.ts';
import { base32, base64url, fromBase64url, type Bytes } from '@mortise/base/bytes.ts';
import { required } from '@mortise/base/assert.ts';
import type { KeyPair } from '@mortise/crypto/entropy.ts';
import { exampleKey, exampleSite } from '@mortise/documents/example-site.ts';
import { codeOf, type Reply } from '../testing/hub.fixture.ts';
import {
  DAY, followRoster, freshId, grantNow, guestOf, guestWithKey, held, introduce, invite, inviting, issue, lendingScene, lockSays, newLink, post, redeem, revoke, signDelegation, termsFor, told,
  type Scene,
} from '../testing/lending.fixture.ts';
import { parsed } from '../testing/owner.fixture.ts';

const bytes = (text: string | null): Bytes => required(fromBase64url(text ?? ''), 'bytes');

/** The body that lends to a key that is known. */
const directly = (scene: Scene, to: KeyPair, personId: string, changes: Partial<GrantTermsJson> = {}, by = scene.owner.site.owner) => {
  const [id, terms] = [freshId(), scene.terms(changes)];
  const document = base64url(issue(termsFor(id, terms), { by, to: to.publicKey }));
  return { id, person: { id: personId }, terms, way: { kind: 'direct', credentialKey: base64url(to.publicKey), document }, introduction: base64url(introduce(scene.owner)) };
};

const byHub = (scene: Scene, to: KeyPair, personId: string, changes: Partial<GrantTermsJson> = {}) =>
  ({ id: freshId(), person: { id: personId }, terms: scene.terms(changes), way: { kind: 'hub', credentialKey: base64url(to.publicKey) }, introduction: base64url(introduce(scene.owner)) });

const patch = (scene: Scene, id: string, body: GrantPatch) => scene.owner.browser.send('PATCH', `/api/grants/${id}`, body);
const takeBack = (scene: Scene, id: string, revocation: Bytes | null) => scene.owner.browser.send('POST', `/api/grants/${id}/take-back`, { revocation: revocation === null ? null : base64url(revocation) });

void test('a grant is lent in four ways, each as it was signed; the same request again is the same grant', async (t) => {
  const scene = await lendingScene(t, { power: { issue: {} } });
  const invited = await invite(scene);
  assert.deepEqual([invited.grant.state, invited.grant.signedBy, invited.grant.invitation?.sending, invited.grant.locks.map(({ standing }) => standing)], ['invited', 'invitation', 'handed', ['wanted']]);
  const asking = await invite(scene, { confirm: true, terms: scene.terms({ remote: true, freshForS: null }) });
  assert.deepEqual([asking.grant.state, asking.grant.signedBy], ['invited', 'owner']);
  const { key, grant } = await guestWithKey(scene, 'Bob');
  const direct = directly(scene, key, grant.person.id, { remote: true, freshForS: null });
  const lent = told(await post(scene, direct));
  assert.deepEqual([lent.state, lent.signedBy, lent.invitation, lent.document], ['live', 'owner', null, direct.way.document]);
  const own = told(await post(scene, byHub(scene, key, grant.person.id)));
  assert.deepEqual([own.state, own.signedBy], ['live', 'hub']);
  assert.equal(lockSays(scene, key.publicKey, [bytes(own.document)]), 'freshness-lapsed', 'a lock knows who signed it, and asks for a stamp');
  assert.deepEqual(told(await post(scene, direct)), lent);
  assert.equal(codeOf(await post(scene, { ...direct, word: 'Another' })), 'conflict');
  assert.equal(codeOf(await post(scene, { ...inviting(scene, { link: invited.link }).body })), 'conflict', 'one link, one grant');
  const all = parsed(grantsAnswer, await scene.owner.browser.get('/api/grants')).grants;
  assert.deepEqual(all.length, 5);
  assert.deepEqual((await Promise.all([direct, direct].map((body) => post(scene, { ...body, id: lent.id })))).map(codeOf), ['status 200', 'status 200']);
});

void test('nothing is stored that a present owner has not signed as it was sent', async (t) => {
  const scene = await lendingScene(t);
  const { owner, place, clock } = scene;
  const { key, grant } = await guestWithKey(scene, 'Bob');
  const [elsewhere, stranger] = [exampleSite('elsewhere'), exampleKey('stranger')];
  const otherPlace = `d.${'a'.repeat(26)}`;
  const delegated = (id: string, by: KeyPair, terms = scene.terms(), link = newLink(), siteId = owner.site.ownerSet.siteId) => {
    const delegation = base64url(signDelegation(invitationOf(termsFor(id, terms), { siteId, delegate: link.key.publicKey }), by));
    return { id, way: { kind: 'invitation', invitationKey: base64url(link.key.publicKey), delegation, redeemBy: clock.now + DAY, sending: { kind: 'handed' } } };
  };
  const good = inviting(scene).body;
  const direct = directly(scene, key, grant.person.id);
  const bad: readonly (readonly [string, string, object])[] = [
    ['an invitation by a stranger', 'document-refused', { ...good, ...delegated(freshId(), stranger) }],
    ['an invitation of another site', 'document-refused', { ...good, ...delegated(freshId(), owner.site.owner, scene.terms(), newLink(), elsewhere.ownerSet.siteId) }],
    ['an invitation with a longer time', 'document-refused', { ...good, ...delegated(freshId(), owner.site.owner, scene.terms({ until: clock.now + 8 * DAY })) }],
    ['an invitation with another id', 'document-refused', { ...good, ...delegated(freshId(), owner.site.owner), id: freshId() }],
    ['an invitation for another link', 'document-refused', { ...good, way: { ...good.way, invitationKey: base64url(newLink().key.publicKey) } }],
    ['no delegation at all', 'document-refused', { ...good, way: { ...good.way, delegation: base64url(fresh100()) } }],
    ['terms that are not those', 'document-refused', { ...good, terms: { ...good.terms, uses: 3 } }],
    ['a place that there is not', 'door-unknown', inviting(scene, { terms: scene.terms({ places: [otherPlace] }) }).body],
    ['a time that has passed', 'input-invalid', inviting(scene, { terms: scene.terms({ from: clock.now - 2 * DAY, until: clock.now - DAY }) }).body],
    ['half a second', 'input-invalid', { ...good, terms: { ...good.terms, until: good.terms.until + 500 } }],
    ['a link that outlasts the grant', 'input-invalid', inviting(scene, { redeemBy: clock.now + 8 * DAY }).body],
    ['a link that is over', 'input-invalid', inviting(scene, { redeemBy: clock.now - 1 }).body],
    ['a person whom nobody knows', 'input-invalid', { ...good, person: { id: freshId() } }],
    ['an introduction by a stranger', 'document-refused', { ...good, introduction: base64url(introduce(owner, stranger)) }],
    ['an introduction of another key', 'document-refused', { ...good, introduction: base64url(introduce(owner, owner.site.owner, stranger.publicKey)) }],
    ['a document by a stranger', 'document-refused', directly(scene, key, grant.person.id, {}, stranger)],
    ['a document by the hub', 'document-refused', directly(scene, key, grant.person.id, {}, scene.test.hub.keys.delegate)],
    ['a document for another key', 'document-refused', { ...direct, way: { ...direct.way, document: directly(scene, stranger, grant.person.id).way.document } }],
    ['a document that says more', 'document-refused', { ...direct, terms: { ...direct.terms, uses: 1 } }],
    ['a document that holds from afar', 'document-refused', { ...direct, way: { ...direct.way, document: base64url(issue(termsFor(direct.id, scene.terms({ remote: true })), { by: owner.site.owner, to: key.publicKey })) } }],
    ['noise', 'document-refused', { ...direct, way: { ...direct.way, document: base64url(fresh100()) } }],
    ['a key that is nobody’s', 'input-invalid', directly(scene, stranger, grant.person.id)],
    ['somebody else’s key', 'input-invalid', { ...direct, person: { name: 'Eve' } }],
    ['the hub, which may not', 'delegation-missing', byHub(scene, key, grant.person.id)],
    ['places twice', 'input-invalid', { ...good, terms: { ...good.terms, places: [place, place] } }],
  ];
  for (const [label, code, body] of bad) assert.equal(codeOf(await post(scene, body)), code, label);
  assert.equal((await scene.test.hub.database.selectFrom('lent_grant').select('id').execute()).length, 1, 'the one that was there');
  assert.deepEqual([(await post(scene, good)).status, (await post(scene, direct)).status], [200, 200], 'the controls');
  t.diagnostic(`${bad.length} grants refused`);
});

const fresh100 = (): Bytes => new Uint8Array(100).fill(7);

void test('without its word the hub invites nobody: a key would never open', async (t) => {
  const scene = await lendingScene(t, { power: { freshness: false } });
  assert.equal(codeOf(await post(scene, inviting(scene).body)), 'delegation-missing');
  assert.equal((await post(scene, inviting(scene, { confirm: true, terms: scene.terms({ freshForS: null }) }).body)).status, 200, 'the control: a key that needs none');
});

void test('the hub lends within its delegation and not beyond; what it signs the lock judges so, too', async (t) => {
  const scene = await lendingScene(t, { power: { issue: { longestS: (3 * DAY) / 1000 } } });
  const { key, grant } = await guestWithKey(scene, 'Bob');
  const { clock } = scene;
  const short = { until: clock.now + 3 * DAY };
  const beyond: readonly Partial<GrantTermsJson>[] = [{ until: clock.now + 4 * DAY }, { ...short, verbs: ['unlock', 'unlatch'] }, { ...short, remote: true }];
  for (const changes of beyond) {
    assert.equal(codeOf(await post(scene, byHub(scene, key, grant.person.id, changes))), 'delegation-missing', JSON.stringify(changes));
    const forced = issue(termsFor(freshId(), scene.terms({ ...changes, freshForS: null })), { by: scene.test.hub.keys.delegate, to: key.publicKey });
    assert.equal(lockSays(scene, key.publicKey, [forced]), 'delegation-exceeded', 'a hub that signs it all the same');
  }
  const good = told(await post(scene, byHub(scene, key, grant.person.id, { ...short, freshForS: null })));
  assert.equal(lockSays(scene, key.publicKey, [bytes(good.document)]), 'granted-document', 'the control');
});

void test('a change changes what it names; what an owner signed wants the new document and the revocation of the former', async (t) => {
  const scene = await lendingScene(t, { power: { revocation: false } });
  const { owner, clock } = scene;
  const { key, grant } = await guestWithKey(scene, 'Bob');
  const lent = told(await post(scene, directly(scene, key, grant.person.id, { uses: 5, freshForS: null })));
  const shorter = { ...lent.terms, until: clock.now + DAY };
  const accessId = freshId();
  const signed = (terms: GrantTermsJson, id = accessId, by = owner.site.owner) => base64url(issue(termsFor(id, terms, lent.id), { by, to: key.publicKey }));
  const revocation = (ids: readonly string[], more = {}) => base64url(revoke(ids, { by: owner.site.owner, now: clock.now, ...more }));
  const changes = { until: shorter.until };
  const whole = { changes, accessId, document: signed(shorter), revocation: revocation([lent.id]) };
  const table: readonly (readonly [string, string, GrantPatch])[] = [
    ['nothing signed', 'signature-required', { changes }], ['no revocation', 'signature-required', { changes, accessId, document: whole.document }],
    ['no document', 'signature-required', { changes, revocation: whole.revocation }], ['no id', 'input-invalid', { ...whole, accessId: undefined }],
    ['the same id', 'conflict', { ...whole, accessId: lent.id, document: signed(shorter, lent.id) }], ['a document of another id', 'document-refused', { ...whole, accessId: freshId() }],
    ['a document that forgot the uses', 'document-refused', { ...whole, document: signed({ ...shorter, uses: null }) }], ['a document that would count its uses anew', 'document-refused', { ...whole, document: base64url(issue(termsFor(accessId, shorter), { by: owner.site.owner, to: key.publicKey })) }],
    ['a document by a stranger', 'document-refused', { ...whole, document: signed(shorter, accessId, exampleKey('stranger')) }],
    ['a revocation of something else', 'document-refused', { ...whole, revocation: revocation([freshId()]) }],
    ['a revocation that ends before', 'document-refused', { ...whole, revocation: revocation([lent.id], { until: lent.terms.until - 2000 }) }],
    ['a revocation by a stranger', 'document-refused', { ...whole, revocation: base64url(revoke([lent.id], { by: exampleKey('stranger'), now: clock.now })) }],
    ['a revocation that wants a clock', 'document-refused', { ...whole, revocation: revocation([lent.id], { needsClock: true }) }],
    ['a revocation from tomorrow on', 'document-refused', { ...whole, revocation: revocation([lent.id], { from: clock.now + DAY }) }],
    ['a revocation that removes', 'document-refused', { ...whole, revocation: revocation([], { data: { change: 'append', remove: [{ accessId: bytes(lent.id) }] } }) }],
    ['a revocation that overwrites', 'document-refused', { ...whole, revocation: revocation([], { data: { change: 'overwrite', add: [{ accessId: bytes(lent.id) }] } }) }],
    ['an end that has passed', 'input-invalid', { ...whole, changes: { until: clock.now - 1000 } }],
  ];
  for (const [label, code, body] of table) assert.equal(codeOf(await patch(scene, lent.id, body)), code, label);
  assert.deepEqual(await grantNow(scene, lent.id), lent, 'nothing changed');
  const after = told(await patch(scene, lent.id, whole));
  assert.deepEqual([after.terms, after.accessId, after.document, after.state, after.signedBy], [shorter, accessId, whole.document, 'live', 'owner']);
  assert.deepEqual(after.locks.map(({ standing, opensUntil }) => [standing, opensUntil]), [['notHeard', lent.terms.until]], 'the former opens where nobody has heard');
  assert.deepEqual(told(await patch(scene, lent.id, whole)), after, 'once more: the same answer');
  assert.deepEqual((await scene.owner.browser.get('/api/revocations')).json, { revocations: [whole.revocation] });
  assert.equal(lockSays(scene, key.publicKey, [bytes(lent.document), bytes(whole.revocation)]), 'revoked');
  assert.equal(lockSays(scene, key.publicKey, [bytes(after.document), bytes(whole.revocation)]), 'granted-document');
  assert.equal(codeOf(await patch(scene, freshId(), { changes })), 'grant-unknown');
  t.diagnostic(`${table.length} changes refused`);
});

void test('what cannot be changed, and what there is not, is refused by its name and changes nothing', async (t) => {
  const scene = await lendingScene(t, { power: { issue: {} } });
  const { key, grant } = await guestWithKey(scene, 'Bob');
  const lent = told(await post(scene, byHub(scene, key, grant.person.id, {})));
  const stray: readonly (readonly [object, string])[] = [
    [{ changes: { verbs: ['lock'] } }, 'changes.verbs'], [{ changes: { places: [scene.place] } }, 'changes.places'], [{ changes: { unitl: scene.clock.now + DAY } }, 'changes.unitl'],
    [{ changes: { uses: 1 }, verbs: ['lock'] }, 'verbs'], [{ changes: { hours: [{ days: [1], from: '09:00', until: '17:00', zone: 'UTC' }] } }, 'changes.hours.0.zone'],
  ];
  for (const [body, field] of stray) {
    const { status, json } = await scene.owner.browser.send('PATCH', `/api/grants/${lent.id}`, body);
    assert.deepEqual([status, json], [400, { error: { code: 'input-invalid', message: `Correct this and send it again: ${field}: there is no such field here.` } }]);
  }
  const { body } = inviting(scene);
  for (const [more, field] of [[{ person: { name: 'Bob', id7: 1 } }, 'person.id7'], [{ terms: { ...body.terms, verb: 'lock' } }, 'terms.verb'], [{ way: { ...body.way, uses: 1 } }, 'way.uses']] as const) {
    assert.ok(JSON.stringify((await post(scene, { ...body, ...more })).json).includes(`${field}: there is no such field here`), field);
  }
  assert.deepEqual(await grantNow(scene, lent.id), lent);
  assert.equal(told(await patch(scene, lent.id, { changes: { uses: 1 } })).terms.uses, 1, 'the control');
  assert.equal((await post(scene, body)).status, 200, 'the control');
});

void test('days off are those of a calendar that the site has, when a key is lent and when it is changed', async (t) => {
  const scene = await lendingScene(t, { power: { issue: {} } });
  const { key, grant } = await guestWithKey(scene, 'Bob');
  const put = (...ids: readonly number[]) => scene.owner.browser.send('PUT', '/api/calendars', { calendars: ids.map((id) => ({ id, name: 'Holidays', days: [20_800], untilDay: 21_000 })) });
  const lendWith = (holidays: number) => post(scene, byHub(scene, key, grant.person.id, { holidays }));
  const says = ({ json }: Reply): boolean => JSON.stringify(json).includes('terms.holidays: this site has no such calendar');
  await put(3);
  assert.deepEqual([says(await lendWith(7)), says(await post(scene, inviting(scene, { terms: scene.terms({ holidays: 7 }) }).body))], [true, true]);
  const lent = told(await lendWith(3));
  assert.equal(lent.terms.holidays, 3, 'the control');
  assert.ok(says(await patch(scene, lent.id, { changes: { holidays: 7 } })));
  assert.deepEqual(await grantNow(scene, lent.id), lent);
  await put(3, 7);
  assert.equal(told(await patch(scene, lent.id, { changes: { holidays: 7 } })).terms.holidays, 7, 'the control');
  await put(3);
  assert.equal(told(await patch(scene, lent.id, { changes: { uses: 2 } })).terms.uses, 2, 'another change is none of the calendar');
  assert.equal(told(await patch(scene, lent.id, { changes: { holidays: null } })).terms.holidays, null);
});

void test('an owner signs a key anew as it is, in one step: the former document ends, the terms and the uses stay, and it never pauses', async (t) => {
  const scene = await lendingScene(t, { power: { revocation: false } });
  const { key, grant } = await guestWithKey(scene, 'Bob');
  const lent = told(await post(scene, directly(scene, key, grant.person.id, { uses: 3, freshForS: null })));
  const accessId = freshId();
  const document = (terms: GrantTermsJson) => base64url(issue(termsFor(accessId, terms, lent.id), { by: scene.owner.site.owner, to: key.publicKey }));
  const revocation = base64url(revoke([lent.accessId], { by: scene.owner.site.owner, now: scene.clock.now }));
  assert.equal(codeOf(await patch(scene, lent.id, { changes: {}, accessId, document: document(lent.terms) })), 'signature-required', 'not without the end of the former');
  assert.equal(codeOf(await patch(scene, lent.id, { changes: {}, accessId, document: document({ ...lent.terms, uses: null }), revocation })), 'document-refused', 'nor wider');
  assert.deepEqual(await grantNow(scene, lent.id), lent, 'what was refused changed nothing');
  const whole = { changes: {}, accessId, document: document(lent.terms), revocation };
  const anew = told(await patch(scene, lent.id, whole));
  assert.deepEqual([anew.state, anew.terms, anew.accessId, anew.signedBy], ['live', lent.terms, accessId, 'owner']);
  assert.deepEqual(told(await patch(scene, lent.id, whole)), anew, 'once more: the same answer');
  assert.equal(lockSays(scene, key.publicKey, [bytes(lent.document), bytes(revocation)]), 'revoked');
  assert.equal(lockSays(scene, key.publicKey, [bytes(anew.document), bytes(revocation)]), 'granted-document');
});

void test('a pause keeps every limit; going on signs the same ones anew (PATCH never widens)', async (t) => {
  const scene = await lendingScene(t, { power: { issue: {} } });
  const { key, grant, browser } = await guestWithKey(scene, 'Bob');
  const limits: Partial<GrantTermsJson> = { uses: 3, minutesAfterFirstUse: 60, hours: [{ days: [1, 2], from: '09:00', until: '17:00' }], freshForS: 3600 };
  const lent = told(await post(scene, byHub(scene, key, grant.person.id, limits)));
  const paused = told(await patch(scene, lent.id, { changes: { enabled: false } }));
  assert.deepEqual([paused.state, paused.document, paused.terms], ['paused', null, lent.terms]);
  const mine = (await held({ browser })).grants.find(({ id }) => id === lent.id);
  assert.deepEqual([mine?.state, mine?.document, mine?.stamp], ['paused', null, null]);
  const [taken] = await scene.test.hub.database.selectFrom('revocation').selectAll().execute();
  assert.ok(taken, 'the hub took it back by its own power');
  assert.equal(lockSays(scene, key.publicKey, [bytes(lent.document), taken.document]), 'revoked');
  const again = told(await patch(scene, lent.id, { changes: { enabled: true } }));
  assert.deepEqual([again.state, again.terms, again.accessId === lent.accessId, again.signedBy], ['live', lent.terms, false, 'hub']);
  assert.deepEqual(again.id, lent.id, 'the grant is the same one');
  // What an owner signed only an owner lets go on.
  const owners = told(await post(scene, directly(scene, key, grant.person.id, limits)));
  assert.equal(told(await patch(scene, owners.id, { changes: { enabled: false } })).state, 'paused');
  assert.equal(codeOf(await patch(scene, owners.id, { changes: { enabled: true } })), 'signature-required');
  const accessId = freshId();
  const wider = base64url(issue(termsFor(accessId, { ...owners.terms, uses: null }, owners.id), { by: scene.owner.site.owner, to: key.publicKey }));
  assert.equal(codeOf(await patch(scene, owners.id, { changes: { enabled: true }, accessId, document: wider })), 'document-refused', 'not without the limits that it had');
  const same = base64url(issue(termsFor(accessId, owners.terms, owners.id), { by: scene.owner.site.owner, to: key.publicKey }));
  const resumed = told(await patch(scene, owners.id, { changes: { enabled: true }, accessId, document: same }));
  assert.deepEqual([resumed.state, resumed.terms, resumed.accessId], ['live', owners.terms, accessId]);
  assert.equal(codeOf(await patch(scene, (await invite(scene)).grant.id, { changes: { enabled: false } })), 'conflict', 'nobody holds it');
});

void test('taken back by an owner, or by the hub where the owners let it; twice is once; it stays so', async (t) => {
  const scene = await lendingScene(t);
  const { key, grant, browser } = await guestWithKey(scene, 'Bob');
  const document = bytes((await grantNow(scene, grant.id)).document);
  const stamp = bytes((await held({ browser })).grants[0]?.stamp ?? null);
  assert.equal(lockSays(scene, key.publicKey, [document, stamp]), 'granted-document');
  const taken = told(await takeBack(scene, grant.id, null));
  assert.deepEqual([taken.state, taken.document, taken.locks.map(({ opensUntil }) => opensUntil)], ['takenBack', null, [scene.clock.now + DAY]], 'no longer than its newest stamp');
  const [mine] = (await held({ browser })).grants;
  assert.deepEqual([mine?.state, mine?.document, mine?.stamp], ['takenBack', null, null]);
  const [revocation] = await scene.test.hub.database.selectFrom('revocation').selectAll().execute();
  assert.ok(revocation);
  assert.equal(lockSays(scene, key.publicKey, [document, stamp, revocation.document]), 'revoked');
  assert.deepEqual(told(await takeBack(scene, grant.id, null)), taken);
  assert.equal(codeOf(await patch(scene, grant.id, { changes: { until: scene.clock.now + DAY } })), 'conflict');
  const second = await guestWithKey(scene, 'Carol');
  await takeBack(scene, second.grant.id, null);
  const standing = await scene.owner.browser.get('/api/revocations');
  const only = parsedRevocations(standing);
  assert.equal(only.length, 1, 'the later says all that the earlier did');
  assert.equal(lockSays(scene, key.publicKey, [document, stamp, ...only.map(bytes)]), 'revoked');
  const third = await guestWithKey(scene, 'Dora');
  const byOwner = revoke([third.grant.id], { by: scene.owner.site.kit, now: scene.clock.now });
  assert.equal(told(await takeBack(scene, third.grant.id, byOwner)).state, 'takenBack');
  assert.equal(codeOf(await takeBack(scene, freshId(), null)), 'grant-unknown');
});

const parsedRevocations = ({ json }: Reply): readonly string[] => {
  assert.ok(typeof json === 'object' && json !== null && 'revocations' in json && Array.isArray(json.revocations));
  return json.revocations.map(String);
};

void test('without the power to revoke the hub takes nothing back; a link that nobody redeemed it simply ends', async (t) => {
  const scene = await lendingScene(t, { power: { revocation: false } });
  const { grant } = await guestWithKey(scene, 'Bob');
  assert.equal(codeOf(await takeBack(scene, grant.id, null)), 'delegation-missing');
  assert.equal(told(await takeBack(scene, grant.id, revoke([grant.id], { by: scene.owner.site.owner, now: scene.clock.now }))).state, 'takenBack', 'the control');
  const invited = await invite(scene);
  assert.equal(told(await takeBack(scene, invited.grant.id, null)).state, 'takenBack');
  assert.equal(codeOf(await redeem(invited, guestOf(scene, 'late'))), 'invitation-lapsed');
});

void test('two owners at once: one change counts, the other is told to look again', async (t) => {
  const scene = await lendingScene(t);
  const { grant } = await guestWithKey(scene, 'Bob');
  const [one, two] = await Promise.all([takeBack(scene, grant.id, null), patch(scene, grant.id, { changes: { enabled: false } })]);
  const codes = [codeOf(one), codeOf(two)].toSorted();
  assert.ok(codes.includes('status 200') && codes.every((code) => ['status 200', 'conflict'].includes(code)), codes.join(' '));
  const after = await grantNow(scene, grant.id);
  assert.ok(['takenBack', 'paused'].includes(after.state) && after.document === null, 'it opens nothing, whoever was first');
});

void test('an invitation that nobody redeemed is changed by another invitation to the same link', async (t) => {
  const scene = await lendingScene(t);
  const { owner, clock } = scene;
  const invited = await invite(scene);
  const [accessId, terms] = [freshId(), { ...invited.terms, until: clock.now + 2 * DAY }];
  const delegation = signDelegation(invitationOf(termsFor(accessId, terms), { siteId: owner.site.ownerSet.siteId, delegate: invited.link.key.publicKey }), owner.site.owner);
  const changes = { until: terms.until };
  assert.equal(codeOf(await patch(scene, invited.grant.id, { changes })), 'signature-required');
  const revocation = base64url(revoke([invited.id], { by: owner.site.owner, now: clock.now }));
  const changed = told(await patch(scene, invited.grant.id, { changes, accessId, document: base64url(delegation), revocation }));
  assert.deepEqual([changed.state, changed.terms, changed.accessId], ['invited', terms, accessId]);
  const guest = guestOf(scene, 'Bob');
  assert.equal(codeOf(await redeem(invited, guest)), 'document-refused', 'the former invitation makes no key any more');
  assert.equal((await redeem({ ...invited, id: accessId, terms, delegation }, guest)).status, 200);
  const asking = await invite(scene, { confirm: true });
  assert.deepEqual(told(await patch(scene, asking.grant.id, { changes: { uses: 2 } })).terms.uses, 2, 'where nothing was signed nothing need be');
});

void test('who asks is confirmed by an owner’s document for exactly this key and these terms', async (t) => {
  const scene = await lendingScene(t);
  const invited = await invite(scene, { confirm: true, terms: scene.terms({ remote: true }) });
  const confirm = (document: Bytes) => scene.owner.browser.send('POST', `/api/grants/${invited.grant.id}/confirm`, { document: base64url(document) });
  const guest = guestOf(scene, 'Bob');
  const signed = (to: KeyPair, terms = invited.terms, by = scene.owner.site.owner) => issue(termsFor(invited.id, terms), { by, to: to.publicKey });
  assert.equal(codeOf(await confirm(signed(guest.key))), 'conflict', 'nobody asks yet');
  assert.deepEqual((await redeem(invited, guest, 'Robert')).json, { grantId: invited.grant.id, state: 'asking' });
  const asking = await grantNow(scene, invited.grant.id);
  assert.deepEqual([asking.state, asking.invitation?.asking, asking.document], ['asking', { credentialKey: base64url(guest.key.publicKey), name: 'Robert' }, null]);
  for (const document of [signed(exampleKey('stranger')), signed(guest.key, { ...invited.terms, until: invited.terms.until + DAY }), signed(guest.key, invited.terms, exampleKey('stranger'))]) {
    assert.equal(codeOf(await confirm(document)), 'document-refused');
  }
  const good = signed(guest.key);
  const confirmed = told(await confirm(good));
  assert.deepEqual([confirmed.state, confirmed.signedBy, confirmed.document, confirmed.invitation?.asking], ['live', 'owner', base64url(good), null]);
  assert.deepEqual(told(await confirm(good)), confirmed, 'once more is no second one');
  const keys = parsed(people, await scene.owner.browser.get('/api/people')).people.map(({ name, role, phoneKeys }) => [name, role, phoneKeys.length]);
  assert.deepEqual(keys, [['Ada', 'owner', 1], ['Bob', 'guest', 1]]);
});

void test('a group is a place: its doors are told, and its locks count once their rosters say so', async (t) => {
  const group = freshId();
  const scene = await lendingScene(t);
  const element = `g.${base32Of(group)}`;
  assert.equal(codeOf(await post(scene, inviting(scene, { terms: scene.terms({ places: [element] }) }).body)), 'door-unknown', 'there is no such group yet');
  await scene.owner.browser.send('PUT', `/api/groups/${group}`, { name: 'All doors', doors: [scene.door.id] });
  const guest = await guestWithKey(scene, 'Bob', { terms: scene.terms({ places: [element] }) });
  assert.deepEqual((await grantNow(scene, guest.grant.id)).locks.map(({ doorName, standing }) => [doorName, standing]), [['Front door', 'notHeard']], 'its roster does not say so');
  const roster = await followRoster(scene.owner, scene.lock, { groups: [bytes(group)] });
  assert.deepEqual((await held(guest)).grants[0]?.doors.map(({ roster: document }) => document.length > 0), [true]);
  const [mine] = (await held(guest)).grants;
  assert.equal(lockSays({ ...scene, roster }, guest.key.publicKey, [bytes(mine?.document ?? null), bytes(mine?.stamp ?? null)]), 'granted-document');
});

const base32Of = (id: string): string => base32(bytes(id));
