// Keys as they are lent, redeemed and taken back, by what a lock says to them; beside each refusal the key that opens.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { completeDocument } from '@mortise/aliro/build-document.ts';
import { digestOfDocument, prepareStamp } from '@mortise/access/freshness.ts';
import { required } from '@mortise/base/assert.ts';
import type { Bytes } from '@mortise/base/bytes.ts';
import { identifierOf, type GrantId } from '@mortise/base/identifiers.ts';
import { instant } from '@mortise/base/instant.ts';
import { nobleCrypto as crypto } from '@mortise/crypto/noble.ts';
import { exampleEntropy, exampleKey, exampleSite } from '@mortise/documents/example-site.ts';
import { openIntroduction } from '@mortise/documents/introduction.ts';
import { DAY_MS, guest, link, lockSays, NOW, site, terms } from './lending.fixture.ts';
import { signGrant, signIntroduction, signInvitation } from './lend.ts';
import { openInvitation, redeemInvitation } from './redeem.ts';
import { signTakeBack, type TakenBack } from './take-back.ts';

const { owner, kit, ownerSet } = site;
const { siteId } = ownerSet;
const invited = terms({ freshForS: 3600 });
const invite = (by = owner): Bytes => signInvitation(crypto, by, invited, { siteId, linkKey: link.publicKey });
const redeem = (delegation: Bytes, by = link, owners = ownerSet) => redeemInvitation(crypto, { delegation, owners, link: by, credentialKey: guest.publicKey, now: NOW }, exampleEntropy('redeem'));
const stampFor = (document: Bytes, by = owner): Bytes => {
  const digest = required(digestOfDocument(crypto, document), 'a document');
  const prepared = prepareStamp(crypto, { digest, issuerKey: by.publicKey, random: exampleEntropy('stamp').slice(0, 16), issued: NOW, until: instant(NOW + 3_600_000) });
  return completeDocument(prepared, crypto.p256.sign(by.privateKey.reveal(), prepared.toSign));
};
const reason = (documents: readonly Bytes[], asking = {}): string => lockSays(documents, asking).decision.reason;

test('an invitation becomes a key without the owner, once it is confirmed', () => {
  const made = redeem(invite());
  assert.ok(made.ok);
  assert.equal(reason([made.value, stampFor(made.value)]), 'granted-document');
  assert.equal(reason([made.value]), 'freshness-lapsed');
  assert.equal(reason([made.value, stampFor(made.value)], { credentialKey: exampleKey('thief').publicKey }), 'other-credential');
  assert.deepEqual(openInvitation(crypto, invite(), ownerSet, link.publicKey), { ok: true, value: invited });
});

test('nobody redeems what no owner signed, or what is another link’s', () => {
  const table = [
    [redeem(invite(exampleKey('hub'))), 'signer-unknown'],
    [redeem(invite(), exampleKey('other link')), 'other-link'],
    [redeem(invite(), link, exampleSite('other').ownerSet), 'signer-unknown'],
    [redeem(new Uint8Array(9)), 'malformed'],
    [redeem(invite(kit)), 'ok'],
  ] as const;
  assert.deepEqual(table.map(([made]) => (made.ok ? 'ok' : made.error.code)), table.map(([, code]) => code));
});

test('a key that an owner signed opens within its dates, for its credential', () => {
  const document = signGrant(crypto, owner, terms(), { credentialKey: guest.publicKey, now: NOW }, exampleEntropy('grant'));
  assert.equal(reason([document]), 'granted-document');
  assert.equal(reason([document], { at: instant(NOW + 8 * DAY_MS) }), 'grant-expired');
  assert.equal(reason([document], { owners: exampleSite('other').ownerSet }), 'issuer-unknown');
});

test('an introduction is an owner’s', () => {
  const readerIssuerKey = exampleKey('issuer').publicKey;
  const opened = openIntroduction(crypto, signIntroduction(crypto, owner, { siteId, readerIssuerKey }), ownerSet);
  assert.ok(opened.ok);
  assert.deepEqual(opened.value.readerIssuerKey, readerIssuerKey);
  assert.equal(openIntroduction(crypto, signIntroduction(crypto, exampleKey('hub'), { siteId, readerIssuerKey }), ownerSet).ok, false);
});

// ---- taking back -------------------------------------------------------------------------------------------------------------

const id = (number: number): GrantId => identifierOf<GrantId>(new Uint8Array(16).fill(number));
const takeBack = (add: readonly TakenBack[], known: readonly Bytes[] = [], by = owner, now = NOW): Bytes => {
  const made = signTakeBack(crypto, by, { known, add, now }, exampleEntropy(`take back ${add.length}`));
  assert.ok(made.ok);
  return made.value;
};
const key = (number: number): Bytes => signGrant(crypto, owner, terms({ grantId: id(number) }), { credentialKey: guest.publicKey, now: NOW }, exampleEntropy(`key ${number}`));
const until = terms().until;

test('a lock that heard opens no more, whoever carried it; and one document says all that this owner took back', () => {
  const first = takeBack([{ accessId: id(1), until }]);
  assert.deepEqual([reason([key(1)]), reason([key(1), first]), reason([key(2), first])], ['granted-document', 'revoked', 'granted-document']);
  const second = takeBack([{ accessId: id(2), until }], [first]);
  assert.deepEqual([reason([key(1), second]), reason([key(2), second]), reason([key(3), second])], ['revoked', 'revoked', 'granted-document']);
  const { memory } = lockSays([second], {});
  assert.equal(reason([key(1)], { memory }), 'revoked', 'also once the document is not shown any more');
});

test('what has ended is not said again, and nothing of another owner’s is', () => {
  const early = takeBack([{ accessId: id(1), until: instant(NOW + 60_000) }]);
  const other = takeBack([{ accessId: id(2), until }], [], kit);
  const later = takeBack([{ accessId: id(3), until }], [early, other, new Uint8Array(7)], owner, instant(NOW + DAY_MS));
  const at = instant(NOW + DAY_MS);
  assert.deepEqual([1, 2, 3].map((number) => reason([key(number), later], { at })), ['granted-document', 'granted-document', 'revoked']);
  assert.equal(reason([key(2), other]), 'revoked', 'the control: whichever owner it is');
});

test('more than a document says is not signed', () => {
  const many = Array.from({ length: 1025 }, (_, index) => ({ accessId: identifierOf<GrantId>(new Uint8Array(16).fill(index & 0xff).with(0, index >> 8)), until }));
  assert.deepEqual(signTakeBack(crypto, owner, { known: [], add: many, now: NOW }, exampleEntropy('many')), { ok: false, error: { code: 'too-many' } });
});
