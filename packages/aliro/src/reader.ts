// STUB: being filled. Types are final.
import type { Bytes } from '@mortise/base/bytes.ts';
import { assert } from '@mortise/base/assert.ts';
import type { Crypto } from '@mortise/crypto/crypto.ts';
import type { AliroError } from './errors.ts';

export type ReaderConfig = {
  readonly groupIdentifier: Bytes;
  readonly subIdentifier: Bytes;
  readonly groupIdentifierKey: Bytes;
  readonly certificate?: { readonly bytes: Bytes; readonly sentBy: 'auth1' | 'loadCert' };
  readonly versions: readonly number[];
  readonly interfaceByte: number;
  readonly authenticationPolicy: number;
  readonly keyRequest: 'publicKey' | 'keySlot';
  readonly vendorExtension?: Bytes;
  readonly keyOfSlot?: (slot: Bytes) => Bytes | undefined;
};
export type ReaderSecrets = { readonly ephemeralPrivateKey: Bytes; readonly transactionId: Bytes };
export type ReaderInput =
  | { readonly kind: 'start' }
  | { readonly kind: 'response'; readonly apdu: Bytes }
  | { readonly kind: 'signed'; readonly signature: Bytes }
  | { readonly kind: 'exchange'; readonly objects: Bytes }
  | { readonly kind: 'decide'; readonly status: number };
export type Authenticated = {
  readonly credentialKey: Bytes;
  readonly transactionId: Bytes;
  readonly signaling: number;
  readonly vendorExtension?: Bytes;
};
export type ReaderOutcome =
  | { readonly kind: 'completed'; readonly status: number }
  | { readonly kind: 'failed'; readonly error: AliroError };
export type ReaderEffect =
  | { readonly kind: 'transmit'; readonly apdu: Bytes }
  | { readonly kind: 'sign'; readonly message: Bytes }
  | { readonly kind: 'authenticated'; readonly credential: Authenticated }
  | { readonly kind: 'exchanged'; readonly data: Bytes }
  | { readonly kind: 'finished'; readonly outcome: ReaderOutcome };
export type ReaderSession = { readonly config: ReaderConfig; readonly secrets: ReaderSecrets };

export const createReader = (config: ReaderConfig, secrets: ReaderSecrets): ReaderSession => ({ config, secrets });
export const stepReader = (
  _crypto: Crypto, session: ReaderSession, _input: ReaderInput,
): { session: ReaderSession; effects: readonly ReaderEffect[] } => {
  assert(false, 'stub');
  return { session, effects: [] };
};
