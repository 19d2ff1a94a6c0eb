// The card pad lent as a desk reader: while a page is connected to it, a card that is laid there is that page's and not the lock's. Messages are bytes. To the page: 01 product(1: 0 NTAG 424
// DNA, 1 DESFire) uid: a card was laid; 00: lifted; 02 answer. From the page: a command for the card.

import type { WebSocket } from 'ws';
import { concat } from '@mortise/base/bytes.ts';
import type { SocketPath } from '@mortise/device/sockets.ts';
import type { PadEvent } from './entry-pad.ts';
import type { VirtualPad } from './virtual-pad.ts';

export const CARD_READER_PATH = '/card-reader';
/** A short APDU. */
const MAX_COMMAND_BYTES = 261;
const [LIFTED, LAID, ANSWER] = [0, 1, 2];

const told = (event: PadEvent): Uint8Array | undefined => {
  if (event.kind === 'cardFound') return concat(Uint8Array.of(LAID, event.product === 'desfire' ? 1 : 0), event.uid);
  if (event.kind === 'cardAnswer') return concat(Uint8Array.of(ANSWER), event.apdu);
  return event.kind === 'cardGone' ? Uint8Array.of(LIFTED) : undefined;
};

/** One page at a time. */
export const deskReader = (pad: VirtualPad): SocketPath => {
  let reading: WebSocket | undefined;
  const accept = (socket: WebSocket): void => {
    reading = socket;
    const giveBack = pad.lendReader((event) => {
      const message = told(event);
      if (message !== undefined && socket.readyState === socket.OPEN) socket.send(message);
    });
    socket.on('message', (data, isBinary) => {
      if (!isBinary || !Buffer.isBuffer(data)) return socket.close();
      pad.sendToCard(Uint8Array.from(data));
    });
    socket.on('error', () => socket.terminate());
    socket.on('close', () => {
      giveBack();
      reading = undefined;
    });
  };
  return { path: CARD_READER_PATH, maxMessageBytes: MAX_COMMAND_BYTES, hasRoom: () => reading === undefined, accept, terminate: () => reading?.terminate() };
};
