// What the lock tells whoever listens: Aliro's advertisement of its site and itself, and, to whoever asks, that it serves the near link. Nothing in it
// is secret and nothing is proven by it. Its tag rotates; group and lock stay, as Aliro has it.

import { ADDRESS_BYTES, dynamicTag, encodeAdvertisement, GROUP_PREFIX_BYTES, NO_ADVERTISEMENT, SUB_PREFIX_BYTES } from '@mortise/aliro/advertisement.ts';
import { concat, type Bytes } from '@mortise/base/bytes.ts';
import { identifierBytes } from '@mortise/base/identifiers.ts';
import type { Advertising } from '@mortise/bluetooth/peripheral.ts';
import { NEAR_SERVICE } from '@mortise/courier/near-gatt.ts';
import type { Crypto } from '@mortise/crypto/crypto.ts';
import type { LockState } from '@mortise/lock/state.ts';

/** How long a tag is told. */
export const ROTATE_MS = 900_000;

/** Nobody has measured it on this adapter. */
const TX_POWER_DBM = 0;
const COMPLETE_LIST_OF_128_BIT_SERVICES = 0x07;

const uuidBytes = (uuid: string): Bytes => Uint8Array.fromHex(uuid.replaceAll('-', '')).toReversed();

/** Told to whoever asks: it serves the near link. */
export const NEAR_LINK: Bytes = concat(Uint8Array.of(17, COMPLETE_LIST_OF_128_BIT_SERVICES), uuidBytes(NEAR_SERVICE));

/** `resolvingKey`: 16 bytes; `address`: the adapter's, 6 bytes as written; `nowMs`: since 1970, undefined: the lock does not know the time. */
export type Telling = { readonly crypto: Crypto; readonly resolvingKey: Bytes; readonly address: Bytes; readonly nowMs: number | undefined };

/** A lock without an owner has nothing of Aliro's to say. */
export const advertisingOf = ({ membership, lockId }: Pick<LockState, 'membership' | 'lockId'>, { crypto, resolvingKey, address, nowMs }: Telling): Advertising => {
  if (membership.kind !== 'adopted' || address.length !== ADDRESS_BYTES) return { data: NO_ADVERTISEMENT, response: NEAR_LINK };
  const expires = nowMs === undefined ? undefined : Math.ceil((nowMs + ROTATE_MS) / 1000);
  const data = encodeAdvertisement({
    // These stacks have no L2CAP channels, so neither of Aliro's own flows is there.
    state: 'none', flows: { ble: false, uwb: false }, txPowerDbm: TX_POWER_DBM,
    group: identifierBytes(membership.ownerSet.siteId).slice(0, GROUP_PREFIX_BYTES), sub: identifierBytes(lockId).slice(0, SUB_PREFIX_BYTES),
    expires, tag: dynamicTag(crypto, resolvingKey, address, expires),
  });
  return { data, response: NEAR_LINK };
};
