import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { concat, fromHex, hex, type Bytes } from '@mortise/base/bytes.ts';
import { instant } from '@mortise/base/instant.ts';
import { bitString, der, signatureToDer, unsignedInteger } from '../protocol/der.ts';
import { CERTIFICATE, ISSUER, LEAF, certificateOf, certified, extension, filled, flipped, judge, signTbs, time, ACCESS_DRAFT, type CertificateParts } from '../conformance/document.fixture.ts';
import { decodeIssuerCertificate, isInForce } from './issuer-certificate.ts';
import { encodeTlv } from '../protocol/tlv.ts';

const bytes = (text: string): Bytes => fromHex(text) ?? assert.fail('hex');
const NONE = filled(0, 0);

const readOf = (certificate: Bytes): string => {
  const read = decodeIssuerCertificate(certificate);
  if (!read.ok) return read.error.code;
  return read.value.maySign ? 'may sign' : 'may not sign';
};

const withPart = (part: Partial<CertificateParts>): string => readOf(certificateOf({ ...CERTIFICATE, ...part }));
const extensions = (...list: readonly Bytes[]): Partial<CertificateParts> => ({ extensions: encodeTlv(0xa3, der('sequence', ...list)) });

test('what a certificate says', () => {
  const certificate = certificateOf();
  const read = decodeIssuerCertificate(certificate);
  assert.ok(read.ok);
  const { tbs, signature, ...says } = read.value;
  assert.deepEqual(says, { publicKey: LEAF.publicKey, notBefore: instant(Date.UTC(2025, 0, 1)), notAfter: instant(Date.UTC(2035, 0, 1)), maySign: true });
  assert.equal(hex(certificate).slice(8, 8 + 2 * tbs.length), hex(tbs));
  assert.equal(signature.length, 64);
});

test('every part in its only form, on both sides of its bounds', () => {
  const key = (content: Bytes): Partial<CertificateParts> => ({ key: content });
  const p256 = bytes('06072a8648ce3d020106082a8648ce3d030107');
  const cases: readonly (readonly [string, string, string])[] = [
    ['version 3', withPart({}), 'may sign'],
    ['version 2', withPart({ version: encodeTlv(0xa0, der('integer', Uint8Array.of(1))) }), 'certificate-malformed'],
    ['version 1, left out', withPart({ version: NONE }), 'certificate-malformed'],
    ['a serial of 20 bytes', withPart({ serial: der('integer', filled(20, 1)) }), 'may sign'],
    ['a serial of 21 bytes', withPart({ serial: der('integer', filled(21, 1)) }), 'certificate-malformed'],
    ['a serial of none', withPart({ serial: der('integer') }), 'certificate-malformed'],
    ['a serial of 7F', withPart({ serial: der('integer', filled(1, 0x7f)) }), 'may sign'],
    ['a negative serial', withPart({ serial: der('integer', filled(1, 0x80)) }), 'certificate-malformed'],
    ['another algorithm inside', withPart({ algorithm: der('sequence', bytes('06082a8648ce3d040303')) }), 'certificate-malformed'],
    ['another algorithm outside', readOf(certificateOf(CERTIFICATE, ISSUER, der('sequence', bytes('06082a8648ce3d040303')))), 'certificate-malformed'],
    ['an algorithm with parameters', withPart({ algorithm: der('sequence', bytes('06082a8648ce3d0403020500')) }), 'certificate-malformed'],
    ['no extensions', withPart({ extensions: NONE }), 'may sign'],
    ['unique ids', withPart({ extensions: encodeTlv(0x81, filled(2, 0)) }), 'certificate-malformed'],
    ['another curve', withPart(key(der('sequence', der('sequence', bytes('06072a8648ce3d020106052b81040022')), bitString(LEAF.publicKey)))), 'certificate-malformed'],
    ['a compressed key', withPart(key(der('sequence', der('sequence', p256), bitString(filled(33, 2))))), 'certificate-malformed'],
    ['unused bits in the key', withPart(key(der('sequence', der('sequence', p256), der('bitString', Uint8Array.of(1), LEAF.publicKey)))), 'certificate-malformed'],
    ['a key of no bits', withPart(key(der('sequence', der('sequence', p256), der('bitString')))), 'certificate-malformed'],
    ['a key in an octet string', withPart(key(der('sequence', der('sequence', p256), der('octetString', NONE, LEAF.publicKey)))), 'certificate-malformed'],
    ['a key and more', withPart(key(der('sequence', der('sequence', p256), bitString(LEAF.publicKey), der('sequence')))), 'certificate-malformed'],
    ['a name that is none', withPart({ issuer: der('set') }), 'certificate-malformed'],
    ['an empty name', withPart({ subject: der('sequence') }), 'may sign'],
  ];
  for (const [name, read, expected] of cases) assert.equal(read, expected, name);
});

test('dates: UTCTime and GeneralizedTime, in Z, two of them', () => {
  const dates = (...times: readonly Bytes[]): string => withPart({ dates: der('sequence', ...times) });
  const good = time('250101000000Z');
  assert.equal(dates(good, time('20350101000000Z')), 'may sign');
  for (const wrong of [time('20250101000000Z', 'utcTime'), time('250101000000Z', 'generalizedTime'), time('251301000000Z'), time('250101000000+', 'utcTime'), time('250229000000Z'), time('250101000000Z', 'utf8String')]) {
    assert.equal(dates(good, wrong), 'certificate-malformed');
    assert.equal(dates(wrong, good), 'certificate-malformed');
  }
  assert.equal(dates(good), 'certificate-malformed');
  assert.equal(dates(good, good, good), 'certificate-malformed');
  assert.equal(withPart({ dates: der('sequence', Uint8Array.of(0x17)) }), 'certificate-malformed');
});

test('extensions: known ones, others if they are not critical, none twice', () => {
  const [usage, constraints] = [extension('551d0f', true, bytes('03020780')), extension('551d13', true, bytes('3000'))];
  const cases: readonly (readonly [string, readonly Bytes[], string])[] = [
    ['usage', [usage], 'may sign'],
    ['all four, critical', [usage, constraints, extension('551d0e', true, bytes('0400')), extension('551d23', true, bytes('3000'))], 'may sign'],
    ['an unknown one', [usage, extension('551d25', false, bytes('3000'))], 'may sign'],
    ['an unknown critical one', [usage, extension('551d25', true, bytes('3000'))], 'may not sign'],
    ['signing certificates only', [extension('551d0f', true, bytes('03020204'))], 'may not sign'],
    ['signing among others', [extension('551d0f', false, bytes('030205a0'))], 'may sign'],
    ['no usage at all in it', [extension('551d0f', true, bytes('030100'))], 'may not sign'],
    ['a usage that is none', [extension('551d0f', true, bytes('0402ff80'))], 'may not sign'],
    ['constraints are no usage', [extension('551d13', true, bytes('03020200'))], 'may sign'],
    ['none', [], 'certificate-malformed'],
    ['one twice', [usage, usage], 'certificate-malformed'],
    ['critical said to be false', [extension('551d0f', der('boolean', Uint8Array.of(0)), bytes('03020780'))], 'certificate-malformed'],
    ['critical said by 01', [extension('551d0f', der('boolean', Uint8Array.of(1)), bytes('03020780'))], 'certificate-malformed'],
    ['critical said by two bytes', [extension('551d0f', der('boolean', bytes('ffff')), bytes('03020780'))], 'certificate-malformed'],
    ['not a sequence', [encodeTlv(0x31, concat(der('objectIdentifier', bytes('551d0f')), der('octetString', bytes('03020780'))))], 'certificate-malformed'],
    ['no value', [der('sequence', der('objectIdentifier', bytes('551d0f')))], 'certificate-malformed'],
    ['no identifier', [der('sequence', der('octetString', bytes('03020780')))], 'certificate-malformed'],
    ['one good, one not', [usage, Uint8Array.of(0x30)], 'certificate-malformed'],
    ['one good, one out of form', [usage, der('sequence')], 'certificate-malformed'],
  ];
  for (const [name, list, expected] of cases) assert.equal(withPart(extensions(...list)), expected, name);
  assert.equal(withPart({ extensions: encodeTlv(0xa3, der('set', usage)) }), 'certificate-malformed');
  assert.equal(withPart({ extensions: encodeTlv(0xa3, concat(der('sequence', usage), der('sequence', usage))) }), 'certificate-malformed');
});

test('a certificate that may not sign vouches for nothing', () => {
  const usage = (value: string): Bytes => certificateOf({ ...CERTIFICATE, ...extensions(extension('551d0f', true, bytes(value))) });
  assert.equal(judge(certified(ACCESS_DRAFT, usage('03020780'))), 'granted');
  assert.equal(judge(certified(ACCESS_DRAFT, usage('03020204'))), 'certificate-usage');
  const before = certificateOf({ ...CERTIFICATE, ...extensions(extension('551d0f', true, bytes('03020204'))), dates: der('sequence', time('250101000000Z'), time('250102000000Z')) });
  assert.equal(judge(certified(ACCESS_DRAFT, before)), 'certificate-usage', 'before its dates');
});

test('the outside of a certificate', () => {
  const read = decodeIssuerCertificate(certificateOf());
  assert.ok(read.ok);
  const { tbs, signature } = read.value;
  const sealed = (...parts: readonly Bytes[]): string => readOf(der('sequence', ...parts));
  const signed = bitString(signatureToDer(signature));
  assert.equal(sealed(tbs, CERTIFICATE.algorithm, signed), 'may sign');
  assert.equal(sealed(tbs, CERTIFICATE.algorithm), 'certificate-malformed');
  assert.equal(sealed(tbs, CERTIFICATE.algorithm, signed, signed), 'certificate-malformed');
  assert.equal(sealed(tbs, CERTIFICATE.algorithm, bitString(signature)), 'certificate-malformed', 'r ‖ s is not DER');
  assert.equal(sealed(tbs, CERTIFICATE.algorithm, der('bitString')), 'certificate-malformed');
  assert.equal(sealed(tbs, CERTIFICATE.algorithm, der('bitString', Uint8Array.of(1), signatureToDer(signature))), 'certificate-malformed');
  assert.equal(readOf(concat(der('sequence', tbs, CERTIFICATE.algorithm, signed), filled(1, 0))), 'certificate-malformed');
  assert.equal(readOf(signTbs(der('sequence'))), 'certificate-malformed');
  assert.equal(readOf(encodeTlv(0x31, concat(tbs, CERTIFICATE.algorithm, signed))), 'certificate-malformed');
});

test('a certificate cut at any byte, and any other bytes', () => {
  const whole = certificateOf();
  for (let length = 0; length < whole.length; length += 1) assert.equal(readOf(whole.subarray(0, length)), 'certificate-malformed');
  fc.assert(fc.property(fc.uint8Array({ maxLength: 80 }), (given) => { assert.equal(readOf(given), 'certificate-malformed'); }));
});

test('a certificate with any one byte other is never the issuer’s', () => {
  const whole = certificateOf();
  const ends = new Set(Array.from(whole, (_, at) => judge(certified(ACCESS_DRAFT, flipped(whole, at)))));
  assert.deepEqual([...ends].toSorted(), ['certificate-malformed', 'certificate-signature']);
  assert.equal(judge(certified(ACCESS_DRAFT, whole)), 'granted');
});

test('a key that is no point of the curve verifies nothing', () => {
  const parts = { ...CERTIFICATE, key: der('sequence', der('sequence', bytes('06072a8648ce3d020106082a8648ce3d030107')), bitString(concat(Uint8Array.of(4), filled(64, 1)))) };
  assert.equal(judge(certified(ACCESS_DRAFT, certificateOf(parts))), 'issuer-signature');
});

test('in force from the first to the last moment', () => {
  const dates = { notBefore: instant(10), notAfter: instant(20) };
  assert.deepEqual([9, 10, 20, 21].map((ms) => isInForce(dates, instant(ms))), [false, true, true, false]);
  assert.equal(unsignedInteger(filled(1, 7)).length, 3);
});
