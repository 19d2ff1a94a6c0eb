// The documents of a key as a file: what a lock decides by, for owners only, without a secret and without a name.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { keyDocuments } from '@mortise/api/keys.ts';
import { base64url, fromBase64url, type Bytes } from '@mortise/base/bytes.ts';
import { required } from '@mortise/base/assert.ts';
import { codeOf } from '../testing/hub.fixture.ts';
import { DAY, freshId, guestOf, guestWithKey, held, invite, lendingScene, lockSays, redeem, type Scene } from '../testing/lending.fixture.ts';
import { parsed } from '../testing/owner.fixture.ts';

const bytes = (text: string | null): Bytes => required(fromBase64url(text ?? ''), 'bytes');
const ask = ({ owner }: Pick<Scene, 'owner'>, id: string) => owner.browser.get(`/api/grants/${id}/documents`);
const shown = async (scene: Scene, id: string) => parsed(keyDocuments, await ask(scene, id));

void test('an owner has what the key shows its door, to the letter; the lock decides by it', async (t) => {
  const scene = await lendingScene(t);
  const bob = await guestWithKey(scene, 'Bob');
  const [mine] = (await held(bob)).grants;
  const file = await shown(scene, bob.grant.id);
  assert.deepEqual([file.document, file.stamp, file.revocations, file.credentialKey], [mine?.document, mine?.stamp, [], base64url(bob.key.publicKey)]);
  assert.deepEqual(file.doors, mine?.doors.map(({ online: _online, ...door }) => door));
  assert.equal(lockSays(scene, bob.key.publicKey, [bytes(file.document), bytes(file.stamp)]), 'granted-document');
});

void test('it holds neither a secret nor a name, and asking for it makes no stamp', async (t) => {
  const scene = await lendingScene(t);
  const bob = await guestWithKey(scene, 'Bob');
  const text = JSON.stringify((await ask(scene, bob.grant.id)).json);
  for (const secret of ['Bob', 'Ada', 'Welcome', base64url(bob.link.secret.reveal()), base64url(bob.key.privateKey.reveal()), base64url(bob.link.key.privateKey.reveal())]) assert.ok(!text.includes(secret), secret);
  assert.ok(text.includes(base64url(bob.key.publicKey)), 'the control');
  scene.clock.now += 2 * DAY;
  assert.equal((await shown(scene, bob.grant.id)).stamp, null, 'the last one has lapsed');
});

void test('of a key that was taken back it has the last document and the revocation that names it', async (t) => {
  const scene = await lendingScene(t);
  const [bob, carol] = [await guestWithKey(scene, 'Bob'), await guestWithKey(scene, 'Carol')];
  const before = await shown(scene, bob.grant.id);
  await scene.owner.browser.send('POST', `/api/grants/${bob.grant.id}/take-back`, { revocation: null });
  const file = await shown(scene, bob.grant.id);
  assert.deepEqual([file.document, file.revocations.length, (await shown(scene, carol.grant.id)).revocations.length], [before.document, 1, 0]);
  assert.equal(lockSays(scene, bob.key.publicKey, [file.document, file.stamp, ...file.revocations].map(bytes)), 'revoked');
});

void test('a grant that nobody holds has none, one that is not there neither; a guest may not ask', async (t) => {
  const scene = await lendingScene(t);
  const [waiting, asking] = [await invite(scene), await invite(scene, { confirm: true })];
  await redeem(asking, guestOf(scene, 'Carol'));
  assert.deepEqual([codeOf(await ask(scene, waiting.grant.id)), codeOf(await ask(scene, asking.grant.id)), codeOf(await ask(scene, freshId()))], ['conflict', 'conflict', 'grant-unknown']);
  const bob = await guestWithKey(scene, 'Bob');
  assert.equal(codeOf(await bob.browser.get(`/api/grants/${bob.grant.id}/documents`)), 'sign-in-required');
  assert.equal((await ask(scene, bob.grant.id)).status, 200, 'the control');
});
