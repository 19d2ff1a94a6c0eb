// Writes deterministic CBOR (RFC 8949 §4.2.1): shortest heads, definite lengths, keys in the order of their encodings. It is written where most fits;
// what does not fit tells by that how long it is, and is written once more. What was written last stays on the desk until it is written over; it comes out nowhere.

import { assert } from './assert.ts';
import { brief } from './brief.ts';
import { utf8, type Bytes } from './bytes.ts';
import { writeFloat } from './cbor-float.ts';
import { isBefore, MAJOR, SIMPLE, Tagged, type Cbor, type CborMap } from './cbor-value.ts';

const MOST_BYTES = 2048;
const desk: Bytes = new Uint8Array(MOST_BYTES);

/** The one deterministic encoding of `value`. Keys of maps are whole numbers or text. */
export const writeCbor = (value: Cbor): Bytes => {
  const length = writeItem(desk, 0, value);
  return length <= MOST_BYTES ? desk.slice(0, length) : written(value, new Uint8Array(length));
};

/** The same for what is soon let go (brief.ts). */
export const writeBriefly = (value: Cbor): Bytes => {
  const length = writeItem(desk, 0, value);
  const out = brief(length);
  if (length > MOST_BYTES) return written(value, out);
  out.set(desk.subarray(0, length));
  return out;
};

const written = (value: Cbor, out: Bytes): Bytes => {
  writeItem(out, 0, value);
  return out;
};

/** The additional information of a head whose argument stands in the 1, 2, 4 or 8 bytes behind it. */
const formOf = (argument: number): number => {
  if (argument < 0x100) return 24;
  if (argument < 0x1_0000) return 25;
  return argument < 0x1_0000_0000 ? 26 : 27;
};

const isList = (value: Cbor): value is readonly Cbor[] => Array.isArray(value);

const isAscii = (text: string): boolean => {
  for (let at = 0; at < text.length; at += 1) if (text.charCodeAt(at) > 0x7f) return false;
  return true;
};

// Each answers where it ends, also beyond the end of `out`, where nothing is written.

const writeItem = (out: Bytes, at: number, value: Cbor): number => {
  if (typeof value === 'number') return writeNumber(out, at, value);
  if (typeof value === 'string') return writeText(out, at, value);
  if (value === null || typeof value === 'boolean') return writeSimple(out, at, value);
  if (value instanceof Uint8Array) return writeBytes(out, writeHead(out, at, MAJOR.bytes, value.length), value);
  if (isList(value)) return writeList(out, at, value);
  return value instanceof Tagged ? writeTagged(out, at, value) : writeMap(out, at, value);
};

const writeHead = (out: Bytes, at: number, major: number, argument: number): number => {
  const type = major << 5;
  if (argument < 24) {
    out[at] = type | argument;
    return at + 1;
  }
  const form = formOf(argument);
  const bytes = 1 << (form - 24);
  out[at] = type | form;
  let rest = argument;
  for (let place = at + bytes; place > at; place -= 1) {
    out[place] = rest % 256;
    rest = Math.floor(rest / 256);
  }
  return at + 1 + bytes;
};

const writeNumber = (out: Bytes, at: number, value: number): number => {
  if (!Number.isSafeInteger(value)) return writeFloat(out, at, value);
  return value < 0 ? writeHead(out, at, MAJOR.negative, -1 - value) : writeHead(out, at, MAJOR.unsigned, value);
};

const writeSimple = (out: Bytes, at: number, value: boolean | null): number => {
  out[at] = value === null ? SIMPLE.null : value ? SIMPLE.true : SIMPLE.false;
  return at + 1;
};

const writeText = (out: Bytes, at: number, text: string): number => {
  const start = writeHead(out, at, MAJOR.text, text.length);
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index);
    if (code > 0x7f) return writeWideText(out, at, utf8(text));
    out[start + index] = code;
  }
  return start + text.length;
};

const writeWideText = (out: Bytes, at: number, text: Bytes): number => writeBytes(out, writeHead(out, at, MAJOR.text, text.length), text);

const writeBytes = (out: Bytes, at: number, bytes: Bytes): number => {
  if (at + bytes.length <= out.length) out.set(bytes, at);
  return at + bytes.length;
};

const writeList = (out: Bytes, at: number, items: readonly Cbor[]): number => {
  let end = writeHead(out, at, MAJOR.array, items.length);
  for (const item of items) end = writeItem(out, end, item);
  return end;
};

const writeTagged = (out: Bytes, at: number, { tag, value }: Tagged): number => writeItem(out, writeHead(out, at, MAJOR.tag, tag), value);

const writeMap = (out: Bytes, at: number, map: CborMap): number => {
  const start = writeHead(out, at, MAJOR.map, map.size);
  return writeInOrder(out, start, map) ?? writeEntries(out, start, [...map].toSorted(([one], [other]) => compareKeys(one, other)));
};

/** Undefined: a key is not after the one before it, as their bytes tell. */
const writeInOrder = (out: Bytes, at: number, map: CborMap): number | undefined => {
  let [before, end] = [-1, at];
  for (const [key, value] of map) {
    assert(typeof key === 'string' || Number.isSafeInteger(key), 'a key of a map is a whole number or text');
    const start = end;
    end = writeItem(out, start, key);
    if (before >= 0 && end <= out.length && !isBefore(out, before, start, end)) return undefined;
    before = start;
    end = writeItem(out, end, value);
  }
  return end;
};

type Key = number | string;

const writeEntries = (out: Bytes, at: number, entries: readonly (readonly [Key, Cbor])[]): number => {
  let end = at;
  for (const [key, value] of entries) end = writeItem(out, writeItem(out, end, key), value);
  return end;
};

// By their encodings: whole numbers from 0 up, then those from -1 down, then text, the shorter first.
const compareKeys = (one: Key, other: Key): number => {
  if (typeof one === 'string') return typeof other === 'string' ? compareText(one, other) : 1;
  if (typeof other === 'string') return -1;
  assert(Number.isSafeInteger(one) && Number.isSafeInteger(other), 'a key of a map is a whole number or text');
  return (one < 0) === (other < 0) ? Math.abs(one) - Math.abs(other) : other - one;
};

const compareText = (one: string, other: string): number => {
  if (!isAscii(one) || !isAscii(other)) return compareWideText(utf8(one), utf8(other));
  if (one.length !== other.length) return one.length - other.length;
  return one < other ? -1 : Number(one > other);
};

const compareWideText = (one: Bytes, other: Bytes): number => {
  if (one.length !== other.length) return one.length - other.length;
  const at = one.findIndex((byte, index) => byte !== other[index]);
  return at < 0 ? 0 : (one[at] ?? 0) - (other[at] ?? 0);
};
