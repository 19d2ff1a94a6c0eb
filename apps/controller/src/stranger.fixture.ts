// Somebody with a radio and no stack, for tests: connects with the lock's adapter and sends whatever bytes it likes, by the attribute protocol or not.

import { setTimeout as sleep } from 'node:timers/promises';
import { assert } from '@mortise/base/assert.ts';
import { concat, hex, type Bytes } from '@mortise/base/bytes.ts';
import { u16 } from '@mortise/bluetooth/hci.ts';
import { adapterOf, type Adapter } from '@mortise/radio/adapter.ts';
import type { TestRadio } from './radio.fixture.ts';

const ATTRIBUTES = 4;
const PATIENCE_MS = 4000;

/** Of the lock's service, as bleno lays it out: value to lock, value from lock, and its subscription. */
export const HANDLES = { toLock: 12, fromLock: 14, subscription: 15 } as const;

export class Stranger {
  readonly controller: ReturnType<TestRadio['controller']>;
  readonly told: string[] = [];
  readonly #adapter: Adapter;
  readonly #lock: Bytes;

  constructor(air: TestRadio) {
    this.controller = air.controller();
    this.#lock = air.lock.address.bytes;
    this.#adapter = adapterOf(this.controller);
    this.#adapter.listen({ packet: (packet) => { this.told.push(hex(packet)); }, power: () => undefined });
  }

  isConnected(): boolean {
    return this.controller.links.size > 0;
  }

  /** Connects at the next advertisement, lost only after 32 s of silence. */
  async connect(): Promise<this> {
    this.#command(8, 0x0d, u16(0x60), u16(0x30), Uint8Array.of(0, 0), this.#lock, Uint8Array.of(0), ...[8, 8, 0, 3200, 0, 0].map(u16));
    await this.until('a connection', () => this.isConnected());
    return this;
  }

  /** One frame of the attribute protocol. */
  att(...bytes: readonly Bytes[]): void {
    const body = concat(...bytes);
    this.frame(concat(u16(body.length), u16(ATTRIBUTES), body));
  }

  /** Any bytes in the place of an L2CAP frame; nothing when it is not connected. */
  frame(bytes: Bytes): void {
    const [handle] = this.controller.links.keys();
    if (handle === undefined) return;
    this.#adapter.write(concat(Uint8Array.of(2), u16(handle), u16(bytes.length), bytes));
  }

  subscribe(): void {
    this.att(Uint8Array.of(0x12), u16(HANDLES.subscription), Uint8Array.of(1, 0));
  }

  /** Writes a packet, without response. */
  write(packet: Bytes): void {
    this.att(Uint8Array.of(0x52), u16(HANDLES.toLock), packet);
  }

  /** Notifications that came, in hexadecimal. */
  notified(): readonly string[] {
    const start = `1b${hex(u16(HANDLES.fromLock))}`;
    return this.told.flatMap((packet) => (packet.startsWith('02') && packet.slice(18).startsWith(start) ? [packet.slice(24)] : []));
  }

  async until(what: string, done: () => boolean): Promise<void> {
    const endMs = performance.now() + PATIENCE_MS;
    while (!done()) {
      assert(performance.now() < endMs, `waited in vain for ${what}`);
      await sleep(5);
    }
  }

  #command(group: number, command: number, ...parameters: readonly Bytes[]): void {
    const body = concat(...parameters);
    this.#adapter.write(concat(Uint8Array.of(1), u16((group << 10) | command), Uint8Array.of(body.length), body));
  }
}
