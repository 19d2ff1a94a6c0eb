// A bound before the broker's parser, which would collect up to 256 MB for one packet: the lengths of MQTT's fixed headers
// (MQTT 3.1.1 §2.2) are followed, and a client that announces too long a packet, or sends too many, is cut off.

import { err, ok, type Result } from '@mortise/base/result.ts';

export type PacketBounds = {
  /** The longest packet after its fixed header, in bytes. */
  readonly maxPacketBytes: number;
  /** So many packets at once, and so many more with each second. */
  readonly burst: number;
  readonly perSecond: number;
};

/** Where in a packet the stream stands: `skip` body bytes to go, else in the fixed header at byte `header`. */
export type PacketState = {
  readonly skip: number; readonly header: number; readonly length: number;
  readonly tokens: number; readonly at: number;
};
export type PacketRefusal = { readonly code: 'packet-too-long' | 'packet-malformed' | 'too-many-packets' };

const MAX_LENGTH_BYTES = 4;

export const packetStart = (bounds: PacketBounds, now: number): PacketState => ({ skip: 0, header: 0, length: 0, tokens: bounds.burst, at: now });

/** Follows one chunk. `now`: milliseconds of any steady clock. */
export const followPackets = (state: PacketState, chunk: Uint8Array, bounds: PacketBounds, now: number): Result<PacketState, PacketRefusal> => {
  let { skip, header, length } = state;
  let tokens = Math.min(bounds.burst, state.tokens + ((now - state.at) * bounds.perSecond) / 1000);
  for (let index = 0; index < chunk.length; ) {
    if (skip > 0) {
      const step = Math.min(skip, chunk.length - index);
      skip -= step;
      index += step;
      continue;
    }
    const byte = chunk[index] ?? 0;
    index += 1;
    header += 1;
    if (header === 1) {
      tokens -= 1;
      length = 0;
      if (tokens < 0) return err({ code: 'too-many-packets' });
      continue;
    }
    length += (byte & 127) * 128 ** (header - 2);
    if (length > bounds.maxPacketBytes) return err({ code: 'packet-too-long' });
    if (byte < 128) {
      skip = length;
      header = 0;
    } else if (header > MAX_LENGTH_BYTES) return err({ code: 'packet-malformed' });
  }
  return ok({ skip, header, length, tokens, at: now });
};
