// The X.509 certificate of header 33 (SPEC §9.2): a key that a trusted issuer vouches for. A strict reading of the DER that such a
// certificate is made of (RFC 5280): version 3, ECDSA on P-256 with SHA-256 throughout, signature over the received TBSCertificate.
// Names are not compared: the anchor is a bare key.

import { EMPTY, fromUtf8, hex, type Bytes } from '@mortise/base/bytes.ts';
import type { Instant } from '@mortise/base/instant.ts';
import { ok, type Result } from '@mortise/base/result.ts';
import { PUBLIC_KEY_BYTES } from '@mortise/crypto/crypto.ts';
import { timeOf } from './certificate-time.ts';
import { DER, signatureFromDer } from './der.ts';
import { refuseDocument, type DocumentError } from './document-error.ts';
import { decodeTlvs, type Tlv } from './tlv.ts';

/** `tbs`: the TBSCertificate as received; `signature`: r ‖ s over it. `maySign`: no critical extension that we do not know, and digitalSignature if usages are listed. */
export type IssuerCertificate = {
  readonly tbs: Bytes;
  readonly signature: Bytes;
  readonly publicKey: Bytes;
  readonly notBefore: Instant;
  readonly notAfter: Instant;
  readonly maySign: boolean;
};

const malformed = refuseDocument('certificate-malformed');

const VERSION_TAG = 0xa0;
const EXTENSIONS_TAG = 0xa3;
/** INTEGER 2: version 3. */
const VERSION_3 = '020102';
const ECDSA_WITH_SHA256 = '06082a8648ce3d040302';
/** ecPublicKey, prime256v1. */
const P256_KEY = '06072a8648ce3d020106082a8648ce3d030107';
const MAX_SERIAL_BYTES = 20;
const TIMES: ReadonlyMap<number, number> = new Map([[DER.utcTime, 13], [DER.generalizedTime, 15]]);

/** The objects inside `data`, when their tags are these. */
const objects = (data: Bytes, tags: readonly number[]): readonly Tlv[] | undefined => {
  const decoded = decodeTlvs(data);
  if (!decoded.ok || decoded.value.length !== tags.length) return undefined;
  return decoded.value.every(({ tag }, index) => tag === tags[index]) ? decoded.value : undefined;
};

/** The content of a BIT STRING of whole bytes. */
const wholeBytes = (object: Tlv | undefined): Bytes | undefined => (object?.value[0] === 0 ? object.value.subarray(1) : undefined);

const isSerial = ({ value }: Tlv): boolean => value.length > 0 && value.length <= MAX_SERIAL_BYTES && (value[0] ?? 0) < 0x80;

const readTime = ({ tag, value }: Tlv): Instant | undefined => (TIMES.get(tag) === value.length ? timeOf(fromUtf8(value)) : undefined);

type Validity = Pick<IssuerCertificate, 'notBefore' | 'notAfter'>;

const readValidity = ({ value }: Tlv): Validity | undefined => {
  const decoded = decodeTlvs(value);
  const times = decoded.ok && decoded.value.length === 2 ? decoded.value : [];
  const [notBefore, notAfter] = times.map(readTime);
  return notBefore === undefined || notAfter === undefined ? undefined : { notBefore, notAfter };
};

const readKey = ({ value }: Tlv): Bytes | undefined => {
  const [algorithm, key] = objects(value, [DER.sequence, DER.bitString]) ?? [];
  const bytes = wholeBytes(key);
  return hex(algorithm?.value ?? EMPTY) === P256_KEY && bytes?.length === PUBLIC_KEY_BYTES ? bytes : undefined;
};

// ---- extensions --------------------------------------------------------------------------------------------------------------

const KEY_USAGE = '551d0f';
/** Subject and authority key identifier, basic constraints, key usage: nothing else may be critical. */
const KNOWN: ReadonlySet<string> = new Set(['551d0e', '551d23', '551d13', KEY_USAGE]);
const DIGITAL_SIGNATURE = 0x80;

type Extension = { readonly identifier: string; readonly critical: boolean; readonly value: Bytes };

const PLAIN = [DER.objectIdentifier, DER.octetString] as const;
const MARKED = [DER.objectIdentifier, DER.boolean, DER.octetString] as const;

/** DER leaves out what is the default: a BOOLEAN that is there says true, by FF. */
const readExtension = ({ tag, value }: Tlv): Extension | undefined => {
  const marked = objects(value, MARKED);
  const [identifier, content] = marked === undefined ? objects(value, PLAIN) ?? [] : [marked[0], marked[2]];
  const isMark = marked === undefined || hex(marked[1]?.value ?? EMPTY) === 'ff';
  if (tag !== DER.sequence || identifier === undefined || content === undefined || !isMark) return undefined;
  return { identifier: hex(identifier.value), critical: marked !== undefined, value: content.value };
};

const allowsSigning = ({ identifier, value }: Extension): boolean => {
  const [usages] = identifier === KEY_USAGE ? objects(value, [DER.bitString]) ?? [] : [];
  return identifier !== KEY_USAGE || ((usages?.value[1] ?? 0) & DIGITAL_SIGNATURE) !== 0;
};

/** Undefined: not extensions, or one of them twice. */
const readExtensions = ({ value }: Tlv): boolean | undefined => {
  const [list] = objects(value, [DER.sequence]) ?? [];
  const decoded = decodeTlvs(list?.value ?? EMPTY);
  const read = decoded.ok ? decoded.value.map(readExtension).filter((extension) => extension !== undefined) : [];
  const whole = decoded.ok && read.length > 0 && read.length === decoded.value.length;
  if (!whole || new Set(read.map(({ identifier }) => identifier)).size !== read.length) return undefined;
  return read.every((extension) => (!extension.critical || KNOWN.has(extension.identifier)) && allowsSigning(extension));
};

// ---- the whole ---------------------------------------------------------------------------------------------------------------

const TBS = [VERSION_TAG, DER.integer, DER.sequence, DER.sequence, DER.sequence, DER.sequence, DER.sequence] as const;

type Subject = Pick<IssuerCertificate, 'publicKey' | 'notBefore' | 'notAfter' | 'maySign'>;

/** Version, serial number, algorithm, issuer, validity, subject, key, extensions if any. */
const readTbs = (tbs: Bytes): Subject | undefined => {
  const withExtensions = objects(tbs, [...TBS, EXTENSIONS_TAG]);
  const [version, serial, algorithm, , dates, , key, extensions] = withExtensions ?? objects(tbs, TBS) ?? [];
  if (version === undefined || serial === undefined || algorithm === undefined || dates === undefined || key === undefined) return undefined;
  const [validity, publicKey] = [readValidity(dates), readKey(key)];
  const maySign = extensions === undefined ? true : readExtensions(extensions);
  const fixed = hex(version.value) === VERSION_3 && isSerial(serial) && hex(algorithm.value) === ECDSA_WITH_SHA256;
  return fixed && validity !== undefined && publicKey !== undefined && maySign !== undefined ? { ...validity, publicKey, maySign } : undefined;
};

/** Reads any bytes. `certificate-malformed` for anything but such a certificate. Nothing is verified. */
export const decodeIssuerCertificate = (bytes: Bytes): Result<IssuerCertificate, DocumentError> => {
  const [outer] = objects(bytes, [DER.sequence]) ?? [];
  const [tbs, algorithm, signed] = objects(outer?.value ?? EMPTY, [DER.sequence, DER.sequence, DER.bitString]) ?? [];
  if (outer === undefined || tbs === undefined || hex(algorithm?.value ?? EMPTY) !== ECDSA_WITH_SHA256) return malformed;
  const [subject, signature] = [readTbs(tbs.value), signatureFromDer(wholeBytes(signed) ?? EMPTY)];
  return subject !== undefined && signature.ok ? ok({ ...subject, tbs: outer.value.subarray(0, tbs.end), signature: signature.value }) : malformed;
};

export const isInForce = ({ notBefore, notAfter }: Validity, at: Instant): boolean => at >= notBefore && at <= notAfter;
