// ENVELOPE (SPEC §8): documents asked for and given under the step-up keys. The data is `53 LL SessionData`, SessionData being
// the CBOR map {"data": ciphertext ‖ tag}; some devices put the ciphertext straight into 53, which is taken as well.

import type { Bytes } from '@mortise/base/bytes.ts';
import { asBytes, encodeBriefly, field } from '@mortise/base/cbor.ts';
import { decodeForeignCbor } from '@mortise/base/foreign-cbor.ts';
import { ok, type Result } from '@mortise/base/result.ts';
import { MAX_CHAINED_BYTES, type Header } from './apdu.ts';
import type { AliroError } from './errors.ts';
import { encodeTlv, readLenient, readOrdered, valueOf, type Field, type Fields } from './tlv.ts';

export const ENVELOPE: Header = [0x00, 0xc3, 0x00, 0x00];

const DISCRETIONARY_DATA = 0x53;
const DATA = 'data';
const FIELDS: readonly Field[] = [{ tag: DISCRETIONARY_DATA, min: 1, max: MAX_CHAINED_BYTES }];

/** `sealed`: ciphertext ‖ tag, at most some 32 KiB. */
export const encodeEnvelope = (sealed: Bytes): Bytes => encodeTlv(DISCRETIONARY_DATA, encodeBriefly(new Map([[DATA, sealed]])));

/** Any other content of 53 than SessionData is taken for the ciphertext itself, and its tag decides. */
const sealedIn = (fields: Result<Fields, AliroError>): Result<Bytes, AliroError> => {
  if (!fields.ok) return fields;
  const content = valueOf(fields.value, DISCRETIONARY_DATA);
  return ok(asBytes(field(decodeForeignCbor(content, MAX_CHAINED_BYTES), DATA)) ?? content);
};

/** What a reader's command holds sealed: 53 and nothing else. */
export const decodeEnvelope = (data: Bytes): Result<Bytes, AliroError> => sealedIn(readOrdered(data, FIELDS));

/** What a user device's answer holds sealed; objects beside 53 are passed over (SPEC §3). */
export const decodeEnvelopeAnswer = (data: Bytes): Result<Bytes, AliroError> => sealedIn(readLenient(data, FIELDS));
