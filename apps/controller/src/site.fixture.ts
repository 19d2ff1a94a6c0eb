// The people's side of a lock, for tests: its owner and a phone, through a broker, with what a hub does in between: it carries
// frames, opens and verifies journal batches, keeps them and says so, when the test lets it. What does not fit is kept as a
// violation.

import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { StoredDocument } from '@mortise/aliro/device-response.ts';
import type { Verb } from '@mortise/aliro/vendor.ts';
import { assert, required } from '@mortise/base/assert.ts';
import { EMPTY, equalBytes, hex, utf8, type Bytes } from '@mortise/base/bytes.ts';
import { instant } from '@mortise/base/instant.ts';
import type { LockId } from '@mortise/base/identifiers.ts';
import { journalAckToSign } from '@mortise/courier/journal-ack.ts';
import { decodeAdoptBody, decodeTimeAsk, encodeAdoptBody } from '@mortise/courier/link-body.ts';
import { unprovenStatus, type Status } from '@mortise/courier/status.ts';
import { decodeFromLock, encodeToLock, NO_SESSION, type FromLockMessage, type ToLockType } from '@mortise/courier/link-message.ts';
import { deriveKeyPair, type KeyPair } from '@mortise/crypto/entropy.ts';
import type { Policy } from '@mortise/documents/roster.ts';
import { ownerHello, ownerReadAnswer, ownerReadDone } from '@mortise/documents/adoption.ts';
import type { NetworkSettings } from '@mortise/documents/network-settings.ts';
import { parseSetupCode } from '@mortise/documents/setup-code.ts';
import { timeAnswerPayload, timeAnswerToSign } from '@mortise/documents/time.ts';
import { mergeBatch, openBatch } from '@mortise/journal/batch.ts';
import { GENESIS, type ChainPoint, type Entry } from '@mortise/journal/chain.ts';
import { issueLinkCertificate } from '@mortise/node/certificates.ts';
import { nodeCrypto as crypto } from '@mortise/node/crypto.ts';
import { freshEntropy } from '@mortise/node/entropy.ts';
import { prepareOffer, type AdoptionTerms } from '@mortise/wallet/adopt.ts';
import { startOperation, stepOperation, type OperationEffect } from '@mortise/wallet/operation.ts';
import type { OperationOutcome } from '@mortise/wallet/operation-outcome.ts';
import { foundSite } from '@mortise/wallet/own.ts';
import { signedBy } from '@mortise/wallet/owner-signature.ts';
import type { SiteKey } from '@mortise/wallet/site-key.ts';
import type { Heard, TestBroker } from './broker.fixture.ts';
import { countedGrant, invitedDocuments, rosterWithDoor } from './guest.fixture.ts';
import type { NearVisit } from './near-visit.fixture.ts';

const POLICY = { relockDelayMs: 0, relockOnClose: false, jamTimeoutMs: 3000 };
const PATIENCE_MS = 8000;
const AGAIN_MS = 400;
const MAX_TRIES = 20;
const SESSION_BYTES = 8;

type Listener = (message: FromLockMessage) => void;

export class TestSite {
  readonly violations: string[] = [];
  /** What this hub holds of the lock's journal, by seq. */
  readonly journal = new Map<number, Entry>();
  status: Status | undefined;
  statuses = 0;
  lockId: LockId | undefined;
  identityKey: Bytes | undefined;
  /** Whether, and after how long, the hub says that it holds a batch. */
  acknowledge: () => number | undefined = () => 0;
  readonly #broker: TestBroker;
  readonly #listeners = new Map<string, Listener>();
  readonly #founded = foundSite(crypto, freshEntropy());
  readonly #phone = deriveKeyPair(crypto, freshEntropy(), 'phone');
  readonly #journalKey = deriveKeyPair(crypto, freshEntropy(), 'journal');
  readonly #timeKey = deriveKeyPair(crypto, freshEntropy(), 'time');
  readonly #guest = deriveKeyPair(crypto, freshEntropy(), 'guest');
  #roster: Bytes | undefined;
  #lent: readonly StoredDocument[] = [];
  #known: ChainPoint = GENESIS;
  #seq = 0;

  constructor(broker: TestBroker) {
    this.#broker = broker;
    broker.listener = (message) => this.#heard(message);
  }

  known(): ChainPoint {
    return this.#known;
  }

  /** Adopts the lock whose setup code this is; answers `adopted` or the error's code. */
  adopt(lockId: LockId, setupText: string, policy: Policy = POLICY): Promise<string> {
    const session = freshSession();
    return this.#adopt(lockId, setupText, policy, (step, bytes) => this.#ask(lockId, session, step, bytes), async (linkKey) => ({
      linkCertificate: utf8(await issueLinkCertificate(this.#broker.ca, lockId, linkKey)), brokerCa: utf8(this.#broker.ca.certificate),
    }));
  }

  /** The same at the door, with no hub at hand; `network`: how the lock reaches it. */
  adoptNear(visit: NearVisit, lockId: LockId, setupText: string, network?: NetworkSettings): Promise<string> {
    return this.#adopt(lockId, setupText, POLICY, (step, bytes) => visit.adopt(step, bytes), () =>
      Promise.resolve({ linkCertificate: EMPTY, brokerCa: EMPTY, ...(network && { network }) }));
  }

  async #adopt(
    lockId: LockId, setupText: string, policy: Policy, ask: (step: number, bytes: Bytes) => Promise<Bytes>,
    papersFor: (linkKey: Bytes) => Promise<Pick<AdoptionTerms, 'linkCertificate' | 'brokerCa'> & { readonly network?: NetworkSettings }>,
  ): Promise<string> {
    const code = parseSetupCode(crypto, setupText);
    assert(code.ok, 'the Workbench shows a good setup code');
    const greeted = ownerHello(crypto, freshEntropy());
    const answer = await ask(1, greeted.message);
    const keyed = ownerReadAnswer(crypto, greeted.state, code.value, answer);
    if (!keyed.ok) return keyed.error.code;
    const offer = prepareOffer(crypto, keyed.value, {
      ownerSets: [this.#founded.document], owner: this.#founded.owner, issuer: this.#founded.issuer, phones: [{ credentialKey: this.#phone.publicKey }],
      zone: 'Europe/Zurich', policy, journalKey: this.#journalKey.publicKey, timeKey: { key: this.#timeKey.publicKey, driftPpm: 100, until: instant(4e12) },
      ...await papersFor(keyed.value.lock.linkKey),
    }, freshEntropy());
    assert(offer.ok, 'our own offer holds');
    const done = ownerReadDone(crypto, offer.value, await ask(3, offer.value.message));
    if (!done.ok) return done.error.code;
    this.#roster = offer.value.roster;
    this.lockId = lockId;
    this.identityKey = keyed.value.lock.identityKey;
    return 'adopted';
  }

  /** The owner says which door the lock is at, and lends a guest so many uses of it; the lock has taken it. */
  async lend(uses: number): Promise<void> {
    const lockId = required(this.lockId, 'adopt first');
    const { owner, ownerSet } = this.#founded;
    this.#lent = [countedGrant(owner, this.#guest, uses)];
    const place = { siteId: ownerSet.siteId, lockId, ownerKeys: ownerSet.keys };
    const answers: FromLockMessage[] = [];
    this.#listeners.set(hex(NO_SESSION), (message) => void (message.type === 'roster-answer' && answers.push(message)));
    const roster = rosterWithDoor(owner, place, required(this.#roster, 'adopt first'));
    // What is said while the lock changes its link is lost; the same roster again is answered again.
    for (let tries = 0; tries < MAX_TRIES && answers.length === 0; tries += 1) {
      this.#send('roster', NO_SESSION, roster);
      await this.comesTrue(() => answers.length > 0, AGAIN_MS);
    }
    assert(answers.length > 0, 'the lock answers the roster');
  }

  /** One operation of the phone; its outcome, or `timed-out`, when nothing came for a while. */
  operate(verb: Verb, patienceMs = PATIENCE_MS, who: 'owner' | 'guest' = 'owner'): Promise<OperationOutcome> {
    const { promise, resolve } = Promise.withResolvers<OperationOutcome>();
    const session = freshSession();
    const { key, site } = this.#wallet(who);
    const lock = { identityKey: required(this.identityKey, 'adopt first') };
    let { state, effects } = startOperation(crypto, { site, lock, command: { verb }, entropy: freshEntropy() });
    const step = (input: Parameters<typeof stepOperation>[2]): void => {
      ({ state, effects } = stepOperation(crypto, state, input));
      effects.forEach(carryOut);
    };
    const late = setTimeout(() => step({ kind: 'ended', code: 'timed-out' }), patienceMs);
    const carryOut = (effect: OperationEffect): void => {
      if (effect.kind === 'send') this.#send('relay', session, effect.bytes);
      if (effect.kind === 'sign') step({ kind: 'signed', signature: crypto.p256.sign(key.privateKey.reveal(), effect.message) });
      if (effect.kind !== 'done') return;
      clearTimeout(late);
      this.#listeners.delete(hex(session));
      resolve(effect.outcome);
    };
    this.#listeners.set(hex(session), (message) => step({ kind: 'frame', bytes: message.body }));
    effects.forEach(carryOut);
    step({ kind: 'ringFull' });
    return promise;
  }

  /** The same at the door. */
  operateNear(visit: NearVisit, verb: Verb, who: 'owner' | 'guest' = 'owner', fillRing: () => Promise<void> = () => Promise.resolve(), signs: () => void = () => undefined): Promise<OperationOutcome> {
    const { key, site } = this.#wallet(who);
    const identityKey = required(this.identityKey, 'adopt first');
    return visit.operate({ site, identityKey, verb, entropy: freshEntropy(), sign: (message) => {
      signs();
      return crypto.p256.sign(key.privateKey.reveal(), message);
    }, fillRing });
  }

  /** Somebody new, with what an owner's invitation became in their wallet. */
  invite(): { readonly key: KeyPair; readonly site: SiteKey } {
    const key = deriveKeyPair(crypto, freshEntropy(), 'invited');
    const { owner, issuer, ownerSet: { siteId } } = this.#founded;
    return { key, site: { siteId, readerIssuerKey: issuer.publicKey, credentialKey: key.publicKey, documents: invitedDocuments(owner, siteId, key) } };
  }

  /** What a phone carried out of the door's reach: the journal's batches count as if they had come by the link. */
  take(carried: readonly Bytes[]): void {
    for (const bytes of carried) {
      const message = decodeFromLock(bytes);
      if (message?.type === 'journal') this.#batch(message.body, 'adopted');
    }
  }

  /** The hub's signed word of what it holds, for a phone to carry. */
  ackMessage(): Bytes {
    return encodeToLock({ type: 'journal-ack', session: NO_SESSION, seq: (this.#seq += 1), expires: 0, body: this.#ack() });
  }

  #wallet(who: 'owner' | 'guest'): { readonly key: KeyPair; readonly site: SiteKey } {
    const [key, documents] = who === 'owner' ? [this.#phone, []] : [this.#guest, this.#lent];
    return { key, site: { siteId: this.#founded.ownerSet.siteId, readerIssuerKey: this.#founded.issuer.publicKey, credentialKey: key.publicKey, documents } };
  }

  #ack(): Bytes {
    const [{ seq }, lockId, key] = [this.#known, required(this.lockId, 'adopt first'), this.#timeKey];
    return signedBy(crypto, key, journalAckToSign(crypto, key.publicKey, { lockId, seq, instant: instant(Date.now()) }));
  }

  /** Waits for the lock to be on its link and to say how it is. */
  async nextStatus(): Promise<Status> {
    const before = this.statuses;
    await this.until('a status', () => this.statuses > before);
    return required(this.status, 'a status came');
  }

  async until(what: string, done: () => boolean): Promise<void> {
    assert(await this.comesTrue(done, PATIENCE_MS), `waited in vain for ${what}`);
  }

  async comesTrue(done: () => boolean, patienceMs: number): Promise<boolean> {
    for (const end = performance.now() + patienceMs; !done() && performance.now() < end; ) await sleep(5);
    return done();
  }

  async #ask(lockId: LockId, session: Bytes, step: number, bytes: Bytes): Promise<Bytes> {
    const { promise, resolve } = Promise.withResolvers<Bytes>();
    this.#listeners.set(hex(session), ({ body }) => resolve(decodeAdoptBody(body)?.bytes ?? body));
    this.#send('adopt', session, encodeAdoptBody({ step, bytes }), lockId);
    return promise;
  }

  #send(type: ToLockType, session: Bytes, body: Bytes, lockId = this.lockId): void {
    this.#broker.send(required(lockId, 'adopt first'), encodeToLock({ type, session, seq: (this.#seq += 1), expires: 0, body }));
  }

  #heard({ leaf, payload, kind }: Heard): void {
    if (leaf !== 'out') return;
    const message = decodeFromLock(payload);
    if (message === undefined) return void this.violations.push('a message that is none');
    if (message.type === 'status') this.#status(message.body);
    else if (message.type === 'journal') this.#batch(message.body, kind);
    else if (message.type === 'time-ask') this.#tellTime(message.body);
    else this.#listeners.get(hex(message.session))?.(message);
  }

  // While it is being adopted the lock is not answered; it asks again at its next start.
  #tellTime(body: Bytes): void {
    const { lockId } = this;
    if (lockId === undefined) return;
    const [at, key] = [instant(Date.now()), this.#timeKey];
    const nonce = required(decodeTimeAsk(body), 'the lock asks rightly');
    const payload = timeAnswerPayload({ lockId, nonce, instant: at, errorMs: 100, lastSync: at });
    this.#send('time-answer', NO_SESSION, signedBy(crypto, key, timeAnswerToSign(crypto, key.publicKey, payload)));
  }

  #status(body: Bytes): void {
    this.status = unprovenStatus(body);
    this.statuses += 1;
    if (this.status === undefined) this.violations.push('a status that is none');
  }

  #batch(body: Bytes, kind: Heard['kind']): void {
    // As a hub: under its factory certificate a lock may be adopted and say how it is, no more. It sends the batch again.
    if (kind !== 'adopted') return;
    const opened = openBatch(crypto, this.#journalKey.privateKey.reveal(), required(this.identityKey, 'adopt first'), body);
    if (!opened.ok) return void this.violations.push(`batch ${opened.error.code} at ${opened.error.seq}`);
    const { entries } = opened.value;
    for (const entry of entries) this.#compare(entry);
    const merge = mergeBatch(this.#known, opened.value);
    if (merge.kind !== 'merged') return void this.violations.push(`journal ${merge.kind}`);
    for (const entry of merge.fresh) this.journal.set(entry.seq, entry);
    const last = merge.fresh.at(-1);
    if (last !== undefined) this.#known = { seq: last.seq, head: last.head };
    this.#confirm();
  }

  // What the hub once held must never be told differently.
  #compare(entry: Entry): void {
    const held = this.journal.get(entry.seq);
    if (held !== undefined && !equalBytes(held.record, entry.record)) this.violations.push(`record ${entry.seq} was rewritten`);
  }

  #confirm(): void {
    const afterMs = this.acknowledge();
    if (afterMs === undefined) return;
    const ack = this.#ack();
    setTimeout(() => this.#send('journal-ack', NO_SESSION, ack), afterMs).unref();
  }
}

const freshSession = (): Bytes => Uint8Array.from(randomBytes(SESSION_BYTES));
