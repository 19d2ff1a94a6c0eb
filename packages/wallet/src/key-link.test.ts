// Links and what is signed on the way from a link to a key: each mistake and each lie beside the true one.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Secret } from '@mortise/base/secret.ts';
import { nobleCrypto as crypto } from '@mortise/crypto/noble.ts';
import { toSign } from '@mortise/documents/cose.ts';
import { exampleEntropy, exampleKey, exampleSite, signWith } from '@mortise/documents/example-site.ts';
import { keyLinkText, linkKeyOf, readKeyLink } from './key-link.ts';
import { isOwnerRequest, ownerRequestToSign } from './owner-request.ts';
import { isRedemption, redemptionToSign } from './redemption.ts';

const { siteId } = exampleSite().ownerSet;
const secret = new Secret(exampleEntropy('link'));
const text = keyLinkText(crypto, { secret, siteId });
const codeOf = (written: string): string => {
  const read = readKeyLink(crypto, written);
  return read.ok ? 'ok' : read.error.code;
};

void test('a link is read as it was written; what is missing or wrong is seen at every character', () => {
  const read = readKeyLink(crypto, `#${text}`);
  assert.ok(read.ok);
  assert.deepEqual([read.value.siteId, read.value.secret.reveal(), linkKeyOf(crypto, read.value.secret).publicKey], [siteId, secret.reveal(), linkKeyOf(crypto, secret).publicKey]);
  for (let at = 0; at < text.length; at += 1) {
    assert.equal(codeOf(text.slice(0, at)), at === 0 ? 'missing' : 'mistyped');
    assert.equal(codeOf(`${text.slice(0, at)}${text[at] === 'A' ? 'B' : 'A'}${text.slice(at + 1)}`), 'mistyped');
  }
  assert.deepEqual([codeOf('#'), codeOf(`${text}A`), codeOf('https://'), codeOf(text)], ['missing', 'mistyped', 'mistyped', 'ok']);
  assert.doesNotMatch(JSON.stringify(read), new RegExp(text.slice(0, 20)));
});

void test('the proof of a redemption is by the credential, over this link', () => {
  const [guest, other, link] = [exampleKey('guest'), exampleKey('other'), linkKeyOf(crypto, secret)];
  const redemption = { credentialKey: guest.publicKey, invitationKey: link.publicKey };
  const proof = signWith(guest, redemptionToSign(crypto, redemption));
  const table: readonly (readonly [boolean, Uint8Array, typeof redemption])[] = [
    [true, proof, redemption], [false, proof, { ...redemption, credentialKey: other.publicKey }], [false, proof, { ...redemption, invitationKey: other.publicKey }],
    [false, signWith(other, redemptionToSign(crypto, redemption)), redemption], [false, proof.slice(1), redemption], [false, new Uint8Array(0), redemption],
    [false, signWith(guest, toSign('mortise-sign-in', 1, guest.publicKey, Uint8Array.of(1), crypto)), redemption],
  ];
  for (const [holds, bytes, of] of table) assert.equal(isRedemption(crypto, bytes, of), holds);
});

void test('the voucher of an owner to be is by the link, over these keys and this name', () => {
  const link = linkKeyOf(crypto, secret);
  const request = { ownerKey: exampleKey('owner').publicKey, phoneKey: exampleKey('phone').publicKey, name: 'Beat' };
  const voucher = signWith(link, ownerRequestToSign(crypto, link.publicKey, request));
  const holds = (changes: Partial<typeof request>, bytes = voucher, key = link.publicKey): boolean => isOwnerRequest(crypto, bytes, key, { ...request, ...changes });
  assert.ok(holds({}));
  const stranger = exampleKey('stranger');
  assert.deepEqual([
    holds({ ownerKey: stranger.publicKey }), holds({ phoneKey: stranger.publicKey }), holds({ name: 'Eve' }), holds({}, voucher.slice(1)), holds({}, voucher, stranger.publicKey),
    holds({}, signWith(stranger, ownerRequestToSign(crypto, link.publicKey, request))),
  ], [false, false, false, false, false, false]);
});
