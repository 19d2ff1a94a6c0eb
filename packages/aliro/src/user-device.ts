// STUB: being filled. Types are final.
import type { Bytes } from '@mortise/base/bytes.ts';
import { assert } from '@mortise/base/assert.ts';
import type { Instant } from '@mortise/base/instant.ts';
import type { Crypto } from '@mortise/crypto/crypto.ts';
import type { AliroError } from './errors.ts';

export type DeviceGroup = { readonly groupIdentifier: Bytes; readonly groupIdentifierKey: Bytes; readonly credentialKey: Bytes };
export type DeviceConfig = {
  readonly versions: readonly number[];
  readonly interfaceByte: number;
  readonly maxCommand?: number;
  readonly maxResponse?: number;
  readonly groups: readonly DeviceGroup[];
  readonly command?: Bytes;
  readonly signaling?: number;
  readonly expectSubject?: (subIdentifier: Bytes) => string | undefined;
  readonly now?: Instant;
};
export type DeviceSecrets = { readonly ephemeralPrivateKey: Bytes; readonly cryptogram?: Bytes };
export type DeviceInput =
  | { readonly kind: 'command'; readonly apdu: Bytes }
  | { readonly kind: 'signed'; readonly signature: Bytes };
export type DeviceOutcome =
  | { readonly kind: 'completed'; readonly readerStatus: number }
  | { readonly kind: 'failed'; readonly error: AliroError };
export type DeviceEffect =
  | { readonly kind: 'respond'; readonly apdu: Bytes }
  | { readonly kind: 'sign'; readonly message: Bytes; readonly credentialKey: Bytes; readonly authenticationPolicy: number }
  | { readonly kind: 'finished'; readonly outcome: DeviceOutcome };
export type DeviceSession = { readonly config: DeviceConfig; readonly secrets: DeviceSecrets };

export const createUserDevice = (config: DeviceConfig, secrets: DeviceSecrets): DeviceSession => ({ config, secrets });
export const stepUserDevice = (
  _crypto: Crypto, session: DeviceSession, _input: DeviceInput,
): { session: DeviceSession; effects: readonly DeviceEffect[] } => {
  assert(false, 'stub');
  return { session, effects: [] };
};
