// Reader certificates, profile 0000 (SPEC §6): an X.509 certificate squeezed to what varies. Fields equal to the profile's
// defaults are left out; to verify, the X.509 TBSCertificate is built again and checked under the issuer's key.

import { EMPTY, concat, equalBytes, fromUtf8, utf8, type Bytes } from '@mortise/base/bytes.ts';
import { assert } from '@mortise/base/assert.ts';
import type { Instant } from '@mortise/base/instant.ts';
import { ok, type Result } from '@mortise/base/result.ts';
import { PUBLIC_KEY_BYTES, type Crypto } from '@mortise/crypto/crypto.ts';
import { bitString, der, magnitude, signatureFromDer, signatureToDer, unsignedInteger } from './der.ts';
import { refuse, type AliroError } from './errors.ts';
import { encodeTlv, readOrdered, valueOf, type Field, type Fields } from './tlv.ts';
import { timeOf } from './certificate-time.ts';

/** What varies. `serial`: magnitude, at most 20 bytes. Names: at most 32 bytes of UTF-8. Times: UTCTime (13 characters) or GeneralizedTime (15). */
export type CertificateFields = {
  readonly publicKey: Bytes;
  readonly serial?: Bytes;
  readonly issuer?: string;
  readonly notBefore?: string;
  readonly notAfter?: string;
  readonly subject?: string;
};

/** All fields, defaults filled in; `signature` as r ‖ s of 64 bytes. */
export type ReaderCertificate = Required<CertificateFields> & { readonly signature: Bytes };

const DEFAULTS = {
  serial: Uint8Array.of(1),
  issuer: 'issuer',
  notBefore: '200101000000Z',
  notAfter: '490101000000Z',
  subject: 'subject',
} as const;

// What is kept for good has an array of its own.
const fixed = (bytes: Bytes): Bytes => bytes.slice();

const oid = (...bytes: readonly number[]): Bytes => fixed(der('objectIdentifier', Uint8Array.from(bytes)));

const ECDSA_WITH_SHA256 = oid(0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x02);
const EC_PUBLIC_KEY = oid(0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01);
const PRIME256V1 = oid(0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07);
const COMMON_NAME = oid(0x55, 0x04, 0x03);
const AUTHORITY_KEY_IDENTIFIER = oid(0x55, 0x1d, 0x23);
const BASIC_CONSTRAINTS = oid(0x55, 0x1d, 0x13);
const KEY_USAGE = oid(0x55, 0x1d, 0x0f);
const CRITICAL = fixed(der('boolean', Uint8Array.of(0xff)));
const DIGITAL_SIGNATURE = Uint8Array.of(0x03, 0x02, 0x07, 0x80);
const VERSION_3 = fixed(encodeTlv(0xa0, der('integer', Uint8Array.of(2))));
const EXTENSIONS_TAG = 0xa3;
const KEY_IDENTIFIER_TAG = 0x80;
const GENERALIZED_LENGTH = 15;
const SHA1_BYTES = 20;

const PROFILE_TAG = 0x04;
const SEQUENCE_TAG = 0x30;
const PROFILE = Uint8Array.of(0x00, 0x00);
const NO_UNUSED_BITS = Uint8Array.of(0x00);
const MAX_BODY = 512;

const OUTER: readonly Field[] = [{ tag: SEQUENCE_TAG, min: 0, max: MAX_BODY }];
const PARTS: readonly Field[] = [
  { tag: PROFILE_TAG, min: 2, max: 2 },
  { tag: SEQUENCE_TAG, min: 0, max: MAX_BODY },
];
const TAGS = { serial: 0x80, issuer: 0x81, notBefore: 0x82, notAfter: 0x83, subject: 0x84, publicKey: 0x85, signature: 0x86 } as const;
const FIELDS: readonly Field[] = [
  { tag: TAGS.serial, min: 1, max: 20, optional: true },
  { tag: TAGS.issuer, min: 0, max: 32, optional: true },
  { tag: TAGS.notBefore, min: 13, max: 15, optional: true },
  { tag: TAGS.notAfter, min: 13, max: 15, optional: true },
  { tag: TAGS.subject, min: 0, max: 32, optional: true },
  { tag: TAGS.publicKey, min: 1 + PUBLIC_KEY_BYTES, max: 1 + PUBLIC_KEY_BYTES },
  { tag: TAGS.signature, min: 1, max: 80 },
];

const name = (commonName: string): Bytes =>
  der('sequence', der('set', der('sequence', COMMON_NAME, der('utf8String', utf8(commonName)))));

const time = (text: string): Bytes => der(text.length === GENERALIZED_LENGTH ? 'generalizedTime' : 'utcTime', utf8(text));

const extension = (identifier: Bytes, critical: boolean, value: Bytes): Bytes =>
  der('sequence', identifier, critical ? CRITICAL : EMPTY, der('octetString', value));

const authorityKey = (hash: Bytes): Bytes => extension(AUTHORITY_KEY_IDENTIFIER, false, der('sequence', encodeTlv(KEY_IDENTIFIER_TAG, hash)));

/** Extensions that are the same in every certificate. */
const USAGE = concat(extension(BASIC_CONSTRAINTS, true, der('sequence')), extension(KEY_USAGE, true, DIGITAL_SIGNATURE));

/** What stands before the last bytes of an object, whose lengths do not vary: all but `varying`. */
const before = (object: Bytes, varying: number): Bytes => fixed(object.subarray(0, object.length - varying));

/** SPEC §6: exactly these three extensions, in this order. The hash of the issuer's key stands between this and `USAGE`. */
const EXTENSIONS = before(encodeTlv(EXTENSIONS_TAG, der('sequence', authorityKey(new Uint8Array(SHA1_BYTES)), USAGE)), SHA1_BYTES + USAGE.length);
/** The SubjectPublicKeyInfo up to the key. */
const KEY_INFO = before(der('sequence', der('sequence', EC_PUBLIC_KEY, PRIME256V1), bitString(new Uint8Array(PUBLIC_KEY_BYTES))), PUBLIC_KEY_BYTES);
const SIGNATURE_ALGORITHM = fixed(der('sequence', ECDSA_WITH_SHA256));

/** The X.509 TBSCertificate to sign with ECDSA over SHA-256. `issuerKey` and the key in it: 65 bytes. */
export const certificateTbs = (fields: CertificateFields, issuerKey: Bytes, crypto: Crypto): Bytes => {
  const { publicKey, serial = DEFAULTS.serial, issuer = DEFAULTS.issuer, subject = DEFAULTS.subject } = fields;
  assert(publicKey.length === PUBLIC_KEY_BYTES, 'a reader key has 65 bytes');
  return der('sequence',
    VERSION_3,
    unsignedInteger(serial),
    SIGNATURE_ALGORITHM,
    name(issuer),
    der('sequence', time(fields.notBefore ?? DEFAULTS.notBefore), time(fields.notAfter ?? DEFAULTS.notAfter)),
    name(subject),
    KEY_INFO, publicKey,
    EXTENSIONS, crypto.sha1(issuerKey), USAGE,
  );
};

const unlessDefault = (tag: number, value: Bytes, byDefault: Bytes): Bytes =>
  equalBytes(value, byDefault) ? EMPTY : encodeTlv(tag, value);

const text = (key: 'issuer' | 'notBefore' | 'notAfter' | 'subject', fields: CertificateFields): Bytes =>
  unlessDefault(TAGS[key], utf8(fields[key] ?? DEFAULTS[key]), utf8(DEFAULTS[key]));

/** The compressed certificate as LOAD CERT and tag 90 carry it. `signature`: r ‖ s of 64 bytes over the TBSCertificate. */
export const compressCertificate = (fields: CertificateFields, signature: Bytes): Bytes =>
  der('sequence', encodeTlv(PROFILE_TAG, PROFILE), der('sequence',
    unlessDefault(TAGS.serial, magnitude(fields.serial ?? DEFAULTS.serial), DEFAULTS.serial),
    text('issuer', fields),
    text('notBefore', fields),
    text('notAfter', fields),
    text('subject', fields),
    encodeTlv(TAGS.publicKey, concat(NO_UNUSED_BITS, fields.publicKey)),
    encodeTlv(TAGS.signature, concat(NO_UNUSED_BITS, signatureToDer(signature))),
  ));

const readText = (fields: Fields, key: 'issuer' | 'notBefore' | 'notAfter' | 'subject'): string | undefined => {
  const value = fields.get(TAGS[key]);
  if (value === undefined) return DEFAULTS[key];
  const read = fromUtf8(value);
  return equalBytes(utf8(read), value) ? read : undefined;
};

const readTime = (fields: Fields, key: 'notBefore' | 'notAfter'): string | undefined => {
  const read = readText(fields, key);
  return read !== undefined && timeOf(read) !== undefined ? read : undefined;
};

const wholeBytes = (value: Bytes): Bytes | undefined => (value[0] === 0 ? value.subarray(1) : undefined);

const readFields = (fields: Fields): Result<ReaderCertificate, AliroError> => {
  const [issuer, subject] = [readText(fields, 'issuer'), readText(fields, 'subject')];
  const [notBefore, notAfter] = [readTime(fields, 'notBefore'), readTime(fields, 'notAfter')];
  const publicKey = wholeBytes(valueOf(fields, TAGS.publicKey));
  const signature = signatureFromDer(wholeBytes(valueOf(fields, TAGS.signature)) ?? EMPTY);
  const complete = issuer !== undefined && subject !== undefined && notBefore !== undefined && notAfter !== undefined;
  if (!complete || publicKey === undefined || !signature.ok) return refuse('certificate-malformed');
  const serial = magnitude(fields.get(TAGS.serial) ?? DEFAULTS.serial);
  return ok({ serial, issuer, notBefore, notAfter, subject, publicKey, signature: signature.value });
};

const malformed = refuse('certificate-malformed');

/** Reads any bytes. `certificate-malformed` (device: 6400): not profile 0000, or a field out of form. */
export const decodeCertificate = (bytes: Bytes): Result<ReaderCertificate, AliroError> => {
  const outer = readOrdered(bytes, OUTER);
  const parts = outer.ok ? readOrdered(valueOf(outer.value, SEQUENCE_TAG), PARTS) : outer;
  if (!parts.ok || !equalBytes(valueOf(parts.value, PROFILE_TAG), PROFILE)) return malformed;
  const fields = readOrdered(valueOf(parts.value, SEQUENCE_TAG), FIELDS);
  return fields.ok ? readFields(fields.value) : malformed;
};

const inForce = (certificate: ReaderCertificate, now: Instant): boolean =>
  now >= (timeOf(certificate.notBefore) ?? Infinity) && now <= (timeOf(certificate.notAfter) ?? -Infinity);

/** Decodes, then `certificate-signature` (6982) unless `issuerKey` signed it, `certificate-expired` outside its dates if `now` is given. */
export const verifyCertificate = (
  crypto: Crypto, bytes: Bytes, issuerKey: Bytes, now?: Instant,
): Result<ReaderCertificate, AliroError> => {
  const decoded = decodeCertificate(bytes);
  if (!decoded.ok) return decoded;
  const certificate = decoded.value;
  const tbs = certificateTbs(certificate, issuerKey, crypto);
  if (!crypto.p256.verify(issuerKey, certificate.signature, tbs)) return refuse('certificate-signature');
  return now === undefined || inForce(certificate, now) ? decoded : refuse('certificate-expired');
};
