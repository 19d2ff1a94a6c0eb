// A WebSocket as a near channel: each stands for one Bluetooth connection, each binary message for one GATT packet.

import type { WebSocket } from 'ws';
import { EMPTY } from '@mortise/base/bytes.ts';
import type { NearChannel } from '@mortise/courier/near-channel.ts';
import { MAX_PACKET_BYTES } from '@mortise/courier/near-packet.ts';

/** How long a phone may take to agree to the end. */
const CLOSE_MS = 1000;

/** Of an open socket. What is no binary message comes as a packet without bytes, which is none. */
export const channelOf = (socket: WebSocket): NearChannel => ({
  packetBytes: MAX_PACKET_BYTES,
  unsentBytes: () => socket.bufferedAmount,
  send: (packet) => socket.send(packet, doNothing),
  close: () => {
    socket.close();
    setTimeout(() => socket.terminate(), CLOSE_MS).unref();
  },
  cut: () => socket.terminate(),
  hear: ({ packet, closed }) => {
    socket.on('message', (data, isBinary) => packet(isBinary && Buffer.isBuffer(data) ? new Uint8Array(data) : EMPTY));
    socket.on('close', closed);
    // Whatever goes wrong ends in `close`.
    socket.on('error', doNothing);
  },
});

const doNothing = (): void => undefined;
