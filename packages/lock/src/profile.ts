// One lock, two profiles (ADR 28). `powered`: a motor, a battery, a clock, a link, radios. `passive`: none of these; the key that touches it
// brings the power, and the hand that holds the key turns the bolt. This table is all that differs; the rest of the lock asks it.

import type { LockSource } from '@mortise/access/lockout.ts';
import { INTERFACES, type Verb } from '@mortise/aliro/vendor.ts';
import { MAX_HELD_ENTRIES, MAX_KEPT_ENTRIES } from './events.ts';
import { canDo, type Mechanism } from './mechanism.ts';
import type { Peer } from './peer.ts';

export const PROFILE_NAMES = ['powered', 'passive'] as const;
export type Profile = (typeof PROFILE_NAMES)[number];

export type Traits = {
  /** Aliro's interface byte, by how the credential came. */
  readonly interfaces: { readonly [K in Peer['kind']]: number };
  /** What it can do for whoever came so, if its mechanism can; `entry`: for a hand with PIN, code, card or finger. */
  readonly verbs: { readonly [K in Peer['kind'] | 'entry']: readonly Verb[] };
  /** Where such entries come from. */
  readonly sources: readonly LockSource[];
  readonly nearConnections: number;
  /** Entries that no hub has acknowledged; beyond it the oldest go. */
  readonly heldEntries: number;
  /** Acknowledged entries that stay, for a hub that turns out to have lost them. */
  readonly keptEntries: number;
  /** How many of the held may be of what proves nothing, whatever number of lives they came in. */
  readonly noiseEntries: number;
  /** Whether the number of what was not recorded is stored each time, since the next power cut is a second away. */
  readonly storesMissed: boolean;
  /** Whether a connection that ends by nonsense is recorded though it asked for nothing. */
  readonly recordsNonsense: boolean;
  /** Whether the shell's real-time clock is one; else it is not looked at, and each life begins with a lost clock. */
  readonly hasRealTimeClock: boolean;
  /** Whether the time is asked for as soon as somebody is there, and taken, with its certificate, from whoever that is. */
  readonly asksTimeFirst: boolean;
  /** Whether it has a link of its own, and so takes word of how it reaches the hub. */
  readonly hasLink: boolean;
  readonly relocks: boolean;
  /** Whether each start is recorded; else only what is found otherwise than it was left. */
  readonly recordsStarts: boolean;
  /** Whether it keeps the Revocation Documents that it was shown and hands them on. */
  readonly handsOnRevocations: boolean;
  /** How long a movement may take, ms; undefined: as long as the roster's policy says, and before there is one MOVEMENT_MS (bolt.ts). */
  readonly movementMs: number | undefined;
};

/** How long the hand has to turn, and again from when the bolt has left its end. */
export const TURN_MS = 10_000;

/** Strangers, in however many contacts, fill a quarter of the ring at most. */
export const PASSIVE_HELD_ENTRIES = 1024;
export const PASSIVE_NOISE_ENTRIES = 256;

/** Of these a lock does what its mechanism can. */
const MOVING_VERBS: readonly Verb[] = ['unlock', 'lock', 'unlatch', 'holdUnlocked', 'endHold'];

export const PROFILES: { readonly [P in Profile]: Traits } = {
  powered: {
    interfaces: { relay: INTERFACES.relay, near: INTERFACES.ble },
    // Whoever comes over the relay has a hub that syncs without being asked.
    verbs: { relay: MOVING_VERBS, near: [...MOVING_VERBS, 'syncOnly'], entry: ['unlock', 'lock'] },
    sources: ['keypad', 'finger', 'card'],
    nearConnections: 4,
    heldEntries: MAX_HELD_ENTRIES,
    keptEntries: MAX_KEPT_ENTRIES,
    noiseEntries: Infinity,
    storesMissed: false,
    recordsNonsense: false,
    hasRealTimeClock: true,
    asksTimeFirst: false,
    hasLink: true,
    relocks: true,
    recordsStarts: true,
    handsOnRevocations: false,
    movementMs: undefined,
  },
  passive: {
    interfaces: { relay: INTERFACES.relay, near: INTERFACES.contact },
    // The bolt is returned by hand, so that nobody asks for it. A relay would need a link.
    verbs: { relay: [], near: ['unlock', 'syncOnly'], entry: [] },
    sources: [],
    nearConnections: 1,
    heldEntries: PASSIVE_HELD_ENTRIES,
    keptEntries: 0,
    noiseEntries: PASSIVE_NOISE_ENTRIES,
    storesMissed: true,
    recordsNonsense: true,
    hasRealTimeClock: false,
    asksTimeFirst: true,
    hasLink: false,
    relocks: false,
    recordsStarts: false,
    handsOnRevocations: true,
    movementMs: TURN_MS,
  },
};

/** The interface byte of a transaction follows from its peer; near a powered lock it is Bluetooth's, in its GATT form (ADR 21). */
export const interfaceOf = (lock: { readonly profile: Profile }, { kind }: Peer): number => traitsOf(lock).interfaces[kind];

/** What the lock can do for this peer. */
export const capabilitiesFor = (lock: { readonly profile: Profile; readonly mechanism: Mechanism }, { kind }: Peer): readonly Verb[] =>
  traitsOf(lock).verbs[kind].filter((verb) => canDo(lock.mechanism, verb));

export const traitsOf = ({ profile }: { readonly profile: Profile }): Traits => PROFILES[profile];
