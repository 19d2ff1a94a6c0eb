// A controller: its address and place, its links, and whether it advertises, scans or connects. What its host writes comes in by hci-port.ts;
// who hears whom is the radio's affair (radio.ts).

import { concat, type Bytes } from '@mortise/base/bytes.ts';
import type { Host } from '@mortise/bluetooth/driver.ts';
import { Advertiser } from './advertiser.ts';
import type { Air, Place } from './air.ts';
import type { Clock } from './clock.ts';
import { addressName, type DeviceAddress } from './device-address.ts';
import { EVENT, STATUS, type Status } from './hci-codes.ts';
import { DEFAULT_MASK, encodeEvent, wanted, wantsEnhanced, type Mask } from './hci-packet.ts';
import type { Link, Party } from './link.ts';
import { connectionComplete, connectionFailed, type Role } from './link-events.ts';
import type { LinkTiming } from './link-timing.ts';
import { Scanner } from './scanner.ts';

export type ControllerOptions = {
  readonly address: DeviceAddress;
  readonly place?: Place;
  /** Whether it says that it knows extended scanning and connecting (Bluetooth 5). */
  readonly extended?: boolean;
  /** The longest data packet it takes from its host, 27 bytes at least, and how many at a time. */
  readonly aclBytes?: number;
  readonly aclPackets?: number;
  readonly maxLinks?: number;
};

export type Wish = { readonly peer: DeviceAddress; readonly timing: LinkTiming };

export type LinkEnd = { readonly link: Link; readonly role: Role };

const FIRST_HANDLE = 0x40;
const LAST_HANDLE = 0xeff;
const DEFAULTS = { aclBytes: 251, aclPackets: 8, maxLinks: 8 } as const;

export class Controller implements Party {
  readonly #clock: Clock;
  readonly #hosts = new Set<Host>();
  readonly #links = new Map<number, LinkEnd>();
  #nextHandle = FIRST_HANDLE;
  #untold = 0;
  #powered = true;
  address: DeviceAddress;
  place: Place;
  mask: Mask = DEFAULT_MASK;
  /** Whom the host wants to be connected with. */
  wish: Wish | undefined;
  readonly extended: boolean;
  readonly aclBytes: number;
  readonly aclPackets: number;
  readonly maxLinks: number;
  readonly advertiser: Advertiser;
  readonly scanner = new Scanner();

  constructor(clock: Clock, air: Air, options: ControllerOptions, advertise: (controller: Controller) => void) {
    this.#clock = clock;
    this.address = options.address;
    this.place = options.place ?? { x: 0, y: 0 };
    this.extended = options.extended ?? false;
    ({ aclBytes: this.aclBytes, aclPackets: this.aclPackets, maxLinks: this.maxLinks } = { ...DEFAULTS, ...options });
    this.advertiser = new Advertiser(clock, air, () => { advertise(this); });
  }

  get powered(): boolean {
    return this.#powered;
  }

  get links(): ReadonlyMap<number, LinkEnd> {
    return this.#links;
  }

  /** Events under way to the host. */
  get untold(): number {
    return this.#untold;
  }

  get hosts(): number {
    return this.#hosts.size;
  }

  get full(): boolean {
    return this.#links.size >= this.maxLinks;
  }

  /** Packets of the host that are on their way. */
  get unsent(): number {
    return [...this.#links.values()].reduce((sum, { link, role }) => sum + link.unsent(role), 0);
  }

  /** Until the answered function is called. */
  listen(host: Host): () => void {
    this.#hosts.add(host);
    return () => { this.#hosts.delete(host); };
  }

  tell(packet: Bytes): void {
    if (!wanted(this.mask, packet)) return;
    this.#untold += 1;
    this.#clock.later(0, () => {
      this.#untold -= 1;
      if (this.#powered) for (const host of this.#hosts) host.packet(packet);
    });
  }

  /** The handle that the next link gets. */
  takeHandle(): number {
    do this.#nextHandle = this.#nextHandle >= LAST_HANDLE ? FIRST_HANDLE : this.#nextHandle + 1;
    while (this.#links.has(this.#nextHandle));
    return this.#nextHandle;
  }

  adopt(handle: number, end: LinkEnd): void {
    this.#links.set(handle, end);
    this.tell(connectionComplete(wantsEnhanced(this.mask), handle, end.role, end.link.peer(end.role).address, end.link.timing));
  }

  release(handle: number): boolean {
    return this.#links.delete(handle);
  }

  isConnectedTo(peer: DeviceAddress): boolean {
    return [...this.#links.values()].some(({ link, role }) => addressName(link.peer(role).address) === addressName(peer));
  }

  /** Whoever advertises next under this address is connected with. */
  connect(wish: Wish): Status {
    if (this.wish !== undefined) return STATUS.commandDisallowed;
    if (this.full) return STATUS.connectionLimit;
    if (this.isConnectedTo(wish.peer)) return STATUS.connectionExists;
    this.wish = wish;
    return STATUS.success;
  }

  cancelConnect(): Status {
    if (this.wish === undefined) return STATUS.commandDisallowed;
    this.wish = undefined;
    this.#clock.later(0, () => { this.tell(connectionFailed(wantsEnhanced(this.mask), STATUS.unknownConnection)); });
    return STATUS.success;
  }

  /** Data from the host, of a known handle; more than was agreed is dropped and said. */
  send({ link, role }: LinkEnd, first: boolean, data: Bytes): void {
    if (data.length > this.aclBytes || this.unsent >= this.aclPackets) this.tell(encodeEvent(EVENT.dataBufferOverflow, Uint8Array.of(1)));
    else link.send(role, first, concat(data));
  }

  /** As after power-on; its peers notice by the silence. */
  reset(): void {
    const links = [...this.#links.values()];
    this.#links.clear();
    this.advertiser.reset();
    this.scanner.reset();
    this.wish = undefined;
    this.mask = DEFAULT_MASK;
    for (const { link } of links) link.vanish();
  }

  /** Plugs the controller in or out. */
  power(on: boolean): void {
    if (this.#powered === on) return;
    this.#powered = on;
    this.reset();
    for (const host of this.#hosts) host.power();
  }
}
