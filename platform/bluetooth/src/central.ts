// The phone's side of the radio, for whatever is no browser: hears who advertises, connects, and hands over the lock's GATT pair as a channel. Nothing
// is believed for having been heard. When the adapter is of no use any more every channel is closed, and another one has to be opened.

import type { Characteristic, Noble, Peripheral as Found } from '@stoprocent/noble';
import type { Bytes } from '@mortise/base/bytes.ts';
import type { NearChannel, NearChannelHearing } from '@mortise/courier/near-channel.ts';
import { ATTRIBUTE_BYTES, NEAR_FROM_LOCK, NEAR_SERVICE, NEAR_TO_LOCK } from '@mortise/courier/near-gatt.ts';
import { MAX_PACKET_BYTES, MIN_PACKET_BYTES } from '@mortise/courier/near-packet.ts';
import { err, ok, type Result } from '@mortise/base/result.ts';
import type { Adapter } from './adapter.ts';
import { closeWhenIdle } from './closing.ts';
import { putNoble, type Stacked } from './stacks.ts';

/** Who advertises. `data`: what stands under the service of 16 bits (four hexadecimal digits) that was asked for, if it does. */
export type Heard = { readonly id: string; readonly rssiDbm: number; readonly services: readonly string[]; readonly data: (service: string) => Bytes | undefined };

export type CentralError = { readonly code: 'stack-missing' | 'adapter-missing' | 'adapter-refused' | 'adapter-silent' };

const POWER_ON_MS = 10_000;
/** From the first sign to a channel. */
const CONNECT_MS = 5000;
/** Devices that are remembered while one listens. */
const MAX_HEARD = 256;

export class Central {
  readonly #stacked: Stacked<Noble>;
  readonly #found = new Map<string, Found>();
  #notify: Characteristic | undefined;
  readonly #up = Promise.withResolvers<Result<undefined, CentralError>>();
  readonly #down = Promise.withResolvers<undefined>();
  #isUp = false;
  #isDown = false;

  private constructor(adapter: Adapter) {
    this.#stacked = putNoble(adapter, { state: (state) => this.#changed(state), fault: () => undefined });
  }

  /** Resolves when the adapter is on. It is closed on an error, too. */
  static async open(adapter: Adapter): Promise<Result<Central, CentralError>> {
    const made = make(() => new Central(adapter));
    if (!made.ok) {
      adapter.close();
      return made;
    }
    const central = made.value;
    const late = setTimeout(() => central.#up.resolve(err({ code: 'adapter-silent' })), POWER_ON_MS);
    const up = await central.#up.promise;
    clearTimeout(late);
    if (!up.ok) central.close();
    return up.ok ? made : up;
  }

  /** Whether the adapter was on and is no more: nothing is heard by it again. */
  isDown(): boolean {
    return this.#isDown;
  }

  /** Listens until `wanted` says yes, or `forMs` have passed, or the adapter is gone: then undefined. */
  async hear(wanted: (heard: Heard) => boolean, forMs: number): Promise<Heard | undefined> {
    const { stack } = this.#stacked;
    if (this.#isDown) return undefined;
    const { promise, resolve } = Promise.withResolvers<Heard | undefined>();
    const listen = (found: Found): void => {
      const heard = heardOf(found);
      if (this.#found.size < MAX_HEARD || this.#found.has(found.id)) this.#found.set(found.id, found);
      if (this.#found.has(found.id) && wanted(heard)) resolve(heard);
    };
    const late = setTimeout(() => resolve(undefined), forMs);
    stack.on('discover', listen);
    try {
      // A stack whose adapter is gone answers neither.
      await Promise.race([stack.startScanningAsync([], true), this.#down.promise]);
      return await Promise.race([promise, this.#down.promise]);
    } finally {
      clearTimeout(late);
      stack.removeListener('discover', listen);
      await Promise.race([stack.stopScanningAsync(), this.#down.promise]);
    }
  }

  /** Connects with one that was heard; undefined: it is out of reach, or serves no near link. */
  async connect({ id }: Heard): Promise<NearChannel | undefined> {
    const found = this.#found.get(id);
    if (found === undefined) return undefined;
    const { promise: late, resolve } = Promise.withResolvers<undefined>();
    const timer = setTimeout(() => resolve(undefined), CONNECT_MS);
    const pair = await Promise.race([pairOf(found).catch(outOfReach), late]);
    this.#notify = pair?.notify;
    const channel = pair && (await Promise.race([subscribe(this.#stacked, found, pair).catch(outOfReach), late]));
    clearTimeout(timer);
    if (channel === undefined) found.disconnect();
    return channel;
  }

  /** Asks the one that was connected with last, and waits for its answer: what a round trip takes. */
  async echo(): Promise<void> {
    await this.#notify?.readAsync();
  }

  close(): void {
    this.#stacked.stop();
  }

  #changed(state: string): void {
    if (state === 'poweredOn') {
      this.#isUp = true;
      this.#up.resolve(ok(undefined));
      return;
    }
    if (state !== 'poweredOff') this.#up.resolve(err({ code: 'adapter-refused' }));
    if (!this.#isUp) return;
    this.#isDown = true;
    this.#down.resolve(undefined);
  }
}

const plain = (uuid: string): string => uuid.replaceAll('-', '');

const heardOf = ({ id, rssi, advertisement: { serviceUuids, serviceData } }: Found): Heard => ({
  id, rssiDbm: rssi, services: serviceUuids ?? [],
  data: (service) => {
    const found = (serviceData ?? []).find(({ uuid }) => uuid === service)?.data;
    return found === undefined ? undefined : Uint8Array.from(found);
  },
});

// Whatever the stack says of a connection that did not come about, there is none.
const outOfReach = (_error: unknown): undefined => undefined;

type Pair = { readonly write: Characteristic; readonly notify: Characteristic };

const pairOf = async (found: Found): Promise<Pair | undefined> => {
  await found.connectAsync();
  const { characteristics } = await found.discoverSomeServicesAndCharacteristicsAsync([plain(NEAR_SERVICE)], []);
  const [write, notify] = [NEAR_TO_LOCK, NEAR_FROM_LOCK].map((uuid) => characteristics.find((each) => each.uuid === plain(uuid)));
  return write === undefined || notify === undefined ? undefined : { write, notify };
};

// The lock speaks as soon as it is subscribed to: what comes before somebody hears is kept.
const subscribe = async (stacked: Stacked<Noble>, found: Found, { write, notify }: Pair): Promise<NearChannel> => {
  let hearing: NearChannelHearing | undefined;
  const early: Bytes[] = [];
  let isOpen = true;
  notify.on('data', (data: Buffer, isNotification: boolean) => {
    if (!isNotification) return;
    if (hearing === undefined) early.push(Uint8Array.from(data));
    else hearing.packet(Uint8Array.from(data));
  });
  found.once('disconnect', () => {
    isOpen = false;
    notify.removeAllListeners('data');
    hearing?.closed();
  });
  await notify.subscribeAsync();
  const handle = handleOf(stacked, found);
  const cut = (): void => { if (isOpen) found.disconnect(); };
  return {
    packetBytes: Math.min(MAX_PACKET_BYTES, Math.max(MIN_PACKET_BYTES, (found.mtu ?? 0) - ATTRIBUTE_BYTES)),
    unsentBytes: () => stacked.waitingBytes(handle),
    send: (packet) => { if (isOpen) write.write(Buffer.from(packet), true); },
    close: () => closeWhenIdle({ isIdle: () => stacked.isIdle(handle), isGone: () => !isOpen, disconnect: cut }),
    cut,
    hear: (next) => {
      hearing = next;
      for (const packet of early.splice(0)) next.packet(packet);
      if (!isOpen) next.closed();
    },
  };
};

// The stack knows connections by their device, the controller by number.
const handleOf = ({ stack }: Stacked<Noble>, { id }: Found): number => Number(Reflect.get(Object(Reflect.get(Reflect.get(stack, '_bindings'), '_handles')), id));

const make = (open: () => Central): Result<Central, CentralError> => {
  try {
    return ok(open());
  } catch (error) {
    return err({ code: error instanceof Error && 'code' in error && error.code === 'MODULE_NOT_FOUND' ? 'stack-missing' : 'adapter-missing' });
  }
};
