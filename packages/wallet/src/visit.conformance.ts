// For tests: a phone at the door of the real lock, every packet on its way through `air`, and a hub that couriers bring things to: it
// keeps the journal, answers the lock's question, signs what it holds, and hands out what locks may lack.

import assert from 'node:assert/strict';
import { required } from '@mortise/base/assert.ts';
import { hex, utf8, type Bytes } from '@mortise/base/bytes.ts';
import { instant } from '@mortise/base/instant.ts';
import type { StoredDocument } from '@mortise/aliro/device-response.ts';
import type { Verb } from '@mortise/aliro/vendor.ts';
import { journalAckToSign } from '@mortise/courier/journal-ack.ts';
import { decodeTimeAsk } from '@mortise/courier/link-body.ts';
import { decodeFromLock, encodeToLock, NO_SESSION, type ToLockType } from '@mortise/courier/link-message.ts';
import { NO_PACKETS, packetsOf, takePacket } from '@mortise/courier/near-packet.ts';
import { timeBoundToSign } from '@mortise/courier/time-bound.ts';
import type { KeyPair } from '@mortise/crypto/entropy.ts';
import { timeAnswerPayload, timeAnswerToSign } from '@mortise/documents/time.ts';
import { mergeBatch, openBatch } from '@mortise/journal/batch.ts';
import { GENESIS, type ChainPoint, type Entry } from '@mortise/journal/chain.ts';
import { decodeRecord, type JournalRecord } from '@mortise/journal/record.ts';
import { RTC_MS } from '@mortise/lock/world.conformance.ts';
import type { Home } from './home.conformance.ts';
import { meetLock, stepNear, type NearEffect, type NearInput } from './near-contact.ts';
import type { OperationOutcome } from './operation-outcome.ts';
import { signedBy } from './owner-signature.ts';

export const AIR_MS = 4;

/** What becomes of a packet; by default it arrives. */
export type Air = (packet: Bytes, to: 'lock' | 'phone') => readonly Bytes[];

let connections = 0;

export class Visit {
  state = meetLock();
  readonly met: string[] = [];
  readonly carried: Bytes[] = [];
  readonly gave: Bytes[] = [];
  readonly outcomes: OperationOutcome[] = [];
  readonly phases: string[] = [];
  /** How often the phone closed, and whether the lock did. */
  closes = 0;
  isOpen = true;
  /** Packets that the phone sent. */
  sent = 0;
  air: Air = (packet) => [packet];
  /** Called when an operation is done. */
  ended: () => void = () => undefined;
  readonly #home: Home;
  readonly #phone: KeyPair;
  readonly #documents: readonly StoredDocument[] | undefined;
  readonly #connection = (connections += 1);
  #fromPhone = NO_PACKETS;
  #counter = 0;

  constructor(home: Home, phone: KeyPair, documents?: readonly StoredDocument[]) {
    [this.#home, this.#phone, this.#documents] = [home, phone, documents];
    const { world } = home;
    const { hearNear, nearClosed } = world;
    world.hearNear = (connection, frame) => (connection === this.#connection ? this.#toPhone(frame) : hearNear(connection, frame));
    world.nearClosed = (connection) => (connection === this.#connection ? this.#lost() : nearClosed(connection));
    world.input({ kind: 'nearOpened', connection: this.#connection });
    world.run(2 * AIR_MS);
  }

  put(input: NearInput): void {
    const { state, effects } = stepNear(this.#home.world.crypto, this.state, input);
    this.state = state;
    for (const effect of effects) this.#carryOut(effect);
  }

  /** Begins an operation; the ring is full `ringMs` later. */
  begin(verb: Verb, ringMs = 0): void {
    const { world } = this.#home;
    const request = { site: this.#home.siteKey(this.#phone, this.#documents), lock: { identityKey: world.keys.identityKey }, command: { verb }, entropy: this.#home.entropy() };
    this.put({ kind: 'operate', request });
    world.later(ringMs, () => this.put({ kind: 'operation', input: { kind: 'ringFull' } }));
  }

  /** The same, and what came of it. */
  operate(verb: Verb, ringMs = 0): OperationOutcome {
    this.begin(verb, ringMs);
    this.#home.world.run(ringMs + 8000);
    this.put({ kind: 'operation', input: { kind: 'ended', code: 'timed-out' } });
    return required(this.outcomes.at(-1), 'an operation ends');
  }

  leave(): void {
    this.isOpen = false;
    this.#home.world.input({ kind: 'nearClosed', connection: this.#connection });
  }

  #carryOut(effect: NearEffect): void {
    if (effect.kind === 'send') this.#toLock(effect.packet);
    if (effect.kind === 'sign') this.put({ kind: 'operation', input: { kind: 'signed', signature: this.#home.world.crypto.p256.sign(this.#phone.privateKey.reveal(), effect.message) } });
    if (effect.kind === 'progress') this.phases.push(effect.phase);
    if (effect.kind === 'done') this.#ended(effect.outcome);
    if (effect.kind === 'met') this.met.push(`${effect.lockId} ${effect.sitePrefix === undefined ? '' : hex(effect.sitePrefix)}`);
    if (effect.kind === 'carried') this.carried.push(effect.message);
    if (effect.kind === 'gave') this.gave.push(effect.message);
    if (effect.kind !== 'close') return;
    this.closes += 1;
    this.leave();
  }

  #ended(outcome: OperationOutcome): void {
    this.outcomes.push(outcome);
    this.ended();
  }

  #toLock(packet: Bytes): void {
    this.sent += 1;
    for (const passed of this.air(packet, 'lock')) this.#home.world.later(AIR_MS, () => this.#atLock(passed));
  }

  #atLock(packet: Bytes): void {
    const taken = takePacket(this.#fromPhone, packet);
    if (taken.kind === 'broken') return this.#lost();
    this.#fromPhone = taken.assembly;
    if (taken.kind === 'message' && this.isOpen) this.#home.world.input({ kind: 'nearFrame', connection: this.#connection, bytes: taken.message });
  }

  #toPhone(frame: Bytes): void {
    const { packets, counter } = packetsOf(frame, this.#counter);
    this.#counter = counter;
    for (const packet of packets) for (const passed of this.air(packet, 'phone')) this.#home.world.later(AIR_MS, () => this.put({ kind: 'packet', bytes: passed }));
  }

  #lost(): void {
    if (!this.isOpen) return;
    this.leave();
    this.#home.world.later(2 * AIR_MS, () => this.put({ kind: 'lost' }));
  }
}

/** What couriers reach when they have a network. Its journal and time keys are the home's. */
export class CourierHub {
  readonly records: JournalRecord[] = [];
  /** What the lock may lack, signed by owners. */
  readonly wanted: (readonly [ToLockType, Bytes])[] = [];
  known: ChainPoint = GENESIS;
  readonly #home: Home;
  #seq = 0;

  constructor(home: Home) {
    this.#home = home;
  }

  /** As `POST /api/courier/:lockId`: link messages from the lock, link messages for the lock. */
  courier(messages: readonly Bytes[]): readonly Bytes[] {
    const answers = messages.flatMap((bytes) => {
      const message = required(decodeFromLock(bytes), 'couriers bring link messages');
      if (message.type === 'journal') this.#ingest(message.body);
      return message.type === 'time-ask' ? [this.#say('time-answer', this.#time(message.body))] : [];
    });
    return [...answers, this.#say('journal-ack', this.#ack()), this.#say('time-bound', this.#bound()), ...this.wanted.map(([type, body]) => this.#say(type, body))];
  }

  #now() {
    return instant(RTC_MS + this.#home.world.nowMs);
  }

  #say(type: ToLockType, body: Bytes): Bytes {
    this.#seq += 1;
    return encodeToLock({ type, session: NO_SESSION, seq: this.#seq, expires: 0, body });
  }

  #ingest(body: Bytes): void {
    const { world, hub } = this.#home;
    const batch = openBatch(world.crypto, hub.privateKey.reveal(), world.keys.identityKey, body);
    assert.ok(batch.ok, batch.ok ? '' : batch.error.code);
    const merged = mergeBatch(this.known, batch.value);
    assert.equal(merged.kind, 'merged');
    const fresh: readonly Entry[] = merged.kind === 'merged' ? merged.fresh : [];
    for (const { record } of fresh) this.records.push(required(decodeRecord(record), 'records decode'));
    this.known = fresh.at(-1) ?? this.known;
  }

  #ack(): Bytes {
    const { world, hub } = this.#home;
    return signedBy(world.crypto, hub, journalAckToSign(world.crypto, hub.publicKey, { lockId: world.state.lockId, seq: this.known.seq, instant: this.#now() }));
  }

  #bound(): Bytes {
    const { world, hub } = this.#home;
    return signedBy(world.crypto, hub, timeBoundToSign(world.crypto, hub.publicKey, this.#now()));
  }

  #time(body: Bytes): Bytes {
    const { world, hub } = this.#home;
    const at = this.#now();
    const payload = timeAnswerPayload({ lockId: world.state.lockId, nonce: required(decodeTimeAsk(body), 'a nonce'), instant: at, errorMs: 100, lastSync: at });
    return signedBy(world.crypto, hub, timeAnswerToSign(world.crypto, hub.publicKey, payload));
  }
}

export const idNamed = (name: string): Bytes => utf8(name.padEnd(16, '.')).slice(0, 16);
