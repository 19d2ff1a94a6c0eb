// Phones at the door, by whatever way they came: each channel carries packets, a WebSocket's in the place of a radio or a GATT pair's. Here packets are
// put together and cut; what the frames say is the lock's business. Whoever sends what is no packet, or takes too slowly what the lock says, is cut
// off. Numbers of connections are never used twice.

import type { Bytes } from '@mortise/base/bytes.ts';
import type { NearChannel } from '@mortise/courier/near-channel.ts';
import { NO_PACKETS, packetsOf, takePacket, type Assembly, type PacketCounter } from '@mortise/courier/near-packet.ts';

/** More than the lock keeps: which of them has to go is for the lock to say. */
export const MAX_NEAR_CHANNELS = 8;
/** What a phone has not taken yet; a batch of the journal has a fifth of it. */
export const MAX_UNSENT_BYTES = 262_144;

export type NearEvents = {
  readonly opened: (connection: number) => void;
  readonly frame: (connection: number, bytes: Bytes) => void;
  readonly closed: (connection: number) => void;
};

type Phone = { readonly channel: NearChannel; assembly: Assembly; counter: PacketCounter };

export class NearLinks {
  readonly #events: NearEvents;
  readonly #phones = new Map<number, Phone>();
  /** Those that are closed here and may not be closed there. */
  readonly #leaving = new Set<NearChannel>();
  #count = 0;

  constructor(events: NearEvents) {
    this.#events = events;
  }

  hasRoom(): boolean {
    return this.#phones.size + this.#leaving.size < MAX_NEAR_CHANNELS;
  }

  /** Takes a channel that nobody hears yet; without room it is cut. */
  accept(channel: NearChannel): void {
    if (!this.hasRoom()) return channel.cut();
    this.#count += 1;
    const connection = this.#count;
    this.#phones.set(connection, { channel, assembly: NO_PACKETS, counter: 0 });
    channel.hear({ packet: (packet) => this.#received(connection, packet), closed: () => this.#gone(connection, channel) });
    if (this.#phones.has(connection)) this.#events.opened(connection);
    return undefined;
  }

  /** Sends a near frame; one to nobody is lost. */
  send(connection: number, frame: Bytes): void {
    const phone = this.#phones.get(connection);
    if (phone === undefined) return;
    const { packets, counter } = packetsOf(frame, phone.counter, phone.channel.packetBytes);
    phone.counter = counter;
    for (const packet of packets) phone.channel.send(packet);
    if (phone.channel.unsentBytes() > MAX_UNSENT_BYTES) this.#cut(connection);
  }

  /** Closes a connection once what was said has gone out. The events hear nothing of it. */
  close(connection: number): void {
    const phone = this.#phones.get(connection);
    if (phone === undefined) return;
    this.#phones.delete(connection);
    this.#leaving.add(phone.channel);
    phone.channel.close();
  }

  /** The lock's life is over: nobody is heard any more. */
  closeAll(): void {
    for (const connection of this.#phones.keys()) this.close(connection);
  }

  /** Ends at once what has not ended. */
  terminate(): void {
    this.closeAll();
    for (const channel of this.#leaving) channel.cut();
  }

  #received(connection: number, packet: Bytes): void {
    const phone = this.#phones.get(connection);
    if (phone === undefined) return;
    const taken = takePacket(phone.assembly, packet);
    if (taken.kind === 'broken') return this.#cut(connection);
    phone.assembly = taken.assembly;
    if (taken.kind === 'message') this.#events.frame(connection, taken.message);
  }

  // It takes a place until it is gone.
  #cut(connection: number): void {
    const phone = this.#phones.get(connection);
    if (phone === undefined) return;
    this.#phones.delete(connection);
    this.#leaving.add(phone.channel);
    phone.channel.cut();
    this.#events.closed(connection);
  }

  #gone(connection: number, channel: NearChannel): void {
    this.#leaving.delete(channel);
    if (this.#phones.delete(connection)) this.#events.closed(connection);
  }
}
