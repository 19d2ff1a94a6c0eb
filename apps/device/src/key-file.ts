// A device's own secrets: key pairs and other secret bytes, born together, kept in one file that only the device's user may read. They are software
// keys: whoever copies the directory copies the device; a board with a secure element keeps them there instead.

import { chmodSync } from 'node:fs';
import { base64url, fromBase64url, fromUtf8, utf8, type Bytes } from '@mortise/base/bytes.ts';
import { err, ok, type Result } from '@mortise/base/result.ts';
import { Secret } from '@mortise/base/secret.ts';
import { isScalar } from '@mortise/crypto/scalar.ts';
import { nodeCrypto } from '@mortise/node/crypto.ts';
import { readBounded, writeDurably, type FileError } from '@mortise/node/durable-file.ts';
import type { P256KeyPair } from '@mortise/node/p256-keys.ts';

/** `keys-malformed`: the file is there and is not what we wrote; nothing was changed. */
export type KeyFileError = FileError | { readonly code: 'keys-malformed' };

/** By name. */
export type KeyFile = { readonly pairs: ReadonlyMap<string, P256KeyPair>; readonly secrets: ReadonlyMap<string, Secret> };

/** What must stand in the file, and what may: of secrets their length in bytes. */
export type KeyFileForm = { readonly pairs: readonly string[]; readonly secrets: { readonly [name: string]: { readonly bytes: number; readonly optional: boolean } } };

const VERSION = 1;
const OWNER_ONLY = 0o600;

/** What stands at `path`; `file-missing` when there is nothing yet. Takes the file away from other users' eyes. */
export const readKeyFile = (path: string, form: KeyFileForm): Result<KeyFile, KeyFileError> => {
  const file = readBounded(path);
  if (!file.ok) return file;
  const keys = keysIn(json(file.value), form);
  if (keys === undefined) return err({ code: 'keys-malformed' });
  chmodSync(path, OWNER_ONLY);
  return ok(keys);
};

/** Durable when it answers. */
export const writeKeyFile = (path: string, { pairs, secrets }: KeyFile): Result<undefined, FileError> => {
  const scalars = [...pairs].map(([name, { privateKey }]) => [name, base64url(privateKey.reveal())]);
  const others = [...secrets].map(([name, secret]) => [name, base64url(secret.reveal())]);
  return writeDurably(path, utf8(`${JSON.stringify({ version: VERSION, ...Object.fromEntries([...scalars, ...others]) })}\n`), OWNER_ONLY);
};

const keysIn = (value: unknown, form: KeyFileForm): KeyFile | undefined => {
  if (typeof value !== 'object' || value === null) return undefined;
  const fields = new Map<string, unknown>(Object.entries(value));
  if (fields.get('version') !== VERSION) return undefined;
  const [pairs, secrets] = [pairsIn(fields, form), secretsIn(fields, form)];
  return pairs === undefined || secrets === undefined ? undefined : { pairs, secrets };
};

const pairsIn = (fields: ReadonlyMap<string, unknown>, form: KeyFileForm): KeyFile['pairs'] | undefined => {
  const read = form.pairs.flatMap((name) => {
    const scalar = bytesOf(fields.get(name));
    return scalar === undefined || !isScalar(scalar) ? [] : [[name, { privateKey: new Secret(scalar), publicKey: nodeCrypto.p256.publicKey(scalar) }] as const];
  });
  return read.length === form.pairs.length ? new Map(read) : undefined;
};

const secretsIn = (fields: ReadonlyMap<string, unknown>, form: KeyFileForm): KeyFile['secrets'] | undefined => {
  const secrets = new Map<string, Secret>();
  for (const [name, { bytes, optional }] of Object.entries(form.secrets)) {
    const value = fields.has(name) ? bytesOf(fields.get(name)) : EMPTY_PLACE;
    if (value === undefined || (value === EMPTY_PLACE ? !optional : value.length !== bytes)) return undefined;
    if (value !== EMPTY_PLACE) secrets.set(name, new Secret(value));
  }
  return secrets;
};

const EMPTY_PLACE: Bytes = new Uint8Array(0);

const bytesOf = (text: unknown): Bytes | undefined => (typeof text === 'string' ? fromBase64url(text) : undefined);

const json = (bytes: Bytes): unknown => {
  try {
    return JSON.parse(fromUtf8(bytes));
  } catch (error) {
    return notJson(error);
  }
};

// Whatever the parser says, the file is not ours; what it quotes could be a secret.
const notJson = (_error: unknown): undefined => undefined;
