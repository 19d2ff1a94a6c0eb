// What an Aliro reader advertises over Bluetooth Low Energy (SPEC §10): flags, and the service data of FFF2. Group and sub-identifier are prefixes that
// never change, so that whoever knows them knows the lock again; only the tag rotates, and only who has the group's resolving key can
// tell whose it is.

import { assert } from '@mortise/base/assert.ts';
import { concat, uint, type Bytes } from '@mortise/base/bytes.ts';
import type { Crypto } from '@mortise/crypto/crypto.ts';

export const GROUP_PREFIX_BYTES = 8;
export const SUB_PREFIX_BYTES = 2;
export const TAG_BYTES = 7;
export const RESOLVING_KEY_BYTES = 16;
export const ADDRESS_BYTES = 6;
/** The 16-bit UUID, as scanners write it. */
export const ALIRO_SERVICE = 'fff2';

export type AdvertisedState = 'none' | 'unknown-error' | 'low-battery' | 'sensor';

export type ReaderAdvertisement = {
  readonly state: AdvertisedState;
  /** Which flows over its L2CAP channel the reader has. */
  readonly flows: { readonly ble: boolean; readonly uwb: boolean };
  /** -128 to 127. */
  readonly txPowerDbm: number;
  /** The first 8 bytes of the group identifier. */
  readonly group: Bytes;
  /** The first 2 bytes of the sub-identifier. */
  readonly sub: Bytes;
  /** Until when the tag is good, Unix seconds below FFFFFFFF; undefined: the reader does not know the time. */
  readonly expires: number | undefined;
  /** 7 bytes, `dynamicTag`. */
  readonly tag: Bytes;
};

/** What the description is not sure of: in which order the address enters the tag. */
export type AdvertisementForm = { readonly addressOrder: 'as-written' | 'on-air' };
export const ADVERTISEMENT_FORM: AdvertisementForm = { addressOrder: 'as-written' };

const STATES: readonly AdvertisedState[] = ['none', 'unknown-error', 'low-battery', 'sensor'];
const BLE_FLOW = 0x40;
const UWB_FLOW = 0x80;
const VERSION_MASK = 0x07;
const NO_EXPIRY = 0xffff_ffff;
const FLAGS = Uint8Array.of(0x02, 0x01, 0x06);
const SERVICE_DATA_HEADER = Uint8Array.of(0x1b, 0x16, 0xf2, 0xff);
const DATA_BYTES = 24;
const BLOCK_BYTES = 16;

/** All 31 bytes. Lengths that do not fit are our bug. */
export const encodeAdvertisement = (ad: ReaderAdvertisement): Bytes => concat(FLAGS, SERVICE_DATA_HEADER, encodeServiceData(ad));

/** The 24 bytes under FFF2. */
export const encodeServiceData = ({ state, flows, txPowerDbm, group, sub, expires, tag }: ReaderAdvertisement): Bytes => {
  assert(group.length === GROUP_PREFIX_BYTES && sub.length === SUB_PREFIX_BYTES && tag.length === TAG_BYTES, 'an advertisement has prefixes of 8 and 2 bytes and a tag of 7');
  assert(txPowerDbm >= -128 && txPowerDbm <= 127, 'a power is a signed byte');
  const first = (STATES.indexOf(state) << 3) | (flows.ble ? BLE_FLOW : 0) | (flows.uwb ? UWB_FLOW : 0);
  return concat(Uint8Array.of(first, txPowerDbm & 0xff), group, sub, expiryBytes(expires), Uint8Array.of(0), tag);
};

/** Takes any bytes, as they came under FFF2; undefined: another length, or a version that is not known. */
export const decodeServiceData = (data: Bytes): ReaderAdvertisement | undefined => {
  const [first = 0, power = 0] = data;
  if (data.length !== DATA_BYTES || (first & VERSION_MASK) !== 0) return undefined;
  const expires = new DataView(data.buffer, data.byteOffset).getUint32(12);
  return {
    state: STATES[(first >> 3) & 3] ?? 'none',
    flows: { ble: (first & BLE_FLOW) !== 0, uwb: (first & UWB_FLOW) !== 0 },
    txPowerDbm: (power << 24) >> 24,
    group: data.slice(2, 10), sub: data.slice(10, 12),
    expires: expires === NO_EXPIRY ? undefined : expires,
    tag: data.slice(17),
  };
};

/** The tag of an address (6 bytes, as it is written, most significant first) until `expires`, under the group's resolving key of 16 bytes. */
export const dynamicTag = (crypto: Crypto, resolvingKey: Bytes, address: Bytes, expires: number | undefined, form: AdvertisementForm = ADVERTISEMENT_FORM): Bytes => {
  assert(resolvingKey.length === RESOLVING_KEY_BYTES && address.length === ADDRESS_BYTES, 'a resolving key has 16 bytes, an address 6');
  const ordered = form.addressOrder === 'as-written' ? address : address.toReversed();
  const block = concat(new Uint8Array(BLOCK_BYTES - ADDRESS_BYTES - 4), ordered, expiryBytes(expires));
  // One block, and an IV of zeros: what ECB gives.
  return crypto.aesCbcEncrypt(resolvingKey, new Uint8Array(BLOCK_BYTES), block).slice(0, TAG_BYTES);
};

const expiryBytes = (expires: number | undefined): Bytes => uint(expires ?? NO_EXPIRY, 4);

/** What a reader that has no owner advertises: nothing of Aliro's. */
export const NO_ADVERTISEMENT: Bytes = FLAGS;
