// An electronic key and its body: it has a battery and a clock, and a store that loses what was not written when the battery comes out. Its
// clock runs a little wrong, each in its own way.

import { assert } from '@mortise/base/assert.ts';
import type { Bytes } from '@mortise/base/bytes.ts';
import type { LockId } from '@mortise/base/identifiers.ts';
import { Secret } from '@mortise/base/secret.ts';
import type { Crypto } from '@mortise/crypto/crypto.ts';
import { deriveKeyPair, type KeyPair } from '@mortise/crypto/entropy.ts';
import { birth, restore } from '@mortise/ekey/birth.ts';
import type { EkeyEffect, EkeyEvent, StoreWrite } from '@mortise/ekey/events.ts';
import { signalOf } from '@mortise/ekey/signal.ts';
import type { EkeyKeys, EkeyState } from '@mortise/ekey/state.ts';
import { step } from '@mortise/ekey/step.ts';
import type { Entry } from '@mortise/journal/chain.ts';
import type { Agenda } from './agenda.ts';
import type { Chance } from './chance.ts';
import type { Checks } from './checks.ts';

const STORE_MS = 2;
const SIGN_MS = 3;
const BATTERY_MV = 3900;
/** Of a quartz in a pocket. */
export const MAX_KEY_DRIFT_PPM = 40;

/** Who hears what the key says: the lock that it touches, the courier that updates it. */
export type OfKey = { frame?: (bytes: Bytes) => void; message?: (bytes: Bytes) => void };

type Durable = { readonly values: Map<string, Bytes>; entries: Entry[]; acknowledged: number };

export class ElectronicKey {
  readonly name: string;
  readonly keys: EkeyKeys;
  readonly durable: Durable = { values: new Map(), entries: [], acknowledged: 0 };
  #state: EkeyState;
  #life = 0;
  #bornMs = 0;
  #ofKey: OfKey = {};
  readonly #identity: KeyPair;
  readonly #credential: KeyPair;
  readonly #driftPpm: number;
  readonly #crypto: Crypto;
  readonly #agenda: Agenda;
  readonly #chance: Chance;
  readonly #checks: Checks;

  constructor(world: { readonly crypto: Crypto; readonly agenda: Agenda; readonly chance: Chance; readonly checks: Checks }, name: string) {
    [this.#crypto, this.#agenda, this.#chance, this.#checks] = [world.crypto, world.agenda, world.chance.branch(name), world.checks];
    this.name = name;
    [this.#identity, this.#credential] = [deriveKeyPair(this.#crypto, this.#chance.entropy(), 'identity'), deriveKeyPair(this.#crypto, this.#chance.entropy(), 'credential')];
    this.keys = { identityKey: this.#identity.publicKey, credentialKey: this.#credential.publicKey, pinSecret: new Secret(this.#chance.entropy()) };
    this.#driftPpm = this.#chance.whole(-MAX_KEY_DRIFT_PPM, MAX_KEY_DRIFT_PPM);
    this.#state = this.#awake();
    this.#start();
  }

  get keyId(): LockId {
    return this.#state.keyId;
  }

  /** What the hand sees. */
  get shows(): string {
    return signalOf(this.#state, this.#reading()).display;
  }

  get state(): EkeyState {
    return this.#state;
  }

  touch(hear: (bytes: Bytes) => void): void {
    this.#ofKey = { ...this.#ofKey, frame: hear };
    this.input({ kind: 'touched', via: 'contact', verb: 'unlock' });
  }

  lift(): void {
    delete this.#ofKey.frame;
    this.input({ kind: 'lifted' });
  }

  link(hear: (bytes: Bytes) => void): void {
    this.#ofKey = { ...this.#ofKey, message: hear };
    this.input({ kind: 'linked' });
  }

  unlink(): void {
    delete this.#ofKey.message;
    this.input({ kind: 'unlinked' });
  }

  /** Dropped so that its battery jumps: only what was written is left, and the clock runs on. */
  jolt(): void {
    this.#ofKey = {};
    this.#state = this.#awake();
    this.#start();
  }

  input(event: EkeyEvent): void {
    const { state, effects } = step({ crypto: this.#crypto }, this.#state, { now: this.#reading(), entropy: this.#chance.entropy(), event });
    this.#state = state;
    for (const effect of effects) this.#carryOut(effect);
    if (state.nextWakeMs !== undefined) this.#later(this.#bornMs + state.nextWakeMs - this.#agenda.now, () => this.#tick());
  }

  #awake(): EkeyState {
    this.#life += 1;
    this.#bornMs = this.#agenda.now;
    const { values, entries, acknowledged } = this.durable;
    if (values.size === 0 && entries.length === 0) return birth({ crypto: this.#crypto }, this.keys);
    const restored = restore({ crypto: this.#crypto }, this.keys, { values, entries, acknowledged });
    this.#checks.check('chained', restored.ok, () => `${this.name} could not start: ${restored.ok ? '' : restored.error.code}`);
    assert(restored.ok, 'a key starts from what it stored');
    return restored.value;
  }

  #start(): void {
    this.input({ kind: 'battery', mv: BATTERY_MV });
    this.input({ kind: 'started' });
  }

  #reading() {
    const wrongMs = Math.round((this.#agenda.now * this.#driftPpm) / 1_000_000);
    return { monotonicMs: this.#agenda.now - this.#bornMs, rtcMs: this.#agenda.now + wrongMs };
  }

  #tick(): void {
    if (this.#state.nextWakeMs !== undefined && this.#bornMs + this.#state.nextWakeMs <= this.#agenda.now) this.input({ kind: 'tick' });
  }

  #carryOut(effect: EkeyEffect): void {
    switch (effect.kind) {
      case 'store':
        return this.#later(STORE_MS, () => this.#store(effect.id, effect.write));
      case 'sign': {
        const { privateKey } = effect.key === 'identity' ? this.#identity : this.#credential;
        return this.#later(SIGN_MS, () => this.input({ kind: 'signed', id: effect.id, signature: this.#crypto.p256.sign(privateKey.reveal(), effect.message) }));
      }
      case 'touchSend':
        return this.#ofKey.frame?.(effect.frame);
      case 'updateSend':
        return this.#ofKey.message?.(effect.message);
      case 'touchClose':
      case 'updateClose':
    }
  }

  #store(id: number, { put = [], append = [], acknowledged, keepFrom }: StoreWrite): void {
    const { durable } = this;
    for (const entry of append) {
      const before = durable.entries.at(-1)?.seq ?? entry.seq - 1;
      this.#checks.check('chained', entry.seq === before + 1, () => `${this.name} wrote record ${entry.seq} after ${before}`);
      durable.entries.push(entry);
    }
    for (const [name, value] of put) {
      if (value === null) durable.values.delete(name);
      else durable.values.set(name, value);
    }
    if (acknowledged !== undefined) durable.acknowledged = acknowledged;
    if (keepFrom !== undefined) durable.entries = durable.entries.filter(({ seq }) => seq >= keepFrom - 1);
    this.input({ kind: 'stored', id });
  }

  #later(ms: number, run: () => void): void {
    const life = this.#life;
    this.#agenda.later(Math.max(0, ms), () => (life === this.#life ? run() : undefined));
  }
}
