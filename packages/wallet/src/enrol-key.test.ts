// What an owner signs for an electronic key opens as what it is, under this site's owners, for this key alone.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { instant } from '@mortise/base/instant.ts';
import { keyStatusToSign, type KeyStatus } from '@mortise/courier/key-status.ts';
import { nobleCrypto as crypto } from '@mortise/crypto/noble.ts';
import { exampleKey, exampleSite, signWith } from '@mortise/documents/example-site.ts';
import { openKeyEnrolment } from '@mortise/documents/key-enrolment.ts';
import { openTimeKey } from '@mortise/documents/time.ts';
import { lockIdOf } from '@mortise/journal/chain.ts';
import { EKEY_DRIFT_PPM, enrolable, HUB_DRIFT_PPM, KEY_PAPERS_MS, signKeyPapers } from './enrol-key.ts';

const site = exampleSite();
const { siteId, keys: ownerKeys } = site.ownerSet;
const [identity, credential, journal, time] = [exampleKey('key identity'), exampleKey('key credential'), exampleKey('journal'), exampleKey('time')];
const keyId = lockIdOf(crypto, identity.publicKey);
const NOW = instant(1_790_000_000_000);

const status = (changes: Partial<KeyStatus> = {}, by = identity) => signWith(by, keyStatusToSign(crypto, {
  identityKey: identity.publicKey, credentialKey: credential.publicKey, siteId: undefined, ownerSequence: 0, ordersVersion: 0, stagedVersion: 0, held: [], seq: 0, acknowledged: 0, free: 8000,
  instant: instant(0), clock: 'lost', errorMs: 0, batteryMv: undefined, forLocks: 0, fromLocks: 0, count: 1, ...changes,
}));
const codeOf = (bytes: Uint8Array): string => {
  const read = enrolable(crypto, bytes, siteId);
  return read.ok ? 'may' : read.error.code;
};

test('a key of nobody may be enrolled, and one of this site again; another site’s, and what is no key, not', () => {
  const table = [
    ['may', status()], ['may', status({ siteId })], ['other-site', status({ siteId: exampleSite('elsewhere').ownerSet.siteId })],
    ['status-refused', status({}, exampleKey('stranger'))], ['keys-invalid', status({ credentialKey: identity.publicKey })], ['keys-invalid', status({ credentialKey: new Uint8Array(65).fill(4) })],
  ] as const;
  for (const [code, bytes] of table) assert.equal(codeOf(bytes), code);
  fc.assert(fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => codeOf(bytes) === 'status-refused'), { numRuns: 50 });
});

test('the papers hold under the present owners, for this key and this hub', () => {
  const papers = signKeyPapers(crypto, { owner: site.owner, siteId }, { keyId, identityKey: identity.publicKey }, { journalKey: journal.publicKey, timeKey: time.publicKey }, NOW);
  assert.deepEqual(openKeyEnrolment(crypto, papers.enrolment, { siteId, ownerKeys, keyId }), { ok: true, value: { siteId, keyId, journalKey: journal.publicKey } });
  const until = NOW + KEY_PAPERS_MS;
  assert.deepEqual(openTimeKey(crypto, papers.certificate, ownerKeys), { ok: true, value: { key: identity.publicKey, kind: 'ekey', driftPpm: EKEY_DRIFT_PPM, until } });
  assert.deepEqual(openTimeKey(crypto, papers.hubCertificate, ownerKeys), { ok: true, value: { key: time.publicKey, kind: 'hub', driftPpm: HUB_DRIFT_PPM, until } });
  assert.equal(openKeyEnrolment(crypto, papers.enrolment, { siteId, ownerKeys, keyId: lockIdOf(crypto, credential.publicKey) }).ok, false, 'the control: another key');
});
