// A key that comes without anybody's session: its own new word lets it in, once; nobody else's, no old one, and no other key's pass does.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ownUpdateAnswer } from '@mortise/api/ekeys.ts';
import { base64url, fromBase64url, type Bytes } from '@mortise/base/bytes.ts';
import { required } from '@mortise/base/assert.ts';
import { decodeToKey, encodeFromKey } from '@mortise/courier/key-message.ts';
import { NO_SESSION } from '@mortise/courier/link-message.ts';
import { PASS_MS } from '../ekeys/own-update.ts';
import { browserOf, codeOf } from '../testing/hub.fixture.ts';
import { act, exampleEkey, keyNow, register, statusBy, technician } from '../testing/ekey.fixture.ts';
import { lendingScene } from '../testing/lending.fixture.ts';
import { parsed } from '../testing/owner.fixture.ts';

const saying = (type: 'key-status' | 'time-ask', body: Bytes): string => base64url(encodeFromKey({ type, session: NO_SESSION, seq: 1, expires: 0, body }));

void test('the key’s own new word is its ticket, and counts once', async (t) => {
  const scene = await lendingScene(t);
  const [key, other] = [exampleEkey('mine'), exampleEkey('other')];
  await register(scene, key);
  await register(scene, other, undefined, 'Key 2');
  const station = browserOf(scene.test);
  const ask = (keyId: string, messages: readonly string[], pass: string | null = null) => station.send('POST', `/api/ekeys/${keyId}/own-update`, { messages, pass });
  const word = saying('key-status', statusBy(key, { seq: 7 }));
  const answer = parsed(ownUpdateAnswer, await ask(key.keyId, [word]));
  assert.equal(decodeToKey(required(fromBase64url(answer.messages[0] ?? ''), 'bytes'))?.type, 'enrol', 'the control: it is given what it lacks');
  assert.equal((await keyNow(scene, key.keyId)).status?.records, 7, 'and was heard');
  const refused: readonly (readonly [string, Parameters<typeof ask>, string])[] = [
    ['the same word again', [key.keyId, [word]], 'key-refused'],
    ['an older one', [key.keyId, [saying('key-status', statusBy(key, { seq: 6 }))]], 'key-refused'],
    ['no word first', [key.keyId, [saying('time-ask', new Uint8Array(17))]], 'key-refused'],
    ['nothing', [key.keyId, []], 'key-refused'],
    ['noise', [key.keyId, [base64url(new Uint8Array([1, 2]))]], 'key-refused'],
    ['another key’s word', [key.keyId, [saying('key-status', statusBy(other, { seq: 9 }))]], 'key-refused'],
    ['one that names this key’s credential and is signed by another', [key.keyId, [saying('key-status', statusBy({ ...key, identity: other.identity }, { seq: 9 }))]], 'key-refused'],
    ['one of this key with another credential', [key.keyId, [saying('key-status', statusBy({ ...key, credential: other.credential }, { seq: 9 }))]], 'key-refused'],
    ['its pass for another key', [other.keyId, [], answer.pass], 'key-refused'],
    ['a made-up pass', [key.keyId, [], base64url(new Uint8Array(32))], 'key-refused'],
    ['a key that nobody registered', [exampleEkey('nobody').keyId, [word]], 'ekey-unknown'],
  ];
  for (const [what, words, code] of refused) assert.equal(codeOf(await ask(...words)), code, what);
  assert.equal((await keyNow(scene, key.keyId)).status?.records, 7, 'none of these was heard');
  const more = parsed(ownUpdateAnswer, await ask(key.keyId, [], answer.pass));
  assert.equal(more.pass, answer.pass, 'the pass goes on');
  scene.clock.now += PASS_MS;
  assert.equal(codeOf(await ask(key.keyId, [], answer.pass)), 'key-refused', 'and ends');
  console.log(`own updates refused: ${refused.length + 1}`);
});

void test('a pass opens nothing else, and a lost key hears by itself that it is', async (t) => {
  const scene = await lendingScene(t, { power: { issue: {} } });
  const key = exampleEkey();
  await register(scene, key);
  await technician(scene, 'Bob', key.keyId);
  assert.equal((await act(scene, key.keyId, 'lose', { revocation: null })).status, 200);
  const station = browserOf(scene.test);
  const { siteId } = scene.owner.site.ownerSet;
  const answer = parsed(ownUpdateAnswer, await station.send('POST', `/api/ekeys/${key.keyId}/own-update`, { messages: [saying('key-status', statusBy(key, { siteId, ownerSequence: 1, seq: 1 }))], pass: null }));
  assert.ok(answer.messages.some((message) => decodeToKey(required(fromBase64url(message), 'bytes'))?.type === 'orders'));
  for (const path of [`/api/ekeys/${key.keyId}/update`, '/api/access-requests']) assert.equal(codeOf(await station.send('POST', path, { messages: [] })), 'sign-in-required', path);
  assert.equal(codeOf(await station.get('/api/keys/ekeys')), 'sign-in-required');
});
