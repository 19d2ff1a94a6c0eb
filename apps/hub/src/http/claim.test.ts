// The claim: one visitor becomes owner. Every bad input leaves the hub unclaimed, which the good claim at the end of each shows.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { me, type ClaimBody } from '@mortise/api/owner.ts';
import { base64url } from '@mortise/base/bytes.ts';
import { exampleKey, exampleSite, ownerSetFields, signOwnerSet } from '@mortise/documents/example-site.ts';
import { browserOf, codeOf, testHub } from '../testing/hub.fixture.ts';
import { claimBodyFor, claimHub, parsed } from '../testing/owner.fixture.ts';
import { createPasskey } from '../testing/passkey.fixture.ts';
import { CEREMONY_MS } from './ceremonies.ts';
import { newClaimToken } from './claim.ts';

const strange = base64url(exampleKey('stranger').publicKey);
const badSet = base64url(signOwnerSet(ownerSetFields([exampleKey('a'), exampleKey('b')], { threshold: 2 }), [exampleKey('a')]));

const BAD: readonly (readonly [string, string, (body: ClaimBody) => unknown])[] = [
  ['another token', 'claim-refused', (body) => ({ ...body, token: base64url(new Uint8Array(32)) })],
  ['a short token', 'input-invalid', (body) => ({ ...body, token: 'abc' })],
  ['no token', 'input-invalid', ({ token: _token, ...body }) => body],
  ['an empty site name', 'input-invalid', (body) => ({ ...body, site: { ...body.site, name: ' ' } })],
  ['a zone that does not exist', 'input-invalid', (body) => ({ ...body, site: { ...body.site, zone: 'Mars/Olympus' } })],
  ['an owner set below its threshold', 'document-refused', (body) => ({ ...body, ownerSet: badSet })],
  ['an owner set that is noise', 'document-refused', (body) => ({ ...body, ownerSet: base64url(new Uint8Array(64)) })],
  ['a vault for a strange key', 'input-invalid', (body) => ({ ...body, vault: body.vault.map((entry) => ({ ...entry, ownerKey: strange })) })],
  ['a vault for another passkey', 'input-invalid', (body) => ({ ...body, vault: body.vault.map((entry) => ({ ...entry, credentialId: 'AAAA' })) })],
  ['no issuer wrap for the kit', 'input-invalid', (body) => ({ ...body, issuerWraps: body.issuerWraps.slice(0, 1) })],
  ['two issuer keys', 'input-invalid', (body) => ({ ...body, issuerWraps: body.issuerWraps.map((wrap, index) => (index === 0 ? wrap : { ...wrap, issuerKey: strange })) })],
  ['a phone key that is no point', 'input-invalid', (body) => ({ ...body, phoneKey: { ...body.phoneKey, credentialKey: base64url(new Uint8Array(65).fill(4)) } })],
  ['PRF output', 'input-invalid', (body) => ({ ...body, registration: { ...body.registration, clientExtensionResults: { prf: { results: { first: 'AA' } } } } })],
  ['a body that is text', 'input-invalid', () => 'hello'],
  ['a body that is a list', 'input-invalid', () => []],
];

void test(`a claim with ${BAD.length} kinds of bad input is refused and leaves the hub free; the same claim made good is taken`, async (t) => {
  const hub = await testHub();
  t.after(hub.end);
  const browser = browserOf(hub);
  const token = await newClaimToken(hub.hub) ?? '';
  const body = await claimBodyFor(browser, token, exampleSite());
  for (const [label, code, bend] of BAD) assert.equal(codeOf(await browser.send('POST', '/api/claim', bend(body))), code, label);
  const taken = parsed(me, await browser.send('POST', '/api/claim', body));
  assert.deepEqual([taken.person.name, taken.site.name, taken.signedInBy], ['Ada', 'Home', 'claim']);
  assert.deepEqual((await browser.get('/api/health')).json, { version: '0.1.0', claimed: true, siteId: taken.site.id, siteName: 'Home' });
  assert.equal(codeOf(await browser.send('POST', '/api/claim', body)), 'already-claimed');
  assert.equal(codeOf(await browser.send('POST', '/api/claim/options', { token, name: 'Eve' })), 'already-claimed');
  assert.equal(await newClaimToken(hub.hub), undefined);
});

void test('a ceremony counts once, for five minutes, for its own passkey and origin', async (t) => {
  const hub = await testHub();
  t.after(hub.end);
  const browser = browserOf(hub);
  const token = await newClaimToken(hub.hub) ?? '';
  const passkey = createPasskey();
  const fresh = () => claimBodyFor(browser, token, exampleSite(), passkey);
  const late = await fresh();
  hub.clock.now += CEREMONY_MS + 1;
  assert.equal(codeOf(await browser.send('POST', '/api/claim', late)), 'ceremony-expired');
  const bent = await fresh();
  const elsewhere = passkey.register('AAAA', 'http://localhost:8400', { origin: 'https://evil.example' });
  assert.equal(codeOf(await browser.send('POST', '/api/claim', { ...bent, registration: elsewhere })), 'passkey-refused');
  assert.equal(codeOf(await browser.send('POST', '/api/claim', bent)), 'ceremony-expired', 'the failed try used it up');
  assert.equal((await browser.send('POST', '/api/claim', await fresh())).status, 200);
});

void test('of two claims at once exactly one wins, and only the winner’s keys are kept', async (t) => {
  const hub = await testHub();
  t.after(hub.end);
  const token = await newClaimToken(hub.hub) ?? '';
  const claimants = ['Ada', 'Bob', 'Cy', 'Di'].map((name) => ({ name, browser: browserOf(hub), site: exampleSite(name) }));
  const bodies = await Promise.all(claimants.map(({ browser, site, name }) => claimBodyFor(browser, token, site, createPasskey(), name)));
  const replies = await Promise.all(claimants.map(({ browser }, index) => browser.send('POST', '/api/claim', bodies[index])));
  const won = replies.filter(({ status }) => status === 200);
  assert.equal(won.length, 1);
  assert.deepEqual(replies.filter(({ status }) => status !== 200).map(codeOf), ['already-claimed', 'already-claimed', 'already-claimed']);
  const people = await hub.hub.database.selectFrom('person').selectAll().execute();
  const keys = await hub.hub.database.selectFrom('owner_key').selectAll().execute();
  assert.deepEqual([people.length, keys.length], [1, 2]);
});

void test('a later start voids the link of an earlier one; only the hash of the token is stored', async (t) => {
  const hub = await testHub();
  t.after(hub.end);
  const browser = browserOf(hub);
  const first = await newClaimToken(hub.hub) ?? '';
  const second = await newClaimToken(hub.hub) ?? '';
  assert.equal(codeOf(await browser.send('POST', '/api/claim/options', { token: first, name: 'Ada' })), 'claim-refused');
  assert.equal((await browser.send('POST', '/api/claim/options', { token: second, name: 'Ada' })).status, 200);
  const stored = JSON.stringify(await hub.hub.database.selectFrom('claim').selectAll().execute(), (_key, value: unknown) => (value instanceof Uint8Array ? base64url(value) : value));
  assert.ok(!stored.includes(second));
});

void test('nothing secret and no name is logged by a claim', async (t) => {
  const hub = await testHub();
  t.after(hub.end);
  const owner = await claimHub(hub);
  const said = hub.lines.join('\n');
  for (const word of ['Ada', 'Home', owner.browser.cookie().split('=')[1] ?? 'none', base64url(owner.site.owner.publicKey)]) assert.ok(!said.includes(word), word);
  assert.ok(said.includes('"claimed"'));
});
