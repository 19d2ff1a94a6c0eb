// The near link of a virtual lock: a WebSocket beside the Workbench, in the place of a radio.

import type { SocketPath } from '@mortise/device/sockets.ts';
import { MAX_PACKET_BYTES } from '@mortise/courier/near-packet.ts';
import type { NearLinks } from './near-links.ts';
import { channelOf } from './socket-channel.ts';

export const NEAR_PATH = '/near';

/** Phones at the door, as sockets of the path /near. */
export const nearSockets = (links: NearLinks): SocketPath => ({
  path: NEAR_PATH, maxMessageBytes: MAX_PACKET_BYTES,
  hasRoom: () => links.hasRoom(), accept: (socket) => links.accept(channelOf(socket)), terminate: () => links.terminate(),
});
