// Runs the documents of a recorded step-up (vectors/aliro) through our reader's judgement, our user device's answer and our issuer, and
// compares bytes wherever the recording has them. Everything comes from the vector: no keys of ours.

import assert from 'node:assert/strict';
import { fromHex, hex, type Bytes } from '@mortise/base/bytes.ts';
import { required } from '@mortise/base/assert.ts';

import { instant, type Instant } from '@mortise/base/instant.ts';
import type { Crypto } from '@mortise/crypto/crypto.ts';
import { readAccessData } from '../documents/access-data.ts';
import { CAPABILITY } from '../documents/access-schedule.ts';
import { completeDocument, prepareAccessDocument, prepareRevocationDocument } from '../documents/build-document.ts';
import { decodeDeviceRequest, encodeDeviceRequest, type ItemsRequest } from '../documents/device-request.ts';
import { answerRequest, decodeDeviceResponse, encodeDeviceResponse, type ReceivedDocument, type StoredDocument } from '../documents/device-response.ts';
import { readIssuerAuth } from '../documents/issuer-auth.ts';
import { NO_MEMORIES, raiseIteration, type IssuerMemories } from '../judgement/issuer-memory.ts';
import { readItem } from '../documents/issuer-signed-item.ts';
import { judgeResponse, type JudgePolicy, type Judgement } from '../judgement/judge.ts';
import { readRevocationData } from '../documents/revocation-data.ts';
import { deviceKeyOf, readSecurityObject } from '../documents/security-object.ts';

type Key = { readonly privateKey: string; readonly publicKey: string };

/** The parts of a step-up vector that concern its documents. */
export type DocumentVector = {
  readonly name: string;
  readonly inputs: {
    readonly credentialIssuerKey: Key;
    readonly accessCredentialKey: Key;
    readonly verifyTime: string | null;
    readonly readerHasTime?: boolean;
    readonly readerHighestValidityIteration?: number;
    readonly accessDocument?: string;
    readonly revocationDocument?: string;
  };
  readonly derived: { readonly deviceRequest: string; readonly deviceResponse: string };
  readonly expect: { readonly access: 'granted' | 'denied'; readonly suggestedReaderStatus?: string };
};

/** revocation-sequence.json */
export type RevocationVector = {
  readonly inputs: { readonly credentialIssuerKey: Key; readonly credential1: string; readonly credential2: string; readonly verifyTime: string };
  readonly expect: readonly { readonly revocationDocument: string; readonly credential1Accepted: boolean; readonly credential2Accepted: boolean }[];
};

export const vectorBytes = (text: string): Bytes => required(fromHex(text), 'a vector is in hex');

const instantOf = (text: string): Instant => instant(Date.parse(text));

/** The recorded reader's: it unsecures, knows schedules in UTC, and neither reader rules nor extensions. */
export const vectorPolicy = (issuer: string, verifyTime: string | null): JudgePolicy => ({
  issuers: [vectorBytes(issuer)],
  ...(verifyTime !== null && { now: instantOf(verifyTime) }),
  action: CAPABILITY.unsecure,
  acceptsNoRules: true,
  supportsSchedules: true,
  revocation: 'spec',
});

export const requestsOf = (vector: DocumentVector): readonly ItemsRequest[] => {
  const requests = decodeDeviceRequest(vectorBytes(vector.derived.deviceRequest));
  assert.ok(requests.ok, `${vector.name}: the request is read`);
  assert.equal(hex(encodeDeviceRequest(requests.value)), vector.derived.deviceRequest, `${vector.name}: the request is written alike`);
  return requests.value;
};

export const judgeVector = (crypto: Crypto, vector: DocumentVector): Judgement => {
  const { inputs, derived } = vector;
  const policy = vectorPolicy(inputs.credentialIssuerKey.publicKey, inputs.readerHasTime === false ? null : inputs.verifyTime);
  const memory = raiseIteration(NO_MEMORIES, vectorBytes(inputs.credentialIssuerKey.publicKey), inputs.readerHighestValidityIteration);
  return judgeResponse(crypto, vectorBytes(derived.deviceResponse), requestsOf(vector), vectorBytes(inputs.accessCredentialKey.publicKey), policy, memory);
};

export const storedOf = ({ inputs: { accessDocument, revocationDocument } }: DocumentVector): readonly StoredDocument[] => [
  ...(accessDocument === undefined ? [] : [{ docType: 'aliro-a', bytes: vectorBytes(accessDocument) } as const]),
  ...(revocationDocument === undefined ? [] : [{ docType: 'aliro-r', bytes: vectorBytes(revocationDocument) } as const]),
];

/** What our user device answers from the stored documents. */
export const answerVector = (vector: DocumentVector): string => hex(answerRequest(storedOf(vector), requestsOf(vector)));

/** One revocation document of the sequence after another; answers what is remembered after each. */
export const applySequence = (crypto: Crypto, vector: RevocationVector): readonly IssuerMemories[] => {
  const { credentialIssuerKey, credential1, verifyTime } = vector.inputs;
  const policy = vectorPolicy(credentialIssuerKey.publicKey, verifyTime);
  let memory = NO_MEMORIES;
  return vector.expect.map(({ revocationDocument }) => {
    const response = encodeDeviceResponse([vectorBytes(revocationDocument)]);
    const judged = judgeResponse(crypto, response, [{ docType: 'aliro-r', elements: ['floor1'] }], vectorBytes(credential1), policy, memory);
    assert.equal(judged.verdict.ok ? undefined : judged.verdict.error.code, 'document-missing');
    memory = judged.memory;
    return memory;
  });
};

// ---- the issuer ----------------------------------------------------------------------------------------------------------------

const partsOf = (document: ReceivedDocument) => {
  const auth = readIssuerAuth(document.issuerAuth);
  assert.ok(auth.ok);
  const { payload, signature: _signature, ...issuer } = auth.value;
  const object = required(readSecurityObject(payload), 'a security object');
  const items = [...document.items.values()].flat().map((item) => required(readItem(item), 'an item'));
  const { validity, timeVerificationRequired } = object;
  const common = { issuer, validity, timeVerificationRequired };
  return { common, items, deviceKey: deviceKeyOf(object.deviceKeyInfo) };
};

/** The same document built from what it says, with its own random bytes, signed by the vector's issuer. */
const rebuild = (crypto: Crypto, document: ReceivedDocument, privateKey: Bytes): Bytes => {
  const { common, items, deviceKey } = partsOf(document);
  const prepared = deviceKey === undefined
    ? prepareRevocationDocument(crypto, { ...common, elements: items.map(({ identifier, random, value }) => ({ identifier, random, data: valueOf(readRevocationData(value)) })) })
    : prepareAccessDocument(crypto, { ...common, deviceKey, elements: items.map(({ identifier, random, value }) => ({ identifier, random, data: valueOf(readAccessData(value)) })) });
  return completeDocument(prepared, crypto.p256.sign(privateKey, prepared.toSign));
};

const valueOf = <T>(result: { readonly ok: true; readonly value: T } | { readonly ok: false }): T => {
  assert.ok(result.ok, 'data in the common form');
  return result.value;
};

/** Rebuilds every document of a response that the issuer's own key signed; answers how many were compared. */
export const rebuildResponse = (crypto: Crypto, response: Bytes, issuerPrivateKey: string): number => {
  const documents = decodeDeviceResponse(response);
  assert.ok(documents.ok);
  for (const document of documents.value) {
    assert.equal(hex(rebuild(crypto, document, vectorBytes(issuerPrivateKey))), hex(document.bytes));
  }
  return documents.value.length;
};
