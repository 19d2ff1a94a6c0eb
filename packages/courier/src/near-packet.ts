// Packets of a near link: what fits into one GATT value, header(1) ‖ chunk. The header's bit 7 marks the last packet of its message, bits
// 0 to 6 count packets modulo 128, each way by itself, across messages: one that is missing, doubled or out of turn shows, and ends the
// connection. Nothing here is protected; whatever counts proves itself.

import { assert } from '@mortise/base/assert.ts';
import { concat, type Bytes } from '@mortise/base/bytes.ts';

/** An MTU of 256 less the three bytes of the attribute protocol. */
export const MAX_PACKET_BYTES = 253;
/** The same of Bluetooth's smallest MTU, 23. */
export const MIN_PACKET_BYTES = 20;
export const MAX_NEAR_MESSAGE_BYTES = 65_600;
/** Of one message: enough for the largest over the smallest MTU of Bluetooth (23), so that tiny packets cannot pile up. */
export const MAX_PACKETS = 3456;

const LAST = 0x80;
const COUNT = 0x7f;

/** The number of the next packet of this way, 0 to 127. */
export type PacketCounter = number;

/**
 * The packets of a message of 1 to MAX_NEAR_MESSAGE_BYTES bytes, the first numbered `counter`, none longer than `packetBytes`, MIN_PACKET_BYTES
 * to MAX_PACKET_BYTES: what the connection agreed on, less three. Other lengths are our bug.
 */
export const packetsOf = (message: Bytes, counter: PacketCounter, packetBytes: number = MAX_PACKET_BYTES): { readonly packets: readonly Bytes[]; readonly counter: PacketCounter } => {
  assert(message.length > 0 && message.length <= MAX_NEAR_MESSAGE_BYTES, 'a near message is bounded and not empty');
  assert(packetBytes >= MIN_PACKET_BYTES && packetBytes <= MAX_PACKET_BYTES, 'a packet is of a size that Bluetooth carries');
  const size = packetBytes - 1;
  const count = Math.ceil(message.length / size);
  const packets = Array.from({ length: count }, (_, index) => {
    const header = ((counter + index) & COUNT) | (index === count - 1 ? LAST : 0);
    return concat(Uint8Array.of(header), message.subarray(index * size, (index + 1) * size));
  });
  return { packets, counter: (counter + count) & COUNT };
};

/** One way of a connection: the number that the next packet must have, and the chunks of the message under way. */
export type Assembly = { readonly counter: PacketCounter; readonly chunks: readonly Bytes[]; readonly length: number };

export const NO_PACKETS: Assembly = { counter: 0, chunks: [], length: 0 };

/** `more`: the message is not complete; `message`: it is. `broken`: no packet, out of turn, or past a bound: nothing that follows counts. */
export type Assembled =
  | { readonly kind: 'more'; readonly assembly: Assembly }
  | { readonly kind: 'message'; readonly assembly: Assembly; readonly message: Bytes }
  | { readonly kind: 'broken' };

/** Takes any bytes. */
export const takePacket = ({ counter, chunks, length }: Assembly, packet: Bytes): Assembled => {
  const header = packet[0] ?? 0;
  const grown = length + packet.length - 1;
  if (packet.length < 2 || packet.length > MAX_PACKET_BYTES || (header & COUNT) !== counter) return { kind: 'broken' };
  if (grown > MAX_NEAR_MESSAGE_BYTES || chunks.length >= MAX_PACKETS) return { kind: 'broken' };
  const next = (counter + 1) & COUNT;
  const all = [...chunks, packet.slice(1)];
  if ((header & LAST) === 0) return { kind: 'more', assembly: { counter: next, chunks: all, length: grown } };
  return { kind: 'message', assembly: { counter: next, chunks: [], length: 0 }, message: concat(...all) };
};
