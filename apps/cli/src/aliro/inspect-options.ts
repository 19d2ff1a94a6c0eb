// The arguments of `mortise aliro inspect`, and the keys that it is given.

import { MAX_ISSUERS } from '@mortise/aliro/verify-document.ts';
import { fromHex, type Bytes } from '@mortise/base/bytes.ts';
import { isInstant, type Instant } from '@mortise/base/instant.ts';
import { err, ok, type Result } from '@mortise/base/result.ts';
import { nodeCrypto } from '@mortise/node/crypto.ts';
import { readArguments, type CommandError } from '../command.ts';

const OPTIONS = { json: { type: 'boolean' }, full: { type: 'boolean' }, key: { type: 'string', multiple: true }, time: { type: 'string' } } as const;

/** By name, as somebody gave them; an issuer may be given more than once. */
export type GivenKeys = ReadonlyMap<KeyName, readonly Bytes[]>;

/** `time`: `none` for no trusted clock; absent: not given. */
export type InspectOptions = { readonly input?: string; readonly json: boolean; readonly full: boolean; readonly keys: GivenKeys; readonly time?: Instant | 'none' };

const PUBLIC_KEYS = ['issuer', 'credential', 'group'] as const;
const SESSION_KEYS = ['ExpeditedSKReader', 'ExpeditedSKDevice', 'StepUpSKReader', 'StepUpSKDevice', 'CryptogramSK', 'Kpersistent'] as const;
const KEY_NAMES = [...PUBLIC_KEYS, ...SESSION_KEYS];
export type KeyName = (typeof KEY_NAMES)[number];

const SECRET_BYTES = 32;

const wrong = (message: string): Result<never, CommandError> => err({ code: 'arguments-wrong', message });

const isName = (text: string): text is KeyName => KEY_NAMES.some((name) => name === text);
const isPublic = (name: KeyName): boolean => PUBLIC_KEYS.some((other) => other === name);

const readKey = (text: string): Result<readonly [KeyName, Bytes], CommandError> => {
  const [name = '', digits = '', ...rest] = text.split('=');
  if (!isName(name) || rest.length > 0) return wrong(`--key ${name}: write NAME=HEX, where NAME is one of ${KEY_NAMES.join(', ')}.`);
  const bytes = fromHex(digits);
  const fits = bytes !== undefined && (isPublic(name) ? nodeCrypto.p256.isPublicKey(bytes) : bytes.length === SECRET_BYTES);
  if (fits) return ok([name, bytes]);
  return wrong(`--key ${name}: expected ${isPublic(name) ? 'an uncompressed P-256 public key, 130 hex digits that begin with 04' : 'a key of 64 hex digits'}.`);
};

const readKeys = (texts: readonly string[]): Result<GivenKeys, CommandError> => {
  const keys = new Map<KeyName, readonly Bytes[]>();
  for (const text of texts) {
    const read = readKey(text);
    if (!read.ok) return read;
    const [name, bytes] = read.value;
    const before = keys.get(name) ?? [];
    if (before.length >= (name === 'issuer' ? MAX_ISSUERS : 1)) return wrong(`--key ${name} is given too often.`);
    keys.set(name, [...before, bytes]);
  }
  return ok(keys);
};

const TIME = /^\d{4}-\d{2}-\d{2}(?:T\d{2}:\d{2}(?::\d{2})?Z)?$/;

const readTime = (text: string | undefined): Result<{ readonly time?: Instant | 'none' }, CommandError> => {
  if (text === undefined) return ok({});
  if (text === 'none') return ok({ time: text });
  const at = TIME.test(text) ? Date.parse(text) : Number.NaN;
  return isInstant(at) ? ok({ time: at }) : wrong(`--time "${text}" is not a time. Write it like 2026-06-01T12:00:00Z, or none.`);
};

/** `arguments-wrong`. */
export const readInspectOptions = (args: readonly string[]): Result<InspectOptions, CommandError> => {
  const read = readArguments('aliro', args, OPTIONS);
  if (!read.ok) return read;
  const { values, positionals: [input, ...more] } = read.value;
  if (more.length > 0) return wrong('Give one input: a FILE, - for the standard input, or hex digits. Hex with blanks needs quotes.');
  const [keys, time] = [readKeys(values.key ?? []), readTime(values.time)];
  if (!keys.ok) return keys;
  return time.ok ? ok({ ...(input !== undefined && { input }), json: values.json === true, full: values.full === true, keys: keys.value, ...time.value }) : time;
};
