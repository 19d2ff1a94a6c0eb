// A controller behind a stream socket, H4 as over a serial line: a virtual radio, an emulator, a bridge to a chip elsewhere.

import { createConnection, type Socket } from 'node:net';
import type { Bytes } from '@mortise/base/bytes.ts';
import type { Controller, Host } from './driver.ts';
import { H4Frames } from './h4-frames.ts';

/** A side that does not read: it is cut off when so much waits for it. */
export const MAX_WAITING_BYTES = 1 << 20;

/** Hands over each whole packet that comes; a stream that is none of H4 is destroyed. */
export const readH4 = (socket: Socket, take: (packet: Bytes) => void): void => {
  const frames = new H4Frames();
  socket.on('data', (bytes: Buffer) => {
    const packets = frames.take(new Uint8Array(bytes));
    if (packets === undefined) socket.destroy();
    else for (const packet of packets) take(packet);
  });
  socket.on('error', () => { socket.destroy(); });
};

export const writeH4 = (socket: Socket, packet: Bytes): void => {
  if (socket.writableLength > MAX_WAITING_BYTES) socket.destroy();
  else socket.write(packet);
};

/** The controller that is served at `path`, a socket's path; up while connected, and gone for good when the connection ends or `close` is called. */
export const connectController = (path: string): Controller & { readonly close: () => void } => {
  const hosts = new Set<Host>();
  const socket = createConnection({ path, noDelay: true });
  let up = false;
  const change = (now: boolean): void => {
    up = now;
    for (const host of hosts) host.power();
  };
  socket.on('connect', () => { change(true); });
  socket.on('close', () => { change(false); });
  readH4(socket, (packet) => { for (const host of hosts) host.packet(packet); });
  socket.unref();
  return {
    isUp: () => up,
    listen: (host) => {
      hosts.add(host);
      return () => { hosts.delete(host); };
    },
    write: (packet) => { if (up) writeH4(socket, packet); },
    close: () => { socket.destroy(); },
  };
};
