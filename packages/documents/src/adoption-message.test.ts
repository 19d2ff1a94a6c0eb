// Messages of the right signer or seal whose content is out of bounds: what a faulty lock or owner would send.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { concat, utf8, type Bytes } from '@mortise/base/bytes.ts';
import { encodeCbor, type Cbor } from '@mortise/base/cbor.ts';
import { identifierBytes } from '@mortise/base/identifiers.ts';
import { nobleCrypto as crypto } from '@mortise/crypto/noble.ts';
import { lockAnswerToSign, lockReadOffer, ownerHello, ownerOffer, ownerReadAnswer, ownerReadDone } from './adoption.ts';
import { adoptionKeys, answerToSign, sealForDirection } from './adoption-channel.ts';
import { decodeAnswerBody, decodeSealed, encodeAnswer, encodeSealed } from './adoption-message.ts';
import { decodeOffer } from './adoption-offer.ts';
import { openAdoptionStatement } from './adoption-statement.ts';
import { toSign } from './cose.ts';
import { exampleEntropy, exampleKey, exampleLock, exampleOffer, exampleSite, signWith } from './example-site.ts';
import { encodeSetupCode, parseSetupCode } from './setup-code.ts';

type Raw = Readonly<Record<string, Cbor | undefined>>;
const mapOf = (fields: Raw): Bytes =>
  encodeCbor(new Map(Object.entries(fields).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]]))));
const codeOf = (result: { readonly ok: true } | { readonly ok: false; readonly error: { readonly code: string } }): string =>
  result.ok ? 'ok' : result.error.code;
const valueOf = <T>(result: { readonly ok: true; readonly value: T } | { readonly ok: false; readonly error: { readonly code: string } }): T => {
  assert.ok(result.ok, codeOf(result));
  return result.value;
};

const site = exampleSite();
const lock = exampleLock();
const { message: hello, state } = ownerHello(crypto, exampleEntropy('owner'));
const answering = valueOf(lockAnswerToSign(crypto, lock.introduction, hello, exampleEntropy('lock')));
const signAsLock = (message: Bytes): Bytes => crypto.p256.sign(lock.identity.privateKey.reveal(), message);
const code = valueOf(parseSetupCode(crypto, encodeSetupCode(crypto, { lockId: lock.lockId, secret: lock.setupSecret })));
const keyed = valueOf(ownerReadAnswer(crypto, state, code, answering.assemble(signAsLock(answering.message))));
const point = exampleKey('any').publicKey;
const offCurve = concat(point.subarray(0, 64), Uint8Array.of((point[64] ?? 0) ^ 1));
const BAD_KEYS: readonly (Cbor | undefined)[] = [undefined, null, 'key', point.subarray(0, 64), offCurve, new Uint8Array(65)];

// Left out it is `powered`, so that nothing else may say so.
const BAD_PROFILES: readonly Cbor[] = [null, 1, 'powered', 'active'];

/** Each bad value of each field alone, and one field too many. */
const spoil = (bad: Readonly<Record<string, readonly (Cbor | undefined)[]>>): readonly Raw[] => [
  ...Object.entries(bad).flatMap(([name, values]) => values.map((value): Raw => ({ [name]: value }))),
  { more: 1 },
];

test('an answer with a field out of bounds is malformed, though the lock signed it', () => {
  const { profile: _powered, ...introduction } = lock.introduction;
  const good: Raw = { ...introduction, ephemeral: exampleKey('ephemeral').publicKey };
  const read = (changes: Raw): string => {
    const body = mapOf({ ...good, ...changes });
    return codeOf(ownerReadAnswer(crypto, state, code, encodeAnswer(body, signAsLock(answerToSign(hello, body)))));
  };
  const badText = [undefined, null, 1, 'x'.repeat(65)];
  const bad = spoil({ identityKey: BAD_KEYS, readerKey: BAD_KEYS, sealKey: BAD_KEYS, linkKey: BAD_KEYS, ephemeral: BAD_KEYS, model: badText, firmware: badText, profile: BAD_PROFILES });
  assert.equal(read({}), 'ok', 'the control');
  assert.equal(read({ profile: 'passive' }), 'ok');
  assert.equal(read({ model: '', firmware: 'x'.repeat(64) }), 'ok', 'at the bounds');
  for (const changes of bad) assert.equal(read(changes), 'malformed', JSON.stringify(Object.keys(changes)));
  assert.equal(decodeAnswerBody(crypto, new Uint8Array(1025)), undefined);
});

test('an answer of another shape is malformed', () => {
  const shapes: readonly Cbor[] = [[2], [2, utf8('body')], [2, utf8('body'), new Uint8Array(63)], [2, 'body', new Uint8Array(64)],
    [2, utf8('body'), new Uint8Array(64), 0], [2, 'nonsense', 0], [2, 'already-adopted'], [2, 'already-adopted', -1],
    [2, 'already-adopted', 3_600_001], 2, null];
  for (const shape of shapes) assert.equal(codeOf(ownerReadAnswer(crypto, state, code, encodeCbor(shape))), 'malformed', JSON.stringify(shape));
  assert.equal(codeOf(decodeSealed(3, encodeCbor([3, 'already-adopted', 0]))), 'malformed', 'an owner gives no refusals');
  assert.equal(codeOf(decodeSealed(3, encodeCbor([3, utf8('sealed'), 0]))), 'malformed');
  assert.equal(codeOf(decodeSealed(3, encodeCbor([3, 'sealed']))), 'malformed');
});

test('an offer with a field out of bounds is malformed, though the owner sealed it', () => {
  const good: Raw = { ...exampleOffer(site, lock) };
  const { toLock } = adoptionKeys(crypto, answering.keyed.sharedX, lock.setupSecret, answering.keyed.transcript);
  const read = (changes: Raw): string => {
    const sealed = sealForDirection(crypto, toLock, concat(Uint8Array.of(3), answering.keyed.transcript), mapOf({ ...good, ...changes }));
    return codeOf(lockReadOffer(crypto, answering.keyed, lock.setupSecret, encodeSealed(3, sealed)));
  };
  const certificate = [undefined, null, 'text', new Uint8Array(0), new Uint8Array(8_193)];
  const certificateOrNone = certificate.filter((value) => !(value instanceof Uint8Array) || value.length > 0);
  const bad = spoil({
    ownerSets: [undefined, site.document, ['set'], [new Uint8Array(0)], Array.from({ length: 65 }, () => utf8('set'))],
    readerIssuerKey: BAD_KEYS,
    roster: [undefined, null, new Uint8Array(0), new Uint8Array(24_577)],
    readerCertificate: certificate,
    linkCertificate: certificateOrNone,
    brokerCa: certificateOrNone,
    network: [null, 'text', new Uint8Array(0), new Uint8Array(10_241)],
  });
  assert.equal(read({}), 'ok', 'the control');
  assert.equal(read({ linkCertificate: new Uint8Array(8_192), brokerCa: utf8('x') }), 'ok', 'at the bounds');
  assert.equal(read({ linkCertificate: new Uint8Array(0), brokerCa: new Uint8Array(0), network: new Uint8Array(10_240) }), 'ok', 'without a link, and with word of a network');
  for (const changes of bad) assert.equal(read(changes), 'malformed', JSON.stringify(Object.keys(changes)));
  assert.equal(decodeOffer(crypto, utf8('no map')), undefined);
});

test('a done of another shape is malformed, though the lock sealed it', () => {
  const offered = valueOf(ownerOffer(crypto, keyed, exampleOffer(site, lock)));
  const opened = valueOf(lockReadOffer(crypto, answering.keyed, lock.setupSecret, offered.message));
  const read = (content: Cbor): string =>
    codeOf(ownerReadDone(crypto, offered, encodeSealed(4, sealForDirection(crypto, opened.toOwner, opened.context, encodeCbor(content)))));
  assert.equal(read([0, 'document-refused']), 'document-refused', 'the control');
  assert.equal(read([1, utf8('statement')]), 'signature-invalid', 'an acceptance without a statement');
  for (const content of [[1], [0], [1, 'text'], [0, 'adopted'], [0, utf8('x')], [2, utf8('x')], [2, 'document-refused'], [1, utf8('x'), 0], 1]) {
    assert.equal(read(content), 'malformed', JSON.stringify(content));
  }
});

test('a statement out of bounds, of another type, version or lock is refused', () => {
  const good: Raw = {
    lockId: identifierBytes(lock.lockId),
    siteId: identifierBytes(site.ownerSet.siteId),
    ownerSetHash: site.ownerSet.hash,
    rosterHash: site.ownerSet.hash,
    readerKey: lock.introduction.readerKey,
    sealKey: lock.introduction.sealKey,
  };
  const read = (changes: Raw, type = 'mortise-adoption', version = 1): string =>
    codeOf(openAdoptionStatement(crypto, lock.identity.publicKey,
      signWith(lock.identity, toSign(type, version, lock.identity.publicKey, mapOf({ ...good, ...changes }), crypto))));
  const hash = [undefined, null, new Uint8Array(31)];
  const identifier = [undefined, 'text', new Uint8Array(15)];
  const key = [undefined, point.subarray(0, 64)];
  const bad = spoil({ lockId: identifier, siteId: identifier, ownerSetHash: hash, rosterHash: hash, readerKey: key, sealKey: key, profile: BAD_PROFILES });
  assert.equal(read({ profile: 'passive' }), 'ok');
  assert.equal(read({}), 'ok', 'the control');
  for (const changes of bad) assert.equal(read(changes), 'malformed', JSON.stringify(Object.keys(changes)));
  assert.equal(read({ lockId: new Uint8Array(16) }), 'other-lock');
  assert.equal(read({}, 'mortise-roster'), 'type-wrong');
  assert.equal(read({}, 'mortise-adoption', 2), 'version-unknown');
  assert.equal(codeOf(openAdoptionStatement(crypto, lock.identity.publicKey, new Uint8Array(1025))), 'too-long');
});
