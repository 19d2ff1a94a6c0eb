// The fast phase's cryptogram (SPEC §4.6, tag 9D): 48 bytes under CryptogramSK that show the reader which persistent key the user
// device holds, and what step-up would have to give. IV of zeros: the key serves this one message.

import type { Bytes } from '@mortise/base/bytes.ts';
import { ok, type Result } from '@mortise/base/result.ts';
import type { Secret } from '@mortise/base/secret.ts';
import { IV_BYTES, type Crypto } from '@mortise/crypto/crypto.ts';
import { SIGNAL_FIELDS, readSignals, signalsForCryptogram, type DeviceSignals } from './device-signals.ts';
import type { AliroError } from './errors.ts';
import { fastKeys, type FastKeys, type KeyContext } from './key-schedule.ts';
import type { PersistentCache } from './persistent-cache.ts';
import { encodeTlvs, readOrdered } from './tlv.ts';

/** `owner`: of the persistent key that opened it. */
export type Recognised = { readonly owner: Bytes; readonly keys: FastKeys; readonly said: DeviceSignals };

const ZERO_IV = new Uint8Array(IV_BYTES);
const FIELDS = SIGNAL_FIELDS.map(({ tag, min, max }) => ({ tag, min, max }));

/** 64 bytes: ciphertext ‖ tag. */
export const sealCryptogram = (crypto: Crypto, key: Secret, said: DeviceSignals): Bytes =>
  crypto.aesGcmSeal(key.reveal(), ZERO_IV, encodeTlvs(...signalsForCryptogram(said)));

const readCryptogram = (plaintext: Bytes): Result<DeviceSignals, AliroError> => {
  const fields = readOrdered(plaintext, FIELDS);
  return fields.ok ? readSignals(fields.value) : fields;
};

/**
 * Tries each key of the cache (at most 64) on a cryptogram; `owner` of an entry is the credential key. Undefined: none opens it, so
 * the transaction goes on with AUTH1. An error: somebody who holds the key sealed what is not in the form.
 */
export const recognise = (
  crypto: Crypto, cache: PersistentCache, context: KeyContext, cryptogram: Bytes,
): Result<Recognised, AliroError> | undefined => {
  for (const { owner, key } of cache) {
    const keys = fastKeys(crypto, key, context, owner);
    const plaintext = crypto.aesGcmOpen(keys.cryptogram.reveal(), ZERO_IV, cryptogram);
    if (plaintext === undefined) continue;
    const said = readCryptogram(plaintext);
    return said.ok ? ok({ owner, keys, said: said.value }) : said;
  }
  return undefined;
};
