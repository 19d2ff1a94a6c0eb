// A driver between a stack and strangers. noble and bleno throw out of the socket's `data` event on frames that are too short, keep pieces of a
// frame without bound, and queue what goes out without bound and in one line, so that one phone that takes nothing holds up all; any of it would end
// or stop a lock's process. Behind this, whoever does such things loses the connection and nobody else notices. For any driver.

import { concat, type Bytes } from '@mortise/base/bytes.ts';
import type { DriverClass } from './driver.ts';
import { completedEvent, disconnectCommand, handleOfAcl, readTold, type Told } from './hci.ts';
import { Outbox } from './outbox.ts';

/**
 * What was wrong: no frame of L2CAP, or one on which the stack threw (`error`); so much waits for this connection that no more is taken (`too-much`);
 * nothing of what is under way to it arrives (`stalled`).
 */
export type Fault = { readonly kind: 'no-frame' | 'too-much' | 'stalled' } | { readonly kind: 'thrown'; readonly error: unknown };

const L2CAP_HEADER_BYTES = 4;
const LOOK_MS = 1000;

/** What each connection still owes of its frame, in bytes. Handles are of twelve bits: that bounds it. */
class Frames {
  readonly #owed = new Map<number, number>();

  forget(handle: number): void {
    this.#owed.delete(handle);
  }

  /** Whether this piece begins a frame or goes on with one, within the length that the frame gave. */
  fits(handle: number, first: boolean, data: Bytes): boolean {
    if (first && data.length < L2CAP_HEADER_BYTES) return false;
    const whole = first ? L2CAP_HEADER_BYTES + ((data[0] ?? 0) | ((data[1] ?? 0) << 8)) : (this.#owed.get(handle) ?? 0);
    this.#owed.set(handle, whole - data.length);
    return whole >= data.length;
  }
}

// Whatever the machine says of an adapter that cannot be asked, it is not up.
const notUp = (_error: unknown): false => false;

export type Sheltered = {
  readonly driver: DriverClass;
  /** What waits to go out by this connection, in bytes. */
  readonly waitingBytes: (handle: number) => number;
  /** Nothing waits or is under way. */
  readonly isIdle: (handle: number) => boolean;
};

/**
 * `Base`, sheltered, for one stack on one adapter; `report` is told of each fault, once for each connection. The stack is told at once that each packet
 * of its data is on its way; when it goes is decided here.
 */
export const sheltered = (Base: DriverClass, report: (fault: Fault, handle: number) => void): Sheltered => {
  const outbox = new Outbox();
  const driver = class extends Base {
    readonly #frames = new Frames();
    readonly #condemned = new Set<number>();
    #isControl = false;
    #isStopped = false;
    #watch: NodeJS.Timeout | undefined;

    // The kernel's management channel: no packets of a controller.
    override bindControl(): number {
      this.#isControl = true;
      return super.bindControl();
    }

    override start(): void {
      super.start();
      clearInterval(this.#watch);
      if (!this.#isControl) this.#watch = setInterval(() => { for (const handle of outbox.stalled(performance.now())) this.#condemn(handle, { kind: 'stalled' }); }, LOOK_MS).unref();
    }

    override stop(): void {
      this.#isStopped = true;
      clearInterval(this.#watch);
      super.stop();
    }

    // Stacks look again after they have stopped; a socket that is closed, or of no adapter, throws.
    override isDevUp(): boolean {
      try {
        return !this.#isStopped && super.isDevUp();
      } catch (error) {
        return notUp(error);
      }
    }

    override write(packet: Uint8Array): void {
      const handle = this.#isControl ? undefined : handleOfAcl(packet);
      if (handle === undefined) super.write(packet);
      else this.#send(handle, packet);
    }

    override emit(name: string | symbol, ...args: readonly unknown[]): boolean {
      const [packet] = args;
      return name === 'data' && packet instanceof Uint8Array && !this.#isControl ? this.#told(readTold(packet), args) : super.emit(name, ...args);
    }

    #told(told: Told, args: readonly unknown[]): boolean {
      switch (told.kind) {
        case 'acl':
          return this.#condemned.has(told.handle) || this.#hear(told, args);
        case 'completed':
          for (const [handle, count] of told.counts) outbox.completed(handle, count, performance.now());
          this.#pump();
          return true;
        case 'disconnected':
          this.#forget(told.handle);
          return super.emit('data', ...args);
        case 'room':
          outbox.room(told.packets);
          return super.emit('data', ...args);
        default:
          return super.emit('data', ...args);
      }
    }

    #hear({ handle, first, data }: Told & { readonly kind: 'acl' }, args: readonly unknown[]): boolean {
      if (!this.#frames.fits(handle, first, data)) return this.#condemn(handle, { kind: 'no-frame' });
      try {
        return super.emit('data', ...args);
      } catch (error) {
        return this.#condemn(handle, { kind: 'thrown', error });
      }
    }

    // To a stack whose connection is gone, too, the packet is on its way.
    #send(handle: number, packet: Bytes): void {
      const taken = this.#condemned.has(handle) || outbox.put(handle, concat(packet), performance.now());
      super.emit('data', Buffer.from(completedEvent(handle, 1)));
      if (taken) this.#pump();
      else this.#condemn(handle, { kind: 'too-much' });
    }

    #pump(): void {
      for (const packet of outbox.due()) super.write(Buffer.from(packet));
    }

    #condemn(handle: number, fault: Fault): boolean {
      if (this.#condemned.has(handle)) return true;
      this.#condemned.add(handle);
      outbox.empty(handle);
      super.write(Buffer.from(disconnectCommand(handle)));
      report(fault, handle);
      return true;
    }

    #forget(handle: number): void {
      this.#condemned.delete(handle);
      this.#frames.forget(handle);
      outbox.forget(handle);
      this.#pump();
    }
  };
  return { driver, waitingBytes: (handle) => outbox.waitingBytes(handle), isIdle: (handle) => outbox.isIdle(handle) };
};
