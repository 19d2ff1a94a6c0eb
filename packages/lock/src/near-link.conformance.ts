// For tests: a phone's near link to a lock in its world. Frames take 5 ms each way. It keeps what it heard, and can carry: hand the lock
// link messages, take its own, and say that it took them.

import { required } from '@mortise/base/assert.ts';
import type { Bytes } from '@mortise/base/bytes.ts';
import { decodeAdoptBody, encodeAdoptBody } from '@mortise/courier/link-body.ts';
import { decodeFromLock, encodeToLock, NO_SESSION, type FromLockMessage, type FromLockType, type ToLockType } from '@mortise/courier/link-message.ts';
import { decodeNearFrame, encodeNearFrame, type NearFrame } from '@mortise/courier/near-frame.ts';
import type { RelayFrame } from '@mortise/courier/relay-frame.ts';
import type { World } from './world.conformance.ts';

export const NEAR_LATENCY_MS = 5;

let connections = 0;

export class NearLink {
  readonly connection = (connections += 1);
  readonly heard: NearFrame[] = [];
  /** What the lock gave it to carry, in order. */
  readonly carried: FromLockMessage[] = [];
  /** Whether it says that it took a batch. */
  takes = true;
  isOpen = true;
  /** What hears each link message that it is given. */
  given: (message: FromLockMessage) => void = () => undefined;
  /** What hears the frames of a transaction. */
  hear: (frame: RelayFrame) => void = () => undefined;
  readonly #world: World;
  #seq = 0;

  constructor(world: World) {
    this.#world = world;
    const { hearNear, nearClosed } = world;
    world.hearNear = (connection, frame) => {
      hearNear(connection, frame);
      if (connection === this.connection) world.later(NEAR_LATENCY_MS, () => this.#heard(required(decodeNearFrame(frame), 'the lock sends near frames')));
    };
    world.nearClosed = (connection) => {
      nearClosed(connection);
      if (connection === this.connection) this.isOpen = false;
    };
    world.input({ kind: 'nearOpened', connection: this.connection });
  }

  say(frame: NearFrame): void {
    this.sayBytes(encodeNearFrame(frame));
  }

  sayBytes(bytes: Bytes): void {
    this.#world.later(NEAR_LATENCY_MS, () => this.#world.input({ kind: 'nearFrame', connection: this.connection, bytes }));
  }

  /** Hands the lock a link message. */
  bring(type: ToLockType, body: Bytes): void {
    this.#seq += 1;
    this.say({ kind: 'carry', message: encodeToLock({ type, session: NO_SESSION, seq: this.#seq, expires: 0, body }) });
  }

  /** One adoption message, and the lock's answer to it; undefined: none came. */
  adopt(step: number, bytes: Bytes): Bytes | undefined {
    const before = this.bodies('adopt').length;
    this.bring('adopt', encodeAdoptBody({ step, bytes }));
    this.#world.run(200);
    const [body] = this.bodies('adopt').slice(before);
    return body && decodeAdoptBody(body)?.bytes;
  }

  /** The phone walks away. */
  leave(): void {
    this.isOpen = false;
    this.#world.input({ kind: 'nearClosed', connection: this.connection });
  }

  /** Bodies of what it was given of this type. */
  bodies(type: FromLockType): readonly Bytes[] {
    return this.carried.flatMap((message) => (message.type === type ? [message.body] : []));
  }

  #heard(frame: NearFrame): void {
    this.heard.push(frame);
    switch (frame.kind) {
      case 'carry':
        return this.#carry(required(decodeFromLock(frame.message), 'the lock carries link messages'));
      case 'hello':
      case 'took':
        return;
      default:
        this.hear(frame);
    }
  }

  #carry(message: FromLockMessage): void {
    this.carried.push(message);
    this.given(message);
    if (message.type === 'journal' && this.takes) this.say({ kind: 'took', seq: message.seq });
  }
}
