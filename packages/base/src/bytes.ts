// Bytes and their written forms. Parsers answer undefined for text that is not in the form; nothing here throws on input.

import { bytesToUtf8, utf8ToBytes } from '@noble/ciphers/utils.js';

export type Bytes = Uint8Array;

export const EMPTY: Bytes = new Uint8Array(0);

export const concat = (...parts: readonly Bytes[]): Bytes => {
  const out = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let offset = 0;
  for (const part of parts) {
    out.set(part, offset);
    offset += part.length;
  }
  return out;
};

/** Equality in time that depends on the lengths only. */
export const equalBytes = (a: Bytes, b: Bytes): boolean => {
  if (a.length !== b.length) return false;
  let difference = 0;
  for (let i = 0; i < a.length; i += 1) difference |= (a[i] ?? 0) ^ (b[i] ?? 0);
  return difference === 0;
};

export const hex = (bytes: Bytes): string => bytes.toHex();
export const fromHex = (text: string): Bytes | undefined =>
  /^(?:[0-9a-f]{2})*$/i.test(text) ? Uint8Array.fromHex(text) : undefined;

export const base64url = (bytes: Bytes): string => bytes.toBase64({ alphabet: 'base64url', omitPadding: true });

/** RFC 4648 §5 without padding; strict, so that each value has one written form. */
export const fromBase64url = (text: string): Bytes | undefined => {
  if (!/^[A-Za-z0-9_-]*$/.test(text) || text.length % 4 === 1) return undefined;
  const bytes = Uint8Array.fromBase64(text, { alphabet: 'base64url' });
  return base64url(bytes) === text ? bytes : undefined;
};

const BASE32 = 'abcdefghijklmnopqrstuvwxyz234567';

/** RFC 4648 §6 in lower case, without padding. */
export const base32 = (bytes: Bytes): string => {
  let text = '';
  let buffer = 0;
  let bits = 0;
  for (const byte of bytes) {
    buffer = ((buffer << 8) | byte) & 0xfff;
    bits += 8;
    for (; bits >= 5; bits -= 5) text += BASE32[(buffer >> (bits - 5)) & 31];
  }
  return bits > 0 ? text + BASE32[(buffer << (5 - bits)) & 31] : text;
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

export const utf8 = (text: string): Bytes => utf8ToBytes(text);
export const fromUtf8 = (bytes: Bytes): string => bytesToUtf8(bytes);

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
export const fromUint = (bytes: Bytes): number => bytes.reduce((value, byte) => value * 256 + byte, 0);
