// CBOR in words, by tables of what each key means (SPEC §8). What no table knows is shown by its kind. Depth is bounded by the decoder.

import { fromUtf8, utf8, equalBytes, hex, type Bytes } from '@mortise/base/bytes.ts';
import { Tagged, type Cbor } from '@mortise/base/cbor.ts';
import { decodeForeignCbor } from '@mortise/base/foreign-cbor.ts';
import { byteCount, plain, type Described, type Meaning } from './described.ts';
import { MAX_RESPONSE_BYTES } from '../documents/document-cbor.ts';

export type CborForm = (value: Cbor) => Meaning;
export type CborRow = { readonly name: string; readonly form?: CborForm };
export type CborTable = ReadonlyMap<number | string, CborRow>;

const MAX_SHOWN = 256;
const EMBEDDED_TAG = 24;

const quoted = (text: string): string => `“${text.replaceAll(/\p{C}/gu, '?')}”`;

/** A key as it is written: texts in quotes. */
export const keyText = (key: number | string): string => (typeof key === 'number' ? String(key) : `"${key.replaceAll(/\p{C}/gu, '?')}"`);

const bounded = (parts: readonly Described[], count: number): Meaning => {
  if (count === 0) return { says: 'empty' };
  return { parts: count > MAX_SHOWN ? [...parts, { name: 'more', says: `${count - MAX_SHOWN} not shown` }] : parts };
};

const ofTag = ({ tag, value }: Tagged): Meaning => {
  if (tag === EMBEDDED_TAG && value instanceof Uint8Array) return embedded(anything)(new Tagged(tag, value));
  const meaning = anything(value);
  return { ...meaning, says: [`tag ${tag}`, meaning.says].filter((part) => part !== undefined).join(': ') };
};

/** Anything, by its kind. */
export const anything: CborForm = (value) => {
  if (value instanceof Uint8Array) return plain(value);
  if (value instanceof Tagged) return ofTag(value);
  if (value instanceof Map) return mapped(new Map())(value);
  if (Array.isArray(value)) return items('item', anything)(value);
  return { says: typeof value === 'string' ? quoted(value) : JSON.stringify(value) };
};

/** A map by a table. Something else is shown as what it is. */
export const mapped = (table: CborTable): CborForm => (value) => {
  if (!(value instanceof Map)) return table.size === 0 ? { says: 'not a map' } : wrong('a map', value);
  const entries = [...value].slice(0, MAX_SHOWN);
  return bounded(entries.map(([key, content]): Described => {
    const row = table.get(key);
    return { tag: keyText(key), name: row?.name ?? (table.size === 0 ? 'entry' : 'unknown key'), ...(row?.form ?? anything)(content) };
  }), value.size);
};

const wrong = (wanted: string, value: Cbor): Meaning => {
  const meaning = anything(value);
  return { ...meaning, says: `not ${wanted}${meaning.says === undefined ? '' : `: ${meaning.says}`}` };
};

/** An array, each of `form`; `names` of the first ones, or one name for all. */
export const items = (names: string | readonly string[], form: CborForm | readonly CborForm[]): CborForm => (value) => {
  if (!Array.isArray(value)) return wrong('an array', value);
  const shown: readonly Cbor[] = value.slice(0, MAX_SHOWN);
  return bounded(shown.map((item, index): Described => ({
    ...(typeof names === 'string' ? { tag: String(index) } : {}),
    name: typeof names === 'string' ? names : names[index] ?? 'one too many',
    ...(typeof form === 'function' ? form : form[index] ?? anything)(item),
  })), value.length);
};

/** 24(bstr): what is inside by `form`. */
export const embedded = (form: CborForm): CborForm => (value) => {
  const content = value instanceof Tagged && value.tag === EMBEDDED_TAG ? value.value : undefined;
  return content instanceof Uint8Array ? inside(form)(content) : wrong('embedded CBOR', value);
};

/** Bytes that are CBOR themselves. */
export const inside = (form: CborForm): CborForm => (value) => {
  if (!(value instanceof Uint8Array)) return wrong('bytes', value);
  const content = decodeForeignCbor(value, MAX_RESPONSE_BYTES);
  return content === undefined ? { hex: hex(value), says: `not CBOR in the common form, ${byteCount(value.length)}` } : form(content);
};

/** 0(text): a date. */
export const dated: CborForm = (value) =>
  value instanceof Tagged && value.tag === 0 && typeof value.value === 'string' ? { says: value.value.replaceAll(/\p{C}/gu, '?') } : wrong('a date', value);

/** A number in words. */
export const counted = (says: (value: number) => string): CborForm => (value) => (typeof value === 'number' ? { says: says(value) } : wrong('a number', value));

/** Bytes that may be text. */
export const bytesOrText = (value: Bytes): Meaning => {
  const text = fromUtf8(value);
  return value.length > 0 && equalBytes(utf8(text), value) && !/\p{C}/u.test(text) ? { hex: hex(value), says: quoted(text) } : plain(value);
};
