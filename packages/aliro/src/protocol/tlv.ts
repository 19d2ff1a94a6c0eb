// BER-TLV as Aliro uses it: tags of one or two bytes, lengths of one byte, 81 nn or 82 nnnn, each in its shortest form so that
// a value has one encoding. Decoders take any bytes. A user device reads commands strictly (SPEC §3: the peer refuses disorder),
// a reader reads answers leniently (SPEC §3: unknown tags are ignored); nobody accepts a known tag twice.

import { brief } from '@mortise/base/brief.ts';
import { filledWith, lengthOf, type Bytes } from '@mortise/base/bytes.ts';
import { required } from '@mortise/base/assert.ts';
import { ok, type Result } from '@mortise/base/result.ts';
import { refuse, type AliroError } from './errors.ts';

/** `value` is a view into the input; `end` is where the object ends there. */
export type Tlv = { readonly tag: number; readonly value: Bytes; readonly end: number };

/** A place in a message: lengths in bytes, both ends included. */
export type Field = { readonly tag: number; readonly min: number; readonly max: number; readonly optional?: true };

export type Fields = ReadonlyMap<number, Bytes>;

/** The most objects that one message may hold side by side; ours hold at most eight. */
export const MAX_OBJECTS = 32;

type Span = { readonly value: number; readonly next: number };

/** A tag and its value, to be encoded. Undefined: an optional object that is not there. */
export type TlvParts = readonly [tag: number, value: Bytes | undefined];

const lengthBytes = (length: number): number => {
  if (length < 0x80) return 1;
  return length < 0x100 ? 2 : 3;
};

const headBytes = (tag: number, length: number): number => (tag > 0xff ? 2 : 1) + lengthBytes(length);

const writeHead = (out: Bytes, at: number, tag: number, length: number): number => {
  let next = at;
  if (tag > 0xff) out[next++] = tag >> 8;
  out[next++] = tag & 0xff;
  const form = lengthBytes(length);
  if (form > 1) out[next++] = 0x7f + form;
  if (form > 2) out[next++] = length >> 8;
  out[next++] = length & 0xff;
  return next;
};

/** Objects one after another, in one piece: a transaction makes some forty. */
export const encodeTlvs = (...objects: readonly TlvParts[]): Bytes => {
  let total = 0;
  for (const [tag, value] of objects) total += value === undefined ? 0 : headBytes(tag, value.length) + value.length;
  const out = brief(total);
  let at = 0;
  for (const [tag, value] of objects) {
    if (value === undefined) continue;
    const start = writeHead(out, at, tag, value.length);
    out.set(value, start);
    at = start + value.length;
  }
  return out;
};

/** One object whose value is these parts, one after another: at most 65,535 bytes. */
export const encodeTlv = (tag: number, ...parts: readonly Bytes[]): Bytes => {
  const length = lengthOf(parts);
  const out = brief(headBytes(tag, length) + length);
  return filledWith(out, parts, writeHead(out, 0, tag, length));
};

/** Low five bits all set: a second byte follows (X.690 §8.1.2.4); a third is not used by Aliro. */
const readTag = (data: Bytes, at: number): Span | undefined => {
  const first = data[at];
  if (first === undefined) return undefined;
  if ((first & 0x1f) !== 0x1f) return { value: first, next: at + 1 };
  const second = data[at + 1];
  if (second === undefined || second > 0x7f) return undefined;
  return { value: first * 256 + second, next: at + 2 };
};

const LONG_FORMS: ReadonlyMap<number, { readonly bytes: number; readonly least: number }> = new Map([
  [0x81, { bytes: 1, least: 0x80 }],
  [0x82, { bytes: 2, least: 0x100 }],
]);

const readLength = (data: Bytes, at: number): Span | undefined => {
  const first = data[at];
  if (first === undefined) return undefined;
  if (first < 0x80) return { value: first, next: at + 1 };
  const form = LONG_FORMS.get(first);
  if (form === undefined || at + 1 + form.bytes > data.length) return undefined;
  const value = form.bytes === 1 ? (data[at + 1] ?? 0) : (data[at + 1] ?? 0) * 256 + (data[at + 2] ?? 0);
  return value < form.least ? undefined : { value, next: at + 1 + form.bytes };
};

/** The object at `at`; undefined: none begins there. */
export const readOne = (data: Bytes, at: number): Tlv | undefined => {
  const tag = readTag(data, at);
  const length = tag && readLength(data, tag.next);
  if (tag === undefined || length === undefined || length.next + length.value > data.length) return undefined;
  const end = length.next + length.value;
  return { tag: tag.value, value: data.subarray(length.next, end), end };
};

/** All objects of `data`, which they fill. `tlv-malformed` otherwise, or for more than `MAX_OBJECTS`. */
export const decodeTlvs = (data: Bytes): Result<readonly Tlv[], AliroError> => {
  const objects: Tlv[] = [];
  for (let at = 0; at < data.length; ) {
    const object = readOne(data, at);
    if (object === undefined || objects.length === MAX_OBJECTS) return refuse('tlv-malformed');
    objects.push(object);
    at = object.end;
  }
  return ok(objects);
};

const fits = (field: Field, value: Bytes): boolean => value.length >= field.min && value.length <= field.max;

/** Exactly `fields`, in their order; anything else is refused by the code that says what is wrong. */
export const readOrdered = (data: Bytes, fields: readonly Field[]): Result<Fields, AliroError> => {
  const decoded = decodeTlvs(data);
  if (!decoded.ok) return decoded;
  const found = new Map<number, Bytes>();
  let next = 0;
  for (const field of fields) {
    const object = decoded.value[next];
    if (object?.tag === field.tag) {
      if (!fits(field, object.value)) return refuse('field-length');
      found.set(field.tag, object.value);
      next += 1;
    } else if (field.optional !== true) return refuse('field-missing');
  }
  if (next === decoded.value.length) return ok(found);
  return refuse(found.has(decoded.value[next]?.tag ?? 0) ? 'field-repeated' : 'field-unexpected');
};

const fieldOf = (fields: readonly Field[], tag: number): Field | undefined => {
  for (const field of fields) if (field.tag === tag) return field;
  return undefined;
};

const complete = (fields: readonly Field[], found: Fields): boolean => {
  for (const field of fields) if (field.optional !== true && !found.has(field.tag)) return false;
  return true;
};

/** `fields` in any order, each once; other tags are passed over. */
export const readLenient = (data: Bytes, fields: readonly Field[]): Result<Fields, AliroError> => {
  const decoded = decodeTlvs(data);
  if (!decoded.ok) return decoded;
  const found = new Map<number, Bytes>();
  for (const object of decoded.value) {
    const field = fieldOf(fields, object.tag);
    if (field === undefined) continue;
    if (found.has(field.tag)) return refuse('field-repeated');
    if (!fits(field, object.value)) return refuse('field-length');
    found.set(field.tag, object.value);
  }
  return complete(fields, found) ? ok(found) : refuse('field-missing');
};

/** The value of a field that `readOrdered` or `readLenient` has made sure of. */
export const valueOf = (fields: Fields, tag: number): Bytes => required(fields.get(tag), 'a mandatory field was read');

/** The one byte of such a field of length 1. */
export const byteOf = (fields: Fields, tag: number): number => required(valueOf(fields, tag)[0], 'the field has one byte');
