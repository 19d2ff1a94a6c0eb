// What `mortise aliro inspect` is to look at: a file, the standard input or hex digits as an argument; in it JSON, hex, PEM or the bytes themselves.

import { existsSync } from 'node:fs';
import { fromHex, type Bytes } from '@mortise/base/bytes.ts';
import { ok, type Result } from '@mortise/base/result.ts';
import type { CommandError } from '../command.ts';
import { parseJson, readBounded, readStandardInput } from './read-json.ts';

export type Content = { readonly kind: 'json'; readonly value: unknown } | { readonly kind: 'bytes'; readonly bytes: Bytes };

const LEAST_DIGITS = 4;

/** Hex as people paste it: blanks, lines, colons, 0x in front. */
const hexOf = (text: string): Bytes | undefined => {
  const digits = text.replaceAll(/[\s:,]|\b0x/gi, '');
  return digits.length >= LEAST_DIGITS ? fromHex(digits) : undefined;
};

const PEM = /-----BEGIN CERTIFICATE-----([A-Za-z0-9+/=\s]+)-----END CERTIFICATE-----/;

const contentOf = (name: string, read: Buffer): Result<Content, CommandError> => {
  const text = read.toString('utf8');
  if (/^\s*[{[]/.test(text)) {
    const json = parseJson(name, text);
    if (json.ok) return ok({ kind: 'json', value: json.value });
    // Documents begin like text now and then; JSON that is damaged is told as JSON.
    if (read.every((byte) => byte < 0x80)) return json;
  }
  const [, pem] = PEM.exec(text) ?? [];
  const bytes = pem === undefined ? hexOf(text) : Buffer.from(pem, 'base64');
  return ok({ kind: 'bytes', bytes: new Uint8Array(bytes ?? read) });
};

/** A file that exists comes before hex digits that read like its name. */
export const readInput = (input: string | undefined): Result<Content, CommandError> => {
  if (input === undefined || input === '-') {
    const read = readStandardInput();
    return read.ok ? contentOf('the standard input', read.value) : read;
  }
  const digits = existsSync(input) ? undefined : hexOf(input);
  if (digits !== undefined) return ok({ kind: 'bytes', bytes: digits });
  const read = readBounded(input);
  return read.ok ? contentOf(input, read.value) : read;
};
