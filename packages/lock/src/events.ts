// What comes into the lock and what goes out of it. The shell (controller, virtual lock, simulator) reports events and
// carries out effects in the order given; it decides nothing. Times are readings that come in with each input.

import type { Bytes } from '@mortise/base/bytes.ts';
import type { Verb } from '@mortise/aliro/vendor.ts';
import type { ProductName } from '@mortise/cards/product.ts';
import type { FromLockMessage, ToLockMessage } from '@mortise/courier/link-message.ts';
import type { Crypto } from '@mortise/crypto/crypto.ts';
import type { NetworkSettings } from '@mortise/documents/network-settings.ts';
import type { Entry } from '@mortise/journal/chain.ts';
import type { BatteryPart } from './battery.ts';
import type { MemoryParts } from './memory-parts.ts';

export type Context = { readonly crypto: Crypto };

/** `monotonicMs` runs since the process started and never jumps; `rtcMs` is the raw clock (ms since 1970), trusted for nothing; NaN: there is none. Whole numbers. */
export type Reading = { readonly monotonicMs: number; readonly rtcMs: number };

/** `entropy`: 32 fresh random bytes for each input, never used twice. */
export type LockInput = { readonly now: Reading; readonly entropy: Bytes; readonly event: LockEvent };

/** Of a strike, a magnet or a gate `thrown` is secured, `withdrawn` released; `unlatched`: the latch is drawn, further than withdrawn. */
export type Position = 'thrown' | 'withdrawn' | 'between' | 'unlatched';
export type Direction = 'throw' | 'withdraw' | 'unlatch';
/** What can be turned to by hand: the thumb-turn, and the handle that draws the latch. */
export type Turn = Exclude<Position, 'between'>;

/**
 * The shell reports what its sensors say (`bolt`, `door`, `battery` and those that it has of `exit`, `fire`, `tamper`, `power`, `temperature`) once after birth or
 * restore, then `started`, then every change. `thumbTurn` and `power` come before the movement of the bolt that they cause, so that a hand is told from the
 * motor. `stalled`: the motor's current stood above its limit, and it was cut. `exit`, `fire`: request-to-exit and fire release, wired ahead of software;
 * `reset`: the button inside, which counts with the bolt sensed withdrawn; `power`: whether the mechanism's own supply is there. `battery`: of a part (battery.ts), the main one if none is named; `celsius`: degrees.
 * It sends `tick` no later than `LockState.nextWakeMs` (monotonic). `near…`: a phone at the door, by the shell's number for the
 * connection, which is a whole number and never used twice in one life; `bytes`: one near frame, put together from its packets, any bytes;
 * `nearNoise`: bytes came that are no frame of its wire; `nearClosed`: it went away by itself. `typed`: what a hand typed and confirmed, any text; `finger`: the slot that the sensor matched, undefined if none; `fingerSlots`: those that hold
 * a finger, from a sensor that is there: after the start, and after each change;
 * `cardFound`: a card lies on the reader, which tells its kind and UID; `cardAnswer`: what it answered to `cardSend`, any bytes; `cardGone`: it was lifted.
 */
export type LockEvent =
  | { readonly kind: 'started' }
  | { readonly kind: 'tick' }
  | { readonly kind: 'reset' }
  | { readonly kind: 'linkUp' }
  | { readonly kind: 'linkDown' }
  | { readonly kind: 'link'; readonly message: ToLockMessage }
  | { readonly kind: 'nearOpened'; readonly connection: number }
  | { readonly kind: 'nearFrame'; readonly connection: number; readonly bytes: Bytes }
  | { readonly kind: 'nearNoise'; readonly connection: number }
  | { readonly kind: 'nearClosed'; readonly connection: number }
  | { readonly kind: 'signed'; readonly id: number; readonly signature: Bytes }
  | { readonly kind: 'stored'; readonly id: number }
  | { readonly kind: 'bolt'; readonly position: Position }
  | { readonly kind: 'thumbTurn'; readonly to: Turn }
  | { readonly kind: 'stalled' }
  | { readonly kind: 'door'; readonly open: boolean }
  | { readonly kind: 'exit' | 'fire' | 'tamper'; readonly active: boolean }
  | { readonly kind: 'power'; readonly present: boolean }
  | { readonly kind: 'temperature'; readonly celsius: number }
  | { readonly kind: 'battery'; readonly mv: number; readonly part?: BatteryPart }
  | { readonly kind: 'typed'; readonly digits: string; readonly verb: EntryVerb }
  | { readonly kind: 'finger'; readonly slot: number | undefined; readonly verb: EntryVerb }
  | { readonly kind: 'fingerSlots'; readonly slots: readonly number[] }
  | { readonly kind: 'cardFound'; readonly product: ProductName; readonly uid: Bytes; readonly verb: EntryVerb }
  | { readonly kind: 'cardAnswer'; readonly apdu: Bytes }
  | { readonly kind: 'cardGone' };

/** What a hand at the lock says that its PIN, card or finger is for. */
export type EntryVerb = Extract<Verb, 'unlock' | 'lock'>;
/** What it is told: it waits, after too many wrong entries; something else of the same person must come now. */
export type EntrySignal = 'refused' | 'wait' | 'another';

/** Entries that no hub has acknowledged; beyond it the oldest go, and the gap shows in the chain. Of a powered lock; profile.ts has the others'. */
export const MAX_HELD_ENTRIES = 10_000;

/** Acknowledged entries that stay on the lock: a hub that turns out to have lost them gets them again. */
export const MAX_KEPT_ENTRIES = 512;

/**
 * One atomic, durable write. `configuration` replaces the whole one, each part of `memory` the one of its name; `append` are the
 * next journal entries; entries up to `acknowledged` are safe at the hub and those before that one may be dropped, but the shell
 * keeps the last MAX_KEPT_ENTRIES for `restore`. Of what is not acknowledged it keeps the last MAX_HELD_ENTRIES and the entry before them. A
 * passive lock has bounds of its own (profile.ts).
 */
export type StoreWrite = {
  readonly configuration?: Bytes;
  readonly memory?: MemoryParts;
  readonly append?: readonly Entry[];
  readonly acknowledged?: number;
};

/**
 * `store`: answer `stored` with its id once the write is durable; writes are made in the order given. When it fails, say nothing:
 * then nothing moves. `sign`: answer `signed` with a raw 64-byte ECDSA-SHA256 signature over `message` by the named key.
 * `fingerEnrol`: the next finger within this time goes into the slot; `fingerForget`: what is in it goes, and it waits for none.
 * `drive`: the motor, or the coil (`throw` secures it); `unlatch` draws the latch until a `withdraw` lets it go. Without a motor `withdraw` frees the bolt for the hand, until `block`, which
 * cuts a motor too. `erase`: this lock is at its end; forget all that it knew, and its keys, and begin a new one. `nearSend`: a near frame, to be cut into packets; `nearClose`: after what was sent. `network`: join it, and look for the hub there; said at each start, before the credentials. `linkCredentials`: reconnect with them once what was sent before has gone out (certificate PEM and CA PEM).
 */
export type LockEffect =
  | { readonly kind: 'store'; readonly id: number; readonly write: StoreWrite }
  | { readonly kind: 'sign'; readonly id: number; readonly key: 'identity' | 'reader'; readonly message: Bytes }
  | { readonly kind: 'send'; readonly message: FromLockMessage }
  | { readonly kind: 'nearSend'; readonly connection: number; readonly frame: Bytes }
  | { readonly kind: 'nearClose'; readonly connection: number }
  | { readonly kind: 'drive'; readonly direction: Direction }
  | { readonly kind: 'block' }
  | { readonly kind: 'erase' }
  | { readonly kind: 'cardSend'; readonly apdu: Bytes }
  | { readonly kind: 'fingerEnrol'; readonly slot: number; readonly forMs: number }
  | { readonly kind: 'fingerForget'; readonly slot: number }
  | { readonly kind: 'signal'; readonly what: 'granted' | 'jammed' | EntrySignal }
  | { readonly kind: 'network'; readonly settings: NetworkSettings }
  | { readonly kind: 'linkCredentials'; readonly certificate: Bytes; readonly ca: Bytes };
