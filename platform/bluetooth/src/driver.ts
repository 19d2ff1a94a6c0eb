// A Bluetooth controller in the shape that noble and bleno want of a socket: what their `loadDriver` answers.

import { EventEmitter } from 'node:events';
import type { Bytes } from '@mortise/base/bytes.ts';

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

export type DriverClass = new () => Driver;

/** Whoever sits behind the controller. */
export type Host = {
  /** One whole H4 packet. */
  readonly packet: (packet: Bytes) => void;
  /** The controller was plugged in or out. */
  readonly power: () => void;
};

/** A controller as a driver has it: in this process, or behind a socket (h4-socket.ts). */
export interface Controller {
  isUp(): boolean;
  /** Until the answered function is called. */
  listen(host: Host): () => void;
  write(packet: Bytes): void;
}

const RESET = Uint8Array.of(1, 0x03, 0x0c, 0);

/** Drivers of this controller; every socket that is opened sits on it, as raw sockets of one adapter do. Undefined: there is none. */
export const driverOf = (controller: Controller | undefined): DriverClass =>
  class extends EventEmitter implements Driver {
    #bound = false;
    #leave: (() => void) | undefined;

    async getDeviceList(): Promise<readonly { readonly devId: number; readonly devUp: boolean }[]> {
      return controller === undefined ? [] : [{ devId: 0, devUp: controller.isUp() }];
    }

    isDevUp(): boolean {
      return controller?.isUp() ?? false;
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
      this.#leave ??= controller?.listen({ packet: (packet) => { this.emit('data', Buffer.from(packet)); }, power: () => { this.emit('state'); } });
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
      if (this.#leave !== undefined) controller?.write(packet);
    }
  };
