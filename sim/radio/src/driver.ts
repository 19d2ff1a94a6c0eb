// A virtual controller in the shape that noble and bleno want of a Bluetooth socket: what their `loadDriver` answers.

import { EventEmitter } from 'node:events';
import type { Bytes } from '@mortise/base/bytes.ts';
import type { Controller, Host } from './controller.ts';
import { HciPort } from './hci-port.ts';

/** As @stoprocent/bluetooth-hci-socket has it; emits `data` (one H4 packet), `state` (power changed). */
export interface Driver extends EventEmitter {
  getDeviceList(): Promise<readonly { readonly devId: number; readonly devUp: boolean }[]>;
  isDevUp(): boolean;
  start(): void;
  stop(): void;
  reset(): void;
  bindRaw(deviceId?: number): number;
  bindUser(deviceId?: number): number;
  bindControl(): number;
  setFilter(filter: Uint8Array): void;
  write(packet: Uint8Array): void;
}

/** A controller as a driver has it: here, or in another process (remote.ts). */
export interface Adapter {
  isUp(): boolean;
  /** Until the answered function is called. */
  listen(host: Host): () => void;
  write(packet: Bytes): void;
}

export const adapterOf = (controller: Controller): Adapter => {
  const port = new HciPort(controller);
  return { isUp: () => controller.powered, listen: (host) => controller.listen(host), write: (packet) => { port.write(packet); } };
};

export type { Host };
export type DriverClass = new () => Driver;

const RESET = Uint8Array.of(1, 0x03, 0x0c, 0);

/** Drivers of this adapter; every socket that is opened sits on it, as raw sockets of one adapter do. Undefined: there is none. */
export const driverOf = (adapter: Adapter | undefined): DriverClass =>
  class extends EventEmitter implements Driver {
    #bound = false;
    #leave: (() => void) | undefined;

    async getDeviceList(): Promise<readonly { readonly devId: number; readonly devUp: boolean }[]> {
      return adapter === undefined ? [] : [{ devId: 0, devUp: adapter.isUp() }];
    }

    isDevUp(): boolean {
      return adapter?.isUp() ?? false;
    }

    bindRaw(deviceId = 0): number {
      this.#bound = true;
      return deviceId;
    }

    bindUser(deviceId = 0): number {
      return this.bindRaw(deviceId);
    }

    /** The kernel's management channel, where bleno leaves keys: nobody reads it here. */
    bindControl(): number {
      return 0;
    }

    start(): void {
      if (!this.#bound) return;
      this.#leave ??= adapter?.listen({ packet: (packet) => { this.emit('data', Buffer.from(packet)); }, power: () => { this.emit('state'); } });
    }

    stop(): void {
      this.#leave?.();
      this.#leave = undefined;
    }

    reset(): void {
      this.write(RESET);
    }

    /** Controllers have masks of their own; the socket's filter, which spares a process wake-ups, is not needed. */
    setFilter(): void {}

    write(packet: Uint8Array): void {
      if (this.#leave !== undefined) adapter?.write(packet);
    }
  };
