// What mutants of the verification code lived by (`npm run test:extended -- --only mutants`): bounds that no other test stands at.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { concat, hex, utf8, type Bytes } from '@mortise/base/bytes.ts';
import { encodeCbor, type Cbor } from '@mortise/base/cbor.ts';
import { instant } from '@mortise/base/instant.ts';
import { nobleCrypto } from '@mortise/crypto/noble.ts';
import { accessDataCbor, type AccessData } from '../documents/access-data.ts';
import { CAPABILITY } from '../documents/access-schedule.ts';
import { timeOf } from '../protocol/certificate-time.ts';
import { decideAccess, type AccessPolicy } from './decide-access.ts';
import { der, signatureToDer } from '../protocol/der.ts';
import { decodeDeviceResponse, encodeDeviceResponse } from '../documents/device-response.ts';
import { embed } from '../documents/document-cbor.ts';
import {
  ACCESS_DRAFT, CREDENTIAL, DOOR, FROM, ISSUER, NOW, POLICY, REQUESTS, UNTIL, dailyFrom, endOf, filled, issue, item, revocationDraft, withValidity, type Draft,
} from '../conformance/document.fixture.ts';
import { NO_MEMORIES, memoryOf } from './issuer-memory.ts';
import { judgeResponse, type Judgement } from './judge.ts';
import { certificateTbs, decodeCertificate } from '../protocol/reader-certificate.ts';
import { revocationDataCbor, type RevocationData } from '../documents/revocation-data.ts';
import { readSecurityObject } from '../documents/security-object.ts';
import { encodeTlv } from '../protocol/tlv.ts';
import { verifyDocument } from './verify-document.ts';

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
  assert.deepEqual(decided({ rules: [RULE] }, { accessExtension: () => 'refuses' }), { ok: true, value: { element: DOOR, data: { rules: [RULE] }, rule: 0 } });
});

test('a rule that only denies names no schedule that allowed', () => {
  const data = { rules: [{ ...RULE, deny: 1 }], schedules: [dailyFrom(3)] };
  const granted = decided(data);
  assert.deepEqual(granted, { ok: true, value: { element: DOOR, data, rule: 0 } });
});

// ---- several revocations in one response -------------------------------------------------------------------------------------------

const revoking = (id: number): RevocationData => ({ change: 'append', add: [{ accessId: filled(2, id) }] });
const SITE_AND_GATE = [...REQUESTS.slice(0, 1), { docType: 'aliro-r', elements: ['site', 'gate'] } as const];

const judged = (...drafts: readonly Draft[]): Judgement =>
  judgeResponse(nobleCrypto, encodeDeviceResponse(drafts.map((draft) => issue(draft))), SITE_AND_GATE, CREDENTIAL.publicKey, POLICY, NO_MEMORIES);

/** The access ids that are revoked afterwards, and the end. */
const revokedBy = (...drafts: readonly Draft[]): readonly [readonly string[], string] => {
  const judgement = judged(...drafts);
  return [[...memoryOf(judgement.memory, ISSUER.publicKey).accessIds.keys()], endOf(judgement)];
};

const withElements = (site: RevocationData | undefined, gate: RevocationData | undefined): Draft => {
  const value = (data: RevocationData | undefined) => (data === undefined ? 0 : revocationDataCbor(data));
  return { ...revocationDraft(revoking(1)), items: [item('site', value(site), 1), item('gate', value(gate), 2)] };
};

test('every revoking element of a document is applied, until one is wrong', () => {
  assert.deepEqual(revokedBy(withElements(revoking(1), revoking(2)), ACCESS_DRAFT), [['0101', '0202'], 'granted']);
  assert.deepEqual(revokedBy(withElements(revoking(1), undefined), ACCESS_DRAFT), [['0101'], 'revocation-data-malformed']);
  assert.deepEqual(revokedBy(withElements(undefined, revoking(2)), ACCESS_DRAFT), [[], 'revocation-data-malformed']);
});

test('so is every Revocation Document, until one is wrong', () => {
  const wrong = withValidity(revocationDraft(revoking(3)), '3', 0);
  assert.deepEqual(revokedBy(revocationDraft(revoking(1)), revocationDraft(revoking(2)), ACCESS_DRAFT), [['0101', '0202'], 'granted']);
  assert.deepEqual(revokedBy(wrong, revocationDraft(revoking(2)), ACCESS_DRAFT), [[], 'security-object-malformed']);
  assert.deepEqual(revokedBy(revocationDraft(revoking(1)), wrong, ACCESS_DRAFT), [['0101'], 'security-object-malformed']);
});

test('a Revocation Document is bound to no device', () => {
  const decoded = decodeDeviceResponse(encodeDeviceResponse([issue(revocationDraft(revoking(1)))]));
  assert.ok(decoded.ok);
  const [document = assert.fail('a document')] = decoded.value;
  const verified = verifyDocument(nobleCrypto, document, REQUESTS, CREDENTIAL.publicKey, POLICY);
  assert.ok(verified.ok && !Object.hasOwn(verified.value, 'deviceKey'));
});

test('a security object without a device key says none', () => {
  const object = (draft: Draft) => readSecurityObject(encodeCbor(embed(new Map<string, Cbor>([...draft.object, ['3', new Map()]]))));
  assert.ok(Object.hasOwn(object(ACCESS_DRAFT) ?? {}, 'deviceKeyInfo'), 'control');
  assert.deepEqual(Object.keys(object(revocationDraft(revoking(1))) ?? {}), ['version', 'digestAlgorithm', 'digests', 'docType', 'validity', 'timeVerificationRequired']);
});

// ---- reader certificates -----------------------------------------------------------------------------------------------------------

test('a date of the year 2050 and later is a GeneralizedTime, one before a UTCTime', () => {
  const dates = (notAfter: string): string => hex(certificateTbs({ publicKey: CREDENTIAL.publicKey, notAfter }, ISSUER.publicKey, nobleCrypto));
  assert.ok(dates('20500101000000Z').includes(`180f${hex(utf8('20500101000000Z'))}`));
  assert.ok(dates('490101000000Z').includes(`170d${hex(utf8('490101000000Z'))}`));
});

test('a reader certificate’s key has 65 bytes', () => {
  const certificate = (key: Bytes): Bytes => der('sequence', encodeTlv(0x04, Uint8Array.of(0, 0)), der('sequence',
    encodeTlv(0x85, concat(Uint8Array.of(0), key)), encodeTlv(0x86, concat(Uint8Array.of(0), signatureToDer(filled(64, 3))))));
  assert.deepEqual([64, 65, 66].map((length) => decodeCertificate(certificate(filled(length, 4))).ok), [false, true, false]);
});
