// Certificates in words: a reader's compressed one (SPEC §6) by its tags, an issuer's X.509 by the places of RFC 5280. Any bytes are described.

import { EMPTY, fromUtf8, hex, type Bytes } from '@mortise/base/bytes.ts';
import { isoSeconds } from '@mortise/base/written-time.ts';
import { timeOf } from '../protocol/certificate-time.ts';
import { DER } from '../protocol/der.ts';
import { asText, describeTlvs, nested, numbered, tagText, type Form, type TagTable } from './describe-tlv.ts';
import { byteCount, listed, plain, told, unreadable, type Described, type Meaning } from './described.ts';
import { readOne, type Tlv } from '../protocol/tlv.ts';

// ---- profile 0000 ----------------------------------------------------------------------------------------------------------------

const time: Form = (value) => {
  const at = timeOf(fromUtf8(value));
  return at === undefined ? told(value, 'not a time') : { says: isoSeconds(at) };
};

const bitString: Form = (value) => (value[0] === 0 ? plain(value.subarray(1)) : told(value, 'not a bit string of whole bytes'));

const FIELDS: TagTable = new Map([
  [0x80, { name: 'serial number' }],
  [0x81, { name: 'issuer', form: asText }],
  [0x82, { name: 'not before', form: time }],
  [0x83, { name: 'not after', form: time }],
  [0x84, { name: 'subject', form: asText }],
  [0x85, { name: 'reader public key', form: bitString }],
  [0x86, { name: 'signature (DER)', form: bitString }],
]);

const COMPRESSED: TagTable = new Map([[0x30, { name: 'compressed certificate', form: nested(new Map([
  [0x04, { name: 'profile', form: numbered(2, (profile) => (profile === 0 ? 'Aliro reader certificate' : undefined)) }],
  [0x30, { name: 'fields; what is missing is the default', form: nested(FIELDS) }],
])) }]]);

export const describeCertificate = (bytes: Bytes): readonly Described[] => describeTlvs(bytes, COMPRESSED);

// ---- X.509 -----------------------------------------------------------------------------------------------------------------------

const OBJECTS: ReadonlyMap<string, string> = new Map([
  ['2a8648ce3d040302', 'ecdsa-with-SHA256'],
  ['2a8648ce3d0201', 'ecPublicKey'],
  ['2a8648ce3d030107', 'P-256'],
  ['550403', 'common name'],
  ['55040a', 'organisation'],
  ['550406', 'country'],
  ['551d0e', 'subject key identifier'],
  ['551d23', 'authority key identifier'],
  ['551d13', 'basic constraints'],
  ['551d0f', 'key usage'],
]);

const MAX_OBJECTS = 64;

const objectsIn = (data: Bytes): readonly Tlv[] => {
  const objects: Tlv[] = [];
  for (let at = 0; at < data.length && objects.length < MAX_OBJECTS; ) {
    const object = readOne(data, at);
    if (object === undefined) break;
    objects.push(object);
    at = object.end;
  }
  return objects;
};

const objectName = (value: Bytes): string => OBJECTS.get(hex(value)) ?? `object ${hex(value)}`;
const MAX_NESTING = 8;

/** The identifiers in `data`, wherever they stand. */
const identifiersIn = (data: Bytes, depth = 0): readonly string[] =>
  objectsIn(data).flatMap(({ tag, value }) => {
    if (tag === DER.objectIdentifier) return [objectName(value)];
    return tag === DER.sequence && depth < MAX_NESTING ? identifiersIn(value, depth + 1) : [];
  });

/** SET of SEQUENCE { type, text }, one after another. */
const nameOf = (data: Bytes): string =>
  listed(objectsIn(data).flatMap(({ value: set }) => objectsIn(set)).map(({ value: pair }) => {
    const [type, text] = objectsIn(pair);
    return `${objectName(type?.value ?? EMPTY)} “${fromUtf8(text?.value ?? EMPTY).replaceAll(/\p{C}/gu, '?')}”`;
  }), 'nobody');

const algorithm: Form = (value) => ({ says: listed(identifiersIn(value)) });
const named: Form = (value) => ({ says: nameOf(value) });

const validity: Form = (value) => {
  const [notBefore, notAfter, ...more] = objectsIn(value);
  if (notBefore === undefined || notAfter === undefined || more.length > 0) return told(value, 'not two times');
  return { parts: [{ name: 'not before', ...time(notBefore.value) }, { name: 'not after', ...time(notAfter.value) }] };
};

const publicKey: Form = (value) => {
  const [kind, key] = objectsIn(value);
  return { parts: [{ name: 'kind', says: listed(identifiersIn(kind?.value ?? EMPTY)) }, { name: 'key', ...bitString(key?.value ?? EMPTY) }] };
};

const extension = ({ value }: Tlv): Described => {
  const [identifier, ...rest] = objectsIn(value);
  const content = rest.at(-1);
  const critical = rest.length > 1 ? 'critical' : 'not critical';
  return { name: objectName(identifier?.value ?? EMPTY), hex: hex(content?.value ?? EMPTY), says: critical };
};

const extensions: Form = (value) => ({ parts: objectsIn(objectsIn(value)[0]?.value ?? EMPTY).map(extension) });
const version: Form = (value) => told(value, hex(value) === '020102' ? '3' : undefined);

type Place = { readonly name: string; readonly form: Form };

const TBS: readonly Place[] = [
  { name: 'version', form: version }, { name: 'serial number', form: plain }, { name: 'algorithm', form: algorithm }, { name: 'issuer', form: named },
  { name: 'validity', form: validity }, { name: 'subject', form: named }, { name: 'public key', form: publicKey }, { name: 'extensions', form: extensions },
];

const inPlaces = (places: readonly Place[]): Form => (value) => ({
  parts: objectsIn(value).map(({ tag, value: content }, index) => {
    const place = places[index];
    const meaning: Meaning = (place?.form ?? plain)(content);
    return { tag: tagText(tag), name: place?.name ?? 'unknown', ...meaning };
  }),
});

const CERTIFICATE: readonly Place[] = [
  { name: 'to be signed', form: inPlaces(TBS) }, { name: 'algorithm', form: algorithm }, { name: 'signature (DER)', form: bitString },
];

export const describeX509 = (bytes: Bytes): readonly Described[] => {
  const outer = readOne(bytes, 0);
  if (outer === undefined) return [unreadable(bytes, 'no whole object begins here')];
  const rest = bytes.subarray(outer.end);
  return [
    { tag: tagText(outer.tag), name: 'X.509 certificate', says: byteCount(bytes.length), ...inPlaces(CERTIFICATE)(outer.value) },
    ...(rest.length === 0 ? [] : [unreadable(rest, 'after the end')]),
  ];
};
