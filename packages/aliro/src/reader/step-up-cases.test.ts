// SPEC §9.1: the document cases of the CSA's collection, each beside the same document without the flaw, and the order of SPEC §9.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Bytes } from '@mortise/base/bytes.ts';
import type { Cbor } from '@mortise/base/cbor.ts';
import { instant } from '@mortise/base/instant.ts';
import { dateCbor } from '../documents/document-cbor.ts';
import { DOCUMENT_FAULTS, type DocumentErrorCode } from '../documents/document-error.ts';
import {
  ACCESS, ACCESS_DRAFT, CERTIFIED, DOOR, EXPIRED_CERTIFICATE, FROM, ISSUER, NOW, OTHER_ISSUER, POLICY, REVOKE_NOBODY, STRANGER, UNTIL, WITHOUT_TIME,
  CERTIFICATE, accessDraft, certificateFrom, certificateOf, certified, dailyFrom, elementOf, endOf, filled, flipped, item, judge,
  judgeDrafts, noSchedules, untimed, withObject, withValidity, type Draft,
} from '../conformance/document.fixture.ts';
import { NO_MEMORIES, memoryOf, raiseIteration, type IssuerMemories } from '../judgement/issuer-memory.ts';
import type { JudgePolicy } from '../judgement/judge.ts';
import { deviceKeyInfo } from '../documents/security-object.ts';

const versioned = (value: Cbor): Cbor => new Map([...(value instanceof Map ? value : []), [0, 42]]);

const laterCertificate = certificateFrom('260201000000Z', '350101000000Z');

type Case = {
  readonly name: string;
  readonly code: DocumentErrorCode;
  readonly flawed: Draft | readonly Draft[];
  /** What is granted; by default the document that all cases start from. */
  readonly control?: Draft | readonly Draft[];
  readonly policy?: JudgePolicy;
  readonly controlPolicy?: JudgePolicy;
  readonly memory?: IssuerMemories;
};

const iterated = (iteration: number): Draft => withValidity(ACCESS_DRAFT, '5', iteration);

const CASES: readonly Case[] = [
  { name: 'STEPUP_DEVICE_KEY_INFO_MISMATCH', code: 'device-key-mismatch', flawed: withObject(ACCESS_DRAFT, '4', deviceKeyInfo(STRANGER.publicKey)) },
  { name: 'STEPUP_DOCTYPE_NOT_ALIROA', code: 'document-doctype', flawed: { ...ACCESS_DRAFT, docType: 'aliro-b' } },
  { name: 'STEPUP_ISSUER_DOCTYPE_MISMATCH', code: 'security-object-doctype', flawed: withObject(ACCESS_DRAFT, '5', 'aliro-b') },
  { name: 'STEPUP_EARLY_ISSUER_AUTH', code: 'not-yet-valid', flawed: withValidity(ACCESS_DRAFT, '2', dateCbor(instant(NOW + 1000))), control: withValidity(ACCESS_DRAFT, '2', dateCbor(NOW)) },
  { name: 'STEPUP_EXPIRED_ISSUER_AUTH', code: 'expired', flawed: withValidity(ACCESS_DRAFT, '3', dateCbor(instant(NOW - 1000))), control: withValidity(ACCESS_DRAFT, '3', dateCbor(NOW)) },
  { name: 'STEPUP_INVALID_ACCESS_DATA_ELEMENT_VERSION', code: 'access-data-version', flawed: { ...ACCESS_DRAFT, items: [item(DOOR, versioned(elementOf(ACCESS_DRAFT)))] } },
  { name: 'STEPUP_INVALID_HASH_ISSUER_AUTH', code: 'digest-mismatch', flawed: { ...ACCESS_DRAFT, digests: new Map([['aliro-a', new Map([[1, filled(32, 0)]])]]) } },
  { name: 'STEPUP_INVALID_SIGNATURE_ISSUER_AUTH', code: 'issuer-signature', flawed: { ...ACCESS_DRAFT, damage: (signature) => flipped(signature, 63) } },
  { name: 'STEPUP_ISSUER_CERT_EXPIRED', code: 'certificate-expired', flawed: certified(ACCESS_DRAFT, EXPIRED_CERTIFICATE), control: CERTIFIED },
  { name: 'STEPUP_ISSUER_CERT_INVALID_SIGNATURE', code: 'certificate-signature', flawed: certified(ACCESS_DRAFT, certificateOf(CERTIFICATE, STRANGER)), control: CERTIFIED },
  { name: 'STEPUP_ISSUER_CERTIFICATE_TIME_MISMATCH', code: 'signed-outside-certificate', flawed: certified(ACCESS_DRAFT, laterCertificate), control: CERTIFIED },
  { name: 'STEPUP_NO_ACCESS_RULE_FOR_READER_ACTION', code: 'capability-missing', flawed: accessDraft({ rules: [{ capabilities: 1 << 12 }] }), control: accessDraft({ rules: [{ capabilities: 0b10 }] }) },
  { name: 'STEPUP_NO_DATA_ELEMENTS', code: 'elements-missing', flawed: { ...ACCESS_DRAFT, items: [] } },
  { name: 'STEPUP_NO_ISSUER_CERT_NO_KEY_ID', code: 'issuer-unnamed', flawed: { ...ACCESS_DRAFT, headers: new Map() } },
  { name: 'STEPUP_NO_VALID_SCHEDULE_ALLOW_SCHEDULEID', code: 'schedule-inactive', flawed: accessDraft({ ...ACCESS, schedules: [dailyFrom(13), dailyFrom(3)] }) },
  { name: 'STEPUP_VALID_SCHEDULE_DENY_SCHEDULEID', code: 'schedule-denies', flawed: accessDraft({ ...ACCESS, schedules: [dailyFrom(12), dailyFrom(12)] }) },
  { name: 'STEPUP_SCHEDULE_IN_ACCESS_RULE_AND_READER', code: 'schedule-unsupported', flawed: ACCESS_DRAFT, policy: { ...POLICY, supportsSchedules: false }, controlPolicy: POLICY },
  { name: 'STEPUP_SCHEDULE_TIME_VERIFY_REQUIRED', code: 'schedule-without-time', flawed: untimed(ACCESS_DRAFT), control: untimed(noSchedules), policy: WITHOUT_TIME },
  { name: 'STEPUP_TIME_VERIFICATION_REQUIRED', code: 'time-verification-required', flawed: noSchedules, control: untimed(noSchedules), policy: WITHOUT_TIME },
  { name: 'STEPUP_UNKNOWN_CRITICAL_ACCESS_EXTENSION', code: 'extension-unknown',
    flawed: accessDraft({ ...ACCESS, accessExtensions: [{ vendor: 1, id: 1, version: 1, critical: true, data: filled(1, 1) }] }),
    control: accessDraft({ ...ACCESS, accessExtensions: [{ vendor: 1, id: 1, version: 1, critical: false, data: filled(1, 1) }] }) },
  { name: 'STEPUP_UNKNOWN_READER_RULE', code: 'reader-rule-unknown', flawed: accessDraft({ ...ACCESS, readerRuleIds: [0xf118] }), control: accessDraft({ ...ACCESS, readerRuleIds: [] }) },
  { name: 'STEPUP_VALIDITY_ITERATION', code: 'iteration-too-old', flawed: iterated(1), control: iterated(2), memory: raiseIteration(NO_MEMORIES, ISSUER.publicKey, 9) },
  { name: 'STEPUP_RD_INVALID_ELEMENT_VERSION', code: 'revocation-data-version',
    flawed: [ACCESS_DRAFT, { ...REVOKE_NOBODY, items: [item('site', versioned(elementOf(REVOKE_NOBODY)))] }], control: [ACCESS_DRAFT, REVOKE_NOBODY] },
];

const run = (given: Draft | readonly Draft[] | undefined, policy: JudgePolicy, memory: IssuerMemories): string => {
  const drafts = given ?? ACCESS_DRAFT;
  return endOf(judgeDrafts('items' in drafts ? [drafts] : drafts, policy, memory));
};

for (const { name, code, flawed, control, policy = POLICY, controlPolicy, memory = NO_MEMORIES } of CASES) {
  test(`${name}: refused as ${code}, and granted without the flaw`, () => {
    assert.equal(run(flawed, policy, memory), code);
    assert.equal(DOCUMENT_FAULTS[code] >> 8, 0, 'a failure (SPEC §7.1)');
    assert.equal(run(control, controlPolicy ?? policy, memory), 'granted');
  });
}

test('STEPUP_VALIDITY_ITERATION in sequence: 1, 9, 3 are accepted, then 1 is not', () => {
  let memory = NO_MEMORIES;
  const ends = [1, 9, 3, 1].map((iteration) => {
    const judged = judgeDrafts([iterated(iteration)], POLICY, memory);
    memory = judged.memory;
    return endOf(judged);
  });
  assert.deepEqual(ends, ['granted', 'granted', 'granted', 'iteration-too-old']);
  assert.equal(memoryOf(memory, ISSUER.publicKey).highestIteration, 9);
  assert.equal(memoryOf(memory, OTHER_ISSUER.publicKey).highestIteration, undefined);
});

// ---- the order of SPEC §9 --------------------------------------------------------------------------------------------------------

type Flaw = { readonly code: DocumentErrorCode; readonly apply: (draft: Draft) => Draft };

const flaw = (code: DocumentErrorCode, apply: (draft: Draft) => Draft): Flaw => ({ code, apply });

/** Flaws that can stand together in one document, in the order in which SPEC §9 looks. */
const IN_ORDER: readonly Flaw[] = [
  flaw('document-doctype', (draft) => ({ ...draft, docType: 'other' })),
  flaw('algorithm-unsupported', (draft) => ({ ...draft, protectedHeader: Uint8Array.of(0xa1, 0x01, 0x38, 0x22) })),
  flaw('issuer-unknown', (draft) => ({ ...draft, headers: new Map([[4, filled(8, 0)]]) })),
  flaw('issuer-signature', (draft) => ({ ...draft, damage: (signature) => flipped(signature, 0) })),
  flaw('elements-missing', (draft) => ({ ...draft, items: [] })),
  flaw('digest-mismatch', (draft) => ({ ...draft, digests: new Map([['aliro-a', new Map([[1, filled(32, 0)]])]]) })),
  flaw('security-object-version', (draft) => withObject(draft, '1', '1.1')),
  flaw('digest-algorithm', (draft) => withObject(draft, '2', 'SHA-512')),
  flaw('security-object-doctype', (draft) => withObject(draft, '5', 'aliro-r')),
  flaw('device-key-mismatch', (draft) => withObject(draft, '4', deviceKeyInfo(STRANGER.publicKey))),
];

const LATE: readonly Flaw[] = [
  flaw('device-key-mismatch', (draft) => withObject(draft, '4', undefined)),
  flaw('not-yet-valid', (draft) => withValidity(draft, '2', dateCbor(UNTIL))),
  flaw('access-data-version', (draft) => ({ ...draft, items: [item(DOOR, versioned(elementOf(draft)))] })),
];

test('the earlier of two flaws is named', () => {
  let pairs = 0;
  for (const flaws of [IN_ORDER, LATE]) {
    for (const [index, first] of flaws.entries()) {
      assert.equal(judge(first.apply(ACCESS_DRAFT)), first.code);
      for (const second of flaws.slice(index + 1)) {
        assert.equal(judge(first.apply(second.apply(ACCESS_DRAFT))), first.code, `${first.code} before ${second.code}`);
        pairs += 1;
      }
    }
  }
  assert.equal(pairs, 48);
});

test('dates come before the iteration, the iteration before the content', () => {
  const memory = raiseIteration(NO_MEMORIES, ISSUER.publicKey, 20);
  const old = withObject(ACCESS_DRAFT, '6', new Map<string, Cbor>([['1', dateCbor(FROM)], ['2', dateCbor(FROM)], ['3', dateCbor(FROM)], ['5', 1]]));
  const badContent: Draft = { ...iterated(1), items: [item(DOOR, null)] };
  assert.equal(judge(old, POLICY, memory), 'expired');
  assert.equal(judge(iterated(1), POLICY, memory), 'iteration-too-old');
  assert.equal(judge(badContent, POLICY, memory), 'iteration-too-old');
  assert.equal(judge(badContent), 'access-data-malformed');
});

test('a certificate’s dates come before the signature, and the document’s after', () => {
  const damaged = { damage: (signature: Bytes) => flipped(signature, 5) };
  assert.equal(judge({ ...certified(ACCESS_DRAFT, EXPIRED_CERTIFICATE), ...damaged }), 'certificate-expired');
  assert.equal(judge({ ...CERTIFIED, ...damaged }), 'issuer-signature');
  assert.equal(judge({ ...certified(ACCESS_DRAFT, laterCertificate), ...damaged }), 'issuer-signature');
});
