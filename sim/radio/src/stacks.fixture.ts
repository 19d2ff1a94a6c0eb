// noble and bleno over virtual controllers, for tests. Both are CommonJS and open the machine's adapter when loaded, unless the drivers have
// been taken over before.

import { createRequire } from 'node:module';
import type { EventEmitter } from 'node:events';
import type { Bleno, Characteristic as LocalCharacteristic, PrimaryService } from '@stoprocent/bleno';
import type { Characteristic, Noble, Peripheral } from '@stoprocent/noble';
import { required } from '@mortise/base/assert.ts';
import type { Weather } from './air.ts';
import { VirtualClock } from './clock.ts';
import type { Controller } from './controller.ts';
import { addressOf } from './device-address.ts';
import { driverOf, type DriverClass } from '@mortise/bluetooth/driver.ts';
import { shelve, takeOverDrivers } from '@mortise/bluetooth/load-driver.ts';
import { adapterOf, type Adapter } from './adapter.ts';
import { Radio } from './radio.ts';

export type { Bleno, Characteristic, LocalCharacteristic, Noble, Peripheral };

const load = createRequire(import.meta.url);
takeOverDrivers();
const central: { withBindings(kind: string, options: object): Noble } = load('@stoprocent/noble');
export const bleno: Bleno & { withBindings(kind: string, options: object): Bleno } = load('@stoprocent/bleno');

let stacks = 0;

const shelved = (driver: DriverClass): string => {
  stacks += 1;
  shelve(`virtual ${stacks}`, driver);
  return `virtual ${stacks}`;
};

export const nobleOn = (adapter: Adapter): Noble => central.withBindings('hci', { hciDriver: shelved(driverOf(adapter)) });
export const blenoOn = (driver: DriverClass): Bleno => bleno.withBindings('hci', { hciDriver: shelved(driver) });

/** bleno goes on asking each second whether its adapter is up, even when stopped; so the process would never end. */
export const endBleno = (peripheral: Bleno): void => {
  peripheral.stop();
  const hci: { pollIsDevUp: () => void } = Reflect.get(Reflect.get(peripheral, '_bindings'), '_hci');
  hci.pollIsDevUp = () => undefined;
};

/** The next event of this name, and its arguments. */
export const next = async (from: EventEmitter, name: string): Promise<readonly unknown[]> =>
  new Promise((resolve) => { from.once(name, (...args: readonly unknown[]) => { resolve(args); }); });

export const SERVICE = 'a0d1e2f30000100080000000000000aa';
export const ECHO_IN = 'a0d1e2f30001100080000000000000aa';
export const ECHO_OUT = 'a0d1e2f30002100080000000000000aa';

export type Echo = {
  readonly service: PrimaryService;
  /** What arrived, in order. */
  readonly written: Buffer[];
  /** Sends it to whoever subscribed last. */
  push(value: Buffer): void;
};

/** A service that notifies what is written to it, and reads as `value`. */
export const echoService = ({ Characteristic: Local, PrimaryService: Service }: Bleno, value: Buffer): Echo => {
  const written: Buffer[] = [];
  const listeners = new Map<number | string, (data: Buffer) => void>();
  const service = new Service({
    uuid: SERVICE,
    characteristics: [
      new Local({ uuid: ECHO_IN, properties: ['write', 'writeWithoutResponse'], onWriteRequest: (handle, data, _offset, _withoutResponse, done) => {
        written.push(data);
        done(Local.RESULT_SUCCESS);
        listeners.get(handle)?.(data);
      } }),
      new Local({
        uuid: ECHO_OUT,
        properties: ['read', 'notify'],
        onReadRequest: (_handle, offset, done) => { done(Local.RESULT_SUCCESS, value.subarray(offset)); },
        onSubscribe: (handle, _size, update) => { listeners.set(handle, (data) => { update(data); }); },
        onUnsubscribe: (handle) => { listeners.delete(handle); },
      }),
    ],
  });
  return { service, written, push: (data) => { for (const listener of listeners.values()) listener(data); } };
};

export type Pipe = { readonly write: Characteristic; readonly notify: Characteristic };

/** The two characteristics of the echo service at the far end. */
export const pipeOf = async (peripheral: Peripheral): Promise<Pipe> => {
  const { characteristics } = await peripheral.discoverSomeServicesAndCharacteristicsAsync([SERVICE], []);
  const find = (uuid: string): Characteristic => required(characteristics.find((found) => found.uuid === uuid), `the service has ${uuid}`);
  return { write: find(ECHO_IN), notify: find(ECHO_OUT) };
};

export type Setting = {
  readonly phones?: number;
  readonly extended?: boolean;
  readonly seed?: number;
  readonly weather?: Partial<Weather>;
  /** What the lock's driver is put into. */
  readonly around?: (driver: DriverClass) => DriverClass;
};

/** One lock and some phones, all powered on, the lock advertising its echo service under the name Mortise. */
export class Scene {
  readonly clock = new VirtualClock();
  readonly radio: Radio;
  readonly lock: { readonly controller: Controller; readonly stack: Bleno; readonly echo: Echo };
  readonly phones: readonly { readonly controller: Controller; readonly stack: Noble }[];

  private constructor(phones: number, extended: boolean, seed: number, around: (driver: DriverClass) => DriverClass) {
    this.radio = new Radio({ clock: this.clock, seed });
    const controller = this.radio.controller({ address: addressOf('c0:00:00:00:00:01') });
    const stack = blenoOn(around(driverOf(adapterOf(controller))));
    this.lock = { controller, stack, echo: echoService(stack, Buffer.from('as it is read')) };
    this.phones = Array.from({ length: phones }, (_, index) => this.#phone(addressOf(`f0:00:00:00:00:0${index + 1}`), extended));
  }

  static async set({ phones = 1, extended = false, seed = 1, weather = {}, around = (driver) => driver }: Setting = {}): Promise<Scene> {
    const scene = new Scene(phones, extended, seed, around);
    const { clock, lock } = scene;
    await clock.until(Promise.all([lock.stack, ...scene.phones.map(({ stack }) => stack)].map(async (stack) => { await stack.waitForPoweredOnAsync(); })));
    await clock.until(lock.stack.setServicesAsync([lock.echo.service]));
    await clock.until(lock.stack.startAdvertisingAsync('Mortise', [SERVICE]));
    scene.radio.change(weather);
    return scene;
  }

  /** Scans until the lock is heard. */
  async find(phone = 0): Promise<Peripheral> {
    const { stack } = required(this.phones[phone], 'there is such a phone');
    const found = new Promise<Peripheral>((resolve) => { stack.once('discover', resolve); });
    await this.clock.until(stack.startScanningAsync([SERVICE]));
    return this.clock.until(found);
  }

  /** Finds the lock, connects, discovers, subscribes. */
  async meet(phone = 0): Promise<Pipe & { readonly peripheral: Peripheral }> {
    const peripheral = await this.find(phone);
    await this.clock.until(peripheral.connectAsync());
    return { peripheral, ...(await this.open(peripheral)) };
  }

  async open(peripheral: Peripheral): Promise<Pipe> {
    const pipe = await this.clock.until(pipeOf(peripheral));
    await this.clock.until(pipe.notify.subscribeAsync());
    return pipe;
  }

  end(): void {
    for (const { stack } of this.phones) stack.stop();
    endBleno(this.lock.stack);
  }

  #phone(address: ReturnType<typeof addressOf>, extended: boolean): { readonly controller: Controller; readonly stack: Noble } {
    const controller = this.radio.controller({ address, extended, place: { x: 2, y: 0 } });
    return { controller, stack: nobleOn(adapterOf(controller)) };
  }
}
