// A hub for tests that has everything a hub has (the broker, the link's authority, the journal key) and owes nobody the truth.
// By itself it behaves; a test makes it lie. What comes over the link is verified as a hub would, and kept.

import { required } from '@mortise/base/assert.ts';
import { hex, type Bytes } from '@mortise/base/bytes.ts';
import { instant } from '@mortise/base/instant.ts';
import type { LockId } from '@mortise/base/identifiers.ts';
import { journalAckToSign } from '@mortise/courier/journal-ack.ts';
import { decodeAdoptBody, decodeRosterAnswer, encodeAdoptBody, type RosterAnswerBody } from '@mortise/courier/link-body.ts';
import { unprovenStatus, type Status } from '@mortise/courier/status.ts';
import { decodeFromLock, encodeToLock, NO_SESSION, SESSION_BYTES, type FromLockMessage, type ToLockType } from '@mortise/courier/link-message.ts';
import { deriveKeyPair, type KeyPair } from '@mortise/crypto/entropy.ts';
import { mergeBatch, openBatch, type OpenedBatch } from '@mortise/journal/batch.ts';
import { GENESIS, type ChainPoint, type Entry } from '@mortise/journal/chain.ts';
import { decodeRecord, type JournalRecord } from '@mortise/journal/record.ts';
import { nodeCrypto as crypto } from '@mortise/node/crypto.ts';
import { freshEntropy } from '@mortise/node/entropy.ts';
import { startTestBroker, type Heard, type TestBroker } from '../../apps/controller/src/broker.fixture.ts';

/** What the hub holds of one lock. */
export type Kept = {
  known: ChainPoint;
  readonly entries: Entry[];
  readonly batches: OpenedBatch[];
  /** Batches that did not verify or did not follow, as codes. */
  readonly faults: string[];
  status: Status | undefined;
  statuses: number;
  /** Each status as it came, signed. */
  readonly statements: Bytes[];
  readonly rosterAnswers: RosterAnswerBody[];
};

const PATIENCE_MS = 15_000;

export class DishonestHub {
  readonly broker: TestBroker;
  readonly journalKey: KeyPair = deriveKeyPair(crypto, freshEntropy(), 'journal');
  readonly timeKey: KeyPair = deriveKeyPair(crypto, freshEntropy(), 'time');
  readonly identityKeys = new Map<LockId, Bytes>();
  /** Whether it keeps a batch that it acknowledges. */
  keeps: (batch: OpenedBatch) => boolean = () => true;
  readonly #kept = new Map<LockId, Kept>();
  readonly #listeners = new Map<string, (message: FromLockMessage) => void>();
  #seq = 0;

  constructor(broker: TestBroker) {
    this.broker = broker;
    broker.listener = (heard) => { this.#heard(heard); };
  }

  static async start(): Promise<DishonestHub> {
    return new DishonestHub(await startTestBroker());
  }

  of(lockId: LockId): Kept {
    const kept = this.#kept.get(lockId) ?? { known: GENESIS, entries: [], batches: [], faults: [], status: undefined, statuses: 0, statements: [], rosterAnswers: [] };
    this.#kept.set(lockId, kept);
    return kept;
  }

  records(lockId: LockId): readonly JournalRecord[] {
    return this.of(lockId).entries.map(({ record }) => required(decodeRecord(record), 'kept records are verified'));
  }

  say(lockId: LockId, type: ToLockType, body: Bytes, session: Bytes = NO_SESSION): void {
    this.#seq += 1;
    this.broker.send(lockId, encodeToLock({ type, session, seq: this.#seq, expires: 0, body }));
  }

  /** Whoever listens to a session hears what its lock says in it. */
  listen(session: Bytes, listener: (message: FromLockMessage) => void): void {
    this.#listeners.set(hex(session), listener);
  }

  newSession(): Bytes {
    return freshEntropy().slice(0, SESSION_BYTES);
  }

  /** One adoption message, and the lock's answer to it. */
  ask(lockId: LockId, session: Bytes, step: number, bytes: Bytes): Promise<Bytes> {
    const { promise, resolve } = Promise.withResolvers<Bytes>();
    this.listen(session, ({ body }) => { resolve(required(decodeAdoptBody(body), 'the lock sends adoption bodies').bytes); });
    this.say(lockId, 'adopt', encodeAdoptBody({ step, bytes }), session);
    return promise;
  }

  /** Waits until the hub has heard the lock say how it is, and has its whole journal if it keeps it. */
  async settle(lockId: LockId): Promise<readonly JournalRecord[]> {
    const kept = this.of(lockId);
    const before = kept.statuses;
    this.say(lockId, 'status-ask', new Uint8Array(0));
    await waitFor('the lock’s status', () => kept.statuses > before);
    await waitFor('the lock’s journal', () => kept.known.seq >= (kept.status?.seq ?? 0));
    return this.records(lockId);
  }

  close(): Promise<void> {
    return this.broker.close();
  }

  #heard({ lockId, leaf, payload, kind }: Heard): void {
    const message = leaf === 'out' ? decodeFromLock(payload) : undefined;
    if (message === undefined) return;
    if (message.type === 'relay' || message.type === 'adopt') this.#listeners.get(hex(message.session))?.(message);
    else if (message.type === 'journal' && kind === 'adopted') this.#ingest(lockId, message.body);
    else if (message.type === 'status') this.#status(lockId, message.body);
    else if (message.type === 'roster-answer') this.of(lockId).rosterAnswers.push(required(decodeRosterAnswer(message.body), 'the lock answers rosters'));
  }

  #status(lockId: LockId, body: Bytes): void {
    const kept = this.of(lockId);
    kept.statements.push(body);
    kept.status = unprovenStatus(body);
    kept.statuses += 1;
  }

  #ingest(lockId: LockId, body: Bytes): void {
    const kept = this.of(lockId);
    const opened = openBatch(crypto, this.journalKey.privateKey.reveal(), required(this.identityKeys.get(lockId), 'adopt first'), body);
    if (!opened.ok) {
      kept.faults.push(opened.error.code);
      return;
    }
    if (this.keeps(opened.value)) this.#keep(kept, opened.value);
    this.say(lockId, 'journal-ack', this.ack(lockId, opened.value.to.seq));
  }

  /** Its signed word that it holds a lock's journal up to `seq`. */
  ack(lockId: LockId, seq: number): Bytes {
    const { publicKey, privateKey } = this.timeKey;
    const { message, assemble } = journalAckToSign(crypto, publicKey, { lockId, seq, instant: instant(Date.now()) });
    return assemble(crypto.p256.sign(privateKey.reveal(), message));
  }

  #keep(kept: Kept, batch: OpenedBatch): void {
    const merge = mergeBatch(kept.known, batch);
    kept.batches.push(batch);
    if (merge.kind === 'merged') kept.entries.push(...merge.fresh);
    else kept.faults.push(merge.kind === 'gap' ? `gap from ${merge.missingFrom}` : `fork at ${merge.seq}`);
    if (merge.kind === 'merged') kept.known = merge.fresh.at(-1) ?? kept.known;
  }
}

export const waitFor = async (what: string, done: () => boolean, patienceMs = PATIENCE_MS): Promise<void> => {
  const end = performance.now() + patienceMs;
  while (!done()) {
    if (performance.now() > end) throw new Error(`waited in vain for ${what}`);
    await new Promise((resolve) => { setTimeout(resolve, 5); });
  }
};

/** Until when the owners of these tests believe the hub's clock. */
export const LATER = instant(4e12);
