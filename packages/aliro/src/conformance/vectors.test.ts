// The published transactions, in both roles, and how each one ends.

import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { test } from 'node:test';
import { nobleCrypto } from '@mortise/crypto/noble.ts';
import { runVector, type Vector } from './vector.conformance.ts';

const DIRECTORY = new URL('../../../../vectors/aliro/', import.meta.url);

/** Reader's and user device's end: `completed`, or the code of the failure. */
const ENDS: ReadonlyMap<string, readonly [reader: string, device: string]> = new Map([
  ['neg-exchange-bad-tag', ['status-unexpected', 'channel-refused']],
  ['neg-exchange-mailbox-out-of-bounds', ['exchange-refused', 'mailbox-out-of-bounds']],
  ['neg-loadcert-bad-signature', ['status-unexpected', 'certificate-signature']],
  ['neg-no-common-version', ['no-common-version', 'no-common-version']],
  ['neg-reader-signature', ['status-unexpected', 'reader-signature-invalid']],
  ['neg-unknown-reader-group', ['status-unexpected', 'group-unknown']],
  ['neg-user-device-signature', ['device-signature-invalid', 'completed']],
]);

/** These end before there is anything to derive. */
const BEFORE_KEYS: ReadonlySet<string> = new Set(['neg-no-common-version', 'neg-unknown-reader-group']);

/** No transaction: document-vectors.test.ts applies it. */
const ELSEWHERE = 'revocation-sequence.json';

const names = readdirSync(DIRECTORY).filter((name) => name.endsWith('.json') && name !== ELSEWHERE).toSorted();

test('the set is whole', () => {
  assert.equal(names.length, 42);
});

for (const file of names) {
  test(`vector ${file}`, (t) => {
    const vector: Vector = JSON.parse(readFileSync(new URL(file, DIRECTORY), 'utf8'));
    const run = runVector(nobleCrypto, vector);
    const [reader, device] = ENDS.get(vector.name) ?? ['completed', 'completed'];
    assert.equal(run.reader?.kind === 'failed' ? run.reader.error.code : run.reader?.kind, reader);
    assert.equal(run.device?.kind === 'failed' ? run.device.error.code : run.device?.kind, device);
    assert.equal(run.derived > 0, !BEFORE_KEYS.has(vector.name));
    const { access, suggestedReaderStatus, mailboxAfter, reads } = vector.expect;
    if (access !== undefined) assert.equal(run.verdict?.access, access);
    if (suggestedReaderStatus !== undefined) assert.equal(run.verdict?.status, Number.parseInt(suggestedReaderStatus, 16));
    if (reads !== undefined) assert.deepEqual(run.reads, Object.values(reads).flat());
    assert.equal(run.mailbox, mailboxAfter);
    t.diagnostic(`${vector.name}: ${run.commands} commands, ${run.answers} answers, ${run.derived} derived values, byte for byte`);
  });
}
