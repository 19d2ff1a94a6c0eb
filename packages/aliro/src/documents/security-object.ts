// The mobile security object (SPEC §8.2): what the issuer signs. It is read whole before anything in it is believed; versions and
// kinds are left as they were written, since SPEC §9 compares them at their own place.

import { briefly } from '@mortise/base/brief.ts';
import type { Bytes } from '@mortise/base/bytes.ts';
import { asBoolean, asBytes, asMap, asNumber, asText, encodeCbor, field, type Cbor } from '@mortise/base/cbor.ts';
import type { Instant } from '@mortise/base/instant.ts';
import { MAX_SIGNED_ELEMENTS, MAX_TEXT_LENGTH, MDOC_VERSION, asDate, asEmbedded, asLabels, dateCbor, decodeInner, embed, optional, type DocType } from './document-cbor.ts';

export const DIGEST_ALGORITHM = 'SHA-256';
const DIGEST_BYTES = 32;
const MAX_NAME_SPACES = 8;
const MAX_KEY_PARTS = 16;

export type Digests = ReadonlyMap<number, Bytes>;

/** `validityIteration`: a counter per issuer that moves on when old documents shall die (SPEC §9 step 10). */
export type ValidityInfo = {
  readonly signed: Instant;
  readonly validFrom: Instant;
  readonly validUntil: Instant;
  readonly expectedUpdate?: Instant;
  readonly validityIteration?: number;
};

export type SecurityObject = {
  readonly version: string;
  readonly digestAlgorithm: string;
  readonly digests: ReadonlyMap<string, Digests>;
  /** As written; see `isDeviceKey`. */
  readonly deviceKeyInfo?: Cbor;
  readonly docType: string;
  readonly validity: ValidityInfo;
  readonly timeVerificationRequired: boolean;
};

// ---- the device key ----------------------------------------------------------------------------------------------------------

/** RFC 9053 §7.1: kty EC2, crv P-256, x, y. */
const KEY = { type: 1, curve: -1, x: -2, y: -3 } as const;
const UNCOMPRESSED = Uint8Array.of(4);
const EC2 = 2;
const P256 = 1;

/** `key`: 65 bytes. */
export const deviceKeyInfo = (key: Bytes): Cbor => {
  const parts = new Map<number, Cbor>([[KEY.type, EC2], [KEY.curve, P256], [KEY.x, key.slice(1, 33)], [KEY.y, key.slice(33)]]);
  return new Map([['1', parts]]);
};

/** The 65 bytes of {"1": {1: 2, -1: 1, -2: x, -3: y}}; undefined for anything else. Whether it is a point is for ECDSA to find out. */
export const deviceKeyOf = (info: Cbor | undefined): Bytes | undefined => {
  const key = asMap(field(info, '1'), MAX_KEY_PARTS);
  const [x, y] = [asBytes(key?.get(KEY.x), 32), asBytes(key?.get(KEY.y), 32)];
  const known = key?.get(KEY.type) === EC2 && key.get(KEY.curve) === P256;
  return known && x !== undefined && y !== undefined ? briefly(UNCOMPRESSED, x, y) : undefined;
};

// ---- reading -----------------------------------------------------------------------------------------------------------------

const readDigests = (value: Cbor): Digests | undefined => {
  const map = asMap(value, MAX_SIGNED_ELEMENTS);
  const read = new Map<number, Bytes>();
  for (const [id, digest] of map ?? []) {
    const [number, bytes] = [asNumber(id), asBytes(digest, DIGEST_BYTES)];
    if (number === undefined || bytes === undefined) return undefined;
    read.set(number, bytes);
  }
  return map && read;
};

const readSpaces = (value: Cbor | undefined): ReadonlyMap<string, Digests> | undefined => {
  const map = asMap(value, MAX_NAME_SPACES);
  const read = new Map<string, Digests>();
  for (const [name, entries] of map ?? []) {
    const digests = readDigests(entries);
    if (typeof name !== 'string' || digests === undefined) return undefined;
    read.set(name, digests);
  }
  return map && read;
};

/** An optional field that is there must be in its form. */
const fits = (written: Cbor | undefined, read: number | undefined): boolean => written === undefined || read !== undefined;

const readValidity = (value: Cbor | undefined): ValidityInfo | undefined => {
  const info = asLabels(value);
  const [signed, validFrom, validUntil] = [asDate(info?.get('1')), asDate(info?.get('2')), asDate(info?.get('3'))];
  const [expectedUpdate, validityIteration] = [asDate(info?.get('4')), asNumber(info?.get('5'))];
  if (signed === undefined || validFrom === undefined || validUntil === undefined) return undefined;
  if (!fits(info?.get('4'), expectedUpdate) || !fits(info?.get('5'), validityIteration)) return undefined;
  return { signed, validFrom, validUntil, ...(expectedUpdate !== undefined && { expectedUpdate }), ...(validityIteration !== undefined && { validityIteration }) };
};

/** The object in `payload`, 24(bstr). Undefined: not in the form of SPEC §8.2, whatever its version. */
export const readSecurityObject = (payload: Bytes): SecurityObject | undefined => {
  const content = asEmbedded(decodeInner(payload))?.content;
  const object = content && asLabels(decodeInner(content));
  const [version, digestAlgorithm] = [asText(object?.get('1'), MAX_TEXT_LENGTH), asText(object?.get('2'), MAX_TEXT_LENGTH)];
  const [digests, validity] = [readSpaces(object?.get('3')), readValidity(object?.get('6'))];
  const [docType, timeVerificationRequired] = [asText(object?.get('5'), MAX_TEXT_LENGTH), asBoolean(object?.get('7'))];
  if (version === undefined || digestAlgorithm === undefined || digests === undefined || validity === undefined) return undefined;
  if (docType === undefined || timeVerificationRequired === undefined) return undefined;
  const key = object?.get('4');
  return { version, digestAlgorithm, digests, docType, validity, timeVerificationRequired, ...(key !== undefined && { deviceKeyInfo: key }) };
};

// ---- writing -----------------------------------------------------------------------------------------------------------------

/** `deviceKey`: 65 bytes, of an Access Document only. */
export type SecurityObjectContent = {
  readonly docType: DocType;
  readonly digests: Digests;
  readonly deviceKey?: Bytes;
  readonly validity: ValidityInfo;
  readonly timeVerificationRequired: boolean;
};

const validityCbor = ({ signed, validFrom, validUntil, expectedUpdate, validityIteration }: ValidityInfo): Cbor =>
  new Map<string, Cbor>([
    ['1', dateCbor(signed)], ['2', dateCbor(validFrom)], ['3', dateCbor(validUntil)],
    ...optional('4', expectedUpdate === undefined ? undefined : dateCbor(expectedUpdate)),
    ...optional('5', validityIteration),
  ]);

/** The payload to sign: 24(bstr of the object), encoded. */
export const encodeSecurityObject = (content: SecurityObjectContent): Bytes =>
  encodeCbor(embed(new Map<string, Cbor>([
    ['1', MDOC_VERSION], ['2', DIGEST_ALGORITHM], ['3', new Map([[content.docType, content.digests]])],
    ...optional('4', content.deviceKey && deviceKeyInfo(content.deviceKey)),
    ['5', content.docType], ['6', validityCbor(content.validity)], ['7', content.timeVerificationRequired],
  ])));
