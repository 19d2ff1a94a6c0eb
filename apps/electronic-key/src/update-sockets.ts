// The key's socket for a phone's page, or a program of this machine, that updates it: serial frames of link messages (courier's key-message.ts). One
// at a time; who comes takes the place of who was there, as at a key's one plug.

import type { WebSocket } from 'ws';
import { FramedSocket, MAX_PIECE_BYTES } from '@mortise/device/framed-socket.ts';
import type { SocketPath } from '@mortise/device/sockets.ts';
import type { ElectronicKey, Speaker } from './electronic-key.ts';

export const UPDATE_PATH = '/update';
/** The one that is heard, and some that are on their way out. */
const MAX_SOCKETS = 4;

export const updateSockets = (key: ElectronicKey): SocketPath => {
  const wires = new Set<FramedSocket>();
  const accept = (socket: WebSocket): void => {
    const wire: FramedSocket = new FramedSocket(socket, {
      message: (bytes) => speaker.say(bytes),
      ended: () => {
        wires.delete(wire);
        speaker.gone();
      },
    });
    wires.add(wire);
    const speaker: Speaker = key.link({ send: (message) => wire.send(message), close: () => wire.close() });
  };
  return { path: UPDATE_PATH, maxMessageBytes: MAX_PIECE_BYTES, hasRoom: () => wires.size < MAX_SOCKETS, accept, terminate: () => wires.forEach((wire) => wire.terminate()) };
};
