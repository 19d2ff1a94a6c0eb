// HCI packets as they stand on the transport, H4: a type byte, then the packet. Core specification Vol 4 Part A §2 and Part E §5.4.

import { concat, type Bytes } from '@mortise/base/bytes.ts';
import { ACL_HEADER_BYTES, PACKET_TYPE, u16 } from '@mortise/bluetooth/hci.ts';
import { EVENT, LE_EVENT } from './hci-codes.ts';

export type HostPacket =
  | { readonly kind: 'command'; readonly opcode: number; readonly parameters: Bytes }
  /** `first`: it starts an L2CAP frame; else it goes on with one. */
  | { readonly kind: 'acl'; readonly handle: number; readonly first: boolean; readonly data: Bytes };

const COMMAND_HEADER_BYTES = 4;

/** Takes any bytes; undefined when a host may not send them: another type, a length that is not the packet's, reserved or broadcast flags. */
export const decodeHostPacket = (packet: Bytes): HostPacket | undefined => {
  const view = new DataView(packet.buffer, packet.byteOffset, packet.byteLength);
  if (packet[0] === PACKET_TYPE.command && packet.length >= COMMAND_HEADER_BYTES && packet.length === COMMAND_HEADER_BYTES + view.getUint8(3)) {
    return { kind: 'command', opcode: view.getUint16(1, true), parameters: packet.slice(COMMAND_HEADER_BYTES) };
  }
  if (packet[0] === PACKET_TYPE.acl && packet.length > ACL_HEADER_BYTES && packet.length === ACL_HEADER_BYTES + view.getUint16(3, true)) {
    const flags = view.getUint16(1, true) >> 12;
    return flags > 2 ? undefined : { kind: 'acl', handle: view.getUint16(1, true) & 0xfff, first: flags !== 1, data: packet.slice(ACL_HEADER_BYTES) };
  }
  return undefined;
};

export const encodeEvent = (code: number, ...fields: readonly Bytes[]): Bytes => {
  const body = concat(...fields);
  return concat(Uint8Array.of(PACKET_TYPE.event, code, body.length), body);
};

export const encodeLeEvent = (subevent: number, ...fields: readonly Bytes[]): Bytes => encodeEvent(EVENT.leMeta, Uint8Array.of(subevent), ...fields);

/** Each answers one command and lets the host send the next one. */
export const encodeCommandComplete = (opcode: number, status: number, result: Bytes): Bytes =>
  encodeEvent(EVENT.commandComplete, Uint8Array.of(1), u16(opcode), Uint8Array.of(status), result);
export const encodeCommandStatus = (opcode: number, status: number): Bytes => encodeEvent(EVENT.commandStatus, Uint8Array.of(status, 1), u16(opcode));

/** Controller to host: flags 2 start a frame, 1 go on with it. */
export const encodeAcl = (handle: number, first: boolean, data: Bytes): Bytes =>
  concat(Uint8Array.of(PACKET_TYPE.acl), u16(handle | ((first ? 2 : 1) << 12)), u16(data.length), data);

type Mask = { readonly events: bigint; readonly leEvents: bigint };

/** After a reset. Core specification Vol 4 Part E §7.3.1 and §7.8.1. */
export const DEFAULT_MASK: Mask = { events: 0x1fffffffffffn, leEvents: 0x1fn };

const UNMASKABLE: ReadonlySet<number> = new Set([EVENT.commandComplete, EVENT.commandStatus, EVENT.completedPackets]);
const has = (mask: bigint, code: number): boolean => ((mask >> BigInt(code - 1)) & 1n) === 1n;

/** Does the host want this event? */
export const wanted = ({ events, leEvents }: Mask, packet: Bytes): boolean => {
  const [type, code = 0, , subevent = 0] = packet;
  if (type !== PACKET_TYPE.event || UNMASKABLE.has(code)) return true;
  return has(events, code) && (code !== EVENT.leMeta || has(leEvents, subevent));
};

export const wantsEnhanced = ({ leEvents }: Mask): boolean => has(leEvents, LE_EVENT.enhancedConnectionComplete);
export type { Mask };
