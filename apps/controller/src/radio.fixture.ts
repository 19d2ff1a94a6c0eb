// A room of air with a lock's adapter and phones in it, for tests and measurements: the lock reaches its adapter by a socket, as a process of its own or
// in this one; each phone is noble on an adapter of its own.

import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import type { Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { assert, required } from '@mortise/base/assert.ts';
import { driverOf } from '@mortise/bluetooth/driver.ts';
import { Central, type Heard } from '@mortise/bluetooth/central.ts';
import type { NearChannel } from '@mortise/courier/near-channel.ts';
import { NEAR_SERVICE } from '@mortise/courier/near-gatt.ts';
import { adapterOf } from '@mortise/radio/adapter.ts';
import { realClock } from '@mortise/radio/clock.ts';
import { addressOf } from '@mortise/radio/device-address.ts';
import { Radio } from '@mortise/radio/radio.ts';
import { serveController } from '@mortise/radio/remote.ts';

const HEAR_MS = 8000;
const SERVICE = NEAR_SERVICE.replaceAll('-', '');

export const LOCK_ADDRESS = 'c0:00:00:00:00:01';

type Controller = ReturnType<Radio['controller']>;

export type RadioPhone = {
  readonly controller: Controller;
  readonly central: Central;
  /** Listens until a near link is heard. */
  readonly find: () => Promise<Heard>;
  readonly meet: () => Promise<NearChannel>;
  /** One request of the lock it met last, and its answer: a round trip of radio and stacks. */
  readonly echo: () => Promise<void>;
};

export class TestRadio {
  readonly radio = new Radio({ clock: realClock, seed: 1 });
  readonly lock: Controller = this.radio.controller({ address: addressOf(LOCK_ADDRESS), maxLinks: 16 });
  /** Of the lock's adapter, for `--bluetooth`. */
  readonly name: string;
  readonly #folder = mkdtempSync(join(tmpdir(), 'mortise-radio-'));
  readonly #phones: RadioPhone[] = [];
  readonly #servers: Server[] = [];
  readonly #others: Controller[] = [];

  constructor() {
    this.name = `h4:${join(this.#folder, 'lock')}`;
  }

  /** Somebody else with the lock's own address, silent yet. */
  twin(): Controller {
    const twin = this.radio.controller({ address: addressOf(LOCK_ADDRESS) });
    this.#others.push(twin);
    return twin;
  }

  /** From now on the lock's adapter can be reached. */
  async serve(): Promise<void> {
    const server = serveController(this.lock).listen(this.name.slice(3));
    this.#servers.push(server);
    await once(server, 'listening');
  }

  /** An adapter of its own for somebody else. */
  controller(): Controller {
    const number = (this.#others.length + 1).toString(16).padStart(4, '0');
    const controller = this.radio.controller({ address: addressOf(`f0:00:00:00:${number.slice(0, 2)}:${number.slice(2)}`), place: { x: 2, y: 0 } });
    this.#others.push(controller);
    return controller;
  }

  /** An adapter for another process: its name. */
  async serveAnother(): Promise<string> {
    const path = join(this.#folder, `other-${this.#servers.length}`);
    const server = serveController(this.controller()).listen(path);
    this.#servers.push(server);
    await once(server, 'listening');
    return `h4:${path}`;
  }

  async phone(): Promise<RadioPhone> {
    const controller = this.controller();
    const opened = await Central.open({ driver: driverOf(adapterOf(controller)), device: 0, close: () => undefined });
    assert(opened.ok, 'a phone has a radio');
    const central = opened.value;
    const find = async (): Promise<Heard> => required(await central.hear(({ services }) => services.includes(SERVICE), HEAR_MS), 'a near link is heard');
    const meet = async (): Promise<NearChannel> => required(await central.connect(await find()), 'a near link is reached');
    const phone = { controller, central, find, meet, echo: () => central.echo() };
    this.#phones.push(phone);
    return phone;
  }

  close(): void {
    for (const { central } of this.#phones) central.close();
    for (const server of this.#servers) server.close();
    // A silence would last until the supervision timeout.
    for (const other of this.#others) this.radio.cut(this.lock, other);
    this.radio.remove(this.lock);
    rmSync(this.#folder, { recursive: true, force: true });
  }
}
