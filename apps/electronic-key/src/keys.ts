// The key's own secrets: identity and credential keys, and the secret under which its PIN is kept. Born together at the first start and at each
// reset, so that a key of one site never becomes another's with its secrets.

import { randomBytes } from 'node:crypto';
import { required } from '@mortise/base/assert.ts';
import type { LockId } from '@mortise/base/identifiers.ts';
import { ok, type Result } from '@mortise/base/result.ts';
import { Secret } from '@mortise/base/secret.ts';
import { readKeyFile, writeKeyFile, type KeyFileError } from '@mortise/device/key-file.ts';
import type { EkeyKeys } from '@mortise/ekey/state.ts';
import type { FileError } from '@mortise/node/durable-file.ts';
import { lockIdOf } from '@mortise/node/lock-id-of-certificate.ts';
import { generateP256KeyPair, type P256KeyPair } from '@mortise/node/p256-keys.ts';

export type EkeySecrets = { readonly keyId: LockId; readonly identity: P256KeyPair; readonly credential: P256KeyPair; readonly pinSecret: Secret };

const PIN_SECRET_BYTES = 32;
const FORM = { pairs: ['identity', 'credential'], secrets: { pin: { bytes: PIN_SECRET_BYTES, optional: false } } };

/** Fresh secrets from the operating system's randomness. Nothing is written. */
export const createSecrets = (): EkeySecrets => {
  const identity = generateP256KeyPair();
  return { keyId: lockIdOf(identity.publicKey), identity, credential: generateP256KeyPair(), pinSecret: new Secret(Uint8Array.from(randomBytes(PIN_SECRET_BYTES))) };
};

/** The secrets kept at `path`; `file-missing` when there are none yet. */
export const readSecrets = (path: string): Result<EkeySecrets, KeyFileError> => {
  const file = readKeyFile(path, FORM);
  if (!file.ok) return file;
  const { pairs, secrets } = file.value;
  const identity = required(pairs.get('identity'), 'a key file has its pairs');
  return ok({ keyId: lockIdOf(identity.publicKey), identity, credential: required(pairs.get('credential'), 'a key file has its pairs'), pinSecret: required(secrets.get('pin'), 'and its secrets') });
};

/** Durable when it answers. */
export const writeSecrets = (path: string, { identity, credential, pinSecret }: EkeySecrets): Result<undefined, FileError> =>
  writeKeyFile(path, { pairs: new Map([['identity', identity], ['credential', credential]]), secrets: new Map([['pin', pinSecret]]) });

/** What the machine knows of them. */
export const keysOf = ({ identity, credential, pinSecret }: EkeySecrets): EkeyKeys => ({ identityKey: identity.publicKey, credentialKey: credential.publicKey, pinSecret });
