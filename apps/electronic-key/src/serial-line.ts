// A serial line, as a key and its station are at its two ends: serial frames of link messages, both ways. A bare line tells nobody that somebody has
// come; so who comes says two zeros, an empty frame, which is nothing to whoever listens for frames. The line is the system's own terminal device,
// set by stty: the bindings of the serialport package, under our Node, tell of what came on a line that was idle only at its next event.

import { execFile } from 'node:child_process';
import { close, constants, open, write } from 'node:fs';
import { ReadStream } from 'node:tty';
import { promisify } from 'node:util';
import { EMPTY, type Bytes } from '@mortise/base/bytes.ts';
import { err, ok, type Result } from '@mortise/base/result.ts';
import { encodeSerialFrame, hearSerial, IDLE_LINE, type SerialLine as Heard } from '@mortise/courier/serial-frame.ts';

const BAUD = '115200';
/** What the other end has not taken yet: nobody is there, and the rest is not said. */
const MAX_UNSENT_BYTES = 262_144;
/** A line that takes nothing more now is tried again after so long. */
const FULL_MS = 10;
const STTY_MS = 3000;
const HELLO: Bytes = Uint8Array.of(0, 0);

export type LineEvents = {
  /** Two zeros: somebody has come, or begins anew. */
  readonly came: () => void;
  readonly message: (bytes: Bytes) => void;
  /** Once: the line is gone. */
  readonly ended: () => void;
};

/** `line-unusable`: it is not there, is no terminal device, or is not for this user. */
export type LineError = { readonly code: 'line-unusable'; readonly message: string };

export class SerialLine {
  readonly #stream: ReadStream;
  readonly #out: number;
  readonly #events: LineEvents;
  #line: Heard = IDLE_LINE;
  #wasZero = false;
  #queue: Bytes[] = [];
  #queued = 0;
  #isWriting = false;
  #isOver = false;

  private constructor(stream: ReadStream, out: number, events: LineEvents) {
    [this.#stream, this.#out, this.#events] = [stream, out, events];
    stream.on('data', (data: Buffer) => this.#heard(new Uint8Array(data)));
    stream.on('error', () => this.close());
    stream.on('close', () => this.close());
  }

  /** Opens the line at `path`: 115,200 bits a second, eight of them to a byte, no parity, nothing echoed or translated. */
  static async open(path: string, events: LineEvents): Promise<Result<SerialLine, LineError>> {
    try {
      await asRaw(path);
      const [stream, out] = [new ReadStream(await opened(path)), await opened(path)];
      return ok(new SerialLine(stream, out, events));
    } catch (error) {
      return unusable(path, error);
    }
  }

  /** Says that somebody has come. */
  greet(): void {
    this.#write(HELLO);
  }

  /** One message of 1 to MAX_LINK_MESSAGE_BYTES bytes. */
  send(message: Bytes): void {
    this.#write(encodeSerialFrame(message));
  }

  close(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#queue = [];
    this.#stream.destroy();
    // What is being written uses it still.
    if (!this.#isWriting) close(this.#out, doNothing);
    this.#events.ended();
  }

  #write(bytes: Bytes): void {
    if (this.#isOver || this.#queued + bytes.length > MAX_UNSENT_BYTES) return;
    this.#queue.push(bytes);
    this.#queued += bytes.length;
    if (!this.#isWriting) this.#pump(EMPTY);
  }

  // One write at a time, in order; `rest` is what the last one left.
  #pump(rest: Bytes): void {
    const next = rest.length > 0 ? rest : this.#queue.shift();
    this.#isWriting = next !== undefined && !this.#isOver;
    if (this.#isOver) return close(this.#out, doNothing);
    if (next !== undefined) write(this.#out, next, (error, written) => this.#wrote(error, next, error === null ? written : 0));
    return undefined;
  }

  #wrote(error: NodeJS.ErrnoException | null, bytes: Bytes, written: number): void {
    this.#queued -= written;
    if (error === null) return this.#pump(bytes.subarray(written));
    if (error.code === 'EAGAIN') return void setTimeout(() => this.#pump(bytes), FULL_MS);
    this.#isWriting = false;
    return this.close();
  }

  #heard(bytes: Bytes): void {
    const { line, messages } = hearSerial(this.#line, bytes);
    this.#line = line;
    if (this.#hasGreeting(bytes)) this.#events.came();
    for (const message of messages) this.#events.message(message);
  }

  #hasGreeting(bytes: Bytes): boolean {
    let found = false;
    for (const byte of bytes) {
      found ||= byte === 0 && this.#wasZero;
      this.#wasZero = byte === 0;
    }
    return found;
  }
}

// Without the line's own waiting, a program that opens it would wait for a carrier; and it must not become the line of this process.
const asRaw = (path: string): Promise<unknown> =>
  promisify(execFile)('stty', [process.platform === 'darwin' ? '-f' : '-F', path, BAUD, 'raw', '-echo', 'cs8', '-cstopb', '-parenb', 'clocal'], { timeout: STTY_MS });

const opened = (path: string): Promise<number> => promisify(open)(path, constants.O_RDWR | constants.O_NOCTTY | constants.O_NONBLOCK);

// stty and the system say it in many ways; none of them is for a log.
const unusable = (path: string, _error: unknown): Result<never, LineError> =>
  err({ code: 'line-unusable', message: `${path} cannot be used as a serial line. Look whether it is there, and whether this user may use it.` });

const doNothing = (): void => undefined;
