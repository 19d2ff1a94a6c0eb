// Every route of the hub by every role: nobody, a guest's key, the key of a technician with an electronic key, an owner. Who reaches what is written
// down here, route by route, so that a new one is not open by oversight; and what is reached gives nobody what is another's.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { accessRequests } from '@mortise/api/access-requests.ts';
import { heldEkeys } from '@mortise/api/ekeys.ts';
import { pathOf, ROUTES, STREAMS, type RouteName } from '@mortise/api/routes.ts';
import { base64url } from '@mortise/base/bytes.ts';
import { act, exampleEkey, grantKey, keyNow, register, requestIn, statusBy, technician } from '../../apps/hub/src/testing/ekey.fixture.ts';
import { browserOf, codeOf, type Browser } from '../../apps/hub/src/testing/hub.fixture.ts';
import { freshId, grantNow, guestWithKey, HOUR, introduce, lendingScene } from '../../apps/hub/src/testing/lending.fixture.ts';
import { parsed } from '../../apps/hub/src/testing/owner.fixture.ts';

/** `anybody`; `owner`: a session of an owner; `key`: of a lent key, and no owner's; `both`. */
type Reach = 'anybody' | 'owner' | 'key' | 'both';

const REACH: Readonly<Record<RouteName, Reach>> = {
  health: 'anybody', claimOptions: 'anybody', claim: 'anybody', signInOptions: 'anybody', signIn: 'anybody', kitChallenge: 'anybody', kit: 'anybody', signOut: 'anybody',
  openInvitation: 'anybody', redeem: 'anybody', keyChallenge: 'anybody', keySignIn: 'anybody', nearLinks: 'anybody', openApi: 'anybody', joinOptions: 'anybody', join: 'anybody', joinState: 'anybody', ownUpdateEkey: 'anybody',
  me: 'owner', passkeyOptions: 'owner', addPasskey: 'owner', vault: 'owner', putVault: 'owner', ownerSets: 'owner', hubKeys: 'owner', waitingLocks: 'owner', linkCertificate: 'owner', putDraft: 'owner',
  addLock: 'owner', doors: 'owner', door: 'owner', patchDoor: 'owner', roster: 'owner', putRoster: 'owner', resetLock: 'owner', withdrawReset: 'owner', removeLock: 'owner', people: 'owner', putPhoneKey: 'owner', grants: 'owner', addGrant: 'owner', grant: 'owner', grantDocuments: 'owner',
  patchGrant: 'owner', confirmGrant: 'owner', takeBack: 'owner', revocations: 'owner', groups: 'owner', putGroup: 'owner', calendars: 'owner', putCalendars: 'owner', outbox: 'owner', ownerInvitations: 'owner',
  inviteOwner: 'owner', putOwnerSet: 'owner', activity: 'owner', alerts: 'owner', entries: 'owner', addCode: 'owner', sendEntry: 'owner',
  locations: 'owner', putLocation: 'owner', removeLocation: 'owner', ekeys: 'owner', ekeyPapers: 'owner', addEkey: 'owner', ekey: 'owner', patchEkey: 'owner', issueEkey: 'owner', returnEkey: 'owner', loseEkey: 'owner',
  ekeyCoverage: 'owner', accessRequests: 'owner', decideAccess: 'owner', records: 'owner', alarmAddresses: 'owner', putAlarmAddresses: 'owner', testAlarm: 'owner',
  heldKeys: 'key', makePhoneLink: 'owner', openPhoneLink: 'anybody', redeemPhoneLink: 'anybody', heldEkeys: 'key', reportLostEkey: 'key', askablePlaces: 'key', ownAccessRequests: 'key',
  courier: 'both', updateEkey: 'both', askAccess: 'both',
};

const MAY: Readonly<Record<Reach, readonly string[]>> = { anybody: ['nobody', 'guest', 'technician', 'owner'], owner: ['owner'], key: ['guest', 'technician'], both: ['guest', 'technician', 'owner'] };

const id = base64url(new Uint8Array(16));
const filled = (path: string): string => pathOf(path, { lockId: id, doorId: id, grantId: id, groupId: id, ekeyId: id, locationId: id, requestId: id });
// What ends a session by itself would end the walk.
const LAST: readonly string[] = ['signOut'];

const walk = async (browser: Browser, route: { readonly method: string; readonly path: string }): Promise<string> => {
  const path = filled(route.path);
  return codeOf(route.method === 'GET' ? await browser.get(path) : await browser.send(route.method === 'PUT' ? 'PUT' : route.method === 'PATCH' ? 'PATCH' : 'POST', path, {}));
};

test('every route by every role: who reaches it is as it is written here (attacks rows 16 and 18: commands and sessions of others)', async (t) => {
  const scene = await lendingScene(t);
  const key = exampleEkey();
  await register(scene, key);
  const roles: readonly (readonly [string, Browser])[] = [
    ['nobody', browserOf(scene.test)], ['guest', (await guestWithKey(scene, 'Greta')).browser], ['technician', (await technician(scene, 'Bob', key.keyId)).browser], ['owner', scene.owner.browser],
  ];
  let [reached, refused] = [0, 0];
  for (const [name, route] of Object.entries(ROUTES).filter(([each]) => !LAST.includes(each))) {
    const reach = Object.entries(REACH).find(([each]) => each === name)?.[1];
    assert.ok(reach !== undefined, `${name} is in the table`);
    for (const [role, browser] of roles) {
      const isIn = (await walk(browser, route)) !== 'sign-in-required';
      assert.equal(isIn, MAY[reach].includes(role), `${role} at ${name}`);
      if (isIn) reached += 1;
      else refused += 1;
    }
  }
  for (const path of [STREAMS.events, STREAMS.journal, STREAMS.ekeyJournal]) {
    for (const [role, browser] of roles.slice(0, 3)) assert.equal(codeOf(await browser.get(filled(path))), 'sign-in-required', `${role} at ${path}`);
  }
  assert.notEqual(codeOf(await scene.owner.browser.get(filled(STREAMS.ekeyJournal))), 'sign-in-required', 'the control');
  console.log(`hub roles: ${Object.keys(REACH).length} routes × ${roles.length} roles: ${reached} reached, ${refused} refused`);
});

test('a technician reaches the electronic key in their own hand, and asks; what is decided, and what is another’s, is not theirs (attacks row 18)', async (t) => {
  const scene = await lendingScene(t, { power: { issue: {} } });
  const [mine, theirs] = [exampleEkey('mine'), exampleEkey('theirs')];
  await register(scene, mine, statusBy(mine), 'Key 1');
  await register(scene, theirs, statusBy(theirs), 'Key 2');
  const [bob, carol] = [await technician(scene, 'Bob', mine.keyId), await technician(scene, 'Carol', theirs.keyId)];
  const grant = await grantKey(scene, carol.grant.person.id, theirs);
  const asking = (ekeyId: string) => ({ id: freshId(), ekeyId, at: { doorId: scene.door.id }, from: scene.clock.now, until: scene.clock.now + HOUR, reason: 'Inspection' });
  const ask = (browser: Browser, body: object) => browser.send('POST', '/api/access-requests', body);
  const own = requestIn(await ask(bob.browser, asking(mine.keyId)));
  assert.equal(codeOf(await ask(bob.browser, asking(theirs.keyId))), 'ekey-unknown');
  const approve = { kind: 'approve', grantId: freshId(), terms: scene.terms({ freshForS: null, until: scene.clock.now + HOUR }), document: null, introduction: base64url(introduce(scene.owner)) };
  assert.equal(codeOf(await bob.browser.send('POST', `/api/access-requests/${own.id}/decision`, approve)), 'sign-in-required', 'nobody approves their own');
  assert.deepEqual(parsed(accessRequests, await carol.browser.get('/api/keys/access-requests')).requests, [], 'nor sees another’s');
  assert.deepEqual(parsed(heldEkeys, await bob.browser.get('/api/keys/ekeys')).ekeys.map(({ name }) => name), ['Key 1']);
  const update = async (browser: Browser, keyId: string) => codeOf(await browser.send('POST', `/api/ekeys/${keyId}/update`, { messages: [] }));
  assert.deepEqual([await update(bob.browser, theirs.keyId), await update(bob.browser, mine.keyId), await update(carol.browser, theirs.keyId)], ['ekey-unknown', 'status 200', 'status 200']);
  await act(scene, theirs.keyId, 'return');
  assert.equal(await update(carol.browser, theirs.keyId), 'ekey-unknown', 'a key that is back is the site’s');
  assert.equal(codeOf(await ask(carol.browser, asking(theirs.keyId))), 'ekey-unknown');
  assert.deepEqual([(await grantNow(scene, grant.id)).state, (await keyNow(scene, theirs.keyId)).orders.grants], ['live', 0], 'and holds nothing of what was hers');
  assert.equal(requestIn(await scene.owner.browser.send('POST', `/api/access-requests/${own.id}/decision`, approve)).state, 'approved', 'the control: an owner');
});
