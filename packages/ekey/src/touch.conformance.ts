// For tests: a key on a real lock, in the lock's world. Frames take 2 ms each way; a test may change, hold or drop any of them, and lift at any.
// A passive lock is touched, and each touch is a life of its own that the key powers; a powered one is reached by its near link.

import assert from 'node:assert/strict';
import { instant } from '@mortise/base/instant.ts';
import type { Bytes } from '@mortise/base/bytes.ts';
import { welcomingLock, type Guests } from '@mortise/lock/guests.conformance.ts';
import type { Profile } from '@mortise/lock/profile.ts';
import type { TouchVia } from './events.ts';
import { KeyHub } from './key-hub.conformance.ts';
import type { KeyItem, KeyOrders } from '@mortise/courier/key-orders.ts';
import { KeyWorld } from './world.conformance.ts';

export const CONTACT_MS = 2;

const VIA: { readonly [P in Profile]: TouchVia } = { powered: 'near', passive: 'contact' };

let connections = 1_000_000;

/** A lock at the front door, one of all doors, its link down; a key of its site, and the key's hub. */
export class Site {
  readonly guests: Guests;
  readonly key: KeyWorld;
  readonly hub: KeyHub;

  readonly profile: Profile;

  /** `guests`: of a lock of this profile; left out: of one that opens to documents. */
  constructor(profile: Profile = 'powered', seed = 'a key', guests: Guests = welcomingLock(profile)) {
    this.profile = profile;
    this.guests = guests;
    const { world, site } = this.guests;
    world.run(11_000);
    world.input({ kind: 'linkDown' });
    this.key = new KeyWorld(world, seed);
    this.hub = new KeyHub(this.key, site, () => instant(site.now()));
    this.key.start();
  }

  run(ms: number): void {
    this.guests.world.run(ms);
  }

  /** Enrolled, its clock set, its orders in force. */
  ready(items: readonly KeyItem[] = [this.hub.ownTimeKey(), this.hub.grant({ places: [this.guests.door] })], orders: Partial<KeyOrders> = {}): void {
    this.hub.link();
    this.hub.say('enrol', this.hub.enrolment());
    this.run(50);
    this.hub.order(items, orders);
    this.update();
    assert.equal(this.key.state.orders?.version, this.hub.orders?.version);
  }

  /** The courier comes, does all there is to do, and goes. */
  update(): void {
    this.hub.unlink();
    this.hub.link();
    this.run(1000);
    this.hub.unlink();
    this.run(5000);
  }

  touch(): Touch {
    return new Touch(this);
  }

  /** Touches, opens, waits, lifts. */
  open(): Touch {
    const touch = this.touch();
    touch.begin('unlock');
    this.run(3000);
    touch.lift();
    return touch;
  }
}

/** What becomes of a frame; by default it arrives. */
export type Pins = (frame: Bytes, to: 'lock' | 'key') => readonly Bytes[];

export class Touch {
  frames = 0;
  /** How often the one had to wait for the other: turns from lock to key and back. */
  roundTrips = 0;
  #last: 'lock' | 'key' | undefined;
  bytes = 0;
  isOn = true;
  pins: Pins = (frame) => [frame];
  readonly #site: Site;
  readonly #connection = (connections += 1);

  constructor(site: Site) {
    this.#site = site;
    const { world } = site.guests;
    const { hearNear, nearClosed } = world;
    world.hearNear = (connection, frame) => (connection === this.#connection ? this.#carry(frame, 'key') : hearNear(connection, frame));
    world.nearClosed = (connection) => (connection === this.#connection ? this.lift() : nearClosed(connection));
    site.key.hearTouch = (frame) => this.#carry(frame, 'lock');
    site.key.touchClosed = () => this.#unlock();
  }

  begin(verb: 'unlock' | 'lock' | 'syncOnly'): void {
    const { key, profile, guests: { world } } = this.#site;
    key.input({ kind: 'touched', via: VIA[profile], verb });
    if (profile === 'passive') {
      world.revive();
      world.wake();
    }
    world.input({ kind: 'nearOpened', connection: this.#connection });
  }

  lift(): void {
    if (!this.isOn) return;
    this.#unlock();
    this.#site.key.input({ kind: 'lifted' });
  }

  #unlock(): void {
    if (!this.isOn) return;
    this.isOn = false;
    // A passive lock hears nothing of a lift: it is a power cut.
    if (this.#site.profile === 'passive') this.#site.guests.world.revive();
    else this.#site.guests.world.input({ kind: 'nearClosed', connection: this.#connection });
  }

  #carry(frame: Bytes, to: 'lock' | 'key'): void {
    this.frames += 1;
    if (to === 'lock' && this.#last === 'key') this.roundTrips += 1;
    this.#last = to;
    this.bytes += frame.length;
    for (const passed of this.pins(frame, to)) this.#site.guests.world.later(CONTACT_MS, () => this.#arrive(passed, to));
  }

  #arrive(bytes: Bytes, to: 'lock' | 'key'): void {
    if (!this.isOn) return;
    if (to === 'key') this.#site.key.input({ kind: 'frame', bytes });
    else this.#site.guests.world.input({ kind: 'nearFrame', connection: this.#connection, bytes });
  }
}
