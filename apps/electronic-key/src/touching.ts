// The hand that holds the key: it touches the lock that stands beside it, over a WebSocket in the place of the pins, and lifts; or slips after so many
// bytes. The key that leaves takes the lock's power along.

import { WebSocket } from 'ws';
import { err, ok, type Result } from '@mortise/base/result.ts';
import { FramedSocket, MAX_PIECE_BYTES } from '@mortise/device/framed-socket.ts';
import type { EkeyError, ElectronicKey, Speaker } from './electronic-key.ts';

const REACH_MS = 3000;

const TOUCHING: EkeyError = { code: 'touching-already', message: 'The key touches the lock. Lift it first.' };
const NO_LOCK: EkeyError = { code: 'lock-missing', message: 'Nothing at that address takes a touch. Start the passive lock there, or choose another address.' };
const TAKEN: EkeyError = { code: 'lock-touched', message: 'Another key touches this lock, or it cannot live. Look at its own page.' };

type Touch = { readonly wire: FramedSocket; readonly liftAfter: number | undefined };

export class Touching {
  readonly #key: ElectronicKey;
  #touch: Touch | undefined;
  #isReaching = false;
  #lastBytes: number | undefined;

  constructor(key: ElectronicKey) {
    this.#key = key;
  }

  /** The touch that is on. */
  now(): { readonly bytes: number; readonly liftAfter: number | undefined } | undefined {
    return this.#touch && { bytes: this.#touch.wire.bytes, liftAfter: this.#touch.liftAfter };
  }

  /** Bytes of the last one, both ways. */
  lastBytes(): number | undefined {
    return this.#lastBytes;
  }

  /** Touches the lock whose Workbench is at this port of this machine. Errors: `touching-already`, `lock-missing`, `lock-touched`. */
  async touch(port: number, liftAfter: number | undefined): Promise<Result<undefined, EkeyError>> {
    if (this.#touch !== undefined || this.#isReaching) return err(TOUCHING);
    this.#isReaching = true;
    const reached = await reach(port);
    this.#isReaching = false;
    if (reached.ok) this.#begin(reached.value, liftAfter);
    return reached.ok ? ok(undefined) : reached;
  }

  /** The key leaves the lock. */
  lift(): void {
    this.#touch?.wire.terminate();
  }

  #begin(socket: WebSocket, liftAfter: number | undefined): void {
    const wire = new FramedSocket(socket, {
      message: (bytes) => speaker.say(bytes),
      ended: () => {
        [this.#touch, this.#lastBytes] = [undefined, wire.bytes];
        speaker.gone();
        this.#key.changed();
      },
    }, liftAfter);
    this.#touch = { wire, liftAfter };
    const speaker: Speaker = this.#key.touch({ send: (frame) => wire.send(frame), close: () => wire.close() });
    this.#key.changed();
    // What the lock said meanwhile is heard now.
    socket.resume();
  }
}

// The socket is paused: nothing is heard before there is somebody to hear it.
const reach = async (port: number): Promise<Result<WebSocket, EkeyError>> => {
  const socket = new WebSocket(`ws://127.0.0.1:${port}/contact`, { perMessageDeflate: false, handshakeTimeout: REACH_MS, maxPayload: MAX_PIECE_BYTES });
  const refused = Promise.withResolvers<Result<never, EkeyError>>();
  socket.once('unexpected-response', (_request, { statusCode }) => {
    socket.terminate();
    refused.resolve(err(statusCode === 503 ? TAKEN : NO_LOCK));
  });
  socket.on('error', () => refused.resolve(err(NO_LOCK)));
  const opened = Promise.withResolvers<Result<WebSocket, EkeyError>>();
  // Within the event itself: what came together with the answer to the handshake is heard on the next tick, which is before any promise.
  socket.once('open', () => {
    socket.pause();
    opened.resolve(ok(socket));
  });
  return Promise.race([refused.promise, opened.promise]);
};
