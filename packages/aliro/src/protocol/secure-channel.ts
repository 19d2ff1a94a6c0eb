// The secure channel (SPEC §4.5): AES-256-GCM, one counter per direction from 1 up, no AAD. A channel is a value: sealing or
// opening answers the next one, and the old one is not to be used again.

import { brief } from '@mortise/base/brief.ts';
import type { Bytes } from '@mortise/base/bytes.ts';
import { ok, type Result } from '@mortise/base/result.ts';
import type { Secret } from '@mortise/base/secret.ts';
import { IV_BYTES, type Crypto } from '@mortise/crypto/crypto.ts';
import { refuse, type AliroError } from './errors.ts';
import type { DirectionKeys } from './key-schedule.ts';

export type Side = 'reader' | 'device';

/** `readerCounter`, `deviceCounter`: of the next message that this side sends, 1 to FFFE. */
export type Channel = { readonly keys: DirectionKeys; readonly readerCounter: number; readonly deviceCounter: number };

export type Sealed = { readonly channel: Channel; readonly sealed: Bytes };
export type Opened = { readonly channel: Channel; readonly plaintext: Bytes };

/** The peer goes no further (SPEC §4.5). */
const LAST_COUNTER = 0xffff;
const PREFIX_BYTES = 8;

export const openChannel = (keys: DirectionKeys): Channel => ({ keys, readerCounter: 1, deviceCounter: 1 });

const counterOf = (channel: Channel, side: Side): number => (side === 'reader' ? channel.readerCounter : channel.deviceCounter);
const keyOf = (channel: Channel, side: Side): Secret => channel.keys[side];

/** Eight bytes of direction (the last one is 1 from the device) ‖ counter of four; counters stay below two bytes. */
const ivOf = (channel: Channel, side: Side): Bytes => {
  const iv = brief(IV_BYTES);
  const counter = counterOf(channel, side);
  iv[PREFIX_BYTES - 1] = side === 'device' ? 1 : 0;
  iv[IV_BYTES - 2] = counter >> 8;
  iv[IV_BYTES - 1] = counter & 0xff;
  return iv;
};


const advanced = (channel: Channel, side: Side): Channel =>
  side === 'reader'
    ? { ...channel, readerCounter: channel.readerCounter + 1 }
    : { ...channel, deviceCounter: channel.deviceCounter + 1 };

const exhausted = (channel: Channel, side: Side): boolean => counterOf(channel, side) >= LAST_COUNTER;

/** Seals what `from` sends: ciphertext ‖ tag. `channel-exhausted` when its counter has run out. */
export const seal = (crypto: Crypto, channel: Channel, from: Side, plaintext: Bytes): Result<Sealed, AliroError> => {
  if (exhausted(channel, from)) return refuse('channel-exhausted');
  const sealed = crypto.aesGcmSeal(keyOf(channel, from).reveal(), ivOf(channel, from), plaintext);
  return ok({ channel: advanced(channel, from), sealed });
};

/** Opens what `from` sent. `channel-refused` when the tag is wrong: the session ends. */
export const open = (crypto: Crypto, channel: Channel, from: Side, sealed: Bytes): Result<Opened, AliroError> => {
  if (exhausted(channel, from)) return refuse('channel-exhausted');
  const plaintext = crypto.aesGcmOpen(keyOf(channel, from).reveal(), ivOf(channel, from), sealed);
  return plaintext === undefined ? refuse('channel-refused') : ok({ channel: advanced(channel, from), plaintext });
};
