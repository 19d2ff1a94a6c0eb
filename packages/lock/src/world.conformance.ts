// For tests: a lock in a small world with a virtual clock. It stores after a delay, signs with software keys, moves a bolt that
// takes time and may jam, and loses all that was not durable when it restarts; or a passive one, whose bolt a hand turns where it is free. It holds the lock to its invariants at every
// step: nothing moves without a durable decision, only what is sensed is said, every list keeps its bound.

import assert from 'node:assert/strict';
import { required } from '@mortise/base/assert.ts';
import { concat, uint, utf8, type Bytes } from '@mortise/base/bytes.ts';
import { Secret } from '@mortise/base/secret.ts';
import type { FromLockMessage, ToLockMessage } from '@mortise/courier/link-message.ts';
import type { Crypto } from '@mortise/crypto/crypto.ts';
import { deriveKeyPair, type KeyPair } from '@mortise/crypto/entropy.ts';
import type { NetworkSettings } from '@mortise/documents/network-settings.ts';
import type { Entry } from '@mortise/journal/chain.ts';
import { decodeRecord, type JournalRecord } from '@mortise/journal/record.ts';
import { randomisedCrypto } from '@mortise/node/randomised-crypto.fixture.ts';
import { birth, restore } from './birth.ts';
import { MAX_TRIES, triesOf, type BoltPhase } from './bolt.ts';
import { MAX_REQUEST_IDS } from './decisions.ts';
import type { Direction, LockEffect, LockEvent, Position, StoreWrite, Turn } from './events.ts';
import { MAX_PENDING_STORES } from './journal-keeper.ts';
import type { MemoryParts } from './memory-parts.ts';
import { MAX_OPERATIONS } from './motion.ts';
import { kindOf, MECHANISMS, type Mechanism } from './mechanism.ts';
import { PROFILES, type Profile } from './profile.ts';
import { boltSaid, isFreed } from './sensing.ts';
import { MAX_PENDING_SIGNATURES } from './sending.ts';
import { MAX_SESSIONS } from './sessions.ts';
import type { LockKeys, LockState } from './state.ts';
import { step } from './step.ts';

/** What the world does to the lock; change it at any time. A delay of `undefined`: it never answers. */
export type Faults = {
  storeDelayMs: number | undefined;
  signDelayMs: number | undefined;
  /** The bolt leaves its end and arrives nowhere. */
  jams: boolean;
  /** The bolt does not leave its end: no motor, or no hand. */
  stays: boolean;
  travelMs: number;
  /** The motor stalls so long after it was started, and its body says so. */
  stallsMs: number | undefined;
};

export const SETUP_SECRET = utf8('0123456789');
/** 2026-09-21, by a clock that the lock does not trust. */
export const RTC_MS = 1_790_000_000_000;

export class World {
  readonly profile: Profile;
  readonly mechanism: Mechanism;
  readonly crypto: Crypto = randomisedCrypto;
  readonly faults: Faults = { storeDelayMs: 2, signDelayMs: 1, jams: false, stays: false, travelMs: 400, stallsMs: undefined };
  readonly identity: KeyPair;
  readonly reader: KeyPair;
  readonly keys: LockKeys;
  readonly sent: FromLockMessage[] = [];
  readonly drives: Direction[] = [];
  readonly signals: string[] = [];
  readonly networks: NetworkSettings[] = [];
  readonly credentials: { readonly certificate: Bytes; readonly ca: Bytes }[] = [];
  readonly stored: { configuration: Bytes | undefined; memory: MemoryParts; entries: Entry[]; acknowledged: number } =
    { configuration: undefined, memory: {}, entries: [], acknowledged: 0 };
  position: Position = 'thrown';
  doorOpen = false;
  batteryMv = 6000;
  nowMs = 1000;
  /** When the lock's present life began: its monotonic clock counts from here. */
  bootMs = 0;
  state: LockState;
  /** Called with each message of the lock. */
  hear: (message: FromLockMessage) => void = () => undefined;
  /** Called with each near frame of the lock, and when it closes a connection. */
  hearNear: (connection: number, frame: Bytes) => void = () => undefined;
  nearClosed: (connection: number) => void = () => undefined;
  /** The finger sensor: which slots hold a finger, and which one the next finger goes into. */
  readonly sensor: { readonly slots: Set<number>; wanted: number | undefined } = { slots: new Set(), wanted: undefined };
  /** Called with each command to the card on the reader. */
  hearCard: (apdu: Bytes) => void = () => undefined;
  /** Called with each state and input kind, before the step. */
  watch: (state: LockState, event: LockEvent) => void = () => undefined;
  /** Called with each effect before it is carried out; what throws here cuts the power. */
  beforeEffect: (effect: LockEffect) => void = () => undefined;
  #queue: { readonly atMs: number; readonly order: number; readonly run: () => void }[] = [];
  #order = 0;
  #life = 0;
  #entropy = 0;
  #motor = 0;
  /** Writes that are under way, in order: a power cut may leave any of the first of them done. */
  readonly unsynced: StoreWrite[] = [];
  /** How often a hand that may turn the bolt was told that it may not any more. */
  blocks = 0;
  /** How often it was told to forget everything. */
  erasures = 0;
  /** When all writes of this life are done. */
  #storedAtMs = 0;
  readonly #seed: Bytes;
  readonly #driven = new Set<number>();

  constructor(seed = 'a lock', profile: Profile = 'powered', mechanism: Mechanism = MECHANISMS[profile === 'powered' ? 'deadbolt' : 'hand']) {
    this.profile = profile;
    this.mechanism = mechanism;
    this.#seed = this.crypto.sha256(utf8(seed));
    this.identity = deriveKeyPair(this.crypto, this.#seed, 'identity');
    this.reader = deriveKeyPair(this.crypto, this.#seed, 'reader');
    const [seal, link] = [deriveKeyPair(this.crypto, this.#seed, 'seal'), deriveKeyPair(this.crypto, this.#seed, 'link')];
    this.keys = { identityKey: this.identity.publicKey, readerKey: this.reader.publicKey, linkKey: link.publicKey, seal, model: 'Test deadbolt', firmware: '0.1.0' };
    this.state = birth({ crypto: this.crypto }, this.keys, new Secret(SETUP_SECRET), profile, mechanism);
  }

  /** The sensors speak, the lock starts, the link comes up. */
  start(): void {
    this.wake();
    this.input({ kind: 'linkUp' });
  }

  /** The same without a link. */
  wake(): void {
    this.input({ kind: 'bolt', position: this.position });
    this.input({ kind: 'door', open: this.doorOpen });
    if (this.profile === 'powered') this.input({ kind: 'battery', mv: this.batteryMv });
    this.input({ kind: 'started' });
  }

  /** The power fails and comes back: only what was durable is left. The bolt stays where it is. */
  restart(): void {
    this.revive();
    this.start();
  }

  /** The same, but it is not told yet that it has started. */
  revive(): void {
    this.#life += 1;
    this.unsynced.length = 0;
    this.#motor += 1;
    this.#storedAtMs = 0;
    this.bootMs = this.nowMs;
    const { configuration, memory, entries, acknowledged } = this.stored;
    const setupSecret = new Secret(SETUP_SECRET);
    if (configuration === undefined) this.state = birth({ crypto: this.crypto }, this.keys, setupSecret, this.profile, this.mechanism);
    else {
      const restored = restore({ crypto: this.crypto }, this.keys, setupSecret, { configuration, memory, entries, acknowledged }, this.profile, this.mechanism);
      assert.ok(restored.ok, restored.ok ? '' : restored.error.code);
      this.state = restored.value;
    }
  }

  /** Takes over where another world stands: one adoption serves many tests. */
  takeOver(other: World): void {
    this.state = other.state;
    this.nowMs = other.nowMs;
    this.#entropy = other.#entropy;
    this.stored.configuration = other.stored.configuration;
    this.stored.memory = other.stored.memory;
    this.stored.entries = [...other.stored.entries];
    this.stored.acknowledged = other.stored.acknowledged;
  }

  link(message: ToLockMessage): void {
    this.input({ kind: 'link', message });
  }

  /** A hand on the thumb-turn. */
  turn(to: Turn): void {
    this.#motor += 1;
    this.input({ kind: 'thumbTurn', to });
    this.#sense('between');
    this.#sense(to);
  }

  moveDoor(open: boolean): void {
    this.doorOpen = open;
    this.input({ kind: 'door', open });
  }

  input(event: LockEvent): void {
    this.watch(this.state, event);
    const now = { monotonicMs: this.nowMs - this.bootMs, rtcMs: this.profile === 'powered' ? RTC_MS + this.nowMs : NaN };
    const from = this.state.sensors.bolt.phase;
    const { state, effects } = step({ crypto: this.crypto }, this.state, { now, entropy: this.#freshEntropy(), event });
    this.state = state;
    this.#checkBounds();
    for (const effect of effects) this.#carryOut(effect, from);
  }

  /** Lets the time run, waking the lock when it asked to be woken. */
  run(ms: number): void {
    const endMs = this.nowMs + ms;
    for (let turns = 0; turns < 100_000; turns += 1) {
      const nextMs = Math.min(this.#queue[0]?.atMs ?? Infinity, Math.max(this.nowMs + 1, this.bootMs + (this.state.nextWakeMs ?? Infinity)));
      if (nextMs > endMs) break;
      this.nowMs = Math.max(this.nowMs, nextMs);
      const due = this.#queue[0];
      if (due !== undefined && due.atMs <= this.nowMs) this.#queue.shift();
      if (due !== undefined && due.atMs <= this.nowMs) due.run();
      else this.input({ kind: 'tick' });
    }
    this.nowMs = endMs;
  }

  /** Does something later; a restart forgets it if it belonged to the lock. */
  later(delayMs: number, run: () => void): void {
    this.#order += 1;
    this.#queue.push({ atMs: this.nowMs + delayMs, order: this.#order, run });
    this.#queue.sort((a, b) => a.atMs - b.atMs || a.order - b.order);
  }

  /** What is durable, decoded. */
  records(): readonly JournalRecord[] {
    return this.stored.entries.map(({ record }) => required(decodeRecord(record), 'stored records decode'));
  }

  #later(delayMs: number, run: () => void): void {
    const life = this.#life;
    this.later(delayMs, () => (life === this.#life ? run() : undefined));
  }

  #freshEntropy(): Bytes {
    this.#entropy += 1;
    return this.crypto.sha256(concat(this.#seed, uint(this.#entropy, 6)));
  }

  #carryOut(effect: LockEffect, from: BoltPhase): void {
    this.beforeEffect(effect);
    switch (effect.kind) {
      case 'store':
        return this.#queueStore(effect.id, effect.write);
      case 'sign':
        if (this.faults.signDelayMs !== undefined) this.#later(this.faults.signDelayMs, () => this.#sign(effect.id, effect.key, effect.message));
        return;
      case 'send':
        this.sent.push(effect.message);
        return this.hear(effect.message);
      case 'nearSend':
        return this.hearNear(effect.connection, effect.frame);
      case 'nearClose':
        return this.nearClosed(effect.connection);
      case 'fingerEnrol':
        this.sensor.wanted = effect.slot;
        return;
      case 'fingerForget':
        this.sensor.slots.delete(effect.slot);
        if (this.sensor.wanted === effect.slot) this.sensor.wanted = undefined;
        return;
      case 'cardSend':
        return this.hearCard(effect.apdu);
      case 'block':
        this.#motor += 1;
        this.blocks += 1;
        return;
      case 'erase':
        this.erasures += 1;
        return;
      case 'drive':
        return this.#drive(effect.direction, from);
      case 'signal':
        this.signals.push(effect.what);
        return;
      case 'linkCredentials':
        this.credentials.push(effect);
        return;
      case 'network':
        this.networks.push(effect.settings);
        return;
    }
  }

  // A store keeps its order, whatever becomes of its speed: what never gets done holds up all that come after it in this life.
  #queueStore(id: number, write: StoreWrite): void {
    const { storeDelayMs } = this.faults;
    this.unsynced.push(write);
    this.#storedAtMs = Math.max(this.#storedAtMs, storeDelayMs === undefined ? Infinity : this.nowMs + storeDelayMs);
    if (this.#storedAtMs !== Infinity) this.#later(this.#storedAtMs - this.nowMs, () => this.#store(id, write));
  }

  #store(id: number, write: StoreWrite): void {
    this.unsynced.shift();
    this.apply(write);
    this.input({ kind: 'stored', id });
  }

  /** A write is durable. What the store need not keep any more goes. */
  apply({ configuration, memory, append = [], acknowledged }: StoreWrite): void {
    for (const entry of append) {
      assert.equal(entry.seq, (this.stored.entries.at(-1)?.seq ?? 0) + 1, 'entries are stored in order, once');
      this.stored.entries.push(entry);
    }
    if (configuration !== undefined) this.stored.configuration = configuration;
    if (memory !== undefined) this.stored.memory = { ...this.stored.memory, ...memory };
    if (acknowledged !== undefined) this.stored.acknowledged = acknowledged;
    if (this.profile === 'passive') this.#forget();
  }

  // A ring: what is not acknowledged, as much as there is room for, and the entry before it.
  #forget(): void {
    const { entries, acknowledged } = this.stored;
    const last = entries.at(-1)?.seq ?? 0;
    const from = Math.max(acknowledged, last - PROFILES.passive.heldEntries);
    entries.splice(0, Math.max(0, entries.findIndex(({ seq }) => seq >= from)));
  }

  #sign(id: number, key: 'identity' | 'reader', message: Bytes): void {
    this.input({ kind: 'signed', id, signature: this.crypto.p256.sign(this[key].privateKey.reveal(), message) });
  }

  #drive(direction: Direction, from: BoltPhase): void {
    this.#checkEvidence(direction, from);
    this.drives.push(direction);
    this.#motor += 1;
    if (this.faults.stays || (kindOf(this.mechanism).isOutput && this.position === END[direction])) return;
    const [motor, end] = [this.#motor, END[direction]] as const;
    if (this.faults.stallsMs !== undefined) this.#later(this.faults.stallsMs, () => (motor === this.#motor ? this.input({ kind: 'stalled' }) : undefined));
    this.#later(5, () => (motor === this.#motor ? this.#sense('between') : undefined));
    if (!this.faults.jams) this.#later(this.faults.travelMs, () => (motor === this.#motor ? this.#sense(end) : undefined));
  }

  #sense(position: Position): void {
    if (position === this.position) return;
    this.position = position;
    this.input({ kind: 'bolt', position });
  }

  // Each drive uses up one durable decision that allowed exactly this direction; or it goes along with what is wired ahead of the lock, lets go of what an
  // opening or the way out drew for a moment, or is another try.
  #checkEvidence(direction: Direction, from: BoltPhase): void {
    const { sensors } = this.state;
    assert.ok(direction !== 'throw' || !isFreed(this.state), 'nothing is driven against the way out');
    if (direction !== 'throw' && isFreed(this.state)) return;
    if (triesOf(sensors.bolt) > 1 || ENDS_BY_ITSELF.includes(sensors.bolt.phase)) return;
    if (direction === 'throw' && from === 'pulsed') return;
    const verbs: readonly (string | undefined)[] = VERBS_OF[direction];
    const decisions = this.records().map((record, index) => ({ record, seq: this.stored.entries[index]?.seq ?? 0 }));
    const decision = decisions.findLast(({ record, seq }) =>
      record.kind === 'decision' && record.allowed === true && verbs.includes(record.verb) && !this.#driven.has(seq));
    assert.ok(decision !== undefined, `no durable decision allows to ${direction}`);
    this.#driven.add(decision.seq);
  }

  #checkBounds(): void {
    const { sessions, near, stores, signatures, operations, requestIds, journal, sensors } = this.state;
    assert.ok(sessions.filter(({ peer }) => peer.kind === 'relay').length <= MAX_SESSIONS && near.length <= PROFILES[this.profile].nearConnections);
    assert.ok(sessions.every(({ peer }) => peer.kind === 'relay' || near.some(({ connection }) => connection === peer.connection)), 'a near session has its connection');
    assert.ok(this.state.membership.kind === 'adopted' || this.state.membership.handshakes.length <= near.length + 1, 'one handshake for each who is there, and one over the relay');
    assert.ok(stores.length <= MAX_PENDING_STORES && signatures.length <= MAX_PENDING_SIGNATURES);
    assert.ok(operations.length <= MAX_OPERATIONS && requestIds.length <= MAX_REQUEST_IDS && journal.held.length <= PROFILES[this.profile].heldEntries);
    assert.ok(journal.noise.length <= PROFILES[this.profile].noiseEntries && journal.kept.length <= PROFILES[this.profile].keptEntries);
    const place = SAID_WHERE[boltSaid(sensors)];
    if (place !== undefined) assert.equal(this.position, place, 'only what is sensed is said');
    assert.ok(triesOf(sensors.bolt) <= MAX_TRIES, 'tries are bounded');
    assert.ok(kindOf(this.mechanism).transitions[sensors.bolt.phase] !== undefined, 'a mechanism stays within its table');
  }
}

const END: { readonly [D in Direction]: Position } = { throw: 'thrown', withdraw: 'withdrawn', unlatch: 'unlatched' };
const VERBS_OF: { readonly [D in Direction]: readonly string[] } = { throw: ['lock'], withdraw: ['unlock', 'holdUnlocked'], unlatch: ['unlatch'] };
const ENDS_BY_ITSELF: readonly BoltPhase[] = ['latching'];
const SAID_WHERE: { readonly [said: string]: Position } = { locked: 'thrown', unlocked: 'withdrawn', unlatched: 'unlatched' };
