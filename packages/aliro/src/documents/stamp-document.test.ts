// Documents of our own kind (ADR 15) in Aliro's form: carried and verified like others, and never an access document.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { nobleCrypto } from '@mortise/crypto/noble.ts';
import { completeDocument, prepareStampDocument } from './build-document.ts';
import { decodeDeviceRequest, encodeDeviceRequest, type ItemsRequest } from './device-request.ts';
import { answerRequest, decodeDeviceResponse, encodeDeviceResponse } from './device-response.ts';
import { ACCESS_DRAFT, CREDENTIAL, FROM, ISSUER, POLICY, REQUESTS, UNTIL, endOf, filled, issue, withObject } from '../conformance/document.fixture.ts';
import { headerOf, issuerAuthCbor, keyIdentifierOf, readIssuerAuth } from './issuer-auth.ts';
import { NO_MEMORIES } from '../judgement/issuer-memory.ts';
import { judgeResponse } from '../judgement/judge.ts';
import { verifyDocument } from '../judgement/verify-document.ts';

const ASKED: readonly ItemsRequest[] = [...REQUESTS, { docType: 'mortise-f', elements: ['fresh', 'd.front'] }];
const DIGEST = filled(32, 7);
const prepared = prepareStampDocument(nobleCrypto, {
  issuer: { keyIdentifier: keyIdentifierOf(nobleCrypto, ISSUER.publicKey) }, validity: { signed: FROM, validFrom: FROM, validUntil: UNTIL },
  elements: [{ identifier: 'fresh', random: filled(16, 1), data: DIGEST }],
});
const STAMP = completeDocument(prepared, nobleCrypto.p256.sign(ISSUER.privateKey, prepared.toSign));

test('a stamp is asked for, stored, answered and verified like other documents', () => {
  assert.deepEqual(decodeDeviceRequest(encodeDeviceRequest(ASKED.slice(2))), { ok: true, value: ASKED.slice(2) });
  const answered = decodeDeviceResponse(answerRequest([{ docType: 'mortise-f', bytes: STAMP }], ASKED));
  assert.ok(answered.ok && answered.value[0] !== undefined);
  const verified = verifyDocument(nobleCrypto, answered.value[0], ASKED, CREDENTIAL.publicKey, POLICY);
  assert.ok(verified.ok);
  const { docType, deviceKey, elements } = verified.value;
  assert.deepEqual([docType, deviceKey, elements[0]?.identifier, elements[0]?.value], ['mortise-f', undefined, 'fresh', DIGEST]);
});

test('access data under this kind, bound to no credential, open nothing', () => {
  const { object, ...draft } = ACCESS_DRAFT;
  const asStamp = issue(withObject(withObject({ ...draft, docType: 'mortise-f', space: 'mortise-f', object }, '5', 'mortise-f'), '4', undefined));
  const judged = (document: Uint8Array): string => endOf(judgeResponse(nobleCrypto, encodeDeviceResponse([document]), ASKED, CREDENTIAL.publicKey, POLICY, NO_MEMORIES));
  assert.equal(judged(issue(ACCESS_DRAFT)), 'granted', 'the control');
  assert.equal(judged(asStamp), 'document-missing');
});

test('a vendor’s header is carried beside those that name the issuer, and changes neither', () => {
  const auth = { keyIdentifier: filled(8, 1), payload: filled(5, 2), signature: filled(64, 3) };
  const written = issuerAuthCbor(auth, new Map([[-70_000, filled(3, 9)]]));
  assert.deepEqual(readIssuerAuth(written), { ok: true, value: auth });
  assert.deepEqual([headerOf(written, -70_000), headerOf(written, 4), headerOf(written, 33), headerOf(null, 4)], [filled(3, 9), filled(8, 1), undefined, undefined]);
});
