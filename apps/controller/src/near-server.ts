// The near link of a virtual lock: a WebSocket beside the Workbench, in the place of a radio. Any page and any program of this machine may
// connect, as anybody may who stands at a door; so nothing relies on who they are.

import type { EventEmitter } from 'node:events';
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocketServer } from 'ws';
import { MAX_PACKET_BYTES } from '@mortise/courier/near-packet.ts';
import type { NearLinks } from './near-links.ts';
import { channelOf } from './socket-channel.ts';

export const NEAR_PATH = '/near';

/** Serves `links` on the path /near of `server` (an HTTP server); every other upgrade is refused. */
export const serveNear = (server: EventEmitter, links: NearLinks): void => {
  // One packet on each turn of the event loop: phones that flood the lock do so in turn with everybody else.
  const sockets = new WebSocketServer({ noServer: true, maxPayload: MAX_PACKET_BYTES, perMessageDeflate: false, allowSynchronousEvents: false });
  server.on('upgrade', (request: IncomingMessage, stream: Duplex, head: Buffer) => {
    stream.on('error', () => stream.destroy());
    if (pathOf(request) !== NEAR_PATH) return refuse(stream, '404 Not Found');
    if (!links.hasRoom()) return refuse(stream, '503 Service Unavailable');
    sockets.handleUpgrade(request, stream, head, (socket) => links.accept(channelOf(socket)));
    return undefined;
  });
};

const pathOf = ({ url = '' }: IncomingMessage): string => url.split('?')[0] ?? '';

const refuse = (stream: Duplex, status: string): void => {
  stream.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
};
