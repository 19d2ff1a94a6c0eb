// The fields that several routes share. Bytes are base64url without padding, in their one written form; identifiers are 16 bytes.
// Everything has a named bound, so that a body's size is known before its meaning is looked at.

import { fromBase64url } from '@mortise/base/bytes.ts';
import { z } from './schema.ts';

/** The longest JSON body the hub reads, in bytes. */
export const MAX_BODY_BYTES = 262_144;
/** The longest signed document, in bytes. */
export const MAX_DOCUMENT_BYTES = 65_536;
export const MAX_NAME_CHARACTERS = 64;

const written = (length: number): number => Math.ceil((length * 4) / 3);
const hasLength = (text: string, min: number, max: number): boolean => {
  const bytes = fromBase64url(text);
  return bytes !== undefined && bytes.length >= min && bytes.length <= max;
};

/** Base64url of `min` to `max` bytes. A JSON schema cannot count bytes; it gets their number in words, and the text's length. */
export const bytesOf = (min: number, max: number) => {
  const bytes = `${min === max ? min : `${min} to ${max}`} bytes in base64url`;
  return z
    .string()
    .max(written(max))
    .refine((text) => hasLength(text, min, max), { error: `must be ${bytes}` })
    .meta({ contentEncoding: 'base64url', minLength: written(min), description: `${bytes}.` });
};

export const identifier = bytesOf(16, 16);
/** An uncompressed P-256 point. */
export const publicKey = bytesOf(65, 65);
export const hash = bytesOf(32, 32);
export const signedDocument = bytesOf(1, MAX_DOCUMENT_BYTES);
// Nothing that cannot be seen, but for the two joiners that Persian, Indic scripts and joined emoji need (U+200C, U+200D).
const SEEN = /^(?:[\u200C\u200D]|\P{C})+$/u;

/** What a person types: trimmed, 1 to 64 characters. */
export const name = z
  .string()
  .trim()
  .min(1, 'must not be empty')
  .max(MAX_NAME_CHARACTERS, `must have at most ${MAX_NAME_CHARACTERS} characters`)
  .regex(SEEN, 'must not hold characters that cannot be seen')
  .regex(/[^\u200C\u200D\s]/u, 'must hold something that can be seen');
/** The shape of an IANA zone name, such as `Europe/Zurich`; the hub checks that it exists. */
export const zone = z.string().max(64).regex(/^[A-Za-z][A-Za-z0-9_+-]*(?:\/[A-Za-z0-9_+-]+)*$/, 'must be a time zone such as Europe/Zurich');
export const mailAddress = z.email().max(254);
/** Of a mobile phone, with its country. */
export const phoneNumber = z.string().regex(/^\+[1-9]\d{6,14}$/, 'must be a number such as +41791234567');
/** Milliseconds since 1970. */
export const instant = z.number().int().min(0).max(253402300799999);
/** Names one begun ceremony (passkey or kit); it is used once and lapses after five minutes. */
export const ceremony = bytesOf(16, 16);
/** PEM text, one certificate or several. */
export const pem = z.string().max(16_384);
