// A driver between a stack and bytes of strangers. noble and bleno throw out of the socket's `data` event on frames that are too short, and keep
// pieces of a frame without bound; either would end a lock's process. Behind this, whoever sends such bytes loses the connection and nobody
// else notices. For virtual and real drivers alike.

import { concat, type Bytes } from '@mortise/base/bytes.ts';
import type { DriverClass } from './driver.ts';
import { EVENT } from './hci-codes.ts';
import { PACKET_TYPE, u16 } from './hci-packet.ts';

/** What was wrong: no frame of L2CAP, or one on which the stack threw (`error`). */
export type Fault = { readonly kind: 'no-frame' } | { readonly kind: 'thrown'; readonly error: unknown };

const L2CAP_HEADER_BYTES = 4;
const ACL_HEADER_BYTES = 5;
const ENDED_BY_US = 0x13;

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

const disconnect = (handle: number): Bytes => concat(Uint8Array.of(PACKET_TYPE.command, 0x06, 0x04, 3), u16(handle), Uint8Array.of(ENDED_BY_US));

/** `Base`, sheltered; `report` is told of each fault, at most once for each connection. */
export const sheltered = (Base: DriverClass, report: (fault: Fault) => void): DriverClass =>
  class extends Base {
    readonly #frames = new Frames();
    readonly #condemned = new Set<number>();

    override emit(name: string | symbol, ...args: readonly unknown[]): boolean {
      const [packet] = args;
      return name === 'data' && packet instanceof Uint8Array ? this.#data(packet, args) : super.emit(name, ...args);
    }

    #data(packet: Bytes, args: readonly unknown[]): boolean {
      const view = new DataView(packet.buffer, packet.byteOffset, packet.byteLength);
      if (packet[0] === PACKET_TYPE.event && packet[1] === EVENT.disconnectionComplete && packet.length > ACL_HEADER_BYTES) this.#forget(view.getUint16(4, true));
      if (packet[0] !== PACKET_TYPE.acl || packet.length < ACL_HEADER_BYTES) return super.emit('data', ...args);
      const handle = view.getUint16(1, true) & 0xfff;
      if (this.#condemned.has(handle)) return true;
      if (!this.#frames.fits(handle, (packet[2] ?? 0) >> 4 !== 1, packet.subarray(ACL_HEADER_BYTES))) return this.#condemn(handle, { kind: 'no-frame' });
      try {
        return super.emit('data', ...args);
      } catch (error) {
        return this.#condemn(handle, { kind: 'thrown', error });
      }
    }

    #condemn(handle: number, fault: Fault): boolean {
      this.#condemned.add(handle);
      this.write(Buffer.from(disconnect(handle)));
      report(fault);
      return true;
    }

    #forget(handle: number): void {
      this.#condemned.delete(handle);
      this.#frames.forget(handle);
    }
  };
