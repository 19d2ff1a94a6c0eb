// The judgement of a response beyond SPEC §9.1's cases: dates, signers, several documents, revocations, what is remembered, and again.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { hex, type Bytes } from '@mortise/base/bytes.ts';
import { Tagged, encodeCbor, type Cbor } from '@mortise/base/cbor.ts';
import { instant, type Instant } from '@mortise/base/instant.ts';
import { nobleCrypto } from '@mortise/crypto/noble.ts';
import { accessDataCbor } from '../documents/access-data.ts';
import { encodeDeviceResponse, encodeFailedResponse } from '../documents/device-response.ts';
import { dateCbor, embed } from '../documents/document-cbor.ts';
import { documentError, furtherOf } from '../documents/document-error.ts';
import {
  ACCESS, ACCESS_DRAFT, ACCESS_ID, CERTIFIED, CREDENTIAL, DOOR, EXPIRED_CERTIFICATE, FROM, ISSUER, LEAF, NOW, OTHER_ISSUER, POLICY,
  REQUESTS, REVOKE_NOBODY, STRANGER, UNTIL, WITHOUT_TIME, accessDraft, certificateFrom, certificateOf, certified, dailyFrom, elementOf,
  endOf, filled, flipped, issue, item, judge, judgeDrafts, noSchedules, revocationDraft, untimed, withObject, withValidity, type Draft,
} from '../conformance/document.fixture.ts';
import { keyIdentifierOf } from '../documents/issuer-auth.ts';
import { NO_MEMORIES, isRevoked, memoryOf, raiseIteration, type IssuerMemories } from './issuer-memory.ts';
import { judgeAgain, judgeResponse, type JudgePolicy } from './judge.ts';
import { deviceKeyInfo } from '../documents/security-object.ts';

// ---- dates -----------------------------------------------------------------------------------------------------------------------

const at = (ms: number): JudgePolicy => ({ ...POLICY, now: instant(ms) });

test('a document holds from its first to its last millisecond', () => {
  const always = accessDraft({ rules: [{ capabilities: 2 }] });
  assert.deepEqual([FROM - 1, FROM, UNTIL, UNTIL + 1].map((ms) => judge(always, at(ms))), ['not-yet-valid', 'granted', 'granted', 'expired']);
});

test('the certificate holds for when the document was signed and for now, both ends included', () => {
  const always = accessDraft({ rules: [{ capabilities: 2 }] });
  const from = (first: string, last: string): Draft => certified(always, certificateFrom(first, last));
  assert.equal(judge(from('260101000000Z', '260601120000Z')), 'granted');
  assert.equal(judge(from('260101000001Z', '260601120000Z')), 'signed-outside-certificate');
  assert.equal(judge(from('260101000000Z', '260601115959Z')), 'certificate-expired');
  assert.equal(judge(from('260601120001Z', '270101000000Z')), 'certificate-expired', 'not yet in force');
  const signedLater = withValidity(always, '1', dateCbor(instant(Date.UTC(2030, 0, 1))));
  const until2028 = certificateFrom('250101000000Z', '280101000000Z');
  assert.equal(judge(certified(signedLater, until2028)), 'signed-outside-certificate');
});

test('without a clock no date is looked at, unless the document demands it', () => {
  const outside = untimed(certified(withValidity(noSchedules, '3', dateCbor(FROM)), EXPIRED_CERTIFICATE));
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

test('a document without its name space has no elements, an object without it no digests', () => {
  assert.equal(judge({ ...ACCESS_DRAFT, space: new Map() }), 'elements-missing');
  assert.equal(judge({ ...ACCESS_DRAFT, digests: new Map([['aliro-r', new Map()]]) }), 'digest-mismatch');
  assert.equal(judge({ ...ACCESS_DRAFT, digests: new Map([['aliro-a', new Map()]]) }), 'digest-mismatch');
  assert.equal(judge({ ...ACCESS_DRAFT, space: new Map([['aliro-a', []], ['aliro-r', []]]) }), 'document-namespace');
});

test('a name or a digest id that stands twice in a document', () => {
  const [first, same] = [item(DOOR, accessDataCbor(ACCESS)), item(DOOR, accessDataCbor(ACCESS), 2)];
  assert.equal(judge({ ...ACCESS_DRAFT, items: [first, same] }), 'element-repeated');
  assert.equal(judge({ ...ACCESS_DRAFT, items: [first, first] }), 'element-repeated');
  assert.equal(judge({ ...ACCESS_DRAFT, items: [first, item('d.back', accessDataCbor(ACCESS))] }), 'digest-mismatch', 'of two under one id only one can be signed');
});

test('an element must be an item', () => {
  assert.equal(judge({ ...ACCESS_DRAFT, items: [new Map([...item(DOOR, null), ['2', filled(15, 0)]])] }), 'element-malformed');
});

test('an element that nobody asked for must still be the one that was signed', () => {
  const two: Draft = { ...ACCESS_DRAFT, items: [item(DOOR, accessDataCbor(ACCESS)), item('d.back', null, 2)] };
  assert.equal(judge(two), 'granted');
  const right = two.items.map((one) => nobleCrypto.sha256(encodeCbor(embed(one))));
  const digests = (second: Bytes): Cbor => new Map([['aliro-a', new Map([[1, right[0] ?? null], [2, second]])]]);
  assert.equal(judge({ ...two, digests: digests(right[1] ?? filled(32, 0)) }), 'granted');
  assert.equal(judge({ ...two, digests: digests(filled(32, 0)) }), 'digest-mismatch');
});

test('one element suffices, and a refusal by another does not spread', () => {
  const critical = { ...ACCESS, accessExtensions: [{ vendor: 1, id: 1, version: 1, critical: true, data: filled(1, 1) }] };
  const items = [item(DOOR, accessDataCbor(critical)), item('g.all', accessDataCbor({ ...ACCESS, id: filled(2, 2) }), 2)];
  const judged = judgeDrafts([{ ...ACCESS_DRAFT, items }]);
  assert.equal(judged.verdict.ok && hex(judged.verdict.value.data.id ?? filled(0, 0)), '0202');
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
  const { document, data, ...named } = granted(withValidity(ACCESS_DRAFT, '5', 4));
  assert.deepEqual(named, { element: DOOR, rule: 0, schedule: 0 });
  assert.deepEqual(data.id, ACCESS_ID);
  const { elements, ...rest } = document;
  assert.deepEqual(rest, {
    docType: 'aliro-a', issuer: ISSUER.publicKey, deviceKey: CREDENTIAL.publicKey, timeVerificationRequired: true,
    validity: { signed: FROM, validFrom: FROM, validUntil: UNTIL, validityIteration: 4 },
  });
  assert.equal(elements.length, 1);
});

test('a document that was kept is judged again by everything that can change', () => {
  const kept = granted(certified(withValidity(ACCESS_DRAFT, '5', 4), certificateFrom('250101000000Z', '260602000000Z'))).document;
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
  const { deviceKey: _key, ...keyless } = keptBare;
  assert.equal(endOf({ verdict: judgeAgain(nobleCrypto, keyless, REQUESTS, CREDENTIAL.publicKey, POLICY, NO_MEMORIES) }), 'device-key-mismatch');
});

test('a tag around a tag is not a date', () => {
  assert.equal(judge(withValidity(ACCESS_DRAFT, '2', new Tagged(1, 5))), 'security-object-malformed');
});
