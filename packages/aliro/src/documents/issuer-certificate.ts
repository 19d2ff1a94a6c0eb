// The X.509 certificate of header 33 (SPEC §9.2): a key that a trusted issuer vouches for. A strict reading of the DER that such a
// certificate is made of (RFC 5280): version 3, ECDSA on P-256 with SHA-256 throughout, signature over the received TBSCertificate.
// Names are not compared: the anchor is a bare key.

import { EMPTY, fromUtf8, hex, type Bytes } from '@mortise/base/bytes.ts';
import type { Instant } from '@mortise/base/instant.ts';
import { ok, type Result } from '@mortise/base/result.ts';
import { PUBLIC_KEY_BYTES } from '@mortise/crypto/crypto.ts';
import { timeOf } from '../protocol/certificate-time.ts';
import { DER, signatureFromDer } from '../protocol/der.ts';
import { refuseDocument, type DocumentError } from './document-error.ts';
import { decodeTlvs, type Tlv } from '../protocol/tlv.ts';

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

/** The objects inside `data`, when their tags are these; else none. */
const objects = (data: Bytes, tags: readonly number[]): readonly Tlv[] => {
  const decoded = decodeTlvs(data);
  if (!decoded.ok || decoded.value.length !== tags.length) return [];
  return decoded.value.every(({ tag }, index) => tag === tags[index]) ? decoded.value : [];
};

/** Of an object that is not there: nothing, which no reader below takes for its content. */
const contentOf = (object: Tlv | undefined): Bytes => object?.value ?? EMPTY;

/** The content of a BIT STRING of whole bytes. */
const wholeBytes = (object: Tlv | undefined): Bytes => (contentOf(object)[0] === 0 ? contentOf(object).subarray(1) : EMPTY);

const isSerial = (value: Bytes): boolean => value.length > 0 && value.length <= MAX_SERIAL_BYTES && (value[0] ?? 0) < 0x80;

const readTime = ({ tag, value }: Tlv): Instant | undefined => (TIMES.get(tag) === value.length ? timeOf(fromUtf8(value)) : undefined);

type Validity = Pick<IssuerCertificate, 'notBefore' | 'notAfter'>;

const readValidity = (value: Bytes): Validity | undefined => {
  const decoded = decodeTlvs(value);
  const times = decoded.ok && decoded.value.length === 2 ? decoded.value : [];
  const [notBefore, notAfter] = times.map(readTime);
  return notBefore === undefined || notAfter === undefined ? undefined : { notBefore, notAfter };
};

const readKey = (value: Bytes): Bytes | undefined => {
  const [algorithm, key] = objects(value, [DER.sequence, DER.bitString]);
  const bytes = wholeBytes(key);
  return hex(contentOf(algorithm)) === P256_KEY && bytes.length === PUBLIC_KEY_BYTES ? bytes : undefined;
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
  const critical = hex(contentOf(marked[1])) === 'ff';
  const parts = critical ? marked : objects(value, PLAIN);
  if (tag !== DER.sequence || parts.length === 0) return undefined;
  return { identifier: hex(contentOf(parts.at(0))), critical, value: contentOf(parts.at(-1)) };
};

const allowsSigning = ({ identifier, value }: Extension): boolean => {
  const [usages] = objects(value, [DER.bitString]);
  return identifier !== KEY_USAGE || ((contentOf(usages)[1] ?? 0) & DIGITAL_SIGNATURE) !== 0;
};

/** Whether they let the key sign. Undefined: not extensions, or one of them twice. */
const readExtensions = (value: Bytes): boolean | undefined => {
  const [list] = objects(value, [DER.sequence]);
  const decoded = decodeTlvs(contentOf(list));
  if (!decoded.ok) return undefined;
  const read = decoded.value.map(readExtension).filter((extension) => extension !== undefined);
  const different = new Set(read.map(({ identifier }) => identifier)).size;
  if (different === 0 || different !== decoded.value.length) return undefined;
  return read.every((extension) => (!extension.critical || KNOWN.has(extension.identifier)) && allowsSigning(extension));
};

// ---- the whole ---------------------------------------------------------------------------------------------------------------

const TBS = [VERSION_TAG, DER.integer, DER.sequence, DER.sequence, DER.sequence, DER.sequence, DER.sequence] as const;

type Subject = Pick<IssuerCertificate, 'publicKey' | 'notBefore' | 'notAfter' | 'maySign'>;

/** Version, serial number, algorithm, issuer, validity, subject, key, extensions if any. */
const readTbs = (tbs: Bytes): Subject | undefined => {
  const extended = objects(tbs, [...TBS, EXTENSIONS_TAG]);
  const [version, serial, algorithm, , dates, , key, extensions] = extended.length > 0 ? extended : objects(tbs, TBS);
  const [validity, publicKey] = [readValidity(contentOf(dates)), readKey(contentOf(key))];
  const maySign = extensions === undefined ? true : readExtensions(extensions.value);
  const fixed = hex(contentOf(version)) === VERSION_3 && isSerial(contentOf(serial)) && hex(contentOf(algorithm)) === ECDSA_WITH_SHA256;
  return fixed && validity !== undefined && publicKey !== undefined && maySign !== undefined ? { ...validity, publicKey, maySign } : undefined;
};

/** Reads any bytes. `certificate-malformed` for anything but such a certificate. Nothing is verified. */
export const decodeIssuerCertificate = (bytes: Bytes): Result<IssuerCertificate, DocumentError> => {
  const [outer] = objects(bytes, [DER.sequence]);
  const [tbs, algorithm, signed] = objects(contentOf(outer), [DER.sequence, DER.sequence, DER.bitString]);
  const [subject, signature] = [readTbs(contentOf(tbs)), signatureFromDer(wholeBytes(signed))];
  if (hex(contentOf(algorithm)) !== ECDSA_WITH_SHA256 || subject === undefined || !signature.ok) return malformed;
  return ok({ ...subject, tbs: contentOf(outer).subarray(0, tbs?.end), signature: signature.value });
};

export const isInForce = ({ notBefore, notAfter }: Validity, at: Instant): boolean => at >= notBefore && at <= notAfter;
