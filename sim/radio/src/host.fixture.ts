// A bare host for tests: writes commands and data as bytes, and keeps what its controller tells.

import { concat, hex, type Bytes } from '@mortise/base/bytes.ts';
import type { VirtualClock } from './clock.ts';
import { opcodeOf } from './command.ts';
import type { Controller, ControllerOptions } from './controller.ts';
import { addressOf } from './device-address.ts';
import { HciPort } from './hci-port.ts';
import { u16 } from '@mortise/bluetooth/hci.ts';
import type { Radio } from './radio.ts';

export const ALL_EVENTS = new Uint8Array(8).fill(0xff);

export class BareHost {
  readonly controller: Controller;
  readonly port: HciPort;
  readonly told: Bytes[] = [];
  readonly #clock: VirtualClock;

  constructor(radio: Radio, clock: VirtualClock, address: string, options: Partial<ControllerOptions> = {}) {
    this.#clock = clock;
    this.controller = radio.controller({ address: addressOf(address), ...options });
    this.port = new HciPort(this.controller);
    this.controller.listen({ packet: (packet) => { this.told.push(packet); }, power: () => undefined });
  }

  write(group: number, command: number, ...parameters: readonly Bytes[]): void {
    const body = concat(...parameters);
    this.port.write(concat(Uint8Array.of(1), u16(opcodeOf(group, command)), Uint8Array.of(body.length), body));
  }

  data(handle: number, flags: number, bytes: Bytes): void {
    this.port.write(concat(Uint8Array.of(2), u16(handle | (flags << 12)), u16(bytes.length), bytes));
  }

  /** What is told from now on and in the next `ms`, in hexadecimal. */
  async hears(ms = 0): Promise<readonly string[]> {
    await this.#clock.pass(ms);
    return this.told.splice(0).map(hex);
  }

  /** What the controller answers to it at once. */
  async asks(group: number, command: number, ...parameters: readonly Bytes[]): Promise<readonly string[]> {
    await this.hears();
    this.write(group, command, ...parameters);
    return this.hears();
  }

  /** Masks open, silent. */
  async ready(): Promise<this> {
    this.write(3, 3);
    this.write(3, 1, ALL_EVENTS);
    this.write(8, 1, ALL_EVENTS);
    await this.hears();
    return this;
  }

  advertise(kind = 0, data: Bytes = Uint8Array.of(2, 1, 6)): void {
    this.write(8, 6, u16(0x20), u16(0x20), Uint8Array.of(kind, 0, 0, 0, 0, 0, 0, 0, 0, 7, 0));
    this.write(8, 8, Uint8Array.of(data.length), data, new Uint8Array(31 - data.length));
    this.write(8, 0x0a, Uint8Array.of(1));
  }

  /** LE Create Connection: at most 10 ms apart, lost after 500 ms. */
  connect(peer: Controller, timing: readonly number[] = [8, 8, 0, 50]): void {
    this.write(8, 0x0d, u16(0x60), u16(0x30), Uint8Array.of(0, 0), peer.address.bytes, Uint8Array.of(0), ...timing.map(u16), u16(0), u16(0));
  }
}

export type Joined = { readonly central: BareHost; readonly peripheral: BareHost; readonly handles: { readonly central: number; readonly peripheral: number } };

/** Two hosts with a connection. */
export const join = async (radio: Radio, clock: VirtualClock, options: { readonly central?: Partial<ControllerOptions>; readonly peripheral?: Partial<ControllerOptions> } = {}): Promise<Joined> => {
  const central = await new BareHost(radio, clock, 'f0:00:00:00:00:01', options.central).ready();
  const peripheral = await new BareHost(radio, clock, 'c0:00:00:00:00:01', options.peripheral).ready();
  peripheral.advertise();
  central.connect(peripheral.controller);
  await clock.pass(50);
  await central.hears();
  await peripheral.hears();
  const handleOf = ({ controller }: BareHost): number => [...controller.links.keys()].at(-1) ?? 0;
  return { central, peripheral, handles: { central: handleOf(central), peripheral: handleOf(peripheral) } };
};
