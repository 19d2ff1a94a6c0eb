// Bytes and their written forms. Parsers answer undefined for text that is not in the form; nothing here throws on input.

import { bytesToUtf8, utf8ToBytes } from '@noble/ciphers/utils.js';
import { required } from './assert.ts';

export type Bytes = Uint8Array;

export const EMPTY: Bytes = new Uint8Array(0);

export const concat = (...parts: readonly Bytes[]): Bytes => filledWith(new Uint8Array(lengthOf(parts)), parts);

export const lengthOf = (parts: readonly Bytes[]): number => {
  let length = 0;
  for (const part of parts) length += part.length;
  return length;
};

/** `out`, which is long enough, with the parts one after another from `start` on. */
export const filledWith = (out: Bytes, parts: readonly Bytes[], start = 0): Bytes => {
  let at = start;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
};

/** Equality in time that depends on the lengths only, and on whether both are the same array. */
export const equalBytes = (a: Bytes, b: Bytes): boolean => {
  if (a === b) return true;
  if (a.length !== b.length) return false;
  let difference = 0;
  for (let i = 0; i < a.length; i += 1) difference |= (a[i] ?? 0) ^ (b[i] ?? 0);
  return difference === 0;
};

export const hex = (bytes: Bytes): string => bytes.toHex();
export const fromHex = (text: string): Bytes | undefined =>
  /^(?:[0-9a-f]{2})*$/i.test(text) ? Uint8Array.fromHex(text) : undefined;

const BASE64URL = { alphabet: 'base64url', omitPadding: true } as const;
const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
const NO_DIGIT = 0xff;
const DIGITS = new Uint8Array(128).fill(NO_DIGIT);
for (let digit = 0; digit < ALPHABET.length; digit += 1) DIGITS[ALPHABET.charCodeAt(digit)] = digit;

export const base64url = (bytes: Bytes): string => bytes.toBase64(BASE64URL);

/** RFC 4648 §5 without padding; strict, so that each value has one written form. */
export const fromBase64url = (text: string): Bytes | undefined => {
  if (text.length % 4 === 1) return undefined;
  const out = new Uint8Array(Math.floor((text.length * 3) / 4));
  let [buffer, bits, end] = [0, 0, 0];
  for (let at = 0; at < text.length; at += 1) {
    const digit = DIGITS[text.charCodeAt(at)] ?? NO_DIGIT;
    if (digit === NO_DIGIT) return undefined;
    buffer = ((buffer << 6) | digit) & 0x3fff;
    bits += 6;
    if (bits < 8) continue;
    bits -= 8;
    out[end] = buffer >> bits;
    end += 1;
  }
  return (buffer & ((1 << bits) - 1)) === 0 ? out : undefined;
};

const BASE32 = 'abcdefghijklmnopqrstuvwxyz234567';
const BASE32_CODES = Uint8Array.from(BASE32, (digit) => digit.charCodeAt(0));

/** RFC 4648 §6 in lower case, without padding. */
export const base32 = (bytes: Bytes): string => {
  const out = new Uint8Array(Math.ceil((bytes.length * 8) / 5));
  let [buffer, bits, end] = [0, 0, 0];
  for (let at = 0; at < bytes.length; at += 1) {
    buffer = ((buffer << 8) | (bytes[at] ?? 0)) & 0xfff;
    for (bits += 8; bits >= 5; bits -= 5) out[end++] = BASE32_CODES[(buffer >> (bits - 5)) & 31] ?? 0;
  }
  if (bits > 0) out[end] = BASE32_CODES[(buffer << (5 - bits)) & 31] ?? 0;
  return required(shortAscii(out, 0, out.length), 'digits are ASCII');
};

/** The inverse of `base32`; either case; refuses stray bits, so that each value has one written form. */
export const fromBase32 = (text: string): Bytes | undefined => {
  const out: number[] = [];
  let buffer = 0;
  let bits = 0;
  for (const character of text.toLowerCase()) {
    const value = BASE32.indexOf(character);
    if (value < 0) return undefined;
    buffer = ((buffer << 5) | value) & 0xfff;
    bits += 5;
    if (bits >= 8) {
      bits -= 8;
      out.push((buffer >> bits) & 255);
    }
  }
  const bytes = Uint8Array.from(out);
  return base32(bytes) === text.toLowerCase() ? bytes : undefined;
};

export const utf8 = (text: string): Bytes => {
  const out = new Uint8Array(text.length);
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code > 0x7f) return utf8ToBytes(text);
    out[at] = code;
  }
  return out;
};

const MAX_SHORT_TEXT = 32;

/** What is no UTF-8 comes out as U+FFFD, and a byte order mark at the start is dropped. */
export const fromUtf8 = (bytes: Bytes): string =>
  (bytes.length > MAX_SHORT_TEXT ? undefined : shortAscii(bytes, 0, bytes.length)) ?? bytesToUtf8(bytes);

/** The text from `start` to `end`, a few bytes; undefined: it is not all ASCII. */
export const shortAscii = (bytes: Bytes, start: number, end: number): string | undefined => {
  let text = '';
  let [at, all] = [start, 0];
  // Four at a time: each piece is a string of its own.
  for (; at + 4 <= end; at += 4) {
    const [a, b, c, d] = [bytes[at] ?? 0x80, bytes[at + 1] ?? 0x80, bytes[at + 2] ?? 0x80, bytes[at + 3] ?? 0x80];
    all |= a | b | c | d;
    text += String.fromCharCode(a, b, c, d);
  }
  for (; at < end; at += 1) {
    const byte = bytes[at] ?? 0x80;
    all |= byte;
    text += String.fromCharCode(byte);
  }
  return all > 0x7f ? undefined : text;
};

/** Unsigned, big-endian, of `length` bytes (1 to 6). */
export const uint = (value: number, length: number): Bytes => {
  const out = new Uint8Array(length);
  let rest = value;
  for (let i = length - 1; i >= 0; i -= 1) {
    out[i] = rest % 256;
    rest = Math.floor(rest / 256);
  }
  return out;
};

/** The inverse of `uint`; at most 6 bytes. */
export const fromUint = (bytes: Bytes): number => {
  let value = 0;
  for (const byte of bytes) value = value * 256 + byte;
  return value;
};
