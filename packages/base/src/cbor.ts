// Deterministic CBOR (RFC 8949 §4.2.1) with named bounds. Decoding is strict: definite lengths, shortest forms, sorted and
// unique keys, no tags, no trailing bytes; any bytes are answered or refused, never thrown on. Maps decode to `Map`.

import type { Bytes } from './bytes.ts';
import { concat, uint } from './bytes.ts';
import { readCbor, type ReaderForm } from './cbor-reader.ts';
import { Tagged, type Cbor } from './cbor-value.ts';
import { writeBriefly, writeCbor } from './cbor-writer.ts';

export { Tagged, type Cbor } from './cbor-value.ts';

/** The largest CBOR that we take from anywhere. */
export const MAX_CBOR_BYTES = 262_144;
/** How deep arrays and maps may stand in each other. */
export const MAX_CBOR_DEPTH = 64;

const DETERMINISTIC: ReaderForm = { maxDepth: MAX_CBOR_DEPTH, isDeterministic: true, isCopied: true };
const IN_PLACE: ReaderForm = { ...DETERMINISTIC, isCopied: false };

/** The one encoding of `value`. Keys of maps are whole numbers or text. */
export const encodeCbor = (value: Cbor): Bytes => writeCbor(value);

/** The same for what is soon let go: `brief.ts`. */
export const encodeBriefly = (value: Cbor): Bytes => writeBriefly(value);

/** The head of a byte string of `length` bytes (at most 4,294,967,295), for putting a large one into a frame without copying it through the codec. */
export const bytesHead = (length: number): Bytes => {
  if (length < 24) return Uint8Array.of(0x40 + length);
  if (length < 0x100) return Uint8Array.of(0x58, length);
  return length < 0x1_0000 ? concat(Uint8Array.of(0x59), uint(length, 2)) : concat(Uint8Array.of(0x5a), uint(length, 4));
};

/** Undefined when the bytes are not deterministic CBOR, are longer than `maxBytes`, or nest deeper than `MAX_CBOR_DEPTH`. */
export const decodeCbor = (bytes: Bytes, maxBytes: number = MAX_CBOR_BYTES): Cbor | undefined =>
  bytes.length > maxBytes ? undefined : readCbor(bytes, DETERMINISTIC);

/**
 * The same for what wraps other bytes and is soon let go: its byte strings are views into `bytes`, which whoever hands them in does not write to
 * again, and which they keep from being freed.
 */
export const decodeCborInPlace = (bytes: Bytes, maxBytes: number = MAX_CBOR_BYTES): Cbor | undefined =>
  bytes.length > maxBytes ? undefined : readCbor(bytes, IN_PLACE);

export const field = (value: Cbor | undefined, key: number | string): Cbor | undefined =>
  value instanceof Map ? value.get(key) : undefined;

export const asBytes = (value: Cbor | undefined, length?: number): Bytes | undefined =>
  value instanceof Uint8Array && (length === undefined || value.length === length) ? value : undefined;

export const asBoolean = (value: Cbor | undefined): boolean | undefined => (typeof value === 'boolean' ? value : undefined);

/** What stands behind the tag `tag`. */
export const asTagged = (value: Cbor | undefined, tag: number): Cbor | undefined =>
  value instanceof Tagged && value.tag === tag ? value.value : undefined;

/** At most `maxEntries` of them. */
export const asMap = (value: Cbor | undefined, maxEntries = 1024): ReadonlyMap<number | string, Cbor> | undefined =>
  value instanceof Map && value.size <= maxEntries ? value : undefined;

/** A whole number from `min` to `max`. */
export const asNumber = (value: Cbor | undefined, min = 0, max: number = Number.MAX_SAFE_INTEGER): number | undefined =>
  typeof value === 'number' && Number.isSafeInteger(value) && value >= min && value <= max ? value : undefined;

export const asText = (value: Cbor | undefined, maxLength = 256): string | undefined =>
  typeof value === 'string' && value.length <= maxLength ? value : undefined;

export const asArray = (value: Cbor | undefined, maxItems = 1024): readonly Cbor[] | undefined =>
  Array.isArray(value) && value.length <= maxItems ? value : undefined;

/** `read` of each item; undefined when one is not in form, or they are fewer than `min` or more than `max`. */
export const asList = <T>(value: Cbor | undefined, min: number, max: number, read: (item: Cbor) => T | undefined): readonly T[] | undefined => {
  const items = asArray(value, max);
  if (items === undefined || items.length < min) return undefined;
  const list: T[] = [];
  for (const item of items) {
    const one = read(item);
    if (one === undefined) return undefined;
    list.push(one);
  }
  return list;
};
