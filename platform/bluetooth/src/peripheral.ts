// The lock's side of the radio: it advertises, serves the near link as a pair of characteristics (courier/near-gatt.ts), and hands over each phone that
// subscribes as a channel. Anybody may connect, and nothing relies on who that is; so there are few, and who only connects has to go. When the
// adapter is of no use any more it says so once, and is over; whoever opened it opens another.

import type { EventEmitter } from 'node:events';
import type { Characteristic } from '@stoprocent/bleno';
import type { NearChannel } from '@mortise/courier/near-channel.ts';
import { NEAR_FROM_LOCK, NEAR_SERVICE, NEAR_TO_LOCK } from '@mortise/courier/near-gatt.ts';
import { MAX_NEAR_MESSAGE_BYTES } from '@mortise/courier/near-packet.ts';
import { EMPTY, type Bytes } from '@mortise/base/bytes.ts';
import { err, ok, type Result } from '@mortise/base/result.ts';
import type { Adapter } from './adapter.ts';
import type { Fault } from './shelter.ts';
import { putBleno, type Peripheral as Stack, type Stacked } from './stacks.ts';
import { Turns } from './turns.ts';
import { Visitor } from './visitor.ts';

/** Connections of the radio; one more, and the one that has said least goes. */
export const MAX_VISITORS = 8;
/** How long a connection may be there without subscribing. */
const SUBSCRIBE_MS = 5000;
/** What one phone may have written and the lock not looked at: the largest message, and a little. */
const MAX_INBOX_BYTES = MAX_NEAR_MESSAGE_BYTES + 4096;
const POWER_ON_MS = 10_000;

/** At most 31 bytes each. `response`: told to whoever asks. */
export type Advertising = { readonly data: Bytes; readonly response: Bytes };

export type PeripheralHearing = {
  readonly arrived: (channel: NearChannel) => void;
  /** Once; every channel is closed by then. */
  readonly down: (code: 'adapter-off' | 'adapter-refused') => void;
  readonly fault: (fault: Fault) => void;
};

/** `stack-missing`: bleno is not installed; `adapter-missing`: there is no such adapter; `adapter-refused`: not for this user; `adapter-silent`: it does not answer. */
export type OpenError = { readonly code: 'stack-missing' | 'adapter-missing' | 'adapter-refused' | 'adapter-silent' };

export class Peripheral {
  readonly #hearing: PeripheralHearing;
  readonly #subscribeMs: number;
  readonly #visitors = new Map<number, Visitor>();
  readonly #turns = new Turns(MAX_INBOX_BYTES);
  readonly #stacked: Stacked<Stack>;
  readonly #up = Promise.withResolvers<Result<undefined, OpenError>>();
  #isUp = false;
  #isOver = false;

  private constructor(adapter: Adapter, hearing: PeripheralHearing, subscribeMs: number) {
    [this.#hearing, this.#subscribeMs] = [hearing, subscribeMs];
    this.#stacked = putBleno(adapter, { state: (state) => this.#changed(state), fault: (fault, handle) => this.#condemned(fault, handle) });
    const stack: EventEmitter = this.#stacked.stack;
    stack.on('accept', (_address: string, handle: number) => this.#accepted(handle));
    stack.on('disconnect', (_address: string, handle: number) => this.#left(handle));
  }

  /** Resolves when the adapter is on and the service is served; nothing is advertised yet. The adapter is closed on an error, too. */
  static async open(adapter: Adapter, hearing: PeripheralHearing, subscribeMs: number = SUBSCRIBE_MS): Promise<Result<Peripheral, OpenError>> {
    const made = make(() => new Peripheral(adapter, hearing, subscribeMs));
    if (!made.ok) {
      adapter.close();
      return made;
    }
    const opened = await made.value.#opened();
    if (!opened.ok) made.value.close();
    return opened.ok ? made : opened;
  }

  /** The adapter's, six bytes as written; none while it is not known. */
  address(): Bytes {
    const { address } = this.#stacked.stack;
    return /^([0-9a-f]{2}:){5}[0-9a-f]{2}$/i.test(address) ? Uint8Array.fromHex(address.replaceAll(':', '')) : EMPTY;
  }

  /** From now on, until it is called again. */
  advertise({ data, response }: Advertising): void {
    if (this.#isUp && !this.#isOver) this.#stacked.stack.startAdvertisingWithEIRData(Buffer.from(data), Buffer.from(response), ignore);
  }

  /** Ends every connection and leaves the adapter. */
  close(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    for (const visitor of this.#visitors.values()) visitor.gone();
    this.#visitors.clear();
    this.#stacked.stop();
  }

  async #opened(): Promise<Result<undefined, OpenError>> {
    const late = setTimeout(() => this.#up.resolve(err({ code: 'adapter-silent' })), POWER_ON_MS);
    const up = await this.#up.promise;
    clearTimeout(late);
    if (!up.ok) return up;
    await this.#stacked.stack.setServicesAsync([this.#service()]);
    this.#isUp = true;
    return up;
  }

  #changed(state: string): void {
    if (state === 'poweredOn') return this.#up.resolve(ok(undefined));
    // An adapter behind a socket is off until it is reached.
    if (state === 'poweredOff' && !this.#isUp) return undefined;
    const code = state === 'poweredOff' ? 'adapter-off' : 'adapter-refused';
    this.#up.resolve(err({ code: 'adapter-refused' }));
    if (!this.#isUp || this.#isOver) return undefined;
    this.close();
    return this.#hearing.down(code);
  }

  // It keeps its place until the controller says that it is gone.
  #condemned(fault: Fault, handle: number): void {
    this.#visitors.get(handle)?.gone();
    this.#hearing.fault(fault);
  }

  #service(): InstanceType<Stack['PrimaryService']> {
    const { Characteristic: Local, PrimaryService } = this.#stacked.stack;
    const write = new Local({
      uuid: plain(NEAR_TO_LOCK), properties: ['write', 'writeWithoutResponse'],
      onWriteRequest: (handle, data, offset, _withoutResponse, done) => this.#wrote(Local, Number(handle), data, offset, done),
    });
    const notify = new Local({
      uuid: plain(NEAR_FROM_LOCK), properties: ['read', 'notify'],
      onReadRequest: (_handle, _offset, done) => done(Local.RESULT_SUCCESS, Buffer.alloc(0)),
      onSubscribe: (handle, size, update) => this.#subscribed(Number(handle), size, update),
      onUnsubscribe: (handle) => this.#visitors.get(Number(handle))?.gone(),
    });
    return new PrimaryService({ uuid: plain(NEAR_SERVICE), characteristics: [write, notify] });
  }

  #accepted(handle: number): void {
    const { waitingBytes, isIdle } = this.#stacked;
    if (this.#visitors.size >= MAX_VISITORS) this.#makeRoom(handle);
    const disconnect = (): void => this.#disconnect(handle);
    this.#visitors.set(handle, new Visitor({ lane: this.#turns.lane(), waitingBytes: () => waitingBytes(handle), isIdle: () => isIdle(handle), subscribeMs: this.#subscribeMs, disconnect }));
  }

  // Whoever is there without subscribing goes first; else whoever comes. Who was told to go keeps its place until the controller says that it is gone, and is not told twice.
  #makeRoom(newcomer: number): void {
    const [silent, visitor] = [...this.#visitors].find(([, { isSilent }]) => isSilent) ?? [newcomer, undefined];
    visitor?.gone();
    this.#disconnect(silent);
  }

  #disconnect(handle: number): void {
    // Nought would mean all of them; controllers may give it.
    if (handle !== 0) this.#stacked.stack.disconnect(handle);
    else Reflect.get(Reflect.get(this.#stacked.stack, '_bindings'), '_hci').disconnect(0);
  }

  #subscribed(handle: number, packetBytes: number, update: (packet: Buffer) => void): void {
    const channel = this.#visitors.get(handle)?.subscribed(packetBytes, update);
    // Its subscription is answered before it is told anything.
    if (channel !== undefined) setImmediate(() => this.#hearing.arrived(channel));
  }

  #wrote({ RESULT_SUCCESS, RESULT_INVALID_OFFSET, RESULT_UNLIKELY_ERROR }: typeof Characteristic, handle: number, data: Buffer, offset: number, done: (result: number) => void): void {
    if (offset !== 0) return done(RESULT_INVALID_OFFSET);
    return done(this.#visitors.get(handle)?.wrote(Uint8Array.from(data)) === true ? RESULT_SUCCESS : RESULT_UNLIKELY_ERROR);
  }

  #left(handle: number): void {
    const visitor = this.#visitors.get(handle);
    this.#visitors.delete(handle);
    visitor?.gone();
  }
}

const plain = (uuid: string): string => uuid.replaceAll('-', '');

// Each advertisement is told by the next one; there is nobody to tell.
const ignore = (): void => undefined;

const make = (open: () => Peripheral): Result<Peripheral, OpenError> => {
  try {
    return ok(open());
  } catch (error) {
    return err({ code: isMissingModule(error) ? 'stack-missing' : 'adapter-missing' });
  }
};

const isMissingModule = (error: unknown): boolean => error instanceof Error && 'code' in error && error.code === 'MODULE_NOT_FOUND';
