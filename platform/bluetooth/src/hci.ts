// What a host needs to know of HCI beside its stack: the types of packets and the few events and commands that are looked at on their way.
// Core specification Vol 4 Part A §2 and Part E.

import { concat, type Bytes } from '@mortise/base/bytes.ts';

export const PACKET_TYPE = { command: 1, acl: 2, event: 4 } as const;

export const ACL_HEADER_BYTES = 5;
const HANDLE = 0xfff;
const CONTINUES = 1;

export const u16 = (value: number): Bytes => Uint8Array.of(value & 0xff, value >> 8);

/** What is looked at of a packet from the controller; any bytes. `other`: it goes on as it is. */
export type Told =
  | { readonly kind: 'acl'; readonly handle: number; readonly first: boolean; readonly data: Bytes }
  | { readonly kind: 'disconnected'; readonly handle: number }
  /** Packets of these connections that the controller has got rid of. */
  | { readonly kind: 'completed'; readonly counts: readonly (readonly [handle: number, count: number])[] }
  /** How many packets the controller takes at a time. */
  | { readonly kind: 'room'; readonly packets: number }
  | { readonly kind: 'other' };

const EVENT = { disconnectionComplete: 0x05, commandComplete: 0x0e, completedPackets: 0x13 } as const;
const READ_BUFFER_SIZE = 0x2002;
const OTHER: Told = { kind: 'other' };

export const readTold = (packet: Bytes): Told => {
  const view = new DataView(packet.buffer, packet.byteOffset, packet.byteLength);
  if (packet[0] === PACKET_TYPE.acl) return packet.length < ACL_HEADER_BYTES ? OTHER : { kind: 'acl', ...aclHeader(view), data: packet.subarray(ACL_HEADER_BYTES) };
  if (packet[0] !== PACKET_TYPE.event) return OTHER;
  switch (packet[1]) {
    case EVENT.disconnectionComplete:
      return packet.length > 6 && packet[3] === 0 ? { kind: 'disconnected', handle: view.getUint16(4, true) & HANDLE } : OTHER;
    case EVENT.completedPackets:
      return { kind: 'completed', counts: completedCounts(view) };
    case EVENT.commandComplete:
      return packet.length > 9 && view.getUint16(4, true) === READ_BUFFER_SIZE && packet[6] === 0 ? { kind: 'room', packets: packet[9] ?? 0 } : OTHER;
    default:
      return OTHER;
  }
};

/** The connection that an ACL packet of the host belongs to; undefined for other packets. */
export const handleOfAcl = (packet: Bytes): number | undefined =>
  packet[0] === PACKET_TYPE.acl && packet.length >= ACL_HEADER_BYTES ? (((packet[2] ?? 0) << 8) | (packet[1] ?? 0)) & HANDLE : undefined;

const aclHeader = (view: DataView): { readonly handle: number; readonly first: boolean } => {
  const word = view.getUint16(1, true);
  return { handle: word & HANDLE, first: word >> 12 !== CONTINUES };
};

const completedCounts = (view: DataView): readonly (readonly [number, number])[] => {
  const count = view.byteLength > 3 ? Math.min(view.getUint8(3), Math.floor((view.byteLength - 4) / 4)) : 0;
  return Array.from({ length: count }, (_, at) => [view.getUint16(4 + 4 * at, true) & HANDLE, view.getUint16(6 + 4 * at, true)] as const);
};

const ENDED_BY_US = 0x13;

/** The command that ends a connection. */
export const disconnectCommand = (handle: number): Bytes => concat(Uint8Array.of(PACKET_TYPE.command, 0x06, 0x04, 3), u16(handle), Uint8Array.of(ENDED_BY_US));

/** The event by which a controller says that packets of one connection are on their way. */
export const completedEvent = (handle: number, count: number): Bytes => concat(Uint8Array.of(PACKET_TYPE.event, EVENT.completedPackets, 5, 1), u16(handle), u16(count));
