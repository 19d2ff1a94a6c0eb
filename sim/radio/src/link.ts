// A connection of two controllers. What a host sends arrives in order or the connection ends: a packet that is not heard is sent again at the
// next interval, and after the supervision timeout without a word both sides are told 0x08. L2CAP and all above are the hosts' affair.

import { equalBytes, type Bytes } from '@mortise/base/bytes.ts';
import type { Air, Place } from './air.ts';
import type { Cancel, Clock } from './clock.ts';
import type { DeviceAddress } from './device-address.ts';
import { STATUS, type Status } from './hci-codes.ts';
import { encodeAcl } from './hci-packet.ts';
import { Lane } from './lane.ts';
import { completedPackets, connectionUpdateComplete, dataLengthChange, disconnectionComplete, encryptionChange, LEAST_OCTETS, longTermKeyRequest, MOST_OCTETS, type Role } from './link-events.ts';
import type { LinkTiming } from './link-timing.ts';

/** A controller, as a link sees it. */
export interface Party {
  readonly address: DeviceAddress;
  readonly place: Place;
  /** An event for the host. */
  tell(packet: Bytes): void;
  /** The handle is gone; false when it was not known. */
  release(handle: number): boolean;
}

export type Pair<T> = Readonly<Record<Role, T>>;

type Parcel = { readonly kind: 'acl'; readonly first: boolean; readonly data: Bytes } | { readonly kind: 'signal'; readonly act: () => void };

type End = { readonly party: Party; readonly handle: number; readonly lane: Lane<Parcel>; unsent: number; octets: number };

const other = (role: Role): Role => (role === 'central' ? 'peripheral' : 'central');

/** A connection that the peripheral never heard of is given up after so many intervals. Vol 6 Part B §4.5.2. */
const INTERVALS_TO_ESTABLISH = 6;
/** Vol 6 Part B §5.2. */
const RESPONSE_TIMEOUT_MS = 40_000;

export type LinkParts = {
  readonly clock: Clock;
  readonly air: Air;
  readonly timing: LinkTiming;
  readonly parties: Pair<Party>;
  readonly handles: Pair<number>;
  /** Whether the peripheral heard that it is connected. */
  readonly heard: boolean;
  readonly ended: (link: Link) => void;
};

export class Link {
  readonly #parts: LinkParts;
  readonly #ends: Pair<End>;
  #timing: LinkTiming;
  /** A side is gone without a word, or never was there. */
  #deaf: boolean;
  #ending = false;
  #open = true;
  #failingSinceMs: number | undefined;
  #darkness: Cancel | undefined;
  #keyWanted: { readonly key: Bytes; readonly cancel: Cancel } | undefined;

  constructor(parts: LinkParts) {
    this.#parts = parts;
    this.#timing = parts.timing;
    this.#deaf = !parts.heard;
    this.#ends = { central: this.#endOf('central'), peripheral: this.#endOf('peripheral') };
    if (!parts.heard) this.#darkness = parts.clock.later(INTERVALS_TO_ESTABLISH * parts.timing.intervalMs, () => { this.#close(STATUS.notEstablished, STATUS.notEstablished); });
  }

  get timing(): LinkTiming {
    return this.#timing;
  }

  peer(role: Role): Party {
    return this.#ends[other(role)].party;
  }

  /** Packets of this side that have not arrived. */
  unsent(role: Role): number {
    return this.#ends[role].unsent;
  }

  connects(a: Party, b: Party): boolean {
    const { central, peripheral } = this.#parts.parties;
    return (central === a && peripheral === b) || (central === b && peripheral === a);
  }

  /** Data that the host of `role` sends; nothing once it has ended the connection. */
  send(role: Role, first: boolean, data: Bytes): void {
    if (this.#ending) return;
    this.#ends[role].unsent += 1;
    this.#post(role, { kind: 'acl', first, data });
  }

  /** The host of `role` ends it, after what it has sent. */
  end(role: Role, reason: number): Status {
    if (this.#ending) return STATUS.commandDisallowed;
    this.#signal(role, () => { this.#closeFor(role, STATUS.endedByLocalHost, reason); });
    this.#ending = true;
    return STATUS.success;
  }

  /** Both sides lose it now. */
  cut(): void {
    this.#close(STATUS.connectionTimeout, STATUS.connectionTimeout);
  }

  /** One side lost power or was reset: the other notices by the silence. */
  vanish(): void {
    this.#deaf = true;
    this.look();
  }

  /** Place or weather changed: start or stop the supervision timeout. */
  look(): void {
    if (!this.#open) return;
    const { central, peripheral } = this.#parts.parties;
    const reaches = !this.#deaf && this.#parts.air.reaches(central.place, peripheral.place);
    if (reaches) {
      this.#darkness?.();
      this.#darkness = undefined;
    } else this.#darkness ??= this.#parts.clock.later(this.#timing.supervisionTimeoutMs, () => { this.cut(); });
  }

  /** New timing, by the next exchange. */
  update(role: Role, timing: LinkTiming): void {
    this.#signal(role, () => {
      this.#timing = timing;
      for (const { party, handle } of this.#both()) party.tell(connectionUpdateComplete(handle, timing));
    });
  }

  /** How many octets of payload this side puts into one packet on the air. */
  setOctets(role: Role, octets: number): void {
    const agreed = Math.min(octets, MOST_OCTETS);
    this.#signal(role, () => {
      if (this.#ends[role].octets === agreed) return;
      this.#ends[role].octets = agreed;
      for (const side of ['central', 'peripheral'] as const) {
        const { party, handle, octets: sent } = this.#ends[side];
        party.tell(dataLengthChange(handle, sent, this.#ends[other(side)].octets));
      }
    });
  }

  /** The central asks for encryption; the peripheral's host must know the key. Encryption itself is not emulated: there is nobody between. */
  startEncryption(key: Bytes, randomAndDiversifier: Bytes): Status {
    if (this.#keyWanted !== undefined) return STATUS.commandDisallowed;
    const { clock } = this.#parts;
    this.#keyWanted = { key, cancel: clock.later(RESPONSE_TIMEOUT_MS, () => { this.#close(STATUS.responseTimeout, STATUS.responseTimeout); }) };
    const { party, handle } = this.#ends.peripheral;
    this.#signal('central', () => { party.tell(longTermKeyRequest(handle, randomAndDiversifier)); });
    return STATUS.success;
  }

  /** The peripheral's host knows this key, or none. */
  giveKey(key: Bytes | undefined): Status {
    const wanted = this.#keyWanted;
    if (wanted === undefined) return STATUS.commandDisallowed;
    wanted.cancel();
    this.#keyWanted = undefined;
    this.#signal('peripheral', () => { this.#judgeKey(wanted.key, key); });
    return STATUS.success;
  }

  #judgeKey(wanted: Bytes, key: Bytes | undefined): void {
    const { central } = this.#ends;
    if (key === undefined) central.party.tell(encryptionChange(STATUS.keyMissing, central.handle, false));
    else if (!equalBytes(wanted, key)) this.#close(STATUS.micFailure, STATUS.micFailure);
    else for (const { party, handle } of this.#both()) party.tell(encryptionChange(STATUS.success, handle, true));
  }

  #endOf(role: Role): End {
    const { clock, parties, handles } = this.#parts;
    const lane = new Lane<Parcel>(clock, {
      passes: () => this.#passes(role),
      retryMs: () => this.#timing.intervalMs,
      arrive: (parcel) => { this.#arrive(role, parcel); },
    });
    return { party: parties[role], handle: handles[role], lane, unsent: 0, octets: LEAST_OCTETS };
  }

  #both(): readonly End[] {
    return [this.#ends.central, this.#ends.peripheral];
  }

  #post(role: Role, parcel: Parcel): void {
    this.#ends[role].lane.send(parcel, this.#parts.air.delayMs());
  }

  #signal(role: Role, act: () => void): void {
    if (!this.#ending) this.#post(role, { kind: 'signal', act });
  }

  #passes(role: Role): boolean {
    const { clock, air } = this.#parts;
    if (!this.#deaf && air.carries(this.#ends[role].party.place, this.peer(role).place)) {
      this.#failingSinceMs = undefined;
      return true;
    }
    this.#failingSinceMs ??= clock.now();
    if (!this.#deaf && clock.now() - this.#failingSinceMs >= this.#timing.supervisionTimeoutMs) this.cut();
    return false;
  }

  #arrive(role: Role, parcel: Parcel): void {
    if (parcel.kind === 'signal') {
      parcel.act();
      return;
    }
    const [from, to] = [this.#ends[role], this.#ends[other(role)]];
    from.unsent -= 1;
    for (let at = 0; at < parcel.data.length; at += from.octets) to.party.tell(encodeAcl(to.handle, parcel.first && at === 0, parcel.data.subarray(at, at + from.octets)));
    from.party.tell(completedPackets(from.handle, 1));
  }

  #closeFor(role: Role, reason: number, others: number): void {
    if (role === 'central') this.#close(reason, others);
    else this.#close(others, reason);
  }

  #close(central: number, peripheral: number): void {
    if (!this.#open) return;
    this.#open = false;
    this.#darkness?.();
    this.#keyWanted?.cancel();
    const reasons: Pair<number> = { central, peripheral };
    for (const role of ['central', 'peripheral'] as const) this.#closeEnd(this.#ends[role], reasons[role]);
    this.#parts.ended(this);
  }

  #closeEnd({ party, handle, lane }: End, reason: number): void {
    lane.close();
    if (party.release(handle)) party.tell(disconnectionComplete(handle, reason));
  }
}
