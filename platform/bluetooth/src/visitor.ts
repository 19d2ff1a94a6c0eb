// One connection to the lock's GATT service: silent until it subscribes, then a channel, then gone. What it writes is taken in turn with everybody
// else's; what it is told goes out while it is there.

import type { Bytes } from '@mortise/base/bytes.ts';
import type { NearChannel, NearChannelHearing } from '@mortise/courier/near-channel.ts';
import { MAX_PACKET_BYTES, MIN_PACKET_BYTES } from '@mortise/courier/near-packet.ts';
import { closeWhenIdle } from './closing.ts';
import type { Lane } from './turns.ts';

export type VisitorPorts = {
  readonly lane: Lane;
  readonly waitingBytes: () => number;
  readonly isIdle: () => boolean;
  /** How long it may be silent. */
  readonly subscribeMs: number;
  /** Ends the connection; the end is heard by `gone`. */
  readonly disconnect: () => void;
};

export class Visitor {
  readonly #ports: VisitorPorts;
  readonly #deadline: NodeJS.Timeout;
  #hearing: NearChannelHearing | undefined;
  #update: ((packet: Buffer) => void) | undefined;
  #state: 'silent' | 'open' | 'closing' | 'gone' = 'silent';

  constructor(ports: VisitorPorts) {
    this.#ports = ports;
    this.#deadline = setTimeout(() => ports.disconnect(), ports.subscribeMs).unref();
  }

  get isSilent(): boolean {
    return this.#state === 'silent';
  }

  /** It subscribed. `packetBytes`: what one notification holds. Undefined: it had before. */
  subscribed(packetBytes: number, update: (packet: Buffer) => void): NearChannel | undefined {
    if (this.#state !== 'silent') return undefined;
    this.#state = 'open';
    clearTimeout(this.#deadline);
    this.#update = update;
    return {
      packetBytes: Math.min(MAX_PACKET_BYTES, Math.max(MIN_PACKET_BYTES, packetBytes)),
      unsentBytes: this.#ports.waitingBytes,
      send: (packet) => this.#send(packet),
      close: () => this.#close(),
      cut: () => this.#cut(),
      hear: (hearing) => this.#hear(hearing),
    };
  }

  /** Takes what it wrote; false: it is not the time for it. */
  wrote(packet: Bytes): boolean {
    if (this.#state !== 'open') return false;
    if (!this.#ports.lane.add(packet.length, () => this.#hearing?.packet(packet))) this.#cut();
    return true;
  }

  /** The connection ended, or is of no use any more. */
  gone(): void {
    if (this.#state === 'gone') return;
    this.#state = 'gone';
    clearTimeout(this.#deadline);
    this.#update = undefined;
    this.#ports.lane.end();
    this.#hearing?.closed();
  }

  #hear(hearing: NearChannelHearing): void {
    this.#hearing = hearing;
    if (this.#state === 'gone') hearing.closed();
  }

  #send(packet: Bytes): void {
    if (this.#state === 'open') this.#update?.(Buffer.from(packet));
  }

  #close(): void {
    if (this.#state !== 'open') return;
    this.#state = 'closing';
    this.#ports.lane.end();
    const { isIdle, disconnect } = this.#ports;
    closeWhenIdle({ isIdle, isGone: () => this.#state === 'gone', disconnect });
  }

  #cut(): void {
    if (this.#state === 'gone') return;
    this.#state = 'closing';
    this.#ports.lane.end();
    this.#ports.disconnect();
  }
}
