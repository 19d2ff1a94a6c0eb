// The events that tell a host of its connections. Core specification Vol 4 Part E §7.7.

import type { Bytes } from '@mortise/base/bytes.ts';
import { ADDRESS_BYTES, kindByte, type DeviceAddress } from './device-address.ts';
import { EVENT, LE_EVENT, STATUS } from './hci-codes.ts';
import { u16 } from '@mortise/bluetooth/hci.ts';
import { encodeEvent, encodeLeEvent } from './hci-packet.ts';
import { encodeTiming, type LinkTiming } from './link-timing.ts';

export type Role = 'central' | 'peripheral';

const ENHANCED_ADDRESSES = new Uint8Array(2 * ADDRESS_BYTES);
const CLOCK_ACCURACY = Uint8Array.of(0);

/** `enhanced`: the form with the resolvable addresses, which are none here. */
export const connectionComplete = (enhanced: boolean, handle: number, role: Role, peer: DeviceAddress, timing: LinkTiming): Bytes =>
  encodeLeEvent(
    enhanced ? LE_EVENT.enhancedConnectionComplete : LE_EVENT.connectionComplete,
    Uint8Array.of(STATUS.success), u16(handle), Uint8Array.of(role === 'central' ? 0 : 1, kindByte(peer.kind)), peer.bytes,
    enhanced ? ENHANCED_ADDRESSES : new Uint8Array(0), encodeTiming(timing), CLOCK_ACCURACY,
  );

const FIELD_BYTES = { plain: 17, enhanced: 29 } as const;

/** No connection came of it: all but the status is zero. */
export const connectionFailed = (enhanced: boolean, status: number): Bytes =>
  encodeLeEvent(enhanced ? LE_EVENT.enhancedConnectionComplete : LE_EVENT.connectionComplete, Uint8Array.of(status), new Uint8Array(enhanced ? FIELD_BYTES.enhanced : FIELD_BYTES.plain));

export const disconnectionComplete = (handle: number, reason: number): Bytes => encodeEvent(EVENT.disconnectionComplete, Uint8Array.of(STATUS.success), u16(handle), Uint8Array.of(reason));
export const connectionUpdateComplete = (handle: number, timing: LinkTiming): Bytes => encodeLeEvent(LE_EVENT.connectionUpdateComplete, Uint8Array.of(STATUS.success), u16(handle), encodeTiming(timing));
export const completedPackets = (handle: number, count: number): Bytes => encodeEvent(EVENT.completedPackets, Uint8Array.of(1), u16(handle), u16(count));
export const encryptionChange = (status: number, handle: number, on: boolean): Bytes => encodeEvent(EVENT.encryptionChange, Uint8Array.of(status), u16(handle), Uint8Array.of(Number(on)));
export const longTermKeyRequest = (handle: number, randomAndDiversifier: Bytes): Bytes => encodeLeEvent(LE_EVENT.longTermKeyRequest, u16(handle), randomAndDiversifier);

export const LEAST_OCTETS = 27;
export const MOST_OCTETS = 251;

/** Microseconds on the air for a payload, on the 1M PHY. Vol 6 Part B §4.5.10. */
export const octetsTimeUs = (octets: number): number => (octets + 14) * 8;

export const dataLengthChange = (handle: number, sent: number, received: number): Bytes =>
  encodeLeEvent(LE_EVENT.dataLengthChange, u16(handle), u16(sent), u16(octetsTimeUs(sent)), u16(received), u16(octetsTimeUs(received)));
