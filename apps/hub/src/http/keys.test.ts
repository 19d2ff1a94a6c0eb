// Links and keys without an account: the first to redeem has the key, anybody else is told and tells; a key signs in by itself, holds what its
// credential holds, and reaches nothing else (attacks rows 13, 16, 18 and 29, over HTTP).

import assert from 'node:assert/strict';
import { rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { test, type TestContext } from 'node:test';
import type { LiveEvent } from '@mortise/api/activity.ts';
import { invitation } from '@mortise/api/keys.ts';
import { pathOf, ROUTES, STREAMS } from '@mortise/api/routes.ts';
import { base64url, fromBase64url, type Bytes } from '@mortise/base/bytes.ts';
import { required } from '@mortise/base/assert.ts';
import { instant } from '@mortise/base/instant.ts';
import { exampleKey, exampleLock, signWith } from '@mortise/documents/example-site.ts';
import { nodeCrypto } from '@mortise/node/crypto.ts';
import { redemptionToSign } from '@mortise/wallet/redemption.ts';
import { WebSocket } from 'ws';
import { browserOf, codeOf, ORIGIN, temporaryDirectory, testHub } from '../testing/hub.fixture.ts';
import {
  DAY, freshId, grantNow, guestOf, guestsDocument, guestWithKey, held, HOUR, invite, issue, lendingScene, lockSays, newLink, redeem, redeemBodyOf, signInByKey, termsFor, told, type Invited, type Scene,
} from '../testing/lending.fixture.ts';
import { redeemLink } from '../store/grant-store.ts';
import { adoptedBodyFor, parsed } from '../testing/owner.fixture.ts';
import { KEY_SESSION_MS } from './key-session.ts';
import { listen } from './server.ts';
import { createSockets } from './sockets.ts';

const bytes = (text: string | null | undefined): Bytes => required(fromBase64url(text ?? ''), 'bytes');
const open = (scene: Pick<Scene, 'test'>, invited: Pick<Invited, 'link'>) => browserOf(scene.test).send('POST', '/api/invitations/open', { invitationKey: base64url(invited.link.key.publicKey) });
const takeBack = ({ owner }: Scene, id: string) => owner.browser.send('POST', `/api/grants/${id}/take-back`, { revocation: null });

void test('a link shows its bearer what it offers, and once it has served whom to ask and nothing else', async (t) => {
  const scene = await lendingScene(t);
  const invited = await invite(scene);
  const shown = parsed(invitation, await open(scene, invited));
  assert.ok(shown.state === 'open');
  assert.deepEqual([shown.state, shown.from, shown.to, shown.word, shown.siteName, shown.terms, shown.doors.map(({ name, zone }) => [name, zone])], ['open', 'Ada', 'Bob', 'Welcome', 'Home', invited.terms, [['Front door', 'Europe/Zurich']]]);
  assert.deepEqual([shown.delegation, shown.siteId], [base64url(required(invited.delegation, 'signed')), scene.owner.site.ownerSet.siteId]);
  assert.equal((await grantNow(scene, invited.grant.id)).invitation?.openedAt, scene.clock.now);
  assert.equal(codeOf(await open(scene, { link: newLink() })), 'invitation-unknown');
  await redeem(invited, guestOf(scene, 'Bob'));
  const told2 = { siteId: shown.siteId, from: 'Ada', redeemBy: shown.redeemBy };
  assert.deepEqual((await open(scene, invited)).json, { ...told2, state: 'redeemed', redeemedAt: scene.clock.now });
  const [asking, late, gone] = [await invite(scene, { confirm: true }), await invite(scene), await invite(scene)];
  await redeem(asking, guestOf(scene, 'Carol'));
  await takeBack(scene, gone.grant.id);
  assert.equal(parsed(invitation, await open(scene, late)).state, 'open', 'the control');
  scene.clock.now += DAY + 1;
  const states = await Promise.all([asking, late, gone].map((one) => open(scene, one)));
  assert.deepEqual(states.map(({ json }) => json), [{ ...told2, state: 'asked', redeemedAt: scene.clock.now - DAY - 1 }, { ...told2, state: 'lapsed', redeemedAt: null }, { ...told2, state: 'takenBack', redeemedAt: null }]);
});

void test('the first to redeem has the key; the same key again gets the same answer; another is refused, and both sides are told (attacks row 29)', async (t) => {
  const scene = await lendingScene(t);
  const events: LiveEvent[] = [];
  scene.test.hub.live.subscribe((event) => { events.push(event); });
  const invited = await invite(scene);
  const [bob, eve] = [guestOf(scene, 'Bob'), guestOf(scene, 'Eve')];
  const first = await redeem(invited, bob);
  assert.deepEqual(first.json, { grantId: invited.grant.id, state: 'live' });
  const grant = await grantNow(scene, invited.grant.id);
  assert.deepEqual([grant.state, grant.credentialKey, grant.signedBy], ['live', base64url(bob.key.publicKey), 'invitation']);
  assert.deepEqual((await redeem(invited, bob)).json, first.json);
  assert.equal((await grantNow(scene, invited.grant.id)).invitation?.triedAgain, 0);
  scene.clock.now += HOUR;
  assert.equal(codeOf(await redeem(invited, eve)), 'invitation-used');
  const told2 = events.findLast((event) => event.event === 'grant');
  assert.deepEqual(told2?.event === 'grant' && [told2.data.invitation?.triedAgain, told2.data.invitation?.triedAgainAt], [1, scene.clock.now], 'the owners see it as it happens');
  await signInByKey(bob);
  assert.deepEqual((await held(bob)).grants.map(({ triedAgain, triedAgainAt }) => [triedAgain, triedAgainAt]), [[1, scene.clock.now]], 'so does the first');
  assert.equal(codeOf(await signInByKey(eve)), 'key-refused');
  // What the second made is worth nothing at the door either: nobody confirms it.
  assert.equal(lockSays(scene, eve.key.publicKey, [guestsDocument(invited, eve)]), 'freshness-lapsed');
  const mine = (await held(bob)).grants[0];
  assert.equal(lockSays(scene, bob.key.publicKey, [bytes(mine?.document), bytes(mine?.stamp)]), 'granted-document', 'the control');
});

void test('ten race for one link: one of them has the key', async (t) => {
  const scene = await lendingScene(t);
  for (const confirm of [false, true]) {
    const invited = await invite(scene, { confirm });
    const racers = Array.from({ length: 10 }, (_, index) => guestOf(scene, `racer ${index}`));
    const replies = await Promise.all(racers.map((racer) => redeem(invited, racer)));
    const codes = replies.map(codeOf);
    assert.deepEqual([codes.filter((code) => code === 'status 200').length, codes.filter((code) => code === 'invitation-used').length], [1, 9]);
    const winner = racers[codes.indexOf('status 200')];
    const grant = await grantNow(scene, invited.grant.id);
    assert.deepEqual([grant.credentialKey, grant.invitation?.triedAgain], [base64url(required(winner, 'one won').key.publicKey), 9]);
  }
});

void test('a key that is taken back while its link is redeemed is live for nobody: whichever was first counts, and the other hears of it', async (t) => {
  const scene = await lendingScene(t);
  const seen = new Set<string>();
  for (let steps = -44; steps <= 0; steps += 4) {
    const invited = await invite(scene);
    const redeeming = after(-steps).then(() => redeem(invited, guestOf(scene, `guest ${steps}`)));
    const taking = after(steps).then(() => takeBack(scene, invited.grant.id));
    const [redeemed, taken] = (await Promise.all([redeeming, taking])).map(codeOf);
    const { state } = await grantNow(scene, invited.grant.id);
    seen.add(`${redeemed}, ${taken}`);
    assert.ok([['invitation-lapsed', 'status 200', 'takenBack'], ['status 200', 'conflict', 'live'], ['status 200', 'status 200', 'takenBack']].some((fair) => fair.join() === [redeemed, taken, state].join()), `after ${steps} steps: ${redeemed}, ${taken}, ${state}`);
  }
  const opening = await scene.test.hub.database.selectFrom('lent_document').innerJoin('lent_grant', 'lent_grant.id', 'lent_document.grant_id')
    .select('lent_grant.id').where('taken_back_at', 'is not', null).where('retired_at', 'is', null).execute();
  assert.deepEqual(opening, [], 'no document stands that was taken back');
  assert.ok(seen.has('invitation-lapsed, status 200') && seen.size > 1, `the control: both came first at times: ${[...seen].join('; ')}`);
});

/** A little later, by so many steps of promises. */
const after = async (steps: number): Promise<void> => {
  for (let step = 0; step < steps; step += 1) await Promise.resolve();
};

void test('a link is redeemed as it was looked at: not once it was changed since', async (t) => {
  const scene = await lendingScene(t);
  const { database } = scene.test.hub;
  const invited = await invite(scene, { confirm: true });
  const row = required(await database.selectFrom('lent_grant').select(['revision', 'person_id']).where('id', '=', invited.id).executeTakeFirst(), 'it was lent');
  const { publicKey } = exampleKey('guest Bob');
  const redeemAt = (revision: number) => redeemLink(database, {
    grantId: invited.id, revision, personId: row.person_id, credential: { hash: base64url(nodeCrypto.sha256(publicKey)), key: publicKey, label: 'Bob' }, document: undefined, askingName: 'Bob', at: scene.clock.now,
  });
  await scene.owner.browser.send('PATCH', `/api/grants/${invited.id}`, { changes: { uses: 2 } });
  assert.equal(await redeemAt(row.revision), false);
  assert.equal((await grantNow(scene, invited.id)).state, 'invited');
  assert.equal(await redeemAt(row.revision + 1), true, 'the control');
});

void test('who redeemed is known after a restart; a link that waited can still be redeemed', async (t) => {
  const data = temporaryDirectory();
  t.after(() => { rmSync(data, { recursive: true, force: true }); });
  const scene = await lendingScene(t, { config: { data } });
  const [used, waiting] = [await invite(scene), await invite(scene)];
  const bob = guestOf(scene, 'Bob');
  await redeem(used, bob);
  await signInByKey(bob);
  const before = await held(bob);
  await scene.test.end();
  const second = await testHub({ data });
  t.after(second.end);
  second.clock.now = scene.clock.now;
  const again = { key: bob.key, browser: browserOf(second, bob.browser.cookie()) };
  assert.deepEqual(await held(again), before, 'the session too');
  assert.equal(codeOf(await redeem(used, guestOf({ test: second }, 'Eve'))), 'invitation-used');
  assert.equal((await redeem(waiting, again)).status, 200, 'the control');
});

void test('redeeming wants the link’s own document for this key, no more than was offered, and the key’s own word', async (t) => {
  const scene = await lendingScene(t);
  const invited = await invite(scene);
  const [bob, eve] = [guestOf(scene, 'Bob'), guestOf(scene, 'Eve')];
  const good = redeemBodyOf(invited, bob);
  const other = await invite(scene);
  const longer = { ...invited.terms, until: invited.terms.until + DAY };
  const bad: readonly (readonly [string, object])[] = [
    ['no document', { ...good, document: null }],
    ['a document for another key', { ...good, document: redeemBodyOf(invited, eve).document }],
    ['a document of another link', { ...good, document: redeemBodyOf(other, bob).document }],
    ['a document by nobody', { ...good, document: base64url(guestsDocument({ ...invited, link: newLink() }, bob)) }],
    ['a document without the invitation', { ...good, document: base64url(issue(termsFor(invited.id, invited.terms), { by: invited.link.key, to: bob.key.publicKey })) }],
    ['a document for longer', { ...good, document: base64url(guestsDocument({ ...invited, terms: longer }, bob)) }],
    ['a document that opens from afar', { ...good, document: base64url(guestsDocument({ ...invited, terms: { ...invited.terms, remote: true } }, bob)) }],
    ['somebody else’s key', { ...good, credentialKey: base64url(eve.key.publicKey) }],
    ['a proof for another link', { ...good, proof: redeemBodyOf(other, bob).proof }],
    ['a proof by another key', { ...good, proof: base64url(signWith(eve.key, redemptionToSign(nodeCrypto, { credentialKey: bob.key.publicKey, invitationKey: invited.link.key.publicKey }))) }],
    ['noise', { ...good, document: base64url(new Uint8Array(200)) }],
  ];
  for (const [label, body] of bad) assert.equal(codeOf(await bob.browser.send('POST', '/api/invitations/redeem', body)), 'document-refused', label);
  assert.deepEqual([(await grantNow(scene, invited.grant.id)).state, (await grantNow(scene, invited.grant.id)).invitation?.triedAgain], ['invited', 0]);
  const shorter = { ...invited.terms, until: invited.terms.until - DAY };
  assert.equal((await bob.browser.send('POST', '/api/invitations/redeem', { ...good, document: base64url(guestsDocument({ ...invited, terms: shorter }, bob)) })).status, 200, 'for less it may be');
  t.diagnostic(`${bad.length} redemptions refused`);
});

void test('a link ends: by its time, by the grant’s, by the owner', async (t) => {
  const scene = await lendingScene(t);
  const [late, taken] = [await invite(scene, { redeemBy: scene.clock.now + HOUR }), await invite(scene)];
  await takeBack(scene, taken.grant.id);
  scene.clock.now += HOUR + 1000;
  const bob = guestOf(scene, 'Bob');
  for (const [one, state] of [[late, 'lapsed'], [taken, 'takenBack']] as const) {
    assert.equal(codeOf(await redeem(one, bob)), 'invitation-lapsed');
    assert.equal(parsed(invitation, await open(scene, one)).state, state);
    assert.equal((await grantNow(scene, one.grant.id)).state, state);
  }
  assert.equal((await redeem(await invite(scene), bob)).status, 200, 'the control');
});

void test('whoever holds a key already keeps their name with the next one', async (t) => {
  const scene = await lendingScene(t);
  const bob = await guestWithKey(scene, 'Bob');
  const second = await invite(scene, { name: 'The neighbour' });
  await redeem(second, bob);
  assert.deepEqual((await grantNow(scene, second.grant.id)).person, bob.grant.person);
  assert.equal((await held(bob)).grants.length, 2);
});

// ---- sessions of keys --------------------------------------------------------------------------------------------------------

void test('a key signs in by its own signature over this hub’s nonce and origin; its session ends by itself', async (t) => {
  const scene = await lendingScene(t);
  const invited = await invite(scene);
  const bob = guestOf(scene, 'Bob');
  assert.equal(codeOf(await signInByKey(bob)), 'key-refused', 'before it was lent anything');
  await redeem(invited, bob);
  assert.equal(codeOf(await signInByKey(bob, { origin: 'https://evil.example' })), 'key-refused');
  assert.equal(codeOf(await signInByKey(bob, { by: exampleKey('stranger') })), 'key-refused');
  assert.equal(codeOf(await bob.browser.get('/api/keys')), 'sign-in-required');
  const reply = await signInByKey(bob);
  assert.match(reply.headers.getSetCookie()[0] ?? '', /^mortise-key-8400=[\w-]{43}; Max-Age=86400; Path=\/; HttpOnly; SameSite=Strict$/);
  assert.deepEqual((await held(bob)).grants.map(({ id }) => id), [invited.grant.id]);
  const kept = JSON.stringify(await scene.test.hub.database.selectFrom('key_session').selectAll().execute());
  assert.ok(!kept.includes(bob.browser.cookie().split('=')[1] ?? 'none'), 'its token is not in the store');
  scene.clock.now += KEY_SESSION_MS;
  assert.equal(codeOf(await bob.browser.get('/api/keys')), 'sign-in-required');
});

void test('strangers may try links sixty times a minute, then wait', async (t) => {
  const scene = await lendingScene(t);
  const codes: string[] = [];
  for (let index = 0; index < 61; index += 1) codes.push(codeOf(await open(scene, { link: newLink() })));
  assert.deepEqual([codes[59], codes[60]], ['invitation-unknown', 'too-many-requests']);
  scene.clock.now += 2000;
  assert.equal(codeOf(await open(scene, { link: newLink() })), 'invitation-unknown');
});

const id = freshId();
const filled = (path: string): string => pathOf(path, { lockId: id, doorId: id, grantId: id, groupId: id });

void test('a guest’s session reaches what is a key’s and nothing of the owners’; an owner’s nothing that is a key’s (attacks rows 16 and 18)', async (t) => {
  const scene = await lendingScene(t);
  const bob = await guestWithKey(scene, 'Bob');
  const ask = (browser: typeof bob.browser, { method, path }: { readonly method: string; readonly path: string }) =>
    method === 'GET' ? browser.get(filled(path)) : browser.send(method === 'PUT' ? 'PUT' : method === 'PATCH' ? 'PATCH' : 'POST', filled(path), {});
  let [refused, reached] = [0, 0];
  for (const [name, route] of Object.entries(ROUTES)) {
    if (route.open) continue;
    const isKeys = 'key' in route;
    assert.equal(codeOf(await ask(bob.browser, route)) === 'sign-in-required', !isKeys, `a guest at ${name}`);
    assert.equal(codeOf(await ask(scene.owner.browser, route)) === 'sign-in-required', isKeys && !('owners' in route), `an owner at ${name}`);
    if (isKeys) reached += 1;
    else refused += 1;
  }
  for (const path of [STREAMS.events, STREAMS.journal]) assert.equal(codeOf(await bob.browser.get(filled(path))), 'sign-in-required', path);
  // A cookie of one kind under the name of the other is nobody's.
  const [name = '', token = ''] = bob.browser.cookie().split('=');
  const ownerName = name.replace('-key', '');
  assert.notEqual(ownerName, name);
  assert.equal(codeOf(await browserOf(scene.test, `${ownerName}=${token}`).get('/api/me')), 'sign-in-required');
  const [, ownerToken = ''] = scene.owner.browser.cookie().split('=');
  assert.equal(codeOf(await browserOf(scene.test, `${name}=${ownerToken}`).get('/api/keys')), 'sign-in-required');
  assert.deepEqual([refused, reached], [Object.values(ROUTES).filter((route) => !route.open && !('key' in route)).length, 8]);
  t.diagnostic(`${refused} routes refused to a guest, ${reached} reached`);
});

void test('guests are closed off from each other: each holds what is theirs, and carries for the locks of their own grants (attacks row 18)', async (t) => {
  const scene = await lendingScene(t);
  // Names with a space: three letters alone come up in keys by chance.
  const [bob, carol] = [await guestWithKey(scene, 'Bob Marlowe'), await guestWithKey(scene, 'Carol Jensen')];
  for (const [mine, theirs] of [[bob, carol], [carol, bob]] as const) {
    const text = JSON.stringify(await held(mine));
    assert.deepEqual((await held(mine)).grants.map((grant) => grant.id), [mine.grant.id]);
    for (const secret of [theirs.grant.id, theirs.grant.person.id, theirs.grant.person.name, base64url(theirs.key.publicKey)]) assert.ok(!text.includes(secret), secret);
  }
  const cellar = exampleLock('cellar');
  await scene.owner.browser.send('POST', '/api/locks', { ...(await adoptedBodyFor(scene.owner, cellar)), doorName: 'Cellar' });
  const carry = (browser: typeof bob.browser, lockId: string) => browser.send('POST', `/api/courier/${lockId}`, { messages: [] });
  assert.deepEqual([codeOf(await carry(bob.browser, scene.lock.lockId)), codeOf(await carry(bob.browser, cellar.lockId)), codeOf(await carry(bob.browser, id))], ['status 200', 'lock-unknown', 'lock-unknown']);
  assert.equal((await carry(scene.owner.browser, cellar.lockId)).status, 200, 'the control: an owner carries for every lock');
  await takeBack(scene, bob.grant.id);
  assert.equal((await carry(bob.browser, scene.lock.lockId)).status, 200, 'whose key was taken back may be the only one to tell the lock');
});

void test('what a saved session or a saved key holds is what the hub says now: taken back, it gets no document and no stamp (attacks row 13)', async (t) => {
  const scene = await lendingScene(t);
  const bob = await guestWithKey(scene, 'Bob');
  const [saved] = (await held(bob)).grants;
  const restored = browserOf(scene.test, bob.browser.cookie());
  await takeBack(scene, bob.grant.id);
  for (const browser of [restored, bob.browser]) {
    const [now] = (await held({ browser })).grants;
    assert.deepEqual([now?.state, now?.document, now?.stamp], ['takenBack', null, null]);
  }
  assert.equal((await signInByKey(bob)).status, 200, 'it may still hear that it was taken back');
  const [revocation] = await scene.test.hub.database.selectFrom('revocation').selectAll().execute();
  const [document, stamp] = [bytes(saved?.document), bytes(saved?.stamp)];
  assert.equal(lockSays(scene, bob.key.publicKey, [document, stamp]), 'granted-document', 'the control: at a lock that has not heard');
  assert.equal(lockSays(scene, bob.key.publicKey, [document, stamp, required(revocation, 'signed').document]), 'revoked');
  assert.equal(lockSays(scene, bob.key.publicKey, [document, stamp], { at: scene.clock.now + DAY + 1000 }), 'freshness-lapsed', 'and nowhere once its word has lapsed');
});

// ---- stamps --------------------------------------------------------------------------------------------------------------------

void test('a stamp is made when it is asked for, renewed after half its time, and never beyond the grant or the hub’s power', async (t) => {
  const scene = await lendingScene(t, { power: { until: instantOf(3.5) } });
  const bob = await guestWithKey(scene, 'Bob');
  const start = scene.clock.now;
  const stampAt = async (at: number): Promise<string | null | undefined> => {
    scene.clock.now = start + at;
    if (codeOf(await bob.browser.get('/api/keys')) === 'sign-in-required') await signInByKey(bob);
    return (await held(bob)).grants[0]?.stamp;
  };
  const document = bytes((await held(bob)).grants[0]?.document);
  const says = (stamp: string | null | undefined, at: number) => lockSays(scene, bob.key.publicKey, [document, bytes(stamp)], { at: start + at });
  const first = await stampAt(0);
  assert.equal(await stampAt(DAY / 2 - 1), first, 'before half of a day the same');
  const second = await stampAt(DAY / 2);
  assert.notEqual(second, first);
  assert.deepEqual([says(first, DAY), says(first, DAY + 1000), says(second, DAY + 1000), says(second, 1.5 * DAY + 1000)], ['granted-document', 'freshness-lapsed', 'granted-document', 'freshness-lapsed']);
  const last = await stampAt(3 * DAY);
  assert.deepEqual([says(last, 3.5 * DAY), says(last, 3.5 * DAY + 1000)], ['granted-document', 'freshness-lapsed'], 'the power ends');
  assert.equal(await stampAt(4 * DAY), null);
});

const instantOf = (days: number) => instant(Date.UTC(2026, 10, 23) + days * DAY);

// ---- sockets -------------------------------------------------------------------------------------------------------------------

const listening = async (t: TestContext, scene: Scene) => {
  const server = createServer();
  const sockets = createSockets(scene.test.web);
  sockets.attach(server);
  t.after(() => {
    sockets.close();
    server.close();
  });
  const port = await listen(server, 0, '127.0.0.1');
  return (path: string, cookie: string) => new WebSocket(`ws://127.0.0.1:${port}${path}`, { headers: { host: 'localhost:8400', origin: ORIGIN, cookie } });
};

const outcome = (socket: WebSocket): Promise<string> =>
  new Promise((resolve) => {
    socket.on('error', () => undefined);
    socket.once('unexpected-response', (_request, response) => { resolve(`status ${response.statusCode}`); socket.terminate(); });
    socket.once('close', (_code, reason) => { resolve(reason.toString()); });
  });

void test('the relay takes a key where a live grant of it holds from afar, and lets go when that is over; adoption never', async (t) => {
  const scene = await lendingScene(t);
  const socket = await listening(t, scene);
  const near = await guestWithKey(scene, 'Bob');
  const invited = await invite(scene, { confirm: true, terms: scene.terms({ remote: true }) });
  const far = guestOf(scene, 'Carol');
  await redeem(invited, far);
  await signInByKey(far);
  const relay = `/api/locks/${scene.lock.lockId}/relay`;
  assert.deepEqual([await outcome(socket(relay, near.browser.cookie())), await outcome(socket(relay, far.browser.cookie()))], ['status 404', 'status 404'], 'near only; not confirmed yet');
  const document = base64url(issue(termsFor(invited.id, invited.terms), { by: scene.owner.site.owner, to: far.key.publicKey }));
  told(await scene.owner.browser.send('POST', `/api/grants/${invited.grant.id}/confirm`, { document }));
  assert.equal(await outcome(socket(relay, far.browser.cookie())), 'lock-offline', 'it is let in, and the lock is away');
  assert.deepEqual([await outcome(socket(`/api/locks/${scene.lock.lockId}/adopt`, far.browser.cookie())), await outcome(socket(`/api/locks/${id}/relay`, far.browser.cookie()))], ['status 404', 'status 404']);
  await takeBack(scene, invited.grant.id);
  assert.equal(await outcome(socket(relay, far.browser.cookie())), 'status 404');
});
