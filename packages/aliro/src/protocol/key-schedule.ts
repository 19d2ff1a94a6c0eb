// From both ephemeral keys to the session's keys (SPEC §4). The salt and info name everything that was said in the clear, so
// two sides that heard different words hold different keys. Keys are `Secret`s: they cannot be printed by accident.

import { briefly } from '@mortise/base/brief.ts';
import { EMPTY, concat, uint, utf8, type Bytes } from '@mortise/base/bytes.ts';
import { Secret } from '@mortise/base/secret.ts';
import type { Crypto } from '@mortise/crypto/crypto.ts';
import { TAG_DEVICE_EXTENSION, TAG_READER_EXTENSION } from './auth0.ts';
import { encodeTlvs } from './tlv.ts';

/** What was said in the clear; `proprietary` is the A5 object as received (SPEC §4.3). Public keys are the 65-byte ones. */
export type KeyContext = {
  readonly groupIdentifierKey: Bytes;
  readonly readerIdentifier: Bytes;
  readonly interfaceByte: number;
  readonly version: number;
  readonly readerEphemeral: Bytes;
  readonly deviceEphemeral: Bytes;
  readonly transactionId: Bytes;
  readonly parameters: number;
  readonly authenticationPolicy: number;
  readonly proprietary: Bytes;
  readonly readerExtension?: Bytes;
  readonly deviceExtension?: Bytes;
};

export type DirectionKeys = { readonly reader: Secret; readonly device: Secret };

/** What both phases give (SPEC §4.4); `expedited` belongs to the secure channel. */
export type SessionKeys = { readonly expedited: DirectionKeys; readonly ble: Secret; readonly ranging: Secret };

/** A step-up needs a standard phase: only there is a key for it. */
export type StandardKeys = SessionKeys & { readonly stepUp: Secret };
export type FastKeys = SessionKeys & { readonly cryptogram: Secret };

const KEY_BYTES = 32;
const BLOCK_KEYS = 5;
const VERSION_TAG = 0x5c;
const COUNTER_ONE = uint(1, 4);

/** SPEC §4.3: twelve characters each, padded with asterisks. */
export const SALT_WORDS = { standard: utf8('Volatile****'), fast: utf8('VolatileFast'), persistent: utf8('Persistent**') } as const;
export type SaltWord = keyof typeof SALT_WORDS;

/** X(k): the first coordinate of an uncompressed point. */
export const xOf = (publicKey: Bytes): Bytes => publicKey.subarray(1, 1 + KEY_BYTES);

/** Kdh = SHA-256(Z ‖ 00000001 ‖ transaction identifier), X9.63 (SPEC §4.2); undefined: the peer's key is no point. */
export const agreedSecret = (
  crypto: Crypto, privateKey: Secret, peerKey: Bytes, transactionId: Bytes,
): Secret | undefined => {
  const shared = crypto.p256.sharedX(privateKey.reveal(), peerKey);
  // An array of its own: a secret lies on no page with messages.
  return shared && new Secret(crypto.sha256(concat(shared, COUNTER_ONE, transactionId)));
};

/** SPEC §4.3. `credentialKey` for "VolatileFast" and "Persistent**" only. */
export const saltOf = (word: SaltWord, context: KeyContext, credentialKey?: Bytes): Bytes =>
  briefly(
    xOf(context.groupIdentifierKey),
    SALT_WORDS[word],
    context.readerIdentifier,
    Uint8Array.of(context.interfaceByte, VERSION_TAG, 2, context.version >> 8, context.version & 0xff),
    xOf(context.readerEphemeral),
    context.transactionId,
    Uint8Array.of(context.parameters, context.authenticationPolicy),
    context.proprietary,
    credentialKey === undefined ? EMPTY : xOf(credentialKey),
  );

/** SPEC §4.3: B1 and B2 enter with tag and length, where they were sent. */
export const infoOf = (context: KeyContext): Bytes =>
  briefly(
    xOf(context.deviceEphemeral),
    encodeTlvs([TAG_READER_EXTENSION, context.readerExtension], [TAG_DEVICE_EXTENSION, context.deviceExtension]),
  );

type KeyBlock = readonly [Secret, Secret, Secret, Secret, Secret];

const keyBlock = (crypto: Crypto, key: Secret, salt: Bytes, info: Bytes): KeyBlock => {
  const block = crypto.hkdfSha256(key.reveal(), salt, info, KEY_BYTES * BLOCK_KEYS);
  const at = (index: number): Secret => new Secret(block.subarray(index * KEY_BYTES, (index + 1) * KEY_BYTES));
  return [at(0), at(1), at(2), at(3), at(4)];
};

export const standardKeys = (crypto: Crypto, agreed: Secret, context: KeyContext): StandardKeys => {
  const [reader, device, stepUp, ble, ranging] = keyBlock(crypto, agreed, saltOf('standard', context), infoOf(context));
  return { expedited: { reader, device }, stepUp, ble, ranging };
};

/** From Kpersistent of an earlier standard phase of `credentialKey` with this reader. */
export const fastKeys = (crypto: Crypto, persistent: Secret, context: KeyContext, credentialKey: Bytes): FastKeys => {
  const [cryptogram, reader, device, ble, ranging] = keyBlock(crypto, persistent, saltOf('fast', context, credentialKey), infoOf(context));
  return { cryptogram, expedited: { reader, device }, ble, ranging };
};

/** Kpersistent (SPEC §4.4), for a later fast phase of this credential with this reader. */
export const persistentKey = (crypto: Crypto, agreed: Secret, context: KeyContext, credentialKey: Bytes): Secret =>
  new Secret(crypto.hkdfSha256(agreed.reveal(), saltOf('persistent', context, credentialKey), infoOf(context), KEY_BYTES));

type DirectionWords = { readonly reader: Bytes; readonly device: Bytes };

const STEP_UP_WORDS: DirectionWords = { reader: utf8('SKReader'), device: utf8('SKDevice') };
const BLE_WORDS: DirectionWords = { reader: utf8('BleSKReader'), device: utf8('BleSKDevice') };

const directions = (crypto: Crypto, key: Secret, salt: Bytes, words: DirectionWords): DirectionKeys => {
  const one = (info: Bytes): Secret => new Secret(crypto.hkdfSha256(key.reveal(), salt, info, KEY_BYTES));
  return { reader: one(words.reader), device: one(words.device) };
};

export const stepUpKeys = (crypto: Crypto, stepUp: Secret): DirectionKeys => directions(crypto, stepUp, EMPTY, STEP_UP_WORDS);

/** `salt`: the versions that the reader offers ‖ the one that the device chose, 2 bytes each (SPEC §4.4; peers differ). */
export const bleKeys = (crypto: Crypto, ble: Secret, salt: Bytes): DirectionKeys => directions(crypto, ble, salt, BLE_WORDS);
