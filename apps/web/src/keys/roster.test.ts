// The next roster of a lock, from what a hub says: an honest one, and one that would like to read it.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { base64url } from '@mortise/base/bytes.ts';
import type { Result } from '@mortise/base/result.ts';
import { nobleCrypto as crypto } from '@mortise/crypto/noble.ts';
import { adoptionStatementToSign } from '@mortise/documents/adoption-statement.ts';
import { exampleEntropy, exampleKey, exampleLock, exampleRoster, exampleSite, placeOf, rosterFields, signRoster, signWith } from '@mortise/documents/example-site.ts';
import { openEntries, openRoster } from '@mortise/documents/roster.ts';
import { seenOf, type SeenRoster } from '@mortise/wallet/lock-papers.ts';
import { nextDocument, type SaidLock } from './roster.ts';

const site = exampleSite();
const lock = exampleLock();
const hub = exampleKey('a dishonest hub');
const { owner, ownerSet } = site;
const first = signRoster(owner, rosterFields(site, lock));
const held = exampleRoster(site, lock);
const phone = exampleKey('new phone').publicKey;
const replace = { kind: 'replacePhones', phones: [{ credentialKey: phone }] } as const;

const statement = (sealKey: Uint8Array, signer = lock.identity) =>
  base64url(signWith(signer, adoptionStatementToSign(crypto, signer.publicKey, {
    lockId: lock.lockId, siteId: ownerSet.siteId, ownerSetHash: ownerSet.hash, rosterHash: held.hash, readerKey: lock.introduction.readerKey, sealKey, profile: 'powered',
  })));
const honest: SaidLock = {
  lockId: lock.lockId, identityKey: base64url(lock.identity.publicKey), readerKey: base64url(lock.introduction.readerKey),
  sealKey: base64url(lock.seal.publicKey), statement: statement(lock.seal.publicKey),
};
const next = (said: SaidLock, newest = first, seen?: SeenRoster): Result<Uint8Array, string> =>
  nextDocument(crypto, said, { owner, ownerSet }, newest, seen, replace, exampleEntropy('next'));

test('an honest hub: the next roster follows what the lock holds, and only the lock reads it', () => {
  const made = next(honest);
  assert.ok(made.ok);
  const opened = openRoster(crypto, made.value, placeOf(site, lock), held);
  assert.ok(opened.ok);
  const entries = openEntries(crypto, lock.seal, opened.value);
  assert.deepEqual(entries.ok && entries.value.map(({ credentialKey }) => credentialKey), [phone]);
  assert.equal(openEntries(crypto, hub, opened.value).ok, false);
  const after = next(honest, made.value);
  assert.ok(after.ok && openRoster(crypto, after.value, placeOf(site, lock), opened.value).ok, 'from any place in the chain');
});

test('a hub that names its own key gets nothing sealed to it, whatever it says besides', () => {
  const [sealKey, identityKey] = [base64url(hub.publicKey), base64url(hub.publicKey)];
  const lies: readonly (readonly [string, Partial<SaidLock>])[] = [
    ['its key', { sealKey }],
    ['its key, in a statement of its own', { sealKey, statement: statement(hub.publicKey, hub) }],
    ['an identity of its own besides', { sealKey, identityKey, statement: statement(hub.publicKey, hub) }],
    ['another lock', { lockId: exampleLock('other').lockId }],
    ['nothing that reads', { statement: '' }],
    ['no base64url', { sealKey: '!' }],
  ];
  for (const [label, lie] of lies) {
    const made = next({ ...honest, ...lie });
    assert.equal(made.ok, false, label);
    assert.match(made.ok ? '' : made.error, /^The hub .*Nothing was signed\.$/, label);
  }
});

test('a roster by a stranger, for another lock, or changed, is not followed', () => {
  const wrong = [
    signRoster(exampleKey('stranger'), rosterFields(site, lock)),
    signRoster(owner, rosterFields(site, exampleLock('other'))),
    first.with(first.length - 1, (first.at(-1) ?? 0) ^ 1),
    new Uint8Array(0),
  ];
  for (const document of wrong) assert.deepEqual(next(honest, document), { ok: false, error: 'Its roster was not signed by an owner of this site.' });
});

test('a hub that keeps the roster back that removed a phone gets no older one followed', () => {
  const removed = next(honest);
  assert.ok(removed.ok);
  const opened = openRoster(crypto, removed.value, placeOf(site, lock), held);
  assert.ok(opened.ok);
  const seen = seenOf(opened.value, removed.value);
  const made = next(honest, first, seen);
  assert.match(made.ok ? '' : made.error, /older roster than this browser has seen.*Nothing was signed\.$/);
  const other = signRoster(owner, { ...rosterFields(site, lock), version: 2, previous: held.hash, zone: 'Europe/Paris' });
  const forked = next(honest, other, seen);
  assert.match(forked.ok ? '' : forked.error, /another roster than the one this browser has seen.*Nothing was signed\.$/);
  assert.equal(next(honest, removed.value, seen).ok, true, 'the control');
});
