import assert from 'node:assert/strict';
import { test } from 'node:test';
import { equalBytes, hex, type Bytes } from '@mortise/base/bytes.ts';
import { instant } from '@mortise/base/instant.ts';
import { nobleCrypto } from '@mortise/crypto/noble.ts';
import { completeDocument, prepareAccessDocument, prepareRevocationDocument, type NewAccessDocument } from './build-document.ts';
import { answerRequest, encodeDeviceResponse } from './device-response.ts';
import { ACCESS, CREDENTIAL, DOOR, FROM, ISSUER, LEAF, POLICY, REQUESTS, UNTIL, certificateOf, endOf, filled, type KeyPair } from '../conformance/document.fixture.ts';
import { keyIdentifierOf } from './issuer-auth.ts';
import { NO_MEMORIES, memoryOf } from '../judgement/issuer-memory.ts';
import { judgeResponse } from '../judgement/judge.ts';

const VALIDITY = { signed: FROM, validFrom: FROM, validUntil: UNTIL } as const;
const NAMED = { keyIdentifier: keyIdentifierOf(nobleCrypto, ISSUER.publicKey) };
const DOCUMENT: NewAccessDocument = {
  issuer: NAMED, deviceKey: CREDENTIAL.publicKey, validity: VALIDITY, elements: [{ identifier: DOOR, random: filled(16, 1), data: ACCESS }],
};

const written = (changes: Partial<NewAccessDocument> = {}, signer: KeyPair = ISSUER): Bytes => {
  const prepared = prepareAccessDocument(nobleCrypto, { ...DOCUMENT, ...changes });
  return completeDocument(prepared, nobleCrypto.p256.sign(signer.privateKey, prepared.toSign));
};

const { now: _now, ...WITHOUT_TIME } = POLICY;
const judged = (policy: typeof POLICY, ...documents: readonly Bytes[]) => judgeResponse(nobleCrypto, encodeDeviceResponse(documents), REQUESTS, CREDENTIAL.publicKey, policy, NO_MEMORIES);

test('what we write, we grant', () => {
  assert.equal(endOf(judged(POLICY, written())), 'granted');
  assert.equal(endOf(judged(POLICY, written({ issuer: { certificate: certificateOf() } }, LEAF))), 'granted');
  assert.equal(endOf(judged(POLICY, written({}, LEAF))), 'issuer-signature');
});

test('a reader without a clock refuses, unless the issuer says otherwise', () => {
  const elements = [{ identifier: DOOR, random: filled(16, 1), data: { rules: [{ capabilities: 2 }] } }];
  assert.equal(endOf(judged(WITHOUT_TIME, written({ elements }))), 'time-verification-required');
  assert.equal(endOf(judged(WITHOUT_TIME, written({ elements, timeVerificationRequired: false }))), 'granted');
});

test('32 elements, any part of which a wallet may show', () => {
  const elements = Array.from({ length: 32 }, (_, index) => ({ identifier: index === 31 ? DOOR : `d.${index}`, random: filled(16, index), data: ACCESS }));
  const bytes = written({ elements });
  assert.equal(endOf(judged(POLICY, bytes)), 'granted');
  const shown = answerRequest([{ docType: 'aliro-a', bytes }], REQUESTS);
  assert.ok(shown.length < bytes.length / 2);
  assert.equal(endOf(judgeResponse(nobleCrypto, shown, REQUESTS, CREDENTIAL.publicKey, POLICY, NO_MEMORIES)), 'granted');
});

test('a revocation document is for every credential', () => {
  const prepared = prepareRevocationDocument(nobleCrypto, {
    issuer: NAMED, validity: { ...VALIDITY, validityIteration: 3 }, elements: [{ identifier: 'site', random: filled(16, 1), data: { change: 'append', add: [{ accessId: filled(2, 2) }] } }],
  });
  const { memory } = judged(POLICY, completeDocument(prepared, nobleCrypto.p256.sign(ISSUER.privateKey, prepared.toSign)));
  assert.deepEqual(memoryOf(memory, ISSUER.publicKey), { highestIteration: 3, credentials: new Map(), accessIds: new Map([['0202', Infinity]]) });
});

test('the same inputs give the same bytes to sign', () => {
  const prepared = prepareAccessDocument(nobleCrypto, DOCUMENT);
  assert.ok(equalBytes(prepared.toSign, prepareAccessDocument(nobleCrypto, DOCUMENT).toSign));
  const other = prepareAccessDocument(nobleCrypto, { ...DOCUMENT, elements: DOCUMENT.elements.map((element) => ({ ...element, random: filled(16, 2) })) });
  assert.notEqual(hex(other.toSign), hex(prepared.toSign), 'the digest hides what was said');
});

test('our own documents are within their bounds', () => {
  const element = (identifier: string, seed: number, length = 16) => ({ identifier, random: filled(length, seed), data: ACCESS });
  const wrong: readonly Partial<NewAccessDocument>[] = [
    { elements: [] },
    { elements: Array.from({ length: 33 }, (_, index) => element(`d.${index}`, index)) },
    { elements: [element('d.x', 1), element('d.x', 2)] },
    { elements: [element('d.x', 1), element('d.y', 1)] },
    { elements: [element('', 1)] },
    { elements: [element('x'.repeat(65), 1)] },
    { elements: [element('d.x', 1, 15)] },
    { elements: [element('d.x', 1, 17)] },
    { deviceKey: filled(33, 2) },
    { issuer: {} },
    { issuer: { keyIdentifier: filled(7, 1) } },
    { issuer: { certificate: filled(2049, 1) } },
    { validity: { ...VALIDITY, validFrom: instant(UNTIL + 1) } },
    { validity: { ...VALIDITY, validityIteration: -1 } },
    { validity: { ...VALIDITY, validityIteration: 1.5 } },
  ];
  for (const changes of wrong) assert.throws(() => written(changes), { name: 'InvariantError' });
  const right: readonly Partial<NewAccessDocument>[] = [
    { elements: [element('x'.repeat(64), 1)] }, { issuer: { certificate: filled(2048, 1) } }, { validity: { ...VALIDITY, validFrom: UNTIL, validityIteration: 0, expectedUpdate: UNTIL } },
  ];
  for (const changes of right) assert.ok(written(changes).length > 0);
  for (const length of [63, 65]) assert.throws(() => completeDocument(prepareAccessDocument(nobleCrypto, DOCUMENT), filled(length, 1)), { name: 'InvariantError' });
});
