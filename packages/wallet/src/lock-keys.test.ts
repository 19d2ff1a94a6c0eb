// A hub that lies about a lock's keys, in every way it can, beside one that does not.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { EMPTY, type Bytes } from '@mortise/base/bytes.ts';
import { nobleCrypto as crypto } from '@mortise/crypto/noble.ts';
import type { KeyPair } from '@mortise/crypto/entropy.ts';
import { adoptionStatementToSign, type AdoptionStatement } from '@mortise/documents/adoption-statement.ts';
import { exampleEntropy, exampleKey, exampleLock, exampleRoster, exampleSite, signWith } from '@mortise/documents/example-site.ts';
import { proveLock, type ClaimedLock } from './lock-keys.ts';

const site = exampleSite();
const lock = exampleLock();
const hub = exampleKey('a dishonest hub');
const { siteId } = site.ownerSet;
const said: AdoptionStatement = {
  lockId: lock.lockId, siteId, ownerSetHash: site.ownerSet.hash, rosterHash: exampleRoster(site, lock).hash,
  readerKey: lock.introduction.readerKey, sealKey: lock.seal.publicKey, profile: 'powered',
};
const sign = (statement: AdoptionStatement, by: KeyPair = lock.identity, named: Bytes = by.publicKey): Bytes =>
  signWith(by, adoptionStatementToSign(crypto, named, statement));
const honest: ClaimedLock = {
  lockId: lock.lockId, identityKey: lock.identity.publicKey, readerKey: said.readerKey, sealKey: said.sealKey, statement: sign(said),
};
const codeOf = (change: Partial<ClaimedLock>): string => {
  const proven = proveLock(crypto, siteId, { ...honest, ...change });
  return proven.ok ? 'proven' : proven.error.code;
};

test('what an honest hub says is proven, and the keys are the lock’s', () => {
  const { statement: _, ...keys } = honest;
  assert.deepEqual(proveLock(crypto, siteId, honest), { ok: true, value: keys });
});

test('a lying hub cannot have anything sealed to its own key', (t) => {
  const own = { ...said, sealKey: hub.publicKey };
  const stranger = exampleLock('stranger');
  const lies: readonly (readonly [string, string, Partial<ClaimedLock>])[] = [
    ['its own seal key', 'keys-differ', { sealKey: hub.publicKey }],
    ['its own reader key', 'keys-differ', { readerKey: hub.publicKey }],
    ['its own seal key in a statement that it signed', 'statement-refused', { sealKey: hub.publicKey, statement: sign(own, hub) }],
    ['the same, in the lock’s name', 'statement-refused', { sealKey: hub.publicKey, statement: sign(own, hub, lock.identity.publicKey) }],
    ['its own identity', 'identity-mismatch', { identityKey: hub.publicKey, sealKey: hub.publicKey, statement: sign(own, hub) }],
    ['another lock of the site', 'identity-mismatch', { identityKey: stranger.identity.publicKey }],
    ['another lock’s statement', 'statement-refused', { statement: sign({ ...said, lockId: stranger.lockId }, stranger.identity) }],
    ['a lock that another site adopted', 'other-site', { statement: sign({ ...said, siteId: exampleSite('elsewhere').ownerSet.siteId }) }],
    ['no statement', 'statement-refused', { statement: EMPTY }],
    ['no key', 'identity-mismatch', { identityKey: new Uint8Array(65) }],
  ];
  for (const [label, code, change] of lies) assert.equal(codeOf(change), code, label);
  t.diagnostic(`${lies.length} lies refused`);
});

test('a statement with any bit changed, and any bytes, prove nothing', () => {
  const { statement } = honest;
  fc.assert(
    fc.property(fc.nat({ max: statement.length - 1 }), fc.nat({ max: 7 }), (at, bit) =>
      assert.equal(codeOf({ statement: statement.with(at, (statement[at] ?? 0) ^ (1 << bit)) }), 'statement-refused')),
    { numRuns: 60 },
  );
  fc.assert(fc.property(fc.uint8Array({ maxLength: 300 }), (noise) => assert.equal(codeOf({ statement: noise }), 'statement-refused')));
  assert.equal(codeOf({ sealKey: exampleEntropy('short') }), 'keys-differ');
});
