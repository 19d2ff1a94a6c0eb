// Coming back and leaving: each way in beside the ways that look like it and are refused.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { kitChallenge, MAX_VAULT_ENTRIES, me } from '@mortise/api/owner.ts';
import { passkeyOptions } from '@mortise/api/passkey.ts';
import { base64url, fromBase64url, type Bytes } from '@mortise/base/bytes.ts';
import { encodeCbor, type Cbor } from '@mortise/base/cbor.ts';
import type { KeyPair } from '@mortise/crypto/entropy.ts';
import { toSign } from '@mortise/documents/cose.ts';
import { exampleKey, signWith } from '@mortise/documents/example-site.ts';
import { nodeCrypto } from '@mortise/node/crypto.ts';
import { browserOf, codeOf, ORIGIN, testHub, type Browser } from '../testing/hub.fixture.ts';
import { claimHub, parsed } from '../testing/owner.fixture.ts';
import { createPasskey, type Bent, type SoftPasskey } from '../testing/passkey.fixture.ts';
import { SESSION_MS } from './signed-in.ts';

const passkeySignIn = async (browser: Browser, passkey: SoftPasskey, userHandle?: string, bent?: Bent) => {
  const { ceremony, options } = parsed(passkeyOptions, await browser.send('POST', '/api/sign-in/options', {}));
  return browser.send('POST', '/api/sign-in', { ceremony, authentication: passkey.authenticate(options.challenge, ORIGIN, userHandle, bent) });
};

type Kit = { readonly key: KeyPair; readonly type?: string; readonly origin?: string; readonly nonce?: Bytes; readonly extra?: boolean };

const kitSignIn = async (browser: Browser, { key, type = 'mortise-sign-in', origin, nonce, extra }: Kit) => {
  const challenge = parsed(kitChallenge, await browser.send('POST', '/api/sign-in/kit/challenge', {}));
  const map = new Map<string, Cbor>([['nonce', nonce ?? fromBase64url(challenge.nonce) ?? null], ['origin', origin ?? challenge.origin]]);
  if (extra === true) map.set('more', 1);
  const signed = base64url(signWith(key, toSign(type, 1, key.publicKey, encodeCbor(map), nodeCrypto)));
  return { reply: await browser.send('POST', '/api/sign-in/kit', { ceremony: challenge.ceremony, signed }), again: { ceremony: challenge.ceremony, signed } };
};

void test('the passkey signs in; another passkey, a replay, another origin, an unverified user do not', async (t) => {
  const hub = await testHub();
  t.after(hub.end);
  const { passkey, me: owner } = await claimHub(hub);
  const browser = browserOf(hub);
  assert.equal(codeOf(await passkeySignIn(browser, createPasskey())), 'passkey-refused');
  assert.equal(codeOf(await passkeySignIn(browser, passkey, base64url(new Uint8Array(16)))), 'passkey-refused');
  assert.equal(codeOf(await passkeySignIn(browser, passkey, owner.person.id, { origin: 'https://evil.example' })), 'passkey-refused');
  assert.equal(codeOf(await passkeySignIn(browser, passkey, owner.person.id, { challenge: 'AAAA' })), 'passkey-refused');
  assert.equal(codeOf(await passkeySignIn(browser, passkey, owner.person.id, { unverified: true })), 'passkey-refused');
  assert.equal((await browser.get('/api/me')).status, 401);
  const { ceremony, options } = parsed(passkeyOptions, await browser.send('POST', '/api/sign-in/options', {}));
  const good = { ceremony, authentication: passkey.authenticate(options.challenge, ORIGIN, owner.person.id) };
  assert.equal(parsed(me, await browser.send('POST', '/api/sign-in', good)).signedInBy, 'passkey');
  assert.equal(codeOf(await browser.send('POST', '/api/sign-in', good)), 'ceremony-expired');
  assert.equal(parsed(me, await browser.get('/api/me')).person.id, owner.person.id);
});

void test('an owner key signs in, as the recovery kit does; other keys, types, nonces, origins do not', async (t) => {
  const hub = await testHub();
  t.after(hub.end);
  const { site } = await claimHub(hub);
  const browser = browserOf(hub);
  const bad: readonly Kit[] = [
    { key: exampleKey('stranger') }, { key: site.kit, type: 'mortise-roster' }, { key: site.kit, origin: 'https://evil.example' },
    { key: site.kit, nonce: new Uint8Array(32) }, { key: site.kit, nonce: new Uint8Array(31) }, { key: site.kit, extra: true },
  ];
  for (const kit of bad) assert.equal(codeOf((await kitSignIn(browser, kit)).reply), 'kit-refused', JSON.stringify({ ...kit, key: undefined }));
  const { reply, again } = await kitSignIn(browser, { key: site.kit });
  assert.equal(parsed(me, reply).signedInBy, 'kit');
  assert.equal(codeOf(await browser.send('POST', '/api/sign-in/kit', again)), 'ceremony-expired');
});

void test('before the claim nobody signs in, and the hub says what to do', async (t) => {
  const hub = await testHub();
  t.after(hub.end);
  const browser = browserOf(hub);
  assert.equal(codeOf(await browser.send('POST', '/api/sign-in/options', {})), 'not-claimed');
  assert.equal(codeOf(await browser.send('POST', '/api/sign-in/kit/challenge', {})), 'not-claimed');
});

void test('another passkey is added by who is signed in, and then signs in; its wrapped key stands in the vault', async (t) => {
  const hub = await testHub();
  t.after(hub.end);
  const { browser, site, passkey } = await claimHub(hub);
  const second = createPasskey();
  const add = async (vaultFor: string) => {
    const { ceremony, options } = parsed(passkeyOptions, await browser.send('POST', '/api/passkeys/options', {}));
    const vault = { credentialId: vaultFor, ownerKey: base64url(site.kit.publicKey), method: 'browser', wrapped: 'AAAA' };
    return browser.send('POST', '/api/passkeys', { ceremony, registration: second.register(options.challenge, ORIGIN), vault });
  };
  assert.equal(codeOf(await add(passkey.id)), 'input-invalid');
  assert.equal((await add(second.id)).status, 200);
  assert.equal(codeOf(await add(second.id)), 'conflict');
  assert.equal((await passkeySignIn(browserOf(hub), second)).status, 200);
});

void test('a passkey brings no wrap for a stranger’s key, nor one that the vault has no room for', async (t) => {
  const hub = await testHub();
  t.after(hub.end);
  const { browser, site } = await claimHub(hub);
  const add = async (ownerKey: Uint8Array) => {
    const passkey = createPasskey();
    const { ceremony, options } = parsed(passkeyOptions, await browser.send('POST', '/api/passkeys/options', {}));
    const vault = { credentialId: passkey.id, ownerKey: base64url(ownerKey), method: 'browser', wrapped: 'AAAA' };
    return browser.send('POST', '/api/passkeys', { ceremony, registration: passkey.register(options.challenge, ORIGIN), vault });
  };
  assert.equal(codeOf(await add(exampleKey('stranger').publicKey)), 'input-invalid');
  const others = Array.from({ length: MAX_VAULT_ENTRIES - 1 }, (_, index) => ({ credential_id: base64url(Uint8Array.of(index)), owner_key: base64url(site.owner.publicKey), method: 'prf' as const, wrapped: Uint8Array.of(0), created_at: 1 }));
  await hub.hub.database.insertInto('vault').values(others).execute();
  assert.equal(codeOf(await add(site.owner.publicKey)), 'conflict');
  assert.equal((await browser.get('/api/vault')).status, 200, 'what is kept can be read: without it no owner key opens');
});

void test('a session wraps its own person’s keys for their own passkeys: nobody fills the vault with others’, or overwrites theirs', async (t) => {
  const hub = await testHub();
  t.after(hub.end);
  const { browser, site, passkey } = await claimHub(hub);
  const put = (credentialId: string, ownerKey: Uint8Array, wraps: readonly object[] = []) =>
    browser.send('PUT', '/api/vault', { vault: [{ credentialId, ownerKey: base64url(ownerKey), method: 'prf', wrapped: 'AAAA' }], issuerWraps: wraps });
  assert.equal((await put(passkey.id, site.owner.publicKey)).status, 200, 'the control');
  assert.equal(codeOf(await put(base64url(Uint8Array.of(9)), site.owner.publicKey)), 'input-invalid', 'a passkey that is nobody’s');
  await hub.hub.database.insertInto('person').values({ id: 'beat', name: 'Beat', role: 'owner', created_at: 1 }).execute();
  await hub.hub.database.updateTable('owner_key').set({ person_id: 'beat' }).execute();
  assert.equal(codeOf(await put(passkey.id, site.owner.publicKey)), 'input-invalid', 'somebody else’s key');
});

void test('signing out ends the session at the hub; a session ends by itself after thirty days; its token is not in the store', async (t) => {
  const hub = await testHub();
  t.after(hub.end);
  const { browser, passkey } = await claimHub(hub);
  const stolen = browser.cookie();
  const asThief = () => hub.app.request(`${ORIGIN}/api/me`, { headers: { cookie: stolen } }, {});
  assert.equal((await asThief()).status, 200, 'the control: while it lasts, the cookie is the session');
  let ended = 0;
  const sessions = await hub.hub.database.selectFrom('session').selectAll().execute();
  hub.web.holds.hold(sessions[0]?.token_hash ?? '', () => { ended += 1; });
  assert.ok(!JSON.stringify(sessions).includes(stolen.split('=')[1] ?? 'none'));
  assert.equal((await browser.send('POST', '/api/sign-out', {})).status, 200);
  assert.equal((await asThief()).status, 401);
  assert.equal(ended, 1, 'what the session held open was ended');
  const other = browserOf(hub);
  await passkeySignIn(other, passkey);
  hub.clock.now += SESSION_MS - 1000;
  assert.equal((await other.get('/api/me')).status, 200);
  hub.clock.now += 2000;
  assert.equal((await other.get('/api/me')).status, 401);
});

void test('the cookie is out of reach of scripts and of other sites', async (t) => {
  const hub = await testHub();
  t.after(hub.end);
  const { passkey } = await claimHub(hub);
  const reply = await passkeySignIn(browserOf(hub), passkey);
  assert.match(reply.headers.getSetCookie()[0] ?? '', /^mortise-8400=[\w-]{43}; Max-Age=2592000; Path=\/; HttpOnly; SameSite=Strict$/);
});

void test('strangers may try sixty times a minute, then wait', async (t) => {
  const hub = await testHub();
  t.after(hub.end);
  await claimHub(hub);
  const browser = browserOf(hub);
  const codes: string[] = [];
  for (let index = 0; index < 61; index += 1) codes.push(codeOf(await browser.send('POST', '/api/sign-in/kit/challenge', {})));
  assert.deepEqual([codes[59], codes[60]], ['status 200', 'too-many-requests']);
  hub.clock.now += 2000;
  assert.equal(codeOf(await browser.send('POST', '/api/sign-in/kit/challenge', {})), 'status 200');
});
