// How near frames go over what is between phone and lock: cut into packets, as over Bluetooth, or each a serial frame in a stream of bytes, as by
// contact through a station or an adapter. Pure; the bytes are the shell's to move.

import type { Bytes } from '@mortise/base/bytes.ts';
import { MAX_PACKET_BYTES, NO_PACKETS, packetsOf, takePacket, type Assembly, type PacketCounter } from '@mortise/courier/near-packet.ts';
import { encodeSerialFrame, hearSerial, IDLE_LINE, type SerialLine } from '@mortise/courier/serial-frame.ts';

export type WireKind = 'radio' | 'contact';
export type NearWire =
  | { readonly kind: 'radio'; readonly assembly: Assembly; readonly counter: PacketCounter; readonly packetBytes: number }
  | { readonly kind: 'contact'; readonly line: SerialLine };

/** `packetBytes`: of a radio, MIN_PACKET_BYTES to MAX_PACKET_BYTES. */
export const newWire = (kind: WireKind, packetBytes: number = MAX_PACKET_BYTES): NearWire =>
  (kind === 'radio' ? { kind, assembly: NO_PACKETS, counter: 0, packetBytes } : { kind, line: IDLE_LINE });

/** `frames`: those that are whole now; undefined: what came is out of form, and nothing that follows counts. Takes any bytes. */
export const hearWire = (wire: NearWire, bytes: Bytes): { readonly wire: NearWire; readonly frames: readonly Bytes[] } | undefined => {
  if (wire.kind === 'contact') {
    const { line, messages, noise } = hearSerial(wire.line, bytes);
    return noise > 0 || line.isLost ? undefined : { wire: { ...wire, line }, frames: messages };
  }
  const taken = takePacket(wire.assembly, bytes);
  if (taken.kind === 'broken') return undefined;
  return { wire: { ...wire, assembly: taken.assembly }, frames: taken.kind === 'message' ? [taken.message] : [] };
};

/** The pieces in which a frame goes, in order. */
export const sayOnWire = (wire: NearWire, frame: Bytes): { readonly wire: NearWire; readonly pieces: readonly Bytes[] } => {
  if (wire.kind === 'contact') return { wire, pieces: [encodeSerialFrame(frame)] };
  const { packets, counter } = packetsOf(frame, wire.counter, wire.packetBytes);
  return { wire: { ...wire, counter }, pieces: packets };
};
