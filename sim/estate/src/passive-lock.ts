// A passive lock and its body: no power but a key's, no clock. Each contact is a life of its own, begun from what was durable; what was on its
// way to the store when the key left is gone. A hand turns the bolt, when the lock lets it.

import { assert, required } from '@mortise/base/assert.ts';
import type { Bytes } from '@mortise/base/bytes.ts';
import type { LockId } from '@mortise/base/identifiers.ts';
import { instant } from '@mortise/base/instant.ts';
import { Secret } from '@mortise/base/secret.ts';
import { decodeAdoptBody, encodeAdoptBody } from '@mortise/courier/link-body.ts';
import type { Crypto } from '@mortise/crypto/crypto.ts';
import { deriveKeyPair, type KeyPair } from '@mortise/crypto/entropy.ts';
import type { Entry } from '@mortise/journal/chain.ts';
import { decodeRecord, type JournalRecord } from '@mortise/journal/record.ts';
import { birth, restore, type Stored } from '@mortise/lock/birth.ts';
import type { LockEffect, LockEvent, Position, StoreWrite } from '@mortise/lock/events.ts';
import type { LockKeys, LockState } from '@mortise/lock/state.ts';
import { step } from '@mortise/lock/step.ts';
import type { Agenda } from './agenda.ts';
import type { Chance } from './chance.ts';
import type { Checks } from './checks.ts';
import type { AskLock, LockPlace } from './site.ts';

const STORE_MS = 3;
const SIGN_MS = 4;
const SETTLED_MS = 100;
const SETUP_SECRET_BYTES = 10;
/** The session of the one browser socket by which it is adopted. */
const SESSION: Bytes = new Uint8Array(8).fill(1);

/** What is durable. */
type Durable = { configuration: Bytes | undefined; memory: Stored['memory']; entries: Entry[]; acknowledged: number };

/** What a contact hears of its lock. */
export type OfLock = { readonly frame: (bytes: Bytes) => void; readonly freed: () => void };

export class PassiveLock {
  readonly name: string;
  readonly place: LockPlace;
  readonly keys: LockKeys;
  readonly setupSecret: Secret;
  position: Position = 'thrown';
  readonly durable: Durable = { configuration: undefined, memory: {}, entries: [], acknowledged: 0 };
  #state: LockState;
  #life = 0;
  #bornMs = 0;
  #ofLock: OfLock | undefined;
  #adoptionAnswer: Bytes | undefined;
  readonly #identity: KeyPair;
  readonly #reader: KeyPair;
  readonly #crypto: Crypto;
  readonly #agenda: Agenda;
  readonly #chance: Chance;
  readonly #checks: Checks;

  constructor(world: { readonly crypto: Crypto; readonly agenda: Agenda; readonly chance: Chance; readonly checks: Checks }, name: string, place: LockPlace) {
    [this.#crypto, this.#agenda, this.#chance, this.#checks] = [world.crypto, world.agenda, world.chance.branch(name), world.checks];
    [this.name, this.place] = [name, place];
    const key = (label: string): KeyPair => deriveKeyPair(this.#crypto, this.#chance.entropy(), label);
    [this.#identity, this.#reader] = [key('identity'), key('reader')];
    this.keys = {
      identityKey: this.#identity.publicKey, readerKey: this.#reader.publicKey, linkKey: key('link').publicKey, seal: key('seal'), model: 'Passive cylinder', firmware: '0.1.0',
    };
    this.setupSecret = new Secret(this.#chance.entropy().slice(0, SETUP_SECRET_BYTES));
    this.#state = this.#awake();
  }

  get lockId(): LockId {
    return this.#state.lockId;
  }

  get records(): readonly JournalRecord[] {
    return this.durable.entries.map(({ record }) => required(decodeRecord(record), 'what a lock stored decodes'));
  }

  /** A key touches: power. */
  touch(connection: number, ofLock: OfLock): void {
    this.#wake(ofLock);
    this.#input({ kind: 'nearOpened', connection });
  }

  hear(connection: number, bytes: Bytes): void {
    this.#input({ kind: 'nearFrame', connection, bytes });
  }

  /** The key has left: no power. Nothing is told to the lock. */
  lift(): void {
    this.#life += 1;
    this.#ofLock = undefined;
  }

  /** A hand at the bolt. Without power nobody senses it, and a bolt that is thrown is not free. */
  turn(to: Position): void {
    const isPowered = this.#ofLock !== undefined;
    if (this.position === to || (to === 'withdrawn' && !isPowered)) return;
    this.position = to;
    if (!isPowered) return;
    this.#input({ kind: 'bolt', position: to });
  }

  /** The installer's cable. */
  commission(): AskLock {
    this.#wake({ frame: () => undefined, freed: () => undefined });
    this.#input({ kind: 'linkUp' });
    return (stepNumber, bytes) => {
      this.#adoptionAnswer = undefined;
      this.#input({ kind: 'link', message: { type: 'adopt', session: SESSION, seq: 0, expires: 0, body: encodeAdoptBody({ step: stepNumber, bytes }) } });
      this.#agenda.runUntil(instant(this.#agenda.now + SETTLED_MS));
      return this.#adoptionAnswer ?? new Uint8Array(0);
    };
  }

  /** A roster by the installer's cable, and then no cable. */
  install(roster: Bytes): void {
    this.#input({ kind: 'link', message: { type: 'roster', session: SESSION, seq: 0, expires: 0, body: roster } });
    this.#agenda.runUntil(instant(this.#agenda.now + SETTLED_MS));
    this.lift();
  }

  #awake(): LockState {
    const { configuration, memory, entries, acknowledged } = this.durable;
    if (configuration === undefined) return birth({ crypto: this.#crypto }, this.keys, this.setupSecret, 'passive');
    const restored = restore({ crypto: this.#crypto }, this.keys, this.setupSecret, { configuration, memory, entries, acknowledged }, 'passive');
    this.#checks.check('chained', restored.ok, () => `${this.name} could not start: ${restored.ok ? '' : restored.error.code}`);
    assert(restored.ok, 'a lock starts from what it stored');
    return restored.value;
  }

  #wake(ofLock: OfLock): void {
    this.#life += 1;
    this.#bornMs = this.#agenda.now;
    this.#ofLock = ofLock;
    this.#state = this.#awake();
    this.#input({ kind: 'bolt', position: this.position });
    this.#input({ kind: 'started' });
  }

  #input(event: LockEvent): void {
    const now = { monotonicMs: this.#agenda.now - this.#bornMs, rtcMs: Number.NaN };
    const { state, effects } = step({ crypto: this.#crypto }, this.#state, { now, entropy: this.#chance.entropy(), event });
    this.#state = state;
    for (const effect of effects) this.#carryOut(effect);
    if (state.nextWakeMs !== undefined) this.#later(this.#bornMs + state.nextWakeMs - this.#agenda.now, () => this.#tick());
  }

  #tick(): void {
    if (this.#state.nextWakeMs !== undefined && this.#bornMs + this.#state.nextWakeMs <= this.#agenda.now) this.#input({ kind: 'tick' });
  }

  #carryOut(effect: LockEffect): void {
    switch (effect.kind) {
      case 'store':
        return this.#later(STORE_MS, () => this.#store(effect.id, effect.write));
      case 'sign': {
        const { privateKey } = effect.key === 'identity' ? this.#identity : this.#reader;
        return this.#later(SIGN_MS, () => this.#input({ kind: 'signed', id: effect.id, signature: this.#crypto.p256.sign(privateKey.reveal(), effect.message) }));
      }
      case 'send':
        if (effect.message.type === 'adopt') this.#adoptionAnswer = decodeAdoptBody(effect.message.body)?.bytes;
        return;
      case 'nearSend':
        return this.#ofLock?.frame(effect.frame);
      case 'drive':
        this.#checks.check('evidence', this.#isDecided(), () => `${this.name} freed its bolt with no durable decision`);
        return this.#ofLock?.freed();
      case 'block':
      case 'erase':
      case 'nearClose':
      case 'cardSend':
      case 'fingerEnrol':
      case 'fingerForget':
      case 'signal':
      case 'linkCredentials':
      case 'network':
    }
  }

  // The last decision that is durable, with nothing done by it yet, must allow it.
  #isDecided(): boolean {
    const last = this.records.findLast(({ kind }) => kind !== 'event');
    return last?.kind === 'decision' && last.allowed === true;
  }

  #store(id: number, { configuration, memory, append = [], acknowledged }: StoreWrite): void {
    for (const entry of append) {
      const before = this.durable.entries.at(-1)?.seq ?? entry.seq - 1;
      this.#checks.check('chained', entry.seq === before + 1, () => `${this.name} wrote record ${entry.seq} after ${before}`);
      this.durable.entries.push(entry);
    }
    if (configuration !== undefined) this.durable.configuration = configuration;
    if (memory !== undefined) this.durable.memory = { ...this.durable.memory, ...memory };
    if (acknowledged !== undefined) this.durable.acknowledged = acknowledged;
    this.#input({ kind: 'stored', id });
  }

  #later(ms: number, run: () => void): void {
    const life = this.#life;
    this.#agenda.later(Math.max(0, ms), () => (life === this.#life ? run() : undefined));
  }
}

