// SPEC §9.1: the document cases of the CSA's collection, each beside the same document without the flaw; the order of §9; and what the
// reader remembers.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { hex, type Bytes } from '@mortise/base/bytes.ts';
import { Tagged, type Cbor } from '@mortise/base/cbor.ts';
import { instant, type Instant } from '@mortise/base/instant.ts';
import { nobleCrypto } from '@mortise/crypto/noble.ts';
import { accessDataCbor } from './access-data.ts';
import { DOCUMENT_FAULTS, documentError, furtherOf, type DocumentErrorCode } from './document-error.ts';
import { encodeDeviceResponse, encodeFailedResponse } from './device-response.ts';
import { dateCbor } from './document-cbor.ts';
import {
  ACCESS, ACCESS_DRAFT, ACCESS_ID, CERTIFICATE, CREDENTIAL, DOOR, FROM, ISSUER, LEAF, NOW, OTHER_ISSUER, POLICY, REQUESTS, STRANGER, UNTIL,
  accessDraft, certificateOf, certified, dailyFrom, endOf, filled, flipped, issue, item, judge, judgeDrafts, revocationDraft, time, withObject, withValidity,
  type Draft,
} from './document.fixture.ts';
import { der } from './der.ts';
import { NO_MEMORIES, isRevoked, memoryOf, raiseIteration, type IssuerMemories } from './issuer-memory.ts';
import { keyIdentifierOf } from './issuer-auth.ts';
import { judgeAgain, judgeResponse, type JudgePolicy } from './judge.ts';
import { deviceKeyInfo } from './security-object.ts';

const { now: _now, ...WITHOUT_TIME } = POLICY;
const untimed = (draft: Draft): Draft => withObject(draft, '7', false);
const noSchedules = accessDraft({ ...ACCESS, rules: [{ capabilities: 2 }] });
const versioned = (value: Cbor): Cbor => new Map([...(value instanceof Map ? value : []), [0, 42]]);
const elementOf = (draft: Draft): Cbor => draft.items[0]?.get('4') ?? null;
const REVOKE_NOBODY = revocationDraft({ change: 'overwrite', add: [{ credential: filled(32, 9) }] });

const CERTIFIED = certified(ACCESS_DRAFT, certificateOf());
const expiredCertificate = certificateOf({ ...CERTIFICATE, dates: der('sequence', time('250101000000Z'), time('260201000000Z')) });
const laterCertificate = certificateOf({ ...CERTIFICATE, dates: der('sequence', time('260201000000Z'), time('350101000000Z')) });

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
  { name: 'STEPUP_ISSUER_CERT_EXPIRED', code: 'certificate-expired', flawed: certified(ACCESS_DRAFT, expiredCertificate), control: CERTIFIED },
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
  assert.equal(judge({ ...certified(ACCESS_DRAFT, expiredCertificate), ...damaged }), 'certificate-expired');
  assert.equal(judge({ ...CERTIFIED, ...damaged }), 'issuer-signature');
  assert.equal(judge({ ...certified(ACCESS_DRAFT, laterCertificate), ...damaged }), 'issuer-signature');
});

// ---- dates -----------------------------------------------------------------------------------------------------------------------

const at = (ms: number): JudgePolicy => ({ ...POLICY, now: instant(ms) });

test('a document holds from its first to its last millisecond', () => {
  const always = accessDraft({ rules: [{ capabilities: 2 }] });
  assert.deepEqual([FROM - 1, FROM, UNTIL, UNTIL + 1].map((ms) => judge(always, at(ms))), ['not-yet-valid', 'granted', 'granted', 'expired']);
});

test('the certificate holds for when the document was signed and for now, both ends included', () => {
  const always = accessDraft({ rules: [{ capabilities: 2 }] });
  const from = (first: string, last: string): Draft => certified(always, certificateOf({ ...CERTIFICATE, dates: der('sequence', time(first), time(last)) }));
  assert.equal(judge(from('260101000000Z', '260601120000Z')), 'granted');
  assert.equal(judge(from('260101000001Z', '260601120000Z')), 'signed-outside-certificate');
  assert.equal(judge(from('260101000000Z', '260601115959Z')), 'certificate-expired');
  assert.equal(judge(from('260601120001Z', '270101000000Z')), 'certificate-expired', 'not yet in force');
  const signedLater = withValidity(always, '1', dateCbor(instant(Date.UTC(2030, 0, 1))));
  const until2028 = certificateOf({ ...CERTIFICATE, dates: der('sequence', time('250101000000Z'), time('280101000000Z')) });
  assert.equal(judge(certified(signedLater, until2028)), 'signed-outside-certificate');
});

test('without a clock no date is looked at, unless the document demands it', () => {
  const outside = untimed(certified(withValidity(noSchedules, '3', dateCbor(FROM)), expiredCertificate));
  assert.equal(judge(outside, WITHOUT_TIME), 'granted');
  assert.equal(judge(withObject(outside, '7', true), WITHOUT_TIME), 'time-verification-required');
  assert.equal(judge(untimed(withValidity(noSchedules, '3', dateCbor(FROM)))), 'expired');
});

// ---- who signed ------------------------------------------------------------------------------------------------------------------

const kid = (key: Bytes): Bytes => keyIdentifierOf(nobleCrypto, key);

test('a key identifier is a trusted issuer’s, and its key is tried before a certificate', () => {
  const certificate = certificateOf();
  const both = (key: Bytes, signer: Draft['signer'], chain: Bytes = certificate): Draft => ({ ...ACCESS_DRAFT, headers: new Map([[4, kid(key)], [33, chain]]), signer });
  assert.equal(judge(both(ISSUER.publicKey, ISSUER)), 'granted');
  assert.equal(judge(both(ISSUER.publicKey, ISSUER, filled(3, 0))), 'granted', 'the certificate was not needed');
  assert.equal(judge(both(ISSUER.publicKey, LEAF)), 'granted', 'the certificate is the named issuer’s');
  assert.equal(judge(both(OTHER_ISSUER.publicKey, LEAF)), 'certificate-signature', 'the certificate is another trusted issuer’s');
  assert.equal(judge(both(LEAF.publicKey, LEAF)), 'issuer-unknown', 'the name of nobody is not mended by a certificate');
  assert.equal(judge(both(ISSUER.publicKey, LEAF, filled(3, 0))), 'certificate-malformed');
});

test('the issuer is the one that signed', () => {
  assert.equal(judge({ ...ACCESS_DRAFT, signer: OTHER_ISSUER }), 'issuer-signature');
  assert.equal(judge({ ...ACCESS_DRAFT, signer: OTHER_ISSUER, headers: new Map([[4, kid(OTHER_ISSUER.publicKey)]]) }), 'granted');
  assert.equal(judge(ACCESS_DRAFT, { ...POLICY, issuers: [] }), 'issuer-unknown');
  assert.equal(judge(CERTIFIED, { ...POLICY, issuers: [] }), 'certificate-signature');
  assert.equal(judge(CERTIFIED, { ...POLICY, issuers: [LEAF.publicKey] }), 'certificate-signature', 'trust in a leaf is not trust in its issuer');
});

// ---- several documents -------------------------------------------------------------------------------------------------------------

const damagedDraft: Draft = { ...ACCESS_DRAFT, damage: (signature) => flipped(signature, 9) };
const strangers: Draft = { ...ACCESS_DRAFT, signer: STRANGER, headers: new Map([[4, kid(STRANGER.publicKey)]]) };
const hourless = accessDraft({ ...ACCESS, schedules: [dailyFrom(13), dailyFrom(3)] });

test('any one access document suffices, and of several refusals the one that came furthest is told', () => {
  assert.equal(endOf(judgeDrafts([damagedDraft, ACCESS_DRAFT])), 'granted');
  assert.equal(endOf(judgeDrafts([ACCESS_DRAFT, damagedDraft])), 'granted');
  assert.equal(endOf(judgeDrafts([strangers, hourless, damagedDraft])), 'schedule-inactive');
  assert.equal(endOf(judgeDrafts([strangers, damagedDraft])), 'issuer-signature');
});

test('the further of two refusals, the first of two alike', () => {
  const [early, late] = [documentError('issuer-unknown'), documentError('schedule-inactive')];
  assert.deepEqual([furtherOf(early, late), furtherOf(late, early)], [late, late]);
  const twin = { ...early };
  assert.equal(furtherOf(early, twin), early);
});

test('an element that comes back under another name is not used, and one that was asked for is', () => {
  const elements = (...names: readonly string[]): Draft => ({ ...ACCESS_DRAFT, items: names.map((name, index) => item(name, accessDataCbor(ACCESS), index + 1)) });
  assert.equal(judge(elements('d.back')), 'element-not-requested');
  assert.equal(judge(elements('d.back', DOOR)), 'granted');
  assert.equal(judge(elements('d.back', 'site')), 'element-not-requested', 'asked for of the other kind');
  const judged = judgeDrafts([elements('d.back', 'g.all')]);
  assert.equal(judged.verdict.ok && judged.verdict.value.element, 'g.all');
});

test('an element that nobody asked for must still be the one that was signed', () => {
  const two: Draft = { ...ACCESS_DRAFT, items: [item(DOOR, accessDataCbor(ACCESS)), item('d.back', null, 2)] };
  assert.equal(judge(two), 'granted');
  const good = new Map([[1, nobleCrypto.sha256(filled(1, 1))], [2, filled(32, 0)]]);
  assert.equal(judge({ ...two, digests: new Map([['aliro-a', good]]) }), 'digest-mismatch');
});

test('one element suffices, and a refusal by another does not spread', () => {
  const critical = { ...ACCESS, accessExtensions: [{ vendor: 1, id: 1, version: 1, critical: true, data: filled(1, 1) }] };
  const items = [item(DOOR, accessDataCbor(critical)), item('g.all', accessDataCbor({ ...ACCESS, id: filled(2, 2) }), 2)];
  const judged = judgeDrafts([{ ...ACCESS_DRAFT, items }]);
  assert.equal(judged.verdict.ok && hex(judged.verdict.value.accessId ?? filled(0, 0)), '0202');
  assert.equal(judge({ ...ACCESS_DRAFT, items: items.slice(0, 1) }), 'extension-unknown');
});

// ---- revocations -------------------------------------------------------------------------------------------------------------------

const credentialHash = nobleCrypto.sha256(CREDENTIAL.publicKey);
const revoking = (entry: { readonly credential?: Bytes; readonly accessId?: Bytes; readonly expiryS?: number }): Draft => revocationDraft({ change: 'append', add: [entry] });

test('a revocation document of the same response counts, whatever its place', () => {
  const revoked = revoking({ credential: credentialHash });
  assert.equal(endOf(judgeDrafts([ACCESS_DRAFT, revoked])), 'revoked');
  assert.equal(endOf(judgeDrafts([revoked, ACCESS_DRAFT])), 'revoked');
  assert.equal(endOf(judgeDrafts([ACCESS_DRAFT, revoking({ accessId: ACCESS_ID })])), 'revoked');
  assert.equal(endOf(judgeDrafts([ACCESS_DRAFT, revoking({ credential: filled(32, 1), accessId: filled(16, 1) })])), 'granted');
});

test('what is revoked stays revoked for the next response, of the issuer that revoked it', () => {
  const { memory } = judgeDrafts([revoking({ credential: credentialHash })]);
  assert.equal(judge(ACCESS_DRAFT, POLICY, memory), 'revoked');
  const ofOther: Draft = { ...ACCESS_DRAFT, signer: OTHER_ISSUER, headers: new Map([[4, kid(OTHER_ISSUER.publicKey)]]) };
  assert.equal(judge(ofOther, POLICY, memory), 'granted');
});

test('an entry that has ended does not count; without a clock it does', () => {
  const expiryS = NOW / 1000;
  assert.equal(endOf(judgeDrafts([ACCESS_DRAFT, revoking({ credential: credentialHash, expiryS })])), 'revoked');
  assert.equal(endOf(judgeDrafts([ACCESS_DRAFT, revoking({ credential: credentialHash, expiryS: expiryS - 1 })])), 'granted');
  assert.equal(endOf(judgeDrafts([untimed(noSchedules), untimed(revoking({ credential: credentialHash, expiryS: 1 }))], WITHOUT_TIME)), 'revoked');
});

test('a response whose revocation document fails is refused whole, and remembers what passed before', () => {
  const bad: Draft = { ...REVOKE_NOBODY, damage: (signature) => flipped(signature, 1) };
  const judged = judgeDrafts([ACCESS_DRAFT, revoking({ credential: filled(32, 5) }), bad]);
  assert.equal(endOf(judged), 'issuer-signature');
  assert.equal(isRevokedHash(judged.memory, filled(32, 5)), true);
  assert.equal(endOf(judgeDrafts([ACCESS_DRAFT, { ...REVOKE_NOBODY, items: [item('elsewhere', elementOf(REVOKE_NOBODY))] }])), 'element-not-requested');
});

const isRevokedHash = (memory: IssuerMemories, hash: Bytes): boolean => memoryOf(memory, ISSUER.publicKey).credentials.has(hex(hash));

test('a document that does not pass changes nothing, one that passes and does not grant raises the iteration', () => {
  assert.equal(judgeDrafts([{ ...withValidity(ACCESS_DRAFT, '5', 7), damage: (signature) => flipped(signature, 1) }]).memory, NO_MEMORIES);
  const judged = judgeDrafts([withValidity(hourless, '5', 7)]);
  assert.equal(endOf(judged), 'schedule-inactive');
  assert.equal(memoryOf(judged.memory, ISSUER.publicKey).highestIteration, 7);
});

test('revocation documents are bound to no credential, and only what was asked for is applied', () => {
  assert.equal(endOf(judgeDrafts([withObject(REVOKE_NOBODY, '4', deviceKeyInfo(STRANGER.publicKey)), ACCESS_DRAFT])), 'granted');
  const two: Draft = { ...REVOKE_NOBODY, items: [item('other', elementOf(revoking({ credential: credentialHash }))), item('site', elementOf(REVOKE_NOBODY), 2)] };
  assert.equal(endOf(judgeDrafts([two, ACCESS_DRAFT])), 'granted');
});

test('an access document cannot pass for a revocation document, nor the other way', () => {
  const response = (docType: 'aliro-a' | 'aliro-r'): string => endOf(judgeResponse(
    nobleCrypto, encodeDeviceResponse([issue(docType === 'aliro-a' ? ACCESS_DRAFT : REVOKE_NOBODY)]), [{ docType, elements: [DOOR, 'site'] }], CREDENTIAL.publicKey, POLICY, NO_MEMORIES));
  assert.equal(response('aliro-a'), 'granted');
  assert.equal(response('aliro-r'), 'document-missing');
  assert.equal(endOf(judgeResponse(nobleCrypto, encodeDeviceResponse([issue(ACCESS_DRAFT)]), [{ docType: 'aliro-r', elements: ['site'] }], CREDENTIAL.publicKey, POLICY, NO_MEMORIES)), 'document-doctype');
  assert.equal(judge({ ...REVOKE_NOBODY, docType: 'aliro-a' }), 'document-namespace');
  assert.equal(judge({ ...ACCESS_DRAFT, docType: 'aliro-r' }), 'document-namespace');
});

test('union: overwrite and remove change nothing, and the list is never too long to be kept', () => {
  const union: JudgePolicy = { ...POLICY, revocation: 'union' };
  let { memory } = judgeDrafts([revoking({ credential: credentialHash })], union);
  ({ memory } = judgeDrafts([revocationDraft({ change: 'overwrite', remove: [{ credential: credentialHash }] })], union, memory));
  assert.equal(judge(ACCESS_DRAFT, union, memory), 'revoked');
  ({ memory } = judgeDrafts([revocationDraft({ change: 'append', remove: [{ credential: credentialHash }] })], POLICY, memory));
  assert.equal(judge(ACCESS_DRAFT, POLICY, memory), 'granted');
});

test('a list that is full refuses more, rather than forget one', () => {
  const many = new Map(Array.from({ length: 8192 }, (_, index) => [String(index), Infinity]));
  const full: IssuerMemories = new Map([[hex(ISSUER.publicKey), { credentials: many, accessIds: new Map<string, number>() }]]);
  const judged = judgeDrafts([revoking({ credential: credentialHash }), ACCESS_DRAFT], POLICY, full);
  assert.equal(endOf(judged), 'revocations-full');
  assert.equal(isRevoked(nobleCrypto, judged.memory, ISSUER.publicKey, CREDENTIAL.publicKey, undefined, NOW), false);
});

// ---- the response, and again ---------------------------------------------------------------------------------------------------------

test('a response without access documents', () => {
  const judged = (response: Bytes): string => endOf(judgeResponse(nobleCrypto, response, REQUESTS, CREDENTIAL.publicKey, POLICY, NO_MEMORIES));
  assert.equal(judged(encodeDeviceResponse([])), 'document-missing');
  assert.equal(judged(encodeFailedResponse(10)), 'response-status');
  assert.equal(judged(filled(0, 0)), 'response-malformed');
  assert.equal(endOf(judgeDrafts([REVOKE_NOBODY])), 'document-missing');
});

test('the reader’s own inputs are asserted', () => {
  const response = encodeDeviceResponse([issue(ACCESS_DRAFT)]);
  const thrown = (call: () => unknown): void => { assert.throws(call, { name: 'InvariantError' }); };
  thrown(() => judgeResponse(nobleCrypto, response, REQUESTS, filled(33, 2), POLICY, NO_MEMORIES));
  thrown(() => judge(ACCESS_DRAFT, { ...POLICY, issuers: Array.from({ length: 33 }, () => ISSUER.publicKey) }));
  assert.equal(judge(ACCESS_DRAFT, { ...POLICY, issuers: Array.from({ length: 32 }, () => ISSUER.publicKey) }), 'granted');
  for (const action of [-1, 6, 12, 1.5]) thrown(() => judge(ACCESS_DRAFT, { ...POLICY, action }));
});

const granted = (draft: Draft) => {
  const { verdict } = judgeDrafts([draft]);
  assert.ok(verdict.ok);
  return verdict.value;
};

test('a decision names its document, element, rule and schedule', () => {
  const { document, ...named } = granted(withValidity(ACCESS_DRAFT, '5', 4));
  assert.deepEqual(named, { element: DOOR, accessId: ACCESS_ID, rule: 0, schedule: 0 });
  const { elements, ...rest } = document;
  assert.deepEqual(rest, {
    docType: 'aliro-a', issuer: ISSUER.publicKey, deviceKey: CREDENTIAL.publicKey, timeVerificationRequired: true,
    validity: { signed: FROM, validFrom: FROM, validUntil: UNTIL, validityIteration: 4 },
  });
  assert.equal(elements.length, 1);
});

test('a document that was kept is judged again by everything that can change', () => {
  const kept = granted(certified(withValidity(ACCESS_DRAFT, '5', 4), certificateOf({ ...CERTIFICATE, dates: der('sequence', time('250101000000Z'), time('260602000000Z')) }))).document;
  const again = (policy: JudgePolicy = POLICY, memory: IssuerMemories = NO_MEMORIES, key = CREDENTIAL.publicKey, requests = REQUESTS): string =>
    endOf({ verdict: judgeAgain(nobleCrypto, kept, requests, key, policy, memory) });
  const tomorrow: Instant = instant(Date.UTC(2026, 5, 2, 12));
  assert.equal(again(), 'granted');
  assert.equal(again({ ...POLICY, issuers: [OTHER_ISSUER.publicKey] }), 'issuer-unknown');
  assert.equal(again({ ...POLICY, now: tomorrow }), 'certificate-expired');
  assert.equal(again(POLICY, NO_MEMORIES, STRANGER.publicKey), 'device-key-mismatch');
  assert.equal(again({ ...POLICY, now: instant(FROM - 1) }), 'not-yet-valid');
  assert.equal(again(WITHOUT_TIME), 'time-verification-required');
  assert.equal(again(POLICY, raiseIteration(NO_MEMORIES, ISSUER.publicKey, 12)), 'iteration-too-old');
  assert.equal(again(POLICY, raiseIteration(NO_MEMORIES, ISSUER.publicKey, 11)), 'granted');
  assert.equal(again(POLICY, judgeDrafts([revoking({ accessId: ACCESS_ID })]).memory), 'revoked');
  assert.equal(again(POLICY, NO_MEMORIES, CREDENTIAL.publicKey, [{ docType: 'aliro-a', elements: ['g.all'] }]), 'element-not-requested');
  assert.equal(again({ ...POLICY, now: instant(NOW + 3_600_000) }), 'schedule-inactive');
  const keptBare = granted(ACCESS_DRAFT).document;
  assert.equal(endOf({ verdict: judgeAgain(nobleCrypto, keptBare, REQUESTS, CREDENTIAL.publicKey, { ...POLICY, now: tomorrow }, NO_MEMORIES) }), 'granted');
  const revocation = judgeAgain(nobleCrypto, { ...keptBare, docType: 'aliro-r' }, REQUESTS, CREDENTIAL.publicKey, POLICY, NO_MEMORIES);
  assert.equal(endOf({ verdict: revocation }), 'granted', 'the kind is the reader’s own record of it');
  const { deviceKey: _key, ...keyless } = keptBare;
  assert.equal(endOf({ verdict: judgeAgain(nobleCrypto, keyless, REQUESTS, CREDENTIAL.publicKey, POLICY, NO_MEMORIES) }), 'device-key-mismatch');
});

test('a tag around a tag is not a date', () => {
  assert.equal(judge(withValidity(ACCESS_DRAFT, '2', new Tagged(1, 5))), 'security-object-malformed');
});
