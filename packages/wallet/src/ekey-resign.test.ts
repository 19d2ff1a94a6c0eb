// Papers of electronic keys when an owner goes: signed anew as they were, by who stays; and what a hub makes up is not signed.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { Bytes } from '@mortise/base/bytes.ts';
import { instant } from '@mortise/base/instant.ts';
import type { KeyPair } from '@mortise/crypto/entropy.ts';
import { nobleCrypto as crypto } from '@mortise/crypto/noble.ts';
import { exampleKey, exampleSite } from '@mortise/documents/example-site.ts';
import { keyEnrolmentToSign, openKeyEnrolment } from '@mortise/documents/key-enrolment.ts';
import { openTimeKey, timeKeyPayload, timeKeyToSign, type TimeKey } from '@mortise/documents/time.ts';
import { lockIdOf } from '@mortise/journal/chain.ts';
import { resignEkeyPapers, type SaidPapers, type Succession } from './ekey-resign.ts';
import { signedBy } from './owner-signature.ts';

const NOW = instant(1_790_000_000_000);
const UNTIL = instant(NOW + 1000);
const { siteId } = exampleSite().ownerSet;
const [goes, stays, stranger, identity, hubTime, journal] = [exampleKey('goes'), exampleKey('stays'), exampleKey('stranger'), exampleKey('identity'), exampleKey('hub time'), exampleKey('journal')];
const keyId = lockIdOf(crypto, identity.publicKey);
const succession: Succession = { owner: stays, siteId, present: [goes.publicKey, stays.publicKey], next: [stays.publicKey], now: NOW };

const certify = (by: KeyPair, fields: Partial<TimeKey> = {}): Bytes =>
  signedBy(crypto, by, timeKeyToSign(crypto, by.publicKey, timeKeyPayload(crypto, { key: identity.publicKey, kind: 'ekey', driftPpm: 70, until: UNTIL, ...fields })));
const enrol = (by: KeyPair, fields: Partial<{ siteId: typeof siteId; keyId: typeof keyId }> = {}): Bytes =>
  signedBy(crypto, by, keyEnrolmentToSign(crypto, by.publicKey, { siteId, keyId, journalKey: journal.publicKey, ...fields }));
const papersBy = (by: KeyPair, changes: Partial<SaidPapers> = {}): SaidPapers =>
  ({ keyId, enrolment: enrol(by), certificate: certify(by), hubCertificate: certify(by, { key: hubTime.publicKey, kind: 'hub', driftPpm: 30 }), ...changes });

const NONE = new Uint8Array(0);
const signedIn = (said: SaidPapers, change: Partial<Succession> = {}): readonly [string, boolean] => {
  const { papers, isVoid } = resignEkeyPapers(crypto, { ...succession, ...change }, said);
  return [Object.keys(papers).toSorted().join(' '), isVoid];
};

test('all that who goes had signed is signed by who stays, with the same bounds', () => {
  const { papers: { enrolment = NONE, certificate = NONE, hubCertificate = NONE }, isVoid } = resignEkeyPapers(crypto, succession, papersBy(goes));
  const opened = [openKeyEnrolment(crypto, enrolment, { siteId, keyId, ownerKeys: succession.next }), openTimeKey(crypto, certificate, succession.next), openTimeKey(crypto, hubCertificate, succession.next)];
  assert.deepEqual(opened.map((each) => each.ok && each.value), [
    { siteId, keyId, journalKey: journal.publicKey }, { key: identity.publicKey, kind: 'ekey', driftPpm: 70, until: UNTIL }, { key: hubTime.publicKey, kind: 'hub', driftPpm: 30, until: UNTIL },
  ]);
  assert.equal(isVoid, false);
});

test('what who stays had signed is left as it is', () => {
  assert.deepEqual(signedIn(papersBy(stays)), ['', false]);
  assert.deepEqual(signedIn(papersBy(stays, { certificate: certify(goes) })), ['certificate', false]);
});

test('what no present owner signed, for another key, site or kind, or what is over, is not signed', () => {
  const other = exampleKey('another identity');
  const bad: readonly (readonly [string, SaidPapers, string])[] = [
    ['by a stranger', papersBy(stranger), ''],
    ['another key’s clock', papersBy(goes, { certificate: certify(goes, { key: other.publicKey }) }), 'enrolment hubCertificate'],
    ['a clock that is certified as a hub’s', papersBy(goes, { certificate: certify(goes, { kind: 'hub' }) }), 'enrolment hubCertificate'],
    ['a hub that is certified as a key', papersBy(goes, { hubCertificate: certify(goes) }), 'certificate enrolment'],
    ['over', papersBy(goes, { certificate: certify(goes, { until: NOW }) }), 'enrolment hubCertificate'],
    ['another key’s enrolment', papersBy(goes, { enrolment: enrol(goes, { keyId: lockIdOf(crypto, other.publicKey) }) }), 'certificate hubCertificate'],
    ['another site’s', papersBy(goes, { enrolment: enrol(goes, { siteId: exampleSite('another').ownerSet.siteId }) }), 'certificate hubCertificate'],
  ];
  for (const [label, said, signed] of bad) assert.deepEqual(signedIn(said), [signed, true], label);
  assert.deepEqual(signedIn(papersBy(goes)), ['certificate enrolment hubCertificate', false], 'the control');
});

test('any bytes are no papers', () => {
  fc.assert(fc.property(fc.uint8Array({ maxLength: 600 }), (bytes) => {
    assert.deepEqual(signedIn({ keyId, enrolment: bytes, certificate: bytes, hubCertificate: bytes }), ['', true]);
  }), { numRuns: 100 });
});
