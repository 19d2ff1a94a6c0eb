// The lock's own secrets: identity, reader, seal and link keys and the setup secret, born together at the first start and at each
// reset. The setup secret is erased once the lock has an owner.

import { randomBytes } from 'node:crypto';
import { required } from '@mortise/base/assert.ts';
import type { LockId } from '@mortise/base/identifiers.ts';
import { ok, type Result } from '@mortise/base/result.ts';
import { Secret } from '@mortise/base/secret.ts';
import { readKeyFile, writeKeyFile, type KeyFile, type KeyFileError } from '@mortise/device/key-file.ts';
import { SETUP_SECRET_BYTES } from '@mortise/documents/setup-code.ts';
import type { FileError } from '@mortise/node/durable-file.ts';
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

export type KeysError = KeyFileError;

const SETUP = 'setup';
const FORM = { pairs: KEY_NAMES, secrets: { [SETUP]: { bytes: SETUP_SECRET_BYTES, optional: true } } };

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
  const file = readKeyFile(path, FORM);
  return file.ok ? ok(secretsOf(file.value)) : file;
};

/** Durable when it answers. */
export const writeSecrets = (path: string, secrets: LockSecrets): Result<undefined, FileError> =>
  writeKeyFile(path, {
    pairs: new Map(KEY_NAMES.map((name) => [name, secrets[name]])),
    secrets: new Map(secrets.setupSecret === undefined ? [] : [[SETUP, secrets.setupSecret]]),
  });

const secretsOf = ({ pairs, secrets }: KeyFile): LockSecrets => {
  const pair = (name: KeyName): P256KeyPair => required(pairs.get(name), 'a key file has its pairs');
  const identity = pair('identity');
  return { identity, reader: pair('reader'), seal: pair('seal'), link: pair('link'), lockId: lockIdOf(identity.publicKey), setupSecret: secrets.get(SETUP) };
};
