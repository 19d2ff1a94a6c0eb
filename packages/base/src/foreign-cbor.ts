// CBOR as others write it: what an Aliro document, signed by somebody else's issuer, may look like (RFC 8949 §4.1 with the preferred
// forms of §4.2.1, but map keys in any order). Definite lengths, shortest integers, no key twice, no floats, no trailing bytes, and
// depth and size bounded: each byte is looked at a fixed number of times. Any bytes are answered or refused, never thrown on.

import { equalBytes, fromUtf8, utf8, type Bytes } from './bytes.ts';
import { Tagged, type Cbor } from './cbor.ts';

/** How deep arrays, maps and tags may stand in each other. */
export const MAX_FOREIGN_DEPTH = 16;

/** To be told what the arrays and maps at one depth (0: the whole) were read from. */
export type Spans = { readonly depth: number; readonly of: Map<Cbor, Bytes> };

type Reader = { readonly data: Bytes; at: number; readonly spans: Spans | undefined };

/** Undefined when the bytes are not in the form above, or are longer than `maxBytes`. Byte strings are views into `bytes`. */
export const decodeForeignCbor = (bytes: Bytes, maxBytes: number, spans?: Spans): Cbor | undefined => {
  if (bytes.length > maxBytes) return undefined;
  const reader: Reader = { data: bytes, at: 0, spans };
  const value = readItem(reader, 0);
  return reader.at === bytes.length ? value : undefined;
};

const readItem = (reader: Reader, depth: number): Cbor | undefined => {
  const start = reader.at;
  const initial = reader.data[start];
  if (initial === undefined || depth > MAX_FOREIGN_DEPTH) return undefined;
  if (initial >= 0xe0) return readSimple(reader, initial);
  const argument = readArgument(reader, initial & 0x1f);
  if (argument === undefined) return undefined;
  switch (initial >> 5) {
    case 0: return argument;
    case 1: return -1 - argument;
    case 2: return take(reader, argument);
    case 3: return readText(reader, argument);
    case 4: return spanned(reader, depth, start, readArray(reader, argument, depth + 1));
    case 5: return spanned(reader, depth, start, readMap(reader, argument, depth + 1));
    default: return readTagged(reader, argument, depth + 1, start);
  }
};

const spanned = (reader: Reader, depth: number, start: number, value: Cbor | undefined): Cbor | undefined => {
  if (value !== undefined && reader.spans?.depth === depth) reader.spans.of.set(value, reader.data.subarray(start, reader.at));
  return value;
};

const SIMPLE: ReadonlyMap<number, Cbor> = new Map<number, Cbor>([[0xf4, false], [0xf5, true], [0xf6, null]]);

const readSimple = (reader: Reader, initial: number): Cbor | undefined => {
  reader.at += 1;
  return SIMPLE.get(initial);
};

const IN_ITSELF = 24;
const FORMS = [{ bytes: 1, least: 24 }, { bytes: 2, least: 0x100 }, { bytes: 4, least: 0x1_0000 }, { bytes: 8, least: 0x1_0000_0000 }] as const;

/** Without views: most heads are one or two bytes, and making a view costs more than reading them. */
const readArgument = (reader: Reader, short: number): number | undefined => {
  reader.at += 1;
  if (short < IN_ITSELF) return short;
  const form = FORMS[short - IN_ITSELF];
  if (form === undefined || reader.at + form.bytes > reader.data.length) return undefined;
  let value = 0;
  for (let left = form.bytes; left > 0; left -= 1) {
    value = value * 256 + (reader.data[reader.at] ?? 0);
    reader.at += 1;
  }
  return value >= form.least && value <= Number.MAX_SAFE_INTEGER ? value : undefined;
};

const take = (reader: Reader, length: number): Bytes | undefined => {
  const end = reader.at + length;
  if (end > reader.data.length) return undefined;
  const taken = reader.data.subarray(reader.at, end);
  reader.at = end;
  return taken;
};

const MAX_QUICK_TEXT = 32;

/** Labels and dates are short and ASCII; the rest must survive the way back, or it was not UTF-8. */
const readText = (reader: Reader, length: number): string | undefined => {
  const start = reader.at;
  const end = start + length;
  if (end > reader.data.length) return undefined;
  reader.at = end;
  const quick = length > MAX_QUICK_TEXT ? undefined : asciiText(reader.data, start, end);
  if (quick !== undefined) return quick;
  const written = reader.data.subarray(start, end);
  const text = fromUtf8(written);
  return equalBytes(utf8(text), written) ? text : undefined;
};

const asciiText = (data: Bytes, start: number, end: number): string | undefined => {
  let text = '';
  for (let at = start; at < end; at += 1) {
    const byte = data[at] ?? 0x80;
    if (byte > 0x7f) return undefined;
    text += String.fromCharCode(byte);
  }
  return text;
};

const readArray = (reader: Reader, count: number, depth: number): readonly Cbor[] | undefined => {
  const items: Cbor[] = [];
  for (let index = 0; index < count; index += 1) {
    const item = readItem(reader, depth);
    if (item === undefined) return undefined;
    items.push(item);
  }
  return items;
};

const readMap = (reader: Reader, count: number, depth: number): ReadonlyMap<number | string, Cbor> | undefined => {
  const map = new Map<number | string, Cbor>();
  for (let index = 0; index < count; index += 1) {
    const key = readItem(reader, depth);
    if ((typeof key !== 'string' && typeof key !== 'number') || map.has(key)) return undefined;
    const value = readItem(reader, depth);
    if (value === undefined) return undefined;
    map.set(key, value);
  }
  return map;
};

const readTagged = (reader: Reader, tag: number, depth: number, start: number): Tagged | undefined => {
  const value = readItem(reader, depth);
  if (value === undefined) return undefined;
  return new Tagged(tag, value, value instanceof Uint8Array ? reader.data.subarray(start, reader.at) : undefined);
};
