// A phone's end of a near link, for tests: a WebSocket that cuts frames into packets and puts them together, and keeps what it heard.

import { WebSocket } from 'ws';
import type { Bytes } from '@mortise/base/bytes.ts';
import { decodeNearFrame, encodeNearFrame, type NearFrame } from '@mortise/courier/near-frame.ts';
import { NO_PACKETS, packetsOf, takePacket } from '@mortise/courier/near-packet.ts';

const PATIENCE_MS = 8000;

export class NearPhone {
  readonly socket: WebSocket;
  readonly heard: NearFrame[] = [];
  /** The code with which the connection ended; undefined while it is there. */
  ended: number | undefined;
  hear: (frame: NearFrame) => void = () => undefined;
  readonly #waiting = new Set<() => void>();
  #assembly = NO_PACKETS;
  #counter = 0;

  private constructor(socket: WebSocket) {
    this.socket = socket;
    socket.on('message', (data) => this.#received(Buffer.isBuffer(data) ? new Uint8Array(data) : new Uint8Array(0)));
    socket.on('close', (code) => {
      this.ended = code;
      this.#look();
    });
    socket.on('error', () => undefined);
  }

  /** Resolves once the connection is open, or refused: then `ended` is the HTTP status. */
  static connect(address: string): Promise<NearPhone> {
    const phone = new NearPhone(new WebSocket(address, { perMessageDeflate: false }));
    return new Promise((resolve) => {
      phone.socket.once('open', () => resolve(phone));
      phone.socket.once('unexpected-response', (_request, { statusCode }) => {
        phone.socket.removeAllListeners('close');
        phone.ended = statusCode ?? 0;
        phone.socket.terminate();
        resolve(phone);
      });
    });
  }

  say(frame: NearFrame): void {
    this.sayBytes(encodeNearFrame(frame));
  }

  sayBytes(bytes: Bytes): void {
    const { packets, counter } = packetsOf(bytes, this.#counter);
    this.#counter = counter;
    for (const packet of packets) this.socket.send(packet);
  }

  /** The first frame of this kind, now or later. */
  first<K extends NearFrame['kind']>(kind: K): Promise<Extract<NearFrame, { readonly kind: K }>> {
    const isKind = (frame: NearFrame): frame is Extract<NearFrame, { readonly kind: K }> => frame.kind === kind;
    return this.until(`a ${kind} frame`, () => this.heard.find(isKind));
  }

  /** The code with which the connection ends. */
  end(): Promise<number> {
    return this.until('the end', () => this.ended);
  }

  until<T>(what: string, look: () => T | undefined): Promise<T> {
    return new Promise((resolve, reject) => {
      const late = setTimeout(() => reject(new Error(`waited in vain for ${what}`)), PATIENCE_MS);
      const again = (): void => {
        const found = look();
        if (found === undefined) return;
        this.#waiting.delete(again);
        clearTimeout(late);
        resolve(found);
      };
      this.#waiting.add(again);
      again();
    });
  }

  #look(): void {
    for (const look of this.#waiting) look();
  }

  #received(packet: Bytes): void {
    const taken = takePacket(this.#assembly, packet);
    if (taken.kind === 'broken') throw new Error('the lock sends packets in order');
    this.#assembly = taken.assembly;
    if (taken.kind !== 'message') return;
    const frame = decodeNearFrame(taken.message);
    if (frame === undefined) throw new Error('the lock sends near frames');
    this.heard.push(frame);
    this.hear(frame);
    this.#look();
  }
}
