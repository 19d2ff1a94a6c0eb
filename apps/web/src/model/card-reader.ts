// A card reader on the desk, as a port: a card is laid there and answers commands. Today a WebSocket on this machine, as the virtual lock's card pad serves it; a native shell or a reader's
// own driver fills the same port.

import type { Bytes } from '@mortise/base/bytes.ts';
import type { ProductName } from '@mortise/cards/product.ts';

export type LaidCard = { readonly product: ProductName; readonly uid: Bytes };

export type CardReader = {
  /** The card that lies there, or the next one; undefined: none came in time, or the reader is gone. */
  readonly laid: (waitMs: number) => Promise<LaidCard | undefined>;
  /** Undefined: the card was lifted, or says nothing. */
  readonly transmit: (apdu: Bytes) => Promise<Bytes | undefined>;
  readonly close: () => void;
};

const [LAID, ANSWER] = [1, 2];
const ANSWER_MS = 2000;
const OPEN_MS = 1500;

const cardIn = (message: Bytes): LaidCard | undefined => (message[0] === LAID ? { product: message[1] === 1 ? 'desfire' : 'ntag424', uid: message.slice(2) } : undefined);

/** What comes next is awaited by one at a time. */
const readerOf = (socket: WebSocket): CardReader => {
  const pad: { card: LaidCard | undefined } = { card: undefined };
  let wake: (message: Bytes | undefined) => void = () => undefined;
  socket.addEventListener('message', ({ data }) => {
    const message = data instanceof ArrayBuffer ? new Uint8Array(data) : new Uint8Array(0);
    if (message[0] !== ANSWER) pad.card = cardIn(message);
    wake(message);
  });
  socket.addEventListener('close', () => wake(undefined));
  const next = (waitMs: number): Promise<Bytes | undefined> => {
    const { promise, resolve } = Promise.withResolvers<Bytes | undefined>();
    const timer = setTimeout(() => wake(undefined), waitMs);
    wake = (message) => {
      clearTimeout(timer);
      resolve(message);
    };
    return promise;
  };
  return {
    laid: async (waitMs) => {
      const end = Date.now() + waitMs;
      while (pad.card === undefined && Date.now() < end && socket.readyState === WebSocket.OPEN) await next(end - Date.now());
      return pad.card;
    },
    transmit: async (apdu) => {
      if (socket.readyState !== WebSocket.OPEN) return undefined;
      socket.send(apdu.slice());
      const message = await next(ANSWER_MS);
      return message?.[0] === ANSWER ? message.slice(1) : undefined;
    },
    close: () => socket.close(),
  };
};

/** Undefined: nobody answers there. */
export const openReader = (address: string): Promise<CardReader | undefined> => {
  const { promise, resolve } = Promise.withResolvers<CardReader | undefined>();
  const socket = new WebSocket(address);
  socket.binaryType = 'arraybuffer';
  const timer = setTimeout(() => socket.close(), OPEN_MS);
  socket.addEventListener('open', () => {
    clearTimeout(timer);
    resolve(readerOf(socket));
  });
  socket.addEventListener('close', () => {
    clearTimeout(timer);
    resolve(undefined);
  });
  return promise;
};
