// A hub that lies about an electronic key's credential, in each way it can, beside one that does not.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { instant } from '@mortise/base/instant.ts';
import { keyStatusToSign } from '@mortise/courier/key-status.ts';
import { nobleCrypto as crypto } from '@mortise/crypto/noble.ts';
import type { KeyPair } from '@mortise/crypto/entropy.ts';
import { exampleKey, exampleSite, signWith } from '@mortise/documents/example-site.ts';
import { keyEnrolmentToSign } from '@mortise/documents/key-enrolment.ts';
import { lockIdOf } from '@mortise/journal/chain.ts';
import { proveEkey, type ClaimedEkey } from './ekey-proof.ts';

const site = exampleSite();
const [identity, credential, stranger] = [exampleKey('key identity'), exampleKey('key credential'), exampleKey('a dishonest hub')];
const [keyId, here] = [lockIdOf(crypto, identity.publicKey), { siteId: site.ownerSet.siteId, ownerKeys: site.ownerSet.keys }];

const status = (by: KeyPair, credentialKey = credential.publicKey, named = by.publicKey) => signWith(by, keyStatusToSign(crypto, {
  identityKey: named, credentialKey, siteId: undefined, ownerSequence: 0, ordersVersion: 0, stagedVersion: 0, held: [], seq: 0, acknowledged: 0, free: 8000,
  instant: instant(0), clock: 'lost', errorMs: 0, batteryMv: undefined, forLocks: 0, fromLocks: 0, count: 1,
}));
const enrol = (by: KeyPair, ofKey = keyId, siteId = here.siteId) => signWith(by, keyEnrolmentToSign(crypto, by.publicKey, { siteId, keyId: ofKey, journalKey: stranger.publicKey }));
const honest: ClaimedEkey = { keyId, credentialKey: credential.publicKey, status: status(identity), enrolment: enrol(site.owner) };
const codeOf = (change: Partial<ClaimedEkey>): string => {
  const proven = proveEkey(crypto, here, { ...honest, ...change });
  return proven.ok ? 'proven' : proven.error.code;
};

test('what an honest hub says of a key is proven, and the credential is the key’s', () => {
  assert.deepEqual(proveEkey(crypto, here, honest), { ok: true, value: credential.publicKey });
});

test('a lying hub gets no grant for a credential of its own', () => {
  const theirs = lockIdOf(crypto, stranger.publicKey);
  const lies: readonly (readonly [string, Partial<ClaimedEkey>])[] = [
    ['credential-differs', { credentialKey: stranger.publicKey }],
    ['status-refused', { credentialKey: stranger.publicKey, status: status(stranger, stranger.publicKey) }],
    ['status-refused', { status: status(stranger, credential.publicKey, identity.publicKey) }],
    ['enrolment-refused', { keyId: theirs, credentialKey: stranger.publicKey, status: status(stranger, stranger.publicKey) }],
    ['enrolment-refused', { keyId: theirs, credentialKey: stranger.publicKey, status: status(stranger, stranger.publicKey), enrolment: enrol(stranger, theirs) }],
    ['enrolment-refused', { enrolment: enrol(site.owner, keyId, exampleSite('elsewhere').ownerSet.siteId) }],
  ];
  for (const [code, change] of lies) assert.equal(codeOf(change), code);
});

test('takes any bytes', () => {
  fc.assert(fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => codeOf({ status: bytes }) !== 'proven' && codeOf({ enrolment: bytes }) !== 'proven' && codeOf({ credentialKey: bytes }) !== 'proven'), { numRuns: 50 });
});
