// A WebSocket in the place of a wire: its binary messages are bytes in any pieces, and the bytes are serial frames (courier's serial-frame.ts). Who
// sends noise is not heard; who sends no bytes, or takes too slowly what is said, is cut off. A wire may be given an end after so many bytes,
// both ways counted, in the middle of a frame too: what stands before it went over.

import type { WebSocket } from 'ws';
import type { Bytes } from '@mortise/base/bytes.ts';
import { encodeSerialFrame, hearSerial, IDLE_LINE, MAX_SERIAL_FRAME_BYTES, type SerialLine } from '@mortise/courier/serial-frame.ts';

/** One whole frame with its zero; pieces may be smaller. */
export const MAX_PIECE_BYTES = MAX_SERIAL_FRAME_BYTES + 1;
/** What the other side has not taken yet. */
export const MAX_UNSENT_BYTES = 262_144;
/** How long it may take to agree to the end. */
const CLOSE_MS = 1000;

export type FramedEvents = {
  readonly message: (bytes: Bytes) => void;
  /** Bytes came that are no frame; once for each zero that ends some, and for each frame's length without one. Left out: they are passed over. */
  readonly noise?: () => void;
  /** Once: nothing goes over any more, whoever ended it. */
  readonly ended: () => void;
};

export class FramedSocket {
  readonly #socket: WebSocket;
  readonly #events: FramedEvents;
  #line: SerialLine = IDLE_LINE;
  #left: number;
  #isOpen = true;
  #isOver = false;
  #bytes = 0;

  /** Takes an open socket. `endAfterBytes`: the wire ends then. */
  constructor(socket: WebSocket, events: FramedEvents, endAfterBytes = Infinity) {
    [this.#socket, this.#events, this.#left] = [socket, events, endAfterBytes];
    socket.on('message', (data, isBinary) => (isBinary && Buffer.isBuffer(data) ? this.#heard(new Uint8Array(data)) : this.#lost()));
    socket.on('close', () => this.#over());
    // Whatever goes wrong ends in `close`.
    socket.on('error', doNothing);
  }

  /** Bytes that went over, both ways. */
  get bytes(): number {
    return this.#bytes;
  }

  /** One message of 1 to MAX_LINK_MESSAGE_BYTES bytes; one to nobody is lost. */
  send(message: Bytes): void {
    if (!this.#isOpen) return;
    const frame = this.#passing(encodeSerialFrame(message));
    if (frame.length > 0) this.#socket.send(frame, doNothing);
    if (this.#left === 0 || this.#socket.bufferedAmount > MAX_UNSENT_BYTES) this.#lost();
  }

  /** Ends it once what was said has gone out; nothing that comes is heard any more. */
  close(): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    this.#socket.close();
    setTimeout(() => this.#socket.terminate(), CLOSE_MS).unref();
  }

  /** Ends it at once. */
  terminate(): void {
    this.#isOpen = false;
    this.#socket.terminate();
    this.#over();
  }

  #heard(bytes: Bytes): void {
    if (!this.#isOpen) return;
    const { line, messages, noise } = hearSerial(this.#line, this.#passing(bytes));
    this.#line = line.isLost ? IDLE_LINE : line;
    for (const message of messages) if (this.#isOpen) this.#events.message(message);
    for (let count = 0; count < noise + Number(line.isLost); count += 1) if (this.#isOpen) this.#events.noise?.();
    if (this.#left === 0) this.#lost();
  }

  // What goes over before the wire's end.
  #passing(bytes: Bytes): Bytes {
    const passed = bytes.subarray(0, Math.min(bytes.length, this.#left));
    this.#left -= passed.length;
    this.#bytes += passed.length;
    return passed;
  }

  // Over for this side; what was sent before still goes out.
  #lost(): void {
    this.close();
    this.#over();
  }

  #over(): void {
    this.#isOpen = false;
    if (this.#isOver) return;
    this.#isOver = true;
    this.#events.ended();
  }
}

const doNothing = (): void => undefined;
