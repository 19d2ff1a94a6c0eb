// Messages of Aliro's own Bluetooth form (SPEC §10), as they travel over its L2CAP channel: type(1) ‖ id(1) ‖ length(2) ‖ payload; in the payloads of all
// but the access protocol attributes, id(1) ‖ length(1) ‖ value. Nothing of this was run against another maker's device: what the description is
// not sure of are parameters of `BleForm`.

import { assert } from '@mortise/base/assert.ts';
import { concat, type Bytes } from '@mortise/base/bytes.ts';

/** What the description is not sure of. */
export type BleForm = {
  /** Which byte of a length comes first. */
  readonly lengthOrder: 'big-endian' | 'little-endian';
  /** Whether the proprietary information that begins an access protocol stands in a tag A5. */
  readonly proprietary: 'wrapped' | 'bare';
};
export const BLE_FORM: BleForm = { lengthOrder: 'big-endian', proprietary: 'wrapped' };

export const BLE_TYPES = { accessProtocol: 0, ranging: 1, notification: 2, supplementary: 3, thirdParty: 4 } as const;
export const ACCESS_IDS = { request: 0, response: 1 } as const;
export const NOTIFICATION_IDS = { event: 0, rangingStatus: 1, readerStatusChanged: 2, completed: 3, rkeRequest: 4, initiate: 5, initiateForRke: 6 } as const;

export const HEADER_BYTES = 4;
/** The largest APDU of extended length, and a little. */
export const MAX_BLE_PAYLOAD_BYTES = 4352;

export type BleMessage = { readonly type: number; readonly id: number; readonly payload: Bytes };
export type BleAttribute = { readonly id: number; readonly value: Bytes };

const LAST_TYPE = BLE_TYPES.thirdParty;

/** A payload past its bound, or a number of more than a byte, is our bug. */
export const encodeBleMessage = ({ type, id, payload }: BleMessage, { lengthOrder }: BleForm = BLE_FORM): Bytes => {
  assert(payload.length <= MAX_BLE_PAYLOAD_BYTES && type >= 0 && type <= LAST_TYPE && id >= 0 && id <= 0xff, 'a message is of a known type, and bounded');
  const [high, low] = [payload.length >> 8, payload.length & 0xff];
  return concat(Uint8Array.of(type, id, ...(lengthOrder === 'big-endian' ? [high, low] : [low, high])), payload);
};

/** `more`: the message is not whole; `broken`: it is none, and nothing that follows on this channel can be read. */
export type BleTaken =
  | { readonly kind: 'more' }
  | { readonly kind: 'broken' }
  | { readonly kind: 'message'; readonly message: BleMessage; readonly rest: Bytes };

/** The first message of what has come so far; takes any bytes. */
export const takeBleMessage = (bytes: Bytes, { lengthOrder }: BleForm = BLE_FORM): BleTaken => {
  const [type = 0, id = 0, first = 0, second = 0] = bytes;
  if (bytes.length > 0 && type > LAST_TYPE) return { kind: 'broken' };
  if (bytes.length < HEADER_BYTES) return { kind: 'more' };
  const length = lengthOrder === 'big-endian' ? (first << 8) | second : (second << 8) | first;
  if (length > MAX_BLE_PAYLOAD_BYTES) return { kind: 'broken' };
  if (bytes.length < HEADER_BYTES + length) return { kind: 'more' };
  return { kind: 'message', message: { type, id, payload: bytes.slice(HEADER_BYTES, HEADER_BYTES + length) }, rest: bytes.slice(HEADER_BYTES + length) };
};

/** A value of more than 255 bytes is our bug. */
export const encodeAttributes = (attributes: readonly BleAttribute[]): Bytes =>
  concat(...attributes.map(({ id, value }) => {
    assert(value.length <= 0xff && id >= 0 && id <= 0xff, 'an attribute has at most 255 bytes');
    return concat(Uint8Array.of(id, value.length), value);
  }));

/** Takes any bytes; undefined: they are no list of attributes, or one stands twice. */
export const decodeAttributes = (bytes: Bytes): ReadonlyMap<number, Bytes> | undefined => {
  const found = new Map<number, Bytes>();
  let at = 0;
  while (at < bytes.length) {
    const [id, length] = [bytes[at], bytes[at + 1]];
    if (id === undefined || length === undefined || at + 2 + length > bytes.length || found.has(id)) return undefined;
    found.set(id, bytes.slice(at + 2, at + 2 + length));
    at += 2 + length;
  }
  return found;
};
