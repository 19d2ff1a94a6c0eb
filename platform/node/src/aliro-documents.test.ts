// The step-up vectors' documents on OpenSSL: the same verdicts as on noble (packages/aliro document-vectors.test.ts).

import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { test } from 'node:test';
import { judgeVector, type DocumentVector } from '@mortise/aliro/document-vector.conformance.ts';
import { nobleCrypto } from '@mortise/crypto/noble.ts';
import { nodeCrypto } from './crypto.ts';

const DIRECTORY = new URL('../../../vectors/aliro/', import.meta.url);
const names = readdirSync(DIRECTORY).filter((name) => /^(neg-ad|stepup)-.*\.json$/.test(name));

test('both adapters judge the documents of every step-up alike', (t) => {
  for (const name of names) {
    const vector: DocumentVector = JSON.parse(readFileSync(new URL(name, DIRECTORY), 'utf8'));
    assert.deepEqual(judgeVector(nodeCrypto, vector), judgeVector(nobleCrypto, vector), name);
  }
  t.diagnostic(`${names.length} vectors`);
  assert.equal(names.length, 26);
});
