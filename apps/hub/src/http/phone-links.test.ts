// A phone for whoever holds an electronic key and no other key: the first browser by the link is theirs, signs in, sees what they hold and asks; it holds no
// document, and nobody else gets in by the link.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { heldEkeys } from '@mortise/api/ekeys.ts';
import { phoneLink, type RedeemPhoneLinkBody } from '@mortise/api/phone-links.ts';
import { base64url } from '@mortise/base/bytes.ts';
import type { KeyPair } from '@mortise/crypto/entropy.ts';
import { exampleKey, signWith } from '@mortise/documents/example-site.ts';
import { nodeCrypto as crypto } from '@mortise/node/crypto.ts';
import { redemptionToSign } from '@mortise/wallet/redemption.ts';
import { codeOf, type Reply } from '../testing/hub.fixture.ts';
import { act, exampleEkey, register } from '../testing/ekey.fixture.ts';
import { DAY, freshId, guestOf, guestWithKey, held, HOUR, lendingScene, newLink, signInByKey, type Guest, type Scene } from '../testing/lending.fixture.ts';
import { parsed } from '../testing/owner.fixture.ts';

const issued = async (scene: Scene) => {
  const key = exampleEkey();
  await register(scene, key);
  await act(scene, key.keyId, 'issue', { person: { name: 'Bob' } });
  return key;
};
const make = (scene: Scene, keyId: string, link: KeyPair, redeemBy = scene.clock.now + DAY): Promise<Reply> =>
  scene.owner.browser.send('POST', `/api/ekeys/${keyId}/phone-link`, { linkKey: base64url(link.publicKey), redeemBy });

const over = (by: KeyPair, other: Uint8Array): string => base64url(signWith(by, redemptionToSign(crypto, { credentialKey: by.publicKey, invitationKey: other })));
const bodyOf = (link: KeyPair, { key }: Pick<Guest, 'key'>): RedeemPhoneLinkBody =>
  ({ linkKey: base64url(link.publicKey), credentialKey: base64url(key.publicKey), proof: over(key, link.publicKey), word: over(link, key.publicKey) });
const redeem = (guest: Guest, body: object): Promise<Reply> => guest.browser.send('POST', '/api/phone-links/redeem', body);
const stateNow = async (guest: Guest, link: KeyPair) => parsed(phoneLink, await guest.browser.send('POST', '/api/phone-links/open', { linkKey: base64url(link.publicKey) }));

void test('the first browser by the link signs in, sees the key and asks for a door; it holds nothing that opens', async (t) => {
  const scene = await lendingScene(t);
  const [{ keyId }, { key: link }, bob] = [await issued(scene), newLink(), guestOf(scene, 'Bob')];
  assert.equal(codeOf(await signInByKey(bob)), 'key-refused', 'nobody knows this browser');
  assert.equal(codeOf(await make(scene, keyId, link)), 'status 200');
  const offered = await stateNow(bob, link);
  assert.deepEqual([offered.state, offered.from, offered.person, offered.ekey, offered.siteId], ['open', 'Ada', 'Bob', 'Key 1', scene.owner.site.ownerSet.siteId]);
  const first = parsed(phoneLink, await redeem(bob, bodyOf(link, bob)));
  assert.deepEqual([first.state, first.person, first.ekey], ['used', null, null], 'whoever comes by later hears nothing of whom it was for');
  assert.equal(parsed(phoneLink, await redeem(bob, bodyOf(link, bob))).state, 'used', 'the same again gets the same answer');
  assert.equal(codeOf(await signInByKey(bob)), 'status 200');
  assert.deepEqual(parsed(heldEkeys, await bob.browser.get('/api/keys/ekeys')).ekeys.map(({ id }) => id), [keyId]);
  assert.deepEqual((await held(bob)).grants, [], 'it is a grant of nothing');
  const asking = { id: freshId(), ekeyId: keyId, at: { doorId: scene.door.id }, from: scene.clock.now, until: scene.clock.now + HOUR, reason: 'Inspection' };
  assert.equal(codeOf(await bob.browser.send('POST', '/api/access-requests', asking)), 'status 200');
  assert.equal(codeOf(await bob.browser.send('POST', `/api/courier/${scene.lock.lockId}`, { messages: [] })), 'lock-unknown', 'it carries for no lock');
  await act(scene, keyId, 'return');
  assert.deepEqual(parsed(heldEkeys, await bob.browser.get('/api/keys/ekeys')).ekeys, [], 'and shows nothing once the key is back');
});

void test('nobody else gets in: without the link’s own word, with another’s key, second, too late, or when the key has changed hands', async (t) => {
  const scene = await lendingScene(t);
  const [{ keyId }, { key: link }, bob, eve, carol] = [await issued(scene), newLink(), guestOf(scene, 'Bob'), guestOf(scene, 'Eve'), await guestWithKey(scene, 'Carol')];
  await make(scene, keyId, link);
  const good = bodyOf(link, bob);
  const bad: readonly (readonly [string, string, object])[] = [
    ['the link’s key by its public half alone', 'document-refused', { ...good, word: over(bob.key, link.publicKey) }],
    ['another browser’s key', 'document-refused', { ...good, credentialKey: base64url(eve.key.publicKey) }],
    ['a word about another browser', 'document-refused', { ...good, word: over(link, eve.key.publicKey) }],
    ['no such link', 'invitation-unknown', bodyOf(exampleKey('no link'), bob)],
    ['a key that is somebody else’s here', 'conflict', bodyOf(link, carol)],
  ];
  for (const [label, code, body] of bad) assert.equal(codeOf(await redeem(bob, body)), code, label);
  assert.equal((await stateNow(bob, link)).state, 'open');
  assert.equal(codeOf(await redeem(bob, good)), 'status 200', 'the control');
  assert.equal(codeOf(await redeem(eve, bodyOf(link, eve))), 'invitation-used');
  assert.equal(codeOf(await signInByKey(eve)), 'key-refused');
  const [late, gone] = [newLink().key, newLink().key];
  await make(scene, keyId, late, scene.clock.now + HOUR);
  await make(scene, keyId, gone, scene.clock.now + 3 * DAY);
  scene.clock.now += 2 * HOUR;
  assert.equal(codeOf(await redeem(eve, bodyOf(late, eve))), 'invitation-lapsed');
  await act(scene, keyId, 'return');
  assert.deepEqual([(await stateNow(eve, gone)).state, codeOf(await redeem(eve, bodyOf(gone, eve)))], ['lapsed', 'invitation-lapsed']);
});

void test('a link is made by an owner, for whoever has the key, for two weeks at most', async (t) => {
  const scene = await lendingScene(t);
  const key = exampleEkey();
  await register(scene, key);
  const { key: link } = newLink();
  assert.equal(codeOf(await make(scene, key.keyId, link)), 'conflict', 'nobody has it');
  assert.equal(codeOf(await make(scene, freshId(), link)), 'ekey-unknown');
  await act(scene, key.keyId, 'issue', { person: { name: 'Bob' } });
  for (const redeemBy of [scene.clock.now, scene.clock.now + 15 * DAY]) assert.equal(codeOf(await make(scene, key.keyId, link, redeemBy)), 'input-invalid');
  assert.equal(codeOf(await make(scene, key.keyId, link)), 'status 200');
  assert.equal(codeOf(await make(scene, key.keyId, link)), 'status 200', 'the same again is the same link');
});
