// An electronic key in this process, in real time, whose update link stands at an address of this machine: packages/ekey as it is, around it a wire that
// a test may end after so many bytes.

import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { WebSocketServer, type WebSocket } from 'ws';
import { required } from '@mortise/base/assert.ts';
import { encodeSerialFrame, hearSerial, IDLE_LINE } from '@mortise/courier/serial-frame.ts';
import { KeyWorld, type Timeline } from '@mortise/ekey/world.conformance.ts';

/** The running clock of the machine, which a test may put forward. */
class RealTime implements Timeline {
  ahead = 0;
  get nowMs(): number {
    return Math.round(performance.now()) + this.ahead;
  }
  later(delayMs: number, run: () => void): void {
    setTimeout(run, delayMs).unref();
  }
}

export type ServedKey = {
  readonly port: number; readonly world: KeyWorld; readonly time: RealTime;
  /** The next connection ends after so many bytes to the key. */
  cutAfter: number | undefined;
  /** Whoever updates it, the last that came. */
  socket: WebSocket | undefined;
  readonly stop: () => Promise<void>;
};

export const serveKey = async (seed: string): Promise<ServedKey> => {
  const time = new RealTime();
  const world = new KeyWorld(time, seed);
  world.start();
  await sleep(50);
  const server = new WebSocketServer({ port: 0, host: '127.0.0.1', path: '/update' });
  await once(server, 'listening');
  const address = server.address();
  const key: ServedKey = {
    port: required(typeof address === 'object' ? address?.port : undefined, 'the server listens'), world, time, cutAfter: undefined, socket: undefined,
    stop: async () => {
      for (const socket of server.clients) socket.terminate();
      server.close();
      await once(server, 'close');
    },
  };
  server.on('connection', (socket) => attend(key, socket));
  return key;
};

const attend = (key: ServedKey, socket: WebSocket): void => {
  const { world } = key;
  let [line, left] = [IDLE_LINE, key.cutAfter ?? Infinity];
  key.cutAfter = undefined;
  world.hearUpdate = (message) => socket.send(encodeSerialFrame(message));
  world.updateClosed = () => socket.close();
  socket.on('message', (data, isBinary) => {
    const bytes = isBinary && Buffer.isBuffer(data) ? new Uint8Array(data) : new Uint8Array(0);
    const heard = hearSerial(line, bytes.subarray(0, left));
    left -= bytes.length;
    line = heard.line;
    for (const message of heard.messages) world.input({ kind: 'message', bytes: message });
    if (left <= 0) socket.terminate();
  });
  key.socket = socket;
  socket.on('close', () => { if (key.socket === socket) world.input({ kind: 'unlinked' }); });
  world.input({ kind: 'linked' });
};
