// An owner's word for a phone: by an owner of this site, to the letter; each lie beside the true word.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { encodeCbor } from '@mortise/base/cbor.ts';
import { identifierBytes } from '@mortise/base/identifiers.ts';
import { nobleCrypto as crypto } from '@mortise/crypto/noble.ts';
import { toSign } from './cose.ts';
import { exampleKey, exampleSite, signWith } from './example-site.ts';
import { openOwnerPhone, ownerPhoneToSign } from './owner-phone.ts';

const [site, elsewhere] = [exampleSite(), exampleSite('elsewhere')];
const owners = site.ownerSet;
const credentialKey = exampleKey('phone').publicKey;
const spoken = (signer = site.owner, siteId = owners.siteId) => signWith(signer, ownerPhoneToSign(crypto, signer.publicKey, { siteId, credentialKey }));
const codeOf = (bytes: Uint8Array, keys = owners.keys): string => {
  const opened = openOwnerPhone(crypto, bytes, { siteId: owners.siteId, keys });
  return opened.ok ? 'ok' : opened.error.code;
};
const signed = (type: string, version: number, payload: Uint8Array) => signWith(site.owner, toSign(type, version, site.owner.publicKey, payload, crypto));

test('any owner’s word counts, nobody else’s, for this site, and as long as they are one', () => {
  const good = spoken();
  assert.deepEqual(openOwnerPhone(crypto, good, owners), { ok: true, value: { siteId: owners.siteId, credentialKey, signer: site.owner.publicKey } });
  assert.equal(codeOf(good, [site.kit.publicKey]), 'signer-unknown', 'an owner who is gone');
  const fields = (key: Uint8Array) => encodeCbor(new Map([['siteId', identifierBytes(owners.siteId)], ['credentialKey', key]]));
  const table: readonly (readonly [string, Uint8Array])[] = [
    ['ok', spoken(site.kit)], ['signer-unknown', spoken(exampleKey('a hub'))], ['other-site', spoken(site.owner, elsewhere.ownerSet.siteId)],
    ['type-wrong', signed('mortise-introduction', 1, fields(credentialKey))], ['version-unknown', signed('mortise-owner-phone', 2, fields(credentialKey))],
    ['malformed', signed('mortise-owner-phone', 1, fields(new Uint8Array(65)))], ['malformed', signed('mortise-owner-phone', 1, encodeCbor(1))],
    ['signature-invalid', good.with(good.length - 1, (good.at(-1) ?? 0) ^ 1)], ['too-long', new Uint8Array(513)], ['malformed', new Uint8Array(100)],
  ];
  for (const [code, bytes] of table) assert.equal(codeOf(bytes), code);
  for (let length = 0; length < good.length; length += 1) assert.notEqual(codeOf(good.slice(0, length)), 'ok');
});
