// The owners' enrolment of an electronic key: by a present owner, for this site and this key, to the letter; each lie beside the true word.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { encodeCbor } from '@mortise/base/cbor.ts';
import { identifierBytes } from '@mortise/base/identifiers.ts';
import { nobleCrypto as crypto } from '@mortise/crypto/noble.ts';
import { toSign } from './cose.ts';
import { exampleKey, exampleLock, exampleSite, signWith } from './example-site.ts';
import { keyEnrolmentToSign, openKeyEnrolment } from './key-enrolment.ts';

const [site, elsewhere] = [exampleSite(), exampleSite('elsewhere')];
const { siteId, keys: ownerKeys } = site.ownerSet;
const [keyId, otherKey] = [exampleLock('key').lockId, exampleLock('other').lockId];
const journalKey = exampleKey('journal').publicKey;
const enrolled = (signer = site.owner, of = siteId, key = keyId) => signWith(signer, keyEnrolmentToSign(crypto, signer.publicKey, { siteId: of, keyId: key, journalKey }));
const codeOf = (bytes: Uint8Array): string => {
  const opened = openKeyEnrolment(crypto, bytes, { siteId, ownerKeys, keyId });
  return opened.ok ? 'ok' : opened.error.code;
};
const signed = (type: string, version: number, payload: Uint8Array) => signWith(site.owner, toSign(type, version, site.owner.publicKey, payload, crypto));
const fields = (key: Uint8Array) => encodeCbor(new Map([['siteId', identifierBytes(siteId)], ['keyId', identifierBytes(keyId)], ['journalKey', key]]));

test('any owner enrols a key, nobody else, and this key of this site only', () => {
  const good = enrolled();
  assert.deepEqual(openKeyEnrolment(crypto, good, { siteId, ownerKeys, keyId }), { ok: true, value: { siteId, keyId, journalKey } });
  const table: readonly (readonly [string, Uint8Array])[] = [
    ['ok', enrolled(site.kit)], ['signer-unknown', enrolled(exampleKey('nobody'))], ['other-site', enrolled(site.owner, elsewhere.ownerSet.siteId)], ['other-lock', enrolled(site.owner, siteId, otherKey)],
    ['type-wrong', signed('mortise-introduction', 1, fields(journalKey))], ['version-unknown', signed('mortise-key-enrolment', 2, fields(journalKey))],
    ['malformed', signed('mortise-key-enrolment', 1, fields(new Uint8Array(65)))], ['malformed', signed('mortise-key-enrolment', 1, encodeCbor(1))],
    ['signature-invalid', good.with(good.length - 1, (good.at(-1) ?? 0) ^ 1)], ['too-long', new Uint8Array(513)], ['malformed', new Uint8Array(100)],
  ];
  for (const [code, bytes] of table) assert.equal(codeOf(bytes), code);
  for (let length = 0; length < good.length; length += 1) assert.notEqual(codeOf(good.slice(0, length)), 'ok');
});
