// A way to somebody near, as whoever speaks over it sees it: packets in order, both ways, while it lasts. A WebSocket in the place of a radio, a pair of
// GATT characteristics, whatever a native shell has; at either end.

import type { Bytes } from '@mortise/base/bytes.ts';

export type NearChannel = {
  /** The longest packet that passes to the other side, MIN_PACKET_BYTES to MAX_PACKET_BYTES; agreed on before anything was said. */
  readonly packetBytes: number;
  /** What was sent and has not gone out, in bytes. */
  readonly unsentBytes: () => number;
  /** Nothing once the channel is closed. */
  readonly send: (packet: Bytes) => void;
  /** Ends it once what was sent has gone out, within a second or so. */
  readonly close: () => void;
  /** Ends it now. */
  readonly cut: () => void;
  /** Called once, before anything can have come. */
  readonly hear: (hearing: NearChannelHearing) => void;
};

/** `closed`: once, by whomever it was ended; nothing comes after it. */
export type NearChannelHearing = { readonly packet: (packet: Bytes) => void; readonly closed: () => void };
