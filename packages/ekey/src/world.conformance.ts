// For tests: an electronic key in a small world with a virtual clock. It stores after a delay, signs with software keys, and loses all that was not
// durable when its power is cut. It holds the key to its invariants at every step: every list keeps its bound, what was acknowledged
// alone is given up, the credential signs only once that the contact began is durable.

import assert from 'node:assert/strict';
import { concat, uint, utf8, type Bytes } from '@mortise/base/bytes.ts';
import { required } from '@mortise/base/assert.ts';
import { Secret } from '@mortise/base/secret.ts';
import { MAX_ITEMS } from '@mortise/courier/key-orders.ts';
import { deriveKeyPair, type KeyPair } from '@mortise/crypto/entropy.ts';
import type { Crypto } from '@mortise/crypto/crypto.ts';
import type { Entry } from '@mortise/journal/chain.ts';
import { decodeRecord, type JournalRecord } from '@mortise/journal/record.ts';
import { randomisedCrypto } from '@mortise/node/randomised-crypto.fixture.ts';
import { bytesOf, MAX_BAG_BYTES } from './bag.ts';
import { birth, restore } from './birth.ts';
import { MAX_PENDING_SIGNATURES } from './change.ts';
import type { EkeyEffect, EkeyEvent, StoreWrite } from './events.ts';
import { MAX_KEY_ENTRIES, MAX_PENDING_STORES } from './journal-keeper.ts';
import { MAX_REVOCATIONS } from './revocation-shelf.ts';
import { signalOf, type Signal } from './signal.ts';
import { MAX_VALUE_BYTES } from './stored-values.ts';
import type { EkeyKeys, EkeyState } from './state.ts';
import { step } from './step.ts';

/** The clock that key and lock share in one test. */
export type Timeline = { readonly nowMs: number; later(delayMs: number, run: () => void): void };

/** `storeDelayMs`, `signDelayMs`: undefined: never answered. `rtcOffsetMs` moves the key's real-time clock; `hasRtc`: whether it has one with power. */
export type KeyFaults = { storeDelayMs: number | undefined; signDelayMs: number | undefined; rtcOffsetMs: number; hasRtc: boolean };

const RTC_MS = 1_790_000_000_000;

export class KeyWorld {
  readonly crypto: Crypto = randomisedCrypto;
  readonly faults: KeyFaults = { storeDelayMs: 2, signDelayMs: 1, rtcOffsetMs: 0, hasRtc: true };
  readonly identity: KeyPair;
  readonly credential: KeyPair;
  readonly keys: EkeyKeys;
  readonly stored: { values: Map<string, Bytes>; entries: Entry[]; acknowledged: number } = { values: new Map(), entries: [], acknowledged: 0 };
  /** Every entry that was ever durable, acknowledged and given up or not. */
  readonly history: Entry[] = [];
  state: EkeyState;
  /** Called with each frame to the lock, when it is over, and with each message to whoever updates the key. */
  hearTouch: (frame: Bytes) => void = () => undefined;
  touchClosed: () => void = () => undefined;
  hearUpdate: (message: Bytes) => void = () => undefined;
  updateClosed: () => void = () => undefined;
  /** Called before each effect is carried out: a test may cut the power here by answering false. */
  allow: (effect: EkeyEffect) => boolean = () => true;
  readonly timeline: Timeline;
  bootMs: number;
  #life = 0;
  #entropy = 0;
  #storedAtMs = 0;
  #isOff = false;
  readonly #seed: Bytes;

  constructor(timeline: Timeline, seed = 'a key') {
    this.timeline = timeline;
    this.bootMs = timeline.nowMs;
    this.#seed = this.crypto.sha256(utf8(seed));
    this.identity = deriveKeyPair(this.crypto, this.#seed, 'identity');
    this.credential = deriveKeyPair(this.crypto, this.#seed, 'credential');
    this.keys = { identityKey: this.identity.publicKey, credentialKey: this.credential.publicKey, pinSecret: new Secret(this.crypto.sha256(this.#seed)) };
    this.state = birth({ crypto: this.crypto }, this.keys);
  }

  get now(): { monotonicMs: number; rtcMs: number | undefined } {
    return { monotonicMs: this.timeline.nowMs - this.bootMs, rtcMs: this.faults.hasRtc ? RTC_MS + this.timeline.nowMs + this.faults.rtcOffsetMs : undefined };
  }

  get signal(): Signal {
    return signalOf(this.state, this.now);
  }

  start(): void {
    this.input({ kind: 'started' });
  }

  /** The power goes. */
  cut(): void {
    this.#life += 1;
    this.#isOff = true;
    this.#storedAtMs = 0;
  }

  /** And comes back: only what was durable is left. */
  restart(): void {
    this.cut();
    this.#isOff = false;
    this.bootMs = this.timeline.nowMs;
    const restored = restore({ crypto: this.crypto }, this.keys, this.stored);
    assert.ok(restored.ok, restored.ok ? '' : restored.error.code);
    this.state = restored.value;
    this.start();
  }

  input(event: EkeyEvent): void {
    if (this.#isOff) return;
    const { state, effects } = step({ crypto: this.crypto }, this.state, { now: this.now, entropy: this.#freshEntropy(), event });
    this.take(state, effects);
  }

  /** What a step came to: the next state, and its effects carried out. */
  take(state: EkeyState, effects: readonly EkeyEffect[]): void {
    const before = this.state;
    this.state = state;
    this.#checkBounds(before);
    for (const effect of effects) {
      if (!this.#isOff && this.allow(effect)) this.#carryOut(effect);
    }
    this.#wake();
  }

  records(): readonly JournalRecord[] {
    return this.history.map(({ record }) => required(decodeRecord(record), 'stored records decode'));
  }

  /** Reason and rule of each record, in a word. */
  told(): readonly string[] {
    return this.records().map(({ reason, rule }) => (rule === undefined ? reason : `${reason} ${rule}`));
  }

  #later(delayMs: number, run: () => void): void {
    const life = this.#life;
    this.timeline.later(delayMs, () => (life === this.#life ? run() : undefined));
  }

  // A key that asked to be woken is, unless something came before.
  #wake(): void {
    const { nextWakeMs } = this.state;
    if (nextWakeMs === undefined) return;
    this.#later(Math.max(1, this.bootMs + nextWakeMs - this.timeline.nowMs), () => (this.state.nextWakeMs === nextWakeMs ? this.input({ kind: 'tick' }) : undefined));
  }

  #freshEntropy(): Bytes {
    this.#entropy += 1;
    return this.crypto.sha256(concat(this.#seed, uint(this.#entropy, 6)));
  }

  #carryOut(effect: EkeyEffect): void {
    switch (effect.kind) {
      case 'store':
        return this.#queueStore(effect.id, effect.write);
      case 'sign':
        return this.#sign(effect);
      case 'touchSend':
        return this.hearTouch(effect.frame);
      case 'touchClose':
        return this.touchClosed();
      case 'updateSend':
        return this.hearUpdate(effect.message);
      case 'updateClose':
        return this.updateClosed();
    }
  }

  #queueStore(id: number, write: StoreWrite): void {
    const { storeDelayMs } = this.faults;
    this.#storedAtMs = Math.max(this.#storedAtMs, storeDelayMs === undefined ? Infinity : this.timeline.nowMs + storeDelayMs);
    if (this.#storedAtMs !== Infinity) this.#later(this.#storedAtMs - this.timeline.nowMs, () => this.#store(id, write));
  }

  #store(id: number, { put = [], append = [], acknowledged, keepFrom }: StoreWrite): void {
    for (const entry of append) {
      assert.equal(entry.seq, (this.stored.entries.at(-1)?.seq ?? 0) + 1, 'entries are stored in order, once');
      this.stored.entries.push(entry);
      this.history.push(entry);
    }
    assert.equal(new Set(put.map(([name]) => name)).size, put.length, 'one write says one thing of a value');
    for (const [name, value] of put) {
      assert.ok((value?.length ?? 0) <= MAX_VALUE_BYTES && name.length <= 80);
      if (value === null) this.stored.values.delete(name);
      else this.stored.values.set(name, value);
    }
    if (acknowledged !== undefined) this.stored.acknowledged = acknowledged;
    if (keepFrom !== undefined) this.stored.entries = this.stored.entries.filter(({ seq }) => seq >= keepFrom - 1);
    this.input({ kind: 'stored', id });
  }

  #sign({ id, key, message }: Extract<EkeyEffect, { kind: 'sign' }>): void {
    if (key === 'credential') assert.ok(this.stored.values.has('contact'), 'that the contact began is durable before the credential signs');
    if (this.faults.signDelayMs === undefined) return;
    this.#later(this.faults.signDelayMs, () => this.input({ kind: 'signed', id, signature: this.crypto.p256.sign(this[key].privateKey.reveal(), message) }));
  }

  #checkBounds(before: EkeyState): void {
    const { stores, signatures, journal, items, bag, revocations } = this.state;
    assert.ok(stores.length <= MAX_PENDING_STORES && signatures.length <= MAX_PENDING_SIGNATURES);
    assert.ok(journal.entries.length <= MAX_KEY_ENTRIES && items.size <= 2 * MAX_ITEMS && revocations.length <= MAX_REVOCATIONS);
    assert.ok(bytesOf(bag.forLocks) <= MAX_BAG_BYTES && bytesOf(bag.fromLocks) <= MAX_BAG_BYTES);
    assert.ok(journal.from.seq <= Math.max(journal.acknowledged, before.journal.acknowledged), 'nothing goes that no hub has acknowledged');
    assert.ok(journal.last.seq >= before.journal.last.seq, 'a journal only grows');
  }
}

/** A time of its own, for a key without a lock. */
export class VirtualTime implements Timeline {
  nowMs = 1000;
  #queue: { readonly atMs: number; readonly order: number; readonly run: () => void }[] = [];
  #order = 0;

  later(delayMs: number, run: () => void): void {
    this.#order += 1;
    this.#queue.push({ atMs: this.nowMs + delayMs, order: this.#order, run });
    this.#queue.sort((a, b) => a.atMs - b.atMs || a.order - b.order);
  }

  run(ms: number): void {
    const endMs = this.nowMs + ms;
    for (let turns = 0; turns < 1_000_000; turns += 1) {
      const due = this.#queue[0];
      if (due === undefined || due.atMs > endMs) break;
      this.#queue.shift();
      this.nowMs = Math.max(this.nowMs, due.atMs);
      due.run();
    }
    this.nowMs = endMs;
  }
}
