// Vectors in vectors.test.ts compare profile 0000 byte for byte; here are the round trip, the forms that are refused, and dates.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { concat, hex, utf8, type Bytes } from '@mortise/base/bytes.ts';
import { instant } from '@mortise/base/instant.ts';
import { nobleCrypto as crypto } from '@mortise/crypto/noble.ts';
import { timeOf } from './certificate-time.ts';
import { der, signatureFromDer, signatureToDer } from './der.ts';
import { certificateTbs, compressCertificate, decodeCertificate, verifyCertificate, type CertificateFields } from './reader-certificate.ts';
import { encodeTlv } from './tlv.ts';
import { filled } from '../conformance/transaction.conformance.ts';

const issuer = crypto.p256.privateKeyFromSeed(filled(48, 1));
const issuerKey = crypto.p256.publicKey(issuer);
const publicKey = crypto.p256.publicKey(crypto.p256.privateKeyFromSeed(filled(48, 2)));
const signature = filled(64, 3);
const issue = (fields: CertificateFields): Bytes => compressCertificate(fields, crypto.p256.sign(issuer, certificateTbs(fields, issuerKey, crypto)));

test('what was issued verifies, and says what was put in', () => {
  const verified = verifyCertificate(crypto, issue({ publicKey, subject: 'a lock', serial: filled(20, 4), notAfter: '20350101000000Z' }), issuerKey);
  assert.ok(verified.ok);
  assert.equal(verified.value.subject, 'a lock');
  assert.equal(verified.value.notAfter, '20350101000000Z');
  assert.equal(verified.value.issuer, 'issuer');
  assert.deepEqual(verified.value.publicKey, publicKey);
});

test('under another key, or altered, it does not', () => {
  const bytes = issue({ publicKey });
  const other = verifyCertificate(crypto, bytes, publicKey);
  assert.ok(!other.ok && other.error.code === 'certificate-signature' && other.error.statusWord === 0x6982);
  for (let at = 0; at < bytes.length; at += 7) assert.ok(!verifyCertificate(crypto, bytes.with(at, (bytes[at] ?? 0) ^ 4), issuerKey).ok, `byte ${at}`);
});

test('dates count when there is a clock', () => {
  const bytes = issue({ publicKey, notBefore: '250101000000Z', notAfter: '20260101000000Z' });
  const at = (text: string): string => {
    const verified = verifyCertificate(crypto, bytes, issuerKey, instant(Date.parse(text)));
    return verified.ok ? 'ok' : verified.error.code;
  };
  assert.equal(at('2024-12-31T23:59:59Z'), 'certificate-expired');
  assert.equal(at('2025-01-01T00:00:00Z'), 'ok');
  assert.equal(at('2026-01-01T00:00:00Z'), 'ok');
  assert.equal(at('2026-01-01T00:00:01Z'), 'certificate-expired');
});

test('written times', () => {
  assert.equal(timeOf('200229120000Z'), Date.parse('2020-02-29T12:00:00Z'));
  assert.equal(timeOf('490101000000Z'), Date.parse('2049-01-01T00:00:00Z'));
  assert.equal(timeOf('700101000000Z'), 0);
  assert.equal(timeOf('20500101000000Z'), Date.parse('2050-01-01T00:00:00Z'));
  for (const text of ['', '210229120000Z', '211301120000Z', '210001120000Z', '210100120000Z', '210101240000Z', '210101126000Z', '210101120060Z', '2101011200Z', '210101120000+', '2101011200000Z', '500101000000Z']) {
    assert.equal(timeOf(text), undefined, text);
  }
});

test('fields come back as they were', () => {
  const name = fc.string({ maxLength: 10 }).filter((text) => utf8(text).length <= 32 && text.isWellFormed());
  const serial = fc.uint8Array({ minLength: 1, maxLength: 20 }).filter((value) => (value[0] ?? 0) !== 0);
  fc.assert(fc.property(name, name, serial, (subject, by, number) => {
    const decoded = decodeCertificate(compressCertificate({ publicKey, subject, issuer: by, serial: number }, signature));
    assert.ok(decoded.ok);
    assert.deepEqual([decoded.value.subject, decoded.value.issuer, hex(decoded.value.serial)], [subject, by, hex(number)]);
    assert.deepEqual(decoded.value.signature, signature);
  }));
});

const wrapped = (...fields: readonly Bytes[]): Bytes => der('sequence', encodeTlv(0x04, Uint8Array.of(0, 0)), der('sequence', ...fields));

test('what is not profile 0000 is refused as malformed', () => {
  const key = encodeTlv(0x85, concat(Uint8Array.of(0), publicKey));
  const signed = encodeTlv(0x86, concat(Uint8Array.of(0), signatureToDer(signature)));
  assert.ok(decodeCertificate(wrapped(key, signed)).ok, 'control');
  const bad: readonly Bytes[] = [
    new Uint8Array(0),
    der('sequence', encodeTlv(0x04, Uint8Array.of(0, 1)), der('sequence', key, signed)),
    wrapped(signed, key),
    wrapped(key),
    wrapped(encodeTlv(0x85, concat(Uint8Array.of(1), publicKey)), signed),
    wrapped(key, encodeTlv(0x86, concat(Uint8Array.of(1), signatureToDer(signature)))),
    wrapped(encodeTlv(0x81, Uint8Array.of(0xff, 0xfe)), key, signed),
    wrapped(encodeTlv(0x82, utf8('21010112000000')), key, signed),
    wrapped(encodeTlv(0x83, utf8('211301120000Z')), key, signed),
    wrapped(encodeTlv(0x84, Uint8Array.of(0xc3)), key, signed),
    wrapped(encodeTlv(0x84, new Uint8Array(33)), key, signed),
    wrapped(key, signed, encodeTlv(0x87, publicKey)),
  ];
  for (const [index, bytes] of bad.entries()) {
    const decoded = decodeCertificate(bytes);
    assert.ok(!decoded.ok && decoded.error.code === 'certificate-malformed' && decoded.error.statusWord === 0x6400, `case ${index}`);
  }
  fc.assert(fc.property(fc.uint8Array({ maxLength: 300 }), (any) => {
    assert.equal(verifyCertificate(crypto, any, issuerKey).ok, false);
  }));
});

test('a signature has one DER form', () => {
  const whole = signatureToDer(signature);
  assert.deepEqual(signatureFromDer(whole), { ok: true, value: signature });
  for (let length = 0; length < whole.length; length += 1) assert.ok(!signatureFromDer(whole.slice(0, length)).ok);
  const integer = (...bytes: readonly number[]): Bytes => der('integer', Uint8Array.from(bytes));
  const bad = [der('sequence', integer(0, 1), integer(1)), der('sequence', integer(0), integer(1)), der('sequence', integer(1)), der('sequence', integer(0x80), integer(1)),
    der('sequence', der('integer', filled(33, 1)), integer(1)), der('sequence', integer(1), integer(1), integer(1)), der('set', integer(1), integer(1)), der('sequence', der('octetString', Uint8Array.of(1)), integer(1))];
  for (const [index, bytes] of bad.entries()) assert.ok(!signatureFromDer(bytes).ok, `case ${index}`);
});
