// Reads CBOR (RFC 8949) strictly: definite lengths, shortest heads, no key twice, no trailing bytes, depth bounded, and what else its caller
// demands. Each byte is looked at a fixed number of times and nothing is made before its bytes are known to be there, so that any bytes are
// answered or refused at a cost that their number bounds.

import { equalBytes, fromUtf8, shortAscii, utf8, type Bytes } from './bytes.ts';
import { readFloat } from './cbor-float.ts';
import { isBefore, MAJOR, SIMPLE, Tagged, type Cbor, type CborMap } from './cbor-value.ts';

/** To be told what the arrays and maps at one depth (0: the whole) were read from. */
export type Spans = { readonly depth: number; readonly of: Map<Cbor, Bytes> };

export type ReaderForm = {
  /** How deep arrays, maps and tags may stand in each other. */
  readonly maxDepth: number;
  /** Deterministic: keys in the order of their encodings, no tags. Otherwise keys in any order, no floats. */
  readonly isDeterministic: boolean;
  /** Byte strings are copied; otherwise they are views into what is read. */
  readonly isCopied: boolean;
};

type Reader = { readonly data: Bytes; at: number; readonly form: ReaderForm; readonly spans: Spans | undefined };

/** Undefined when the bytes are not one item in that form. */
export const readCbor = (data: Bytes, form: ReaderForm, spans?: Spans): Cbor | undefined => {
  const reader: Reader = { data, at: 0, form, spans };
  const value = readItem(reader, 0);
  return reader.at === data.length ? value : undefined;
};

const readItem = (reader: Reader, depth: number): Cbor | undefined => {
  const start = reader.at;
  const initial = reader.data[start];
  if (initial === undefined || depth > reader.form.maxDepth) return undefined;
  if (initial >> 5 === MAJOR.simple) return readSimple(reader, initial);
  const argument = readArgument(reader, initial & 0x1f);
  if (argument === undefined) return undefined;
  switch (initial >> 5) {
    case MAJOR.unsigned: return argument;
    case MAJOR.negative: return readNegative(reader, argument);
    case MAJOR.bytes: return readBytes(reader, argument);
    case MAJOR.text: return readText(reader, argument);
    case MAJOR.array: return spanned(reader, depth, start, readArray(reader, argument, depth + 1));
    case MAJOR.map: return spanned(reader, depth, start, readMap(reader, argument, depth + 1));
    default: return readTagged(reader, argument, depth + 1, start);
  }
};

const spanned = (reader: Reader, depth: number, start: number, value: Cbor | undefined): Cbor | undefined => {
  if (value !== undefined && reader.spans?.depth === depth) reader.spans.of.set(value, reader.data.subarray(start, reader.at));
  return value;
};

const readSimple = (reader: Reader, initial: number): Cbor | undefined => {
  reader.at += 1;
  switch (initial) {
    case SIMPLE.false: return false;
    case SIMPLE.true: return true;
    case SIMPLE.null: return null;
    default: return reader.form.isDeterministic ? floatAt(reader, reader.at - 1) : undefined;
  }
};

const floatAt = (reader: Reader, at: number): number | undefined => {
  const read = readFloat(reader.data, at);
  if (read !== undefined) reader.at = read.end;
  return read?.value;
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

const readNegative = ({ form }: Reader, argument: number): number | undefined =>
  form.isDeterministic && argument === Number.MAX_SAFE_INTEGER ? undefined : -1 - argument;

const readBytes = (reader: Reader, length: number): Bytes | undefined => {
  const start = reader.at;
  const end = start + length;
  if (end > reader.data.length) return undefined;
  reader.at = end;
  const view = reader.data.subarray(start, end);
  return reader.form.isCopied ? new Uint8Array(view) : view;
};

const MAX_QUICK_TEXT = 64;

/** Labels and dates are short and ASCII; the rest must survive the way back, or it was not UTF-8. */
const readText = (reader: Reader, length: number): string | undefined => {
  const start = reader.at;
  const end = start + length;
  if (end > reader.data.length) return undefined;
  reader.at = end;
  const quick = length > MAX_QUICK_TEXT ? undefined : shortAscii(reader.data, start, end);
  return quick ?? wideText(reader.data.subarray(start, end));
};

const wideText = (written: Bytes): string | undefined => {
  const text = fromUtf8(written);
  return equalBytes(utf8(text), written) ? text : undefined;
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

const readMap = (reader: Reader, count: number, depth: number): CborMap | undefined => {
  const map = new Map<number | string, Cbor>();
  let [before, isInOrder] = [-1, true];
  for (let index = 0; index < count; index += 1) {
    const start = reader.at;
    const key = readItem(reader, depth);
    if ((typeof key !== 'string' && typeof key !== 'number') || !isWhole(key)) return undefined;
    isInOrder &&= before < 0 || isBefore(reader.data, before, start, reader.at);
    // As long as they are in order, none comes twice.
    if (!isInOrder && (reader.form.isDeterministic || map.has(key))) return undefined;
    const value = readItem(reader, depth);
    if (value === undefined) return undefined;
    map.set(key, value);
    before = start;
  }
  return map;
};

const isWhole = (key: number | string): boolean => typeof key === 'string' || Number.isSafeInteger(key);

const readTagged = (reader: Reader, tag: number, depth: number, start: number): Tagged | undefined => {
  if (reader.form.isDeterministic) return undefined;
  const value = readItem(reader, depth);
  if (value === undefined) return undefined;
  return new Tagged(tag, value, value instanceof Uint8Array ? reader.data.subarray(start, reader.at) : undefined);
};
