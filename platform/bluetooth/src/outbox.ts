// What goes out to controllers, connection by connection. A controller has places for a few packets, and a phone that takes nothing keeps the
// places that its packets stand in; so no connection may have more than half of them, they take turns, and what waits for one of them is
// bounded. A connection that frees no place for a while is stalled.

import { EMPTY, type Bytes } from '@mortise/base/bytes.ts';

/** What may wait for one connection. */
export const MAX_WAITING_BYTES = 262_144;
/** Packets that are under way, and none of them arrives for so long. */
export const STALLED_MS = 5000;

type Lane = { readonly waiting: Bytes[]; waitingBytes: number; underWay: number; movedMs: number };

export class Outbox {
  readonly #lanes = new Map<number, Lane>();
  /** Until the controller says how many it takes. */
  #places = 1;

  room(places: number): void {
    this.#places = Math.max(1, places);
  }

  /** Bytes that wait for this connection. */
  waitingBytes(handle: number): number {
    return this.#lanes.get(handle)?.waitingBytes ?? 0;
  }

  /** Nothing waits or is under way. */
  isIdle(handle: number): boolean {
    const lane = this.#lanes.get(handle);
    return lane === undefined || (lane.underWay === 0 && lane.waitingBytes === 0);
  }

  /** Takes a packet; false: too much waits already. */
  put(handle: number, packet: Bytes, nowMs: number): boolean {
    const lane = this.#lanes.get(handle) ?? { waiting: [], waitingBytes: 0, underWay: 0, movedMs: nowMs };
    if (lane.waitingBytes + packet.length > MAX_WAITING_BYTES) return false;
    if (lane.underWay === 0) lane.movedMs = nowMs;
    lane.waiting.push(packet);
    lane.waitingBytes += packet.length;
    this.#lanes.set(handle, lane);
    return true;
  }

  /** The controller has got rid of so many. */
  completed(handle: number, count: number, nowMs: number): void {
    const lane = this.#lanes.get(handle);
    if (lane === undefined) return;
    lane.underWay = Math.max(0, lane.underWay - count);
    lane.movedMs = nowMs;
  }

  /** Nothing more goes out by this connection; what is under way is. */
  empty(handle: number): void {
    const lane = this.#lanes.get(handle);
    if (lane === undefined) return;
    lane.waiting.length = 0;
    lane.waitingBytes = 0;
  }

  /** The connection is gone, and so is all that was to go out by it. */
  forget(handle: number): void {
    this.#lanes.delete(handle);
  }

  /** The packets that may go to the controller now, in order. */
  due(): readonly Bytes[] {
    const due: Bytes[] = [];
    for (let lane = this.#next(); lane !== undefined; lane = this.#next()) due.push(take(lane));
    return due;
  }

  /** Connections that are stalled. */
  stalled(nowMs: number): readonly number[] {
    return [...this.#lanes].filter(([, { underWay, movedMs }]) => underWay > 0 && nowMs - movedMs >= STALLED_MS).map(([handle]) => handle);
  }

  // Whoever has least under way is next.
  #next(): Lane | undefined {
    const lanes = [...this.#lanes.values()];
    if (lanes.reduce((sum, { underWay }) => sum + underWay, 0) >= this.#places) return undefined;
    const share = Math.max(1, Math.floor(this.#places / 2));
    return lanes.filter(({ waiting, underWay }) => waiting.length > 0 && underWay < share).toSorted((a, b) => a.underWay - b.underWay)[0];
  }
}

const take = (lane: Lane): Bytes => {
  const packet = lane.waiting.shift() ?? EMPTY;
  lane.waitingBytes -= packet.length;
  lane.underWay += 1;
  return packet;
};
