// What mutants of the verification code lived by (`npm run test:extended -- --only mutants`): bounds that no other test stands at.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { instant } from '@mortise/base/instant.ts';
import { nobleCrypto } from '@mortise/crypto/noble.ts';
import { accessDataCbor, type AccessData } from './access-data.ts';
import { CAPABILITY } from './access-schedule.ts';
import { timeOf } from './certificate-time.ts';
import { decideAccess, type AccessPolicy } from './decide-access.ts';
import { CREDENTIAL, DOOR, FROM, ISSUER, NOW, REQUESTS, UNTIL, dailyFrom } from './document.fixture.ts';
import { NO_MEMORIES } from './issuer-memory.ts';

const decided = (data: AccessData, policy: Partial<AccessPolicy> = {}) => {
  const element = { identifier: DOOR, value: accessDataCbor(data) };
  const validity = { signed: FROM, validFrom: FROM, validUntil: UNTIL };
  const document = { docType: 'aliro-a', issuer: ISSUER.publicKey, validity, timeVerificationRequired: true, elements: [element] } as const;
  const whole: AccessPolicy = { now: NOW, action: CAPABILITY.unsecure, acceptsNoRules: false, supportsSchedules: true, ...policy };
  return decideAccess(nobleCrypto, { document, credentialKey: CREDENTIAL.publicKey, memories: NO_MEMORIES }, REQUESTS, whole);
};

const RULE = { capabilities: 1 << CAPABILITY.unsecure };

test('the last month and its last day are dates of certificates; nothing follows the Z', () => {
  assert.equal(timeOf('251231235959Z'), instant(Date.UTC(2025, 11, 31, 23, 59, 59)));
  for (const text of ['251231235959Z0', '251231235959ZZ', '251231235959Z\n', ' 251231235959Z', '251232000000Z']) assert.equal(timeOf(text), undefined, text);
});

test('without access extensions the host is asked about none', () => {
  assert.deepEqual(decided({ rules: [RULE] }, { accessExtension: () => 'refuses' }), { ok: true, value: { element: DOOR, rule: 0 } });
});

test('a rule that only denies names no schedule that allowed', () => {
  const granted = decided({ rules: [{ ...RULE, deny: 1 }], schedules: [dailyFrom(3)] });
  assert.deepEqual(granted, { ok: true, value: { element: DOOR, rule: 0 } });
});
