// A controller for a host in another process: H4 over a stream socket, as over a serial line. The radio's process serves it, the host's
// connects.

import { createConnection, createServer, type Server, type Socket } from 'node:net';
import type { Bytes } from '@mortise/base/bytes.ts';
import type { Controller } from './controller.ts';
import type { Adapter, Host } from './driver.ts';
import { H4Frames } from './h4-frames.ts';
import { HciPort } from './hci-port.ts';

/** A host that does not read: it is cut off when so much waits for it. */
export const MAX_WAITING_BYTES = 1 << 20;

const readFrames = (socket: Socket, take: (packet: Bytes) => void): void => {
  const frames = new H4Frames();
  socket.on('data', (bytes: Buffer) => {
    const packets = frames.take(new Uint8Array(bytes));
    if (packets === undefined) socket.destroy();
    else for (const packet of packets) take(packet);
  });
  socket.on('error', () => { socket.destroy(); });
};

const writeFrame = (socket: Socket, packet: Bytes): void => {
  if (socket.writableLength > MAX_WAITING_BYTES) socket.destroy();
  else socket.write(packet);
};

/** Serves `controller` to one host at a time; a host that goes leaves it as after a reset. The caller lets it listen, and closes it. */
export const serveController = (controller: Controller): Server => {
  const server = createServer({ noDelay: true }, (socket) => {
    const port = new HciPort(controller);
    const leave = controller.listen({ packet: (packet) => { writeFrame(socket, packet); }, power: () => { if (!controller.powered) socket.destroy(); } });
    readFrames(socket, (packet) => { port.write(packet); });
    socket.on('close', () => {
      leave();
      controller.reset();
    });
  });
  server.maxConnections = 1;
  return server;
};

/** The controller that is served at `path`, a socket's path or a port; up while connected, and gone for good when the connection ends. */
export const remoteAdapter = (path: string): Adapter => {
  const hosts = new Set<Host>();
  const socket = createConnection({ path });
  let up = false;
  const change = (now: boolean): void => {
    up = now;
    for (const host of hosts) host.power();
  };
  socket.on('connect', () => { change(true); });
  socket.on('close', () => { change(false); });
  readFrames(socket, (packet) => { for (const host of hosts) host.packet(packet); });
  socket.unref();
  return {
    isUp: () => up,
    listen: (host) => {
      hosts.add(host);
      return () => { hosts.delete(host); };
    },
    write: (packet) => { if (up) writeFrame(socket, packet); },
  };
};
