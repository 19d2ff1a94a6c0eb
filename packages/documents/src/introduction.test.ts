// The owners' introduction of the reader issuer: by a present owner of this site, to the letter; each lie beside the true word.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { encodeCbor } from '@mortise/base/cbor.ts';
import { identifierBytes } from '@mortise/base/identifiers.ts';
import { nobleCrypto as crypto } from '@mortise/crypto/noble.ts';
import { toSign } from './cose.ts';
import { exampleKey, exampleSite, signWith } from './example-site.ts';
import { introductionToSign, openIntroduction } from './introduction.ts';

const [site, elsewhere] = [exampleSite(), exampleSite('elsewhere')];
const owners = site.ownerSet;
const readerIssuerKey = exampleKey('reader issuer').publicKey;
const introduced = (signer = site.owner, siteId = owners.siteId) => signWith(signer, introductionToSign(crypto, signer.publicKey, { siteId, readerIssuerKey }));
const codeOf = (bytes: Uint8Array): string => {
  const opened = openIntroduction(crypto, bytes, owners);
  return opened.ok ? 'ok' : opened.error.code;
};
const signed = (type: string, version: number, payload: Uint8Array) => signWith(site.owner, toSign(type, version, site.owner.publicKey, payload, crypto));

test('any owner introduces, nobody else, and for this site only', () => {
  const good = introduced();
  assert.deepEqual(openIntroduction(crypto, good, owners), { ok: true, value: { siteId: owners.siteId, readerIssuerKey, signer: site.owner.publicKey } });
  const fields = (key: Uint8Array) => encodeCbor(new Map([['siteId', identifierBytes(owners.siteId)], ['readerIssuerKey', key]]));
  const table: readonly (readonly [string, Uint8Array])[] = [
    ['ok', introduced(site.kit)], ['signer-unknown', introduced(exampleKey('nobody'))], ['other-site', introduced(site.owner, elsewhere.ownerSet.siteId)],
    ['type-wrong', signed('mortise-roster', 1, fields(readerIssuerKey))], ['version-unknown', signed('mortise-introduction', 2, fields(readerIssuerKey))],
    ['malformed', signed('mortise-introduction', 1, fields(new Uint8Array(65)))], ['malformed', signed('mortise-introduction', 1, encodeCbor(1))],
    ['signature-invalid', good.with(good.length - 1, (good.at(-1) ?? 0) ^ 1)], ['too-long', new Uint8Array(513)], ['malformed', new Uint8Array(100)],
  ];
  for (const [code, bytes] of table) assert.equal(codeOf(bytes), code);
  for (let length = 0; length < good.length; length += 1) assert.notEqual(codeOf(good.slice(0, length)), 'ok');
});
