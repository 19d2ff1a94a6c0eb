// Phones at the door, as the virtual lock hears them: each WebSocket stands for one Bluetooth connection, each binary message for one
// GATT packet. Here packets are put together and cut; what the frames say is the lock's business. Whoever sends what is no packet, or
// takes too slowly what the lock says, is cut off. Numbers of connections are never used twice.

import type { WebSocket } from 'ws';
import type { Bytes } from '@mortise/base/bytes.ts';
import { NO_PACKETS, packetsOf, takePacket, type Assembly, type PacketCounter } from '@mortise/courier/near-packet.ts';

/** More than the lock keeps: which of them has to go is for the lock to say. */
export const MAX_NEAR_SOCKETS = 8;
/** What a phone has not taken yet; a batch of the journal has a fifth of it. */
export const MAX_UNSENT_BYTES = 262_144;
/** How long a phone may take to agree to the end. */
const CLOSE_MS = 1000;

export type NearEvents = {
  readonly opened: (connection: number) => void;
  readonly frame: (connection: number, bytes: Bytes) => void;
  readonly closed: (connection: number) => void;
};

type Phone = { readonly socket: WebSocket; assembly: Assembly; counter: PacketCounter };

export class NearLinks {
  readonly #events: NearEvents;
  readonly #phones = new Map<number, Phone>();
  /** Those that are closed here and may not be closed there. */
  readonly #leaving = new Set<WebSocket>();
  #count = 0;

  constructor(events: NearEvents) {
    this.#events = events;
  }

  hasRoom(): boolean {
    return this.#phones.size + this.#leaving.size < MAX_NEAR_SOCKETS;
  }

  /** Takes an open socket. */
  accept(socket: WebSocket): void {
    this.#count += 1;
    const connection = this.#count;
    this.#phones.set(connection, { socket, assembly: NO_PACKETS, counter: 0 });
    socket.on('message', (data, isBinary) => this.#received(connection, isBinary && Buffer.isBuffer(data) ? new Uint8Array(data) : undefined));
    socket.on('close', () => this.#gone(connection, socket));
    // Whatever goes wrong ends in `close`.
    socket.on('error', doNothing);
    this.#events.opened(connection);
  }

  /** Sends a near frame; one to nobody is lost. */
  send(connection: number, frame: Bytes): void {
    const phone = this.#phones.get(connection);
    if (phone === undefined) return;
    const { packets, counter } = packetsOf(frame, phone.counter);
    phone.counter = counter;
    for (const packet of packets) phone.socket.send(packet, doNothing);
    if (phone.socket.bufferedAmount > MAX_UNSENT_BYTES) this.#cut(connection);
  }

  /** Closes a connection once what was said has gone out. The events hear nothing of it. */
  close(connection: number): void {
    const phone = this.#phones.get(connection);
    if (phone === undefined) return;
    this.#phones.delete(connection);
    this.#leaving.add(phone.socket);
    phone.socket.close();
    setTimeout(() => phone.socket.terminate(), CLOSE_MS).unref();
  }

  /** The lock's life is over: nobody is heard any more. */
  closeAll(): void {
    for (const connection of this.#phones.keys()) this.close(connection);
  }

  /** Ends at once what has not ended. */
  terminate(): void {
    this.closeAll();
    for (const socket of this.#leaving) socket.terminate();
  }

  #received(connection: number, packet: Bytes | undefined): void {
    const phone = this.#phones.get(connection);
    if (phone === undefined) return;
    const taken = takePacket(phone.assembly, packet ?? NOTHING);
    if (taken.kind === 'broken') return this.#cut(connection);
    phone.assembly = taken.assembly;
    if (taken.kind === 'message') this.#events.frame(connection, taken.message);
  }

  #cut(connection: number): void {
    const phone = this.#phones.get(connection);
    if (phone === undefined) return;
    this.#phones.delete(connection);
    phone.socket.terminate();
    this.#events.closed(connection);
  }

  #gone(connection: number, socket: WebSocket): void {
    this.#leaving.delete(socket);
    if (this.#phones.delete(connection)) this.#events.closed(connection);
  }
}

const NOTHING: Bytes = new Uint8Array(0);
const doNothing = (): void => undefined;
