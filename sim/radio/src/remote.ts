// A controller for a host in another process: H4 over a stream socket, as over a serial line. The radio's process serves it, the host's
// connects.

import { createServer, type Server } from 'node:net';
import { readH4, writeH4 } from '@mortise/bluetooth/h4-socket.ts';
import type { Controller } from './controller.ts';
import { HciPort } from './hci-port.ts';

/** Serves `controller` to one host at a time; a host that goes leaves it as after a reset. The caller lets it listen, and closes it. */
export const serveController = (controller: Controller): Server => {
  const server = createServer({ noDelay: true }, (socket) => {
    const port = new HciPort(controller);
    const leave = controller.listen({ packet: (packet) => { writeH4(socket, packet); }, power: () => { if (!controller.powered) socket.destroy(); } });
    readH4(socket, (packet) => { port.write(packet); });
    socket.on('close', () => {
      leave();
      controller.reset();
    });
  });
  server.maxConnections = 1;
  return server;
};
