import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { required } from '@mortise/base/assert.ts';
import type { Bytes } from '@mortise/base/bytes.ts';
import { asBytes, asText, decodeCbor, field } from '@mortise/base/cbor.ts';
import { nobleCrypto as crypto } from '@mortise/crypto/noble.ts';
import { deriveKeyPair, type KeyPair } from '@mortise/crypto/entropy.ts';
import { openSigned } from '@mortise/documents/cose.ts';
import { assembleOwnerSet, openOwnerSet, ownerSetPayload, ownerSetToSign, type OwnerSet } from '@mortise/documents/owner-set.ts';
import { openIssuerWrap, wrapIssuerKey, type IssuerWrap } from './issuer-key.ts';
import { foundSite } from './own.ts';
import { signedBy } from './owner-signature.ts';
import { kitKey, parseKit } from './recovery-kit.ts';
import { SIGN_IN_TYPE, signInStatement } from './sign-in.ts';

const ENTROPY = new Uint8Array(32).fill(1);
const site = foundSite(crypto, ENTROPY);
const other = foundSite(crypto, new Uint8Array(32).fill(2));
const [ownerWrap, kitWrap] = site.issuerWraps;
const parsedKit = parseKit(crypto, site.kitCode);
assert.ok(parsedKit.ok && ownerWrap && kitWrap);
const kit = kitKey(crypto, parsedKit.value);

const openedBy = (owner: KeyPair, wrap: IssuerWrap, ownerSet: OwnerSet = site.ownerSet): string => {
  const opened = openIssuerWrap(crypto, ownerSet, owner, wrap);
  return opened.ok ? opened.value.publicKey.toHex() : opened.error.code;
};

test('a founded site has two owners, either of whom is enough', () => {
  assert.deepEqual(openOwnerSet(crypto, site.document), { ok: true, value: site.ownerSet });
  assert.deepEqual(site.ownerSet.keys, [site.owner.publicKey, kit.publicKey]);
  const { threshold, sequence, previous } = site.ownerSet;
  assert.deepEqual({ threshold, sequence, previous }, { threshold: 1, sequence: 1, previous: null });
});

test('nothing of one site is in another, and the entropy decides it', () => {
  assert.deepEqual(foundSite(crypto, ENTROPY).ownerSet, site.ownerSet);
  assert.notEqual(other.ownerSet.siteId, site.ownerSet.siteId);
  const publicKeys = [site, other].flatMap(({ owner, issuer, ownerSet }) => [issuer.publicKey, owner.publicKey, ownerSet.keys[1] ?? owner.publicKey]);
  assert.equal(new Set(publicKeys.map((key) => key.toHex())).size, 6);
});

test('both owners open the issuer key, nobody else and under no other site', () => {
  const issuerKey = site.issuer.publicKey.toHex();
  assert.equal(openedBy(site.owner, ownerWrap), issuerKey);
  assert.equal(openedBy(kit, kitWrap), issuerKey);
  const opened = openIssuerWrap(crypto, site.ownerSet, kit, kitWrap);
  assert.ok(opened.ok);
  assert.deepEqual(opened.value.privateKey.reveal(), site.issuer.privateKey.reveal());
  assert.equal(openedBy(site.owner, kitWrap), 'issuer-refused');
  assert.equal(openedBy(other.owner, ownerWrap), 'issuer-refused');
  assert.equal(openedBy(site.owner, ownerWrap, other.ownerSet), 'issuer-refused');
  assert.equal(openedBy(site.owner, { ...ownerWrap, issuerKey: other.issuer.publicKey }), 'issuer-refused');
});

test('an issuer that the owner did not vouch for is refused, though it is sealed rightly', () => {
  const forged = { siteId: site.ownerSet.siteId, issuer: deriveKeyPair(crypto, ENTROPY, 'hub'), voucher: deriveKeyPair(crypto, ENTROPY, 'hub owner') };
  assert.equal(openedBy(site.owner, wrapIssuerKey(crypto, forged, site.owner.publicKey, ENTROPY)), 'issuer-not-vouched');
  assert.equal(openedBy(site.owner, wrapIssuerKey(crypto, { ...forged, voucher: kit }, site.owner.publicKey, ENTROPY)), 'issuer-not-vouched');
  const honest = { ...forged, voucher: site.owner };
  assert.equal(openedBy(site.owner, wrapIssuerKey(crypto, honest, site.owner.publicKey, ENTROPY)), forged.issuer.publicKey.toHex());
  const mismatched = { ...honest, issuer: { privateKey: site.issuer.privateKey, publicKey: forged.issuer.publicKey } };
  assert.equal(openedBy(site.owner, wrapIssuerKey(crypto, mismatched, site.owner.publicKey, ENTROPY)), 'issuer-not-vouched');
});

test('a hub that names an owner in a site of its own making gets no lock adopted into it', () => {
  const hub = deriveKeyPair(crypto, ENTROPY, 'hub owner');
  for (const owner of [site.owner, kit]) {
    const fields = { keys: [hub.publicKey, owner.publicKey], threshold: 1, sequence: 1, previous: null, salt: ENTROPY.subarray(0, 16) };
    const document = assembleOwnerSet([signedBy(crypto, hub, ownerSetToSign(crypto, hub.publicKey, ownerSetPayload(crypto, fields)))]);
    const made = openOwnerSet(crypto, document);
    assert.ok(made.ok, 'it holds by itself, and the owner is one of its owners');
    const its = { siteId: made.value.siteId, issuer: deriveKeyPair(crypto, ENTROPY, 'hub issuer'), voucher: hub };
    assert.equal(openedBy(owner, wrapIssuerKey(crypto, its, owner.publicKey, ENTROPY), made.value), 'issuer-not-vouched');
  }
});

test('a wrap refuses each altered byte and each cut, and takes any bytes', () => {
  const { wrapped } = ownerWrap;
  const withBytes = (bytes: Bytes): string => openedBy(site.owner, { ...ownerWrap, wrapped: bytes });
  for (let at = 0; at < wrapped.length; at += 1) {
    if (at % 7 === 0) assert.equal(withBytes(wrapped.with(at, (wrapped[at] ?? 0) ^ 1)), 'issuer-refused', `altered at ${at}`);
    if (at % 7 === 0) assert.equal(withBytes(wrapped.subarray(0, at)), 'issuer-refused', `cut to ${at}`);
  }
  fc.assert(fc.property(fc.uint8Array({ maxLength: 1100, size: 'max' }), (any) => assert.equal(withBytes(any), 'issuer-refused')), { numRuns: 30 });
});

test('no secret shows when a founded site is printed', () => {
  const shown = JSON.stringify({ ...site, kitCode: '' });
  for (const { privateKey } of [site.owner, site.issuer]) assert.equal(shown.includes(privateKey.reveal().toString()), false);
  assert.match(shown, /\[secret\]/);
});

test('a sign-in statement is by the owner key over nonce and origin', () => {
  const nonce = new Uint8Array(32).fill(6);
  const opened = openSigned(crypto, signInStatement(crypto, kit, { nonce, origin: 'https://home.example' }), SIGN_IN_TYPE, site.ownerSet.keys);
  assert.ok(opened.ok);
  const payload = required(decodeCbor(opened.value.payload), 'CBOR');
  assert.deepEqual([opened.value.signer, opened.value.version], [kit.publicKey, 1]);
  assert.deepEqual([asBytes(field(payload, 'nonce')), asText(field(payload, 'origin'))], [nonce, 'https://home.example']);
});
