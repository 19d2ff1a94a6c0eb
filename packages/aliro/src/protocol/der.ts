// The little DER that reader certificates need (SPEC §6): building an X.509 TBSCertificate, and ECDSA signatures between DER and
// r ‖ s. Lengths are those of tlv.ts, which are DER's.

import { brief } from '@mortise/base/brief.ts';
import { EMPTY, type Bytes } from '@mortise/base/bytes.ts';
import { ok, type Result } from '@mortise/base/result.ts';
import { refuse, type AliroError } from './errors.ts';
import { encodeTlv, readOrdered, decodeTlvs, valueOf, type Field, type Tlv } from './tlv.ts';

export const DER = {
  boolean: 0x01, integer: 0x02, bitString: 0x03, octetString: 0x04, objectIdentifier: 0x06, utf8String: 0x0c,
  utcTime: 0x17, generalizedTime: 0x18, sequence: 0x30, set: 0x31,
} as const;

export type DerType = keyof typeof DER;

const SCALAR_BYTES = 32;
const MAX_SIGNATURE_BYTES = 72;

export const der = (type: DerType, ...content: readonly Bytes[]): Bytes => encodeTlv(DER[type], ...content);

/** Without leading zeros; zero is no byte at all. */
export const magnitude = (value: Bytes): Bytes => {
  const start = value.findIndex((byte) => byte !== 0);
  return start < 0 ? EMPTY : value.subarray(start);
};

/** An INTEGER that is not negative: a zero byte in front of a set top bit, and zero itself as 00 (X.690 §8.3). */
export const unsignedInteger = (value: Bytes): Bytes => {
  const digits = magnitude(value);
  return der('integer', (digits[0] ?? 0x80) >= 0x80 ? Uint8Array.of(0) : EMPTY, digits);
};

/** A BIT STRING of whole bytes. */
export const bitString = (value: Bytes): Bytes => der('bitString', Uint8Array.of(0), value);

/** SEQUENCE { INTEGER r, INTEGER s } from r ‖ s of 64 bytes. */
export const signatureToDer = (signature: Bytes): Bytes =>
  der('sequence', unsignedInteger(signature.subarray(0, SCALAR_BYTES)), unsignedInteger(signature.subarray(SCALAR_BYTES)));

/** Whether an object is an INTEGER in its one form: not negative, and no zero byte in front that the sign does not need (X.690 §8.3). */
const isUnsigned = ({ tag, value }: Tlv): boolean => {
  const [first = 0x80, second = 0x80] = value;
  return tag === DER.integer && first < 0x80 && (first > 0 || second >= 0x80);
};

const SEQUENCE: readonly Field[] = [{ tag: DER.sequence, min: 0, max: MAX_SIGNATURE_BYTES }];

const integersOf = (bytes: Bytes): readonly Tlv[] => {
  const sequence = readOrdered(bytes, SEQUENCE);
  const integers = sequence.ok ? decodeTlvs(valueOf(sequence.value, DER.sequence)) : sequence;
  return integers.ok && integers.value.every(isUnsigned) ? integers.value : [];
};

const isScalar = (digits: Bytes): boolean => digits.length > 0 && digits.length <= SCALAR_BYTES;

/** The inverse; `certificate-malformed` for anything but DER, so that a signature has one encoding. */
export const signatureFromDer = (bytes: Bytes): Result<Bytes, AliroError> => {
  const [r, s, ...more] = integersOf(bytes).map(({ value }) => magnitude(value));
  if (r === undefined || s === undefined || more.length > 0 || !isScalar(r) || !isScalar(s)) return refuse('certificate-malformed');
  const signature = brief(2 * SCALAR_BYTES);
  signature.set(r, SCALAR_BYTES - r.length);
  signature.set(s, 2 * SCALAR_BYTES - s.length);
  return ok(signature);
};
