// The published step-up transactions' documents: verdict, code and reader status of each, our device's answer and our issuer's bytes.

import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { test } from 'node:test';
import { hex, uint } from '@mortise/base/bytes.ts';
import { nobleCrypto } from '@mortise/crypto/noble.ts';
import type { DocumentErrorCode } from '../documents/document-error.ts';
import {
  answerVector, applySequence, judgeVector, rebuildResponse, vectorBytes, type DocumentVector, type RevocationVector,
} from './document-vector.conformance.ts';
import { isRevoked } from '../judgement/issuer-memory.ts';
import { encodeDeviceResponse } from '../documents/device-response.ts';

const DIRECTORY = new URL('../../../../vectors/aliro/', import.meta.url);

/** What our reader says to each; absent: granted. */
const CODES: Readonly<Record<string, DocumentErrorCode>> = {
  'neg-ad-allow-schedule-not-active': 'schedule-inactive',
  'neg-ad-deny-schedule-active': 'schedule-denies',
  'neg-ad-device-key-mismatch': 'device-key-mismatch',
  'neg-ad-digest-mismatch': 'digest-mismatch',
  'neg-ad-doctype-document': 'document-doctype',
  'neg-ad-doctype-mso': 'security-object-doctype',
  'neg-ad-element-version': 'access-data-version',
  'neg-ad-expired': 'expired',
  'neg-ad-issuer-cert-expired': 'certificate-expired',
  'neg-ad-issuer-cert-signature': 'certificate-signature',
  'neg-ad-issuer-signature': 'issuer-signature',
  'neg-ad-no-keyid-no-cert': 'issuer-unnamed',
  'neg-ad-no-matching-capability': 'capability-missing',
  'neg-ad-not-yet-valid': 'not-yet-valid',
  'neg-ad-rd-element-version': 'revocation-data-version',
  'neg-ad-revoked': 'revoked',
  'neg-ad-signed-outside-cert': 'signed-outside-certificate',
  'neg-ad-time-verification-required': 'time-verification-required',
  'neg-ad-unknown-critical-extension': 'extension-unknown',
  'neg-ad-unknown-issuer': 'issuer-unknown',
  'neg-ad-unknown-reader-rule': 'reader-rule-unknown',
  'neg-ad-validity-iteration': 'iteration-too-old',
  // The recorded reader trusts the credential directly; the document alone grants nothing.
  'stepup-revocation-only': 'document-missing',
};

const names = readdirSync(DIRECTORY).filter((name) => /^(neg-ad|stepup)-.*\.json$/.test(name)).toSorted();
const read = (file: string): DocumentVector => JSON.parse(readFileSync(new URL(file, DIRECTORY), 'utf8'));

test('the set of step-up vectors is whole', () => {
  assert.equal(names.length, 26);
  assert.equal(Object.keys(CODES).filter((name) => !names.includes(`${name}.json`)).length, 0);
});

for (const file of names) {
  test(`documents of ${file}`, () => {
    const vector = read(file);
    const { verdict, memory } = judgeVector(nobleCrypto, vector);
    const code = CODES[vector.name];
    assert.equal(verdict.ok ? undefined : verdict.error.code, code);
    if (!verdict.ok && code !== 'document-missing') assert.equal(hex(uint(verdict.error.readerStatus, 2)), vector.expect.suggestedReaderStatus);
    assert.equal(verdict.ok || code === 'document-missing', vector.expect.access === 'granted');
    assert.equal(answerVector(vector), vector.derived.deviceResponse, 'our user device answers alike');
    if (vector.name === 'stepup-revocation-only') assert.equal(memory.get(vector.inputs.credentialIssuerKey.publicKey)?.credentials.size, 1);
  });
}

test('what the granted documents were granted by', () => {
  const granted = names.map(read).filter(({ name, expect }) => expect.access === 'granted' && CODES[name] === undefined);
  const by = granted.map((vector) => {
    const { verdict } = judgeVector(nobleCrypto, vector);
    assert.ok(verdict.ok);
    const { element, rule, schedule, document } = verdict.value;
    assert.equal(hex(document.issuer), vector.inputs.credentialIssuerKey.publicKey, 'the anchor, not the certificate’s key');
    return [vector.name, element, rule, schedule];
  });
  assert.deepEqual(by, [
    ['stepup-access-document-issuer-certificate', 'floor1', 0, undefined],
    ['stepup-access-document-schedules', 'floor1', 0, 0],
    ['stepup-select-access-and-revocation', 'floor1', 0, undefined],
  ]);
});

/** Their issuer's key is not the one in `inputs`, or what they hold is not ours to write. */
const NOT_OURS: ReadonlySet<string> = new Set([
  'neg-ad-doctype-document', 'neg-ad-doctype-mso', 'neg-ad-digest-mismatch', 'neg-ad-element-version', 'neg-ad-rd-element-version',
  'neg-ad-issuer-signature', 'neg-ad-unknown-issuer', 'neg-ad-no-keyid-no-cert', 'neg-ad-issuer-cert-expired', 'neg-ad-issuer-cert-signature',
  'neg-ad-signed-outside-cert', 'stepup-access-document-issuer-certificate',
]);

test('our issuer writes the same documents from what they say, byte for byte', (t) => {
  const sequence: RevocationVector = JSON.parse(readFileSync(new URL('revocation-sequence.json', DIRECTORY), 'utf8'));
  const ours = names.map(read).filter(({ name }) => !NOT_OURS.has(name));
  const access = ours.map(({ inputs, derived }) => rebuildResponse(nobleCrypto, vectorBytes(derived.deviceResponse), inputs.credentialIssuerKey.privateKey));
  const revocations = sequence.expect.map(({ revocationDocument }) =>
    rebuildResponse(nobleCrypto, encodeDeviceResponse([vectorBytes(revocationDocument)]), sequence.inputs.credentialIssuerKey.privateKey));
  const count = [...access, ...revocations].reduce((sum, one) => sum + one, 0);
  t.diagnostic(`${count} documents rebuilt`);
  assert.ok(count >= 20);
});

test('revocation-sequence.json: six documents, one after another', () => {
  const vector: RevocationVector = JSON.parse(readFileSync(new URL('revocation-sequence.json', DIRECTORY), 'utf8'));
  const { credentialIssuerKey, credential1, credential2 } = vector.inputs;
  const issuer = vectorBytes(credentialIssuerKey.publicKey);
  const accepted = applySequence(nobleCrypto, vector).map((memory) =>
    [credential1, credential2].map((key) => !isRevoked(nobleCrypto, memory, issuer, vectorBytes(key), undefined, undefined)));
  assert.deepEqual(accepted, vector.expect.map(({ credential1Accepted, credential2Accepted }) => [credential1Accepted, credential2Accepted]));
});
