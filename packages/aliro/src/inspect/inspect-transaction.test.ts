// Every published transaction under inspection: what fails is what a reader or user device would refuse, every tag has a name, everything sealed is
// opened, and no damage makes it throw.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { Secret } from '@mortise/base/secret.ts';
import { nobleCrypto } from '@mortise/crypto/noble.ts';
import { describeDialogues } from './describe-transaction.ts';
import { judgeVector, type DocumentVector } from '../conformance/document-vector.conformance.ts';
import { bytesOf, circumstancesOf, flatten, readVector, stepsOf, vectorNames } from './inspect.fixture.ts';
import { inspectTransaction, type InspectedTransaction } from './inspect-transaction.ts';
import type { RecordedStep } from './trace.ts';
import type { Vector } from '../conformance/vector.conformance.ts';

/** The checks that fail, but for what judgeResponse says of documents. */
const FAILS: Readonly<Record<string, readonly string[]>> = {
  'neg-exchange-bad-tag': ['status-unexpected', 'channel-refused', 'channel-refused', 'incomplete'],
  'neg-exchange-mailbox-out-of-bounds': ['exchange-refused', 'denied'],
  'neg-loadcert-bad-signature': ['status-unexpected', 'certificate-signature', 'denied'],
  'neg-no-common-version': ['no-common-version', 'ended-by-reader'],
  'neg-reader-signature': ['status-unexpected', 'reader-signature-invalid', 'denied'],
  'neg-unknown-reader-group': ['status-unexpected', 'ended-by-reader'],
  'neg-user-device-signature': ['device-signature-invalid', 'denied'],
};

const isOfDocuments = (vector: Vector): vector is Vector & DocumentVector => 'deviceResponse' in vector.derived;

/** The recorded reader trusts the credential itself; the document alone grants nothing. */
const TRUSTED_ANYWAY = 'document-missing';

const expectedOf = (vector: Vector): readonly string[] => {
  if (!isOfDocuments(vector)) return FAILS[vector.name] ?? [];
  const { verdict } = judgeVector(nobleCrypto, vector);
  return verdict.ok || verdict.error.code === TRUSTED_ANYWAY ? [] : [verdict.error.code];
};

const failuresOf = ({ checks }: InspectedTransaction): readonly string[] => checks.flatMap(({ result, code = '' }) => (result === 'fail' ? [code] : []));

for (const name of vectorNames) {
  test(`inspect ${name}`, () => {
    const vector = readVector(name);
    const inspected = inspectTransaction(stepsOf(vector), circumstancesOf(vector));
    const expected = expectedOf(vector);
    const failures = failuresOf(inspected);
    if (isOfDocuments(vector)) {
      assert.equal(failures[0], expected[0], 'the first failure is the reader’s');
      assert.equal(failures.at(-1), expected.length === 0 ? undefined : 'denied');
    } else assert.deepEqual(failures, expected);

    const nodes = flatten(describeDialogues(inspected.dialogues));
    assert.deepEqual(nodes.filter((node) => /unknown|not readable|not in form/.test(node.name)), [], 'everything has a name');
    const opened = inspected.dialogues.flatMap(({ commandPlain, answerPlain }) => [commandPlain, answerPlain]).filter((message) => message?.plaintext !== undefined);
    const damaged = name === 'neg-exchange-bad-tag' ? 2 : 0;
    assert.equal(opened.length, vector.derived.secureMessages.length - damaged, 'every sealed message is opened');
  });
}

const standard = readVector('standard');

test('a check that fails says what does not fit', () => {
  const says = (name: string, code: string): string | undefined => {
    const vector = readVector(name);
    return inspectTransaction(stepsOf(vector), circumstancesOf(vector)).checks.find((check) => check.code === code)?.says;
  };
  assert.equal(says('neg-ad-expired', 'expired'), 'validUntil 2026-02-01T00:00:00Z is before 2026-06-01T12:00:00Z');
  assert.equal(says('neg-ad-not-yet-valid', 'not-yet-valid')?.startsWith('validFrom '), true);
  assert.equal(says('neg-ad-element-version', 'access-data-version'), 'version 42, not 1');
  assert.equal(says('neg-ad-unknown-reader-rule', 'reader-rule-unknown'), 'reader rule F118 is not known here');
  assert.match(says('neg-ad-digest-mismatch', 'digest-mismatch') ?? '', /^element “floor1” is not what digest 1 is of$/);
  assert.match(says('neg-ad-unknown-issuer', 'issuer-unknown') ?? '', /^key identifier [0-9a-f]{16} is of no trusted issuer$/);
  assert.match(says('neg-ad-no-matching-capability', 'capability-missing') ?? '', /bit 12/);
  assert.equal(says('neg-ad-validity-iteration', 'iteration-too-old'), '1, the highest seen is 9: 8 or more behind');
});

test('either side’s ephemeral key opens; recorded session keys do for want of both; nothing opens without', () => {
  const { readerEphemeral: _reader, ...without } = circumstancesOf(standard);
  const { standardPhase } = Object.assign({ standardPhase: { keys: { ExpeditedSKReader: '', ExpeditedSKDevice: '' } } }, standard.derived);
  const deviceEphemeral = new Secret(bytesOf(standard.inputs.userDeviceEphemeralKey.privateKey));
  const recorded = { expeditedReader: new Secret(bytesOf(standardPhase.keys.ExpeditedSKReader)), expeditedDevice: new Secret(bytesOf(standardPhase.keys.ExpeditedSKDevice)) };
  for (const more of [{ deviceEphemeral }, { recorded }]) assert.deepEqual(failuresOf(inspectTransaction(stepsOf(standard), { ...without, ...more })), []);
  const { checks } = inspectTransaction(stepsOf(standard), without);
  assert.deepEqual(checks.filter(({ result }) => result === 'open').map(({ name }) => name), ['sealed messages', 'outcome']);
});

test('a reader that grants although a check fails is told so', () => {
  const vector = readVector('stepup-access-document-schedules');
  const { now: _now, ...rest } = circumstancesOf(vector);
  assert.deepEqual(failuresOf(inspectTransaction(stepsOf(vector), { ...rest, issuers: [bytesOf(vector.inputs.readerKey.publicKey)] })), ['issuer-unknown', 'schedule-without-time', 'granted-wrongly']);
});

const inspectAll = (steps: readonly RecordedStep[], circumstances = circumstancesOf(standard)): void => {
  const { dialogues, checks } = inspectTransaction(steps, circumstances);
  describeDialogues(dialogues);
  assert.ok(checks.length > 0);
};

const apdus = fc.oneof(
  fc.uint8Array({ maxLength: 300 }),
  fc.constantFrom(...vectorNames.slice(0, 8).flatMap((name) => stepsOf(readVector(name)).map(({ apdu }) => apdu))),
);
const anySteps = fc.array(fc.record({ from: fc.constantFrom('reader' as const, 'userDevice' as const), apdu: apdus }), { maxLength: 14 });

test('any steps are answered', () => { fc.assert(fc.property(anySteps, (steps) => { inspectAll(steps); }), { numRuns: 60 }); });

test('a recording damaged anywhere is answered', () => {
  for (const name of ['fast', 'standard-keyslot', 'stepup-access-document-issuer-certificate']) {
    const vector = readVector(name);
    const steps = stepsOf(vector);
    const damage = fc.tuple(fc.nat(steps.length - 1), fc.nat(600), fc.nat(255), fc.boolean());
    fc.assert(fc.property(damage, ([at, offset, value, cut]) => {
      const damaged = steps.map(({ from, apdu }, index) => {
        if (index !== at) return { from, apdu };
        return { from, apdu: cut ? apdu.subarray(0, offset % (apdu.length + 1)) : apdu.map((byte, place) => (place === offset % apdu.length ? value : byte)) };
      });
      inspectAll(damaged, circumstancesOf(vector));
    }), { numRuns: 25 });
  }
});
