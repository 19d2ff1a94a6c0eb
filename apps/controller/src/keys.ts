// The lock's own secrets: identity, reader, seal and link keys and the setup secret, born together at the first start and at each
// reset, kept in one file that only the lock's user may read. They are software keys: whoever copies the directory copies the
// lock; a board with a secure element keeps them there instead. The setup secret is erased once the lock has an owner.

import { randomBytes } from 'node:crypto';
import { chmodSync } from 'node:fs';
import { base64url, fromBase64url, fromUtf8, utf8, type Bytes } from '@mortise/base/bytes.ts';
import type { LockId } from '@mortise/base/identifiers.ts';
import { err, ok, type Result } from '@mortise/base/result.ts';
import { Secret } from '@mortise/base/secret.ts';
import { isScalar } from '@mortise/crypto/scalar.ts';
import { SETUP_SECRET_BYTES } from '@mortise/documents/setup-code.ts';
import { nodeCrypto } from '@mortise/node/crypto.ts';
import { readBounded, writeDurably, type FileError } from '@mortise/node/durable-file.ts';
import { lockIdOf } from '@mortise/node/lock-id-of-certificate.ts';
import { generateP256KeyPair, type P256KeyPair } from '@mortise/node/p256-keys.ts';

const KEY_NAMES = ['identity', 'reader', 'seal', 'link'] as const;
export type KeyName = (typeof KEY_NAMES)[number];

export type LockSecrets = { readonly [K in KeyName]: P256KeyPair } & {
  readonly lockId: LockId;
  /** 10 bytes. Undefined: the lock has an owner, so there is none. */
  readonly setupSecret: Secret | undefined;
};
/** A lock that nobody owns. */
export type FreshSecrets = LockSecrets & { readonly setupSecret: Secret };

/** `keys-malformed`: the file is there and is not what we wrote; nothing was changed. */
export type KeysError = FileError | { readonly code: 'keys-malformed' };

const VERSION = 1;
const OWNER_ONLY = 0o600;

/** Fresh secrets from the operating system's randomness. Nothing is written. */
export const createSecrets = (): FreshSecrets => {
  const identity = generateP256KeyPair();
  return {
    identity, reader: generateP256KeyPair(), seal: generateP256KeyPair(), link: generateP256KeyPair(),
    lockId: lockIdOf(identity.publicKey), setupSecret: new Secret(Uint8Array.from(randomBytes(SETUP_SECRET_BYTES))),
  };
};

/** The secrets kept at `path`; `file-missing` when there are none yet. Takes the file away from other users' eyes. */
export const readSecrets = (path: string): Result<LockSecrets, KeysError> => {
  const file = readBounded(path);
  if (!file.ok) return file;
  const secrets = secretsOf(json(file.value));
  if (secrets === undefined) return err({ code: 'keys-malformed' });
  chmodSync(path, OWNER_ONLY);
  return ok(secrets);
};

/** Durable when it answers. */
export const writeSecrets = (path: string, secrets: LockSecrets): Result<undefined, FileError> =>
  writeDurably(path, utf8(`${JSON.stringify({ version: VERSION, ...written(secrets) })}\n`), OWNER_ONLY);

const written = (secrets: LockSecrets): Readonly<Record<string, string>> => ({
  ...Object.fromEntries(KEY_NAMES.map((name) => [name, base64url(secrets[name].privateKey.reveal())])),
  ...(secrets.setupSecret === undefined ? {} : { setup: base64url(secrets.setupSecret.reveal()) }),
});

const secretsOf = (value: unknown): LockSecrets | undefined => {
  if (typeof value !== 'object' || value === null) return undefined;
  const fields = new Map<string, unknown>(Object.entries(value));
  const [identity, reader, seal, link] = KEY_NAMES.map((name) => keyPair(bytesOf(fields.get(name))));
  const setup = fields.has('setup') ? bytesOf(fields.get('setup')) : 'erased';
  if (fields.get('version') !== VERSION || setup === undefined || (setup !== 'erased' && setup.length !== SETUP_SECRET_BYTES)) return undefined;
  if (identity === undefined || reader === undefined || seal === undefined || link === undefined) return undefined;
  return { identity, reader, seal, link, lockId: lockIdOf(identity.publicKey), setupSecret: setup === 'erased' ? undefined : new Secret(setup) };
};

const keyPair = (scalar: Bytes | undefined): P256KeyPair | undefined =>
  scalar === undefined || !isScalar(scalar) ? undefined : { privateKey: new Secret(scalar), publicKey: nodeCrypto.p256.publicKey(scalar) };

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
