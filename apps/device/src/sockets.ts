// WebSockets beside a device's page, each on a path of its own. Any page and any program of this machine may connect, as anybody may who stands at a
// door or holds a key; so nothing relies on who they are.

import type { EventEmitter } from 'node:events';
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocketServer, type WebSocket } from 'ws';

/** Who takes sockets of one path. `maxMessageBytes`: a longer message ends the socket. */
export type SocketPath = {
  readonly path: string;
  readonly maxMessageBytes: number;
  readonly hasRoom: () => boolean;
  readonly accept: (socket: WebSocket) => void;
  /** Ends at once what has not ended. */
  readonly terminate: () => void;
};

/** Serves the paths on `server` (an HTTP server); every other upgrade is refused. */
export const serveSockets = (server: EventEmitter, paths: readonly SocketPath[]): void => {
  const served = paths.map((each) => ({
    ...each,
    // One message on each turn of the event loop: who floods a device does so in turn with everybody else.
    sockets: new WebSocketServer({ noServer: true, maxPayload: each.maxMessageBytes, perMessageDeflate: false, allowSynchronousEvents: false }),
  }));
  server.on('upgrade', (request: IncomingMessage, stream: Duplex, head: Buffer) => {
    stream.on('error', () => stream.destroy());
    const found = served.find(({ path }) => path === pathOf(request));
    if (found === undefined) return refuse(stream, '404 Not Found');
    if (!found.hasRoom()) return refuse(stream, '503 Service Unavailable');
    found.sockets.handleUpgrade(request, stream, head, found.accept);
    return undefined;
  });
};

const pathOf = ({ url = '' }: IncomingMessage): string => url.split('?')[0] ?? '';

const refuse = (stream: Duplex, status: string): void => {
  stream.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
};
