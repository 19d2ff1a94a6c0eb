// A device address: six bytes, least significant first on the wire, and the kind of address it is. Core specification Vol 6 Part B §1.3.

import { assert } from '@mortise/base/assert.ts';
import { hex, type Bytes } from '@mortise/base/bytes.ts';

export const ADDRESS_BYTES = 6;

export type DeviceAddress = {
  /** As on the wire, least significant byte first. */
  readonly bytes: Bytes;
  readonly kind: 'public' | 'random';
};

/** From the written form `aa:bb:cc:dd:ee:ff`; another form is our bug. */
export const addressOf = (text: string, kind: DeviceAddress['kind'] = 'public'): DeviceAddress => {
  assert(/^([0-9a-f]{2}:){5}[0-9a-f]{2}$/i.test(text), 'an address has six bytes in hexadecimal with colons');
  return { bytes: Uint8Array.fromHex(text.replaceAll(':', '')).toReversed(), kind };
};

/** Equal addresses have equal names, and only they. */
export const addressName = ({ bytes, kind }: DeviceAddress): string => `${kind} ${hex(bytes)}`;

export const kindOf = (byte: number): DeviceAddress['kind'] => (byte === 1 ? 'random' : 'public');
export const kindByte = (kind: DeviceAddress['kind']): number => (kind === 'random' ? 1 : 0);
