// A bounded share of the attacks of document-mutation.conformance.ts; `npm run test:extended` runs them by the million.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { hex } from '@mortise/base/bytes.ts';
import { encodeCbor } from '@mortise/base/cbor.ts';
import { nobleCrypto } from '@mortise/crypto/noble.ts';
import { ACCESS_DRAFT, endOf, flipped, issue, CREDENTIAL, POLICY, REQUESTS } from './document.fixture.ts';
import { encodeDeviceResponse } from '../documents/device-response.ts';
import { DOCUMENT_LAYERS, runDocumentBytes, runDocumentMutations } from './document-mutation.conformance.ts';
import { NO_MEMORIES } from '../judgement/issuer-memory.ts';
import { judgeResponse } from '../judgement/judge.ts';
import { mutateCbor, seededRandom } from './mutators.conformance.ts';

const RUNS = 3000;
const SEED = 20260301;

const says = (record: Readonly<Record<string, number>>): string => Object.entries(record).toSorted(([, a], [, b]) => b - a).map(([key, count]) => `${key} ${count}`).join(', ');

test('altered documents end in coded verdicts, signed again or not', (t) => {
  const counts = runDocumentMutations({ runs: RUNS, seed: SEED });
  t.diagnostic(`document mutations: ${counts.runs} (seed ${counts.seed}), ${counts.realSignatures} with the curve; layers: ${says(counts.byLayer)}`);
  t.diagnostic(`ends: ${says(counts.ends)}`);
  assert.ok(DOCUMENT_LAYERS.every((layer) => counts.byLayer[layer] > RUNS / 20), 'every layer was reached');
  assert.ok(Object.keys(counts.ends).length > 25, 'many ends, so many checks, were reached');
  assert.ok((counts.ends['granted'] ?? 0) < RUNS / 2);
});

test('the same seed gives the same attacks', () => {
  assert.deepEqual(runDocumentMutations({ runs: 100, seed: 7 }), runDocumentMutations({ runs: 100, seed: 7 }));
});

test('a response cut at every byte, and with every byte changed', (t) => {
  const { judged, granted } = runDocumentBytes(nobleCrypto);
  t.diagnostic(`documents: ${judged} responses, ${granted} granted as before`);
  assert.ok(judged > 4000);
  assert.ok(granted < judged / 50, 'only what is not signed can change');
});

test('with the curve, too, no changed byte of a document is granted but where nothing depends on it', () => {
  const document = issue(ACCESS_DRAFT);
  const granted = Array.from(document, (_, at) => at).filter((at) => at % 5 === 0).filter((at) =>
    endOf(judgeResponse(nobleCrypto, encodeDeviceResponse([flipped(document, at)]), REQUESTS, CREDENTIAL.publicKey, POLICY, NO_MEMORIES)) === 'granted');
  assert.deepEqual(granted, []);
});

test('a mutation changes something, nearly always', () => {
  const random = seededRandom(1);
  const object = new Map(ACCESS_DRAFT.object);
  const before = hex(encodeCbor(object));
  const same = Array.from({ length: 500 }, () => hex(encodeCbor(mutateCbor(random, object)))).filter((after) => after === before);
  assert.ok(same.length < 50);
});
