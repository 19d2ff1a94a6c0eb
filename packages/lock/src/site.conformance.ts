// For tests: the site around a lock in its world. An owner who adopts it, a hub that relays, keeps the journal and tells the time,
// and a phone that opens it by Aliro. Each message passes through `carry`, where an attack may read, change, hold or repeat it.

import assert from 'node:assert/strict';
import type { StoredDocument } from '@mortise/aliro/device-response.ts';
import { certificateTbs, compressCertificate } from '@mortise/aliro/reader-certificate.ts';
import { createUserDevice, stepUserDevice, type DeviceConfig, type DeviceInput, type DeviceOutcome, type DeviceSession } from '@mortise/aliro/user-device.ts';
import { encodeCommand, type Verb } from '@mortise/aliro/vendor.ts';
import { required } from '@mortise/base/assert.ts';
import { concat, equalBytes, uint, utf8, type Bytes } from '@mortise/base/bytes.ts';
import { identifierBytes } from '@mortise/base/identifiers.ts';
import { instant, type Instant } from '@mortise/base/instant.ts';
import { Secret } from '@mortise/base/secret.ts';
import { decodeAdoptBody, decodeTimeAsk, encodeAdoptBody } from '@mortise/courier/link-body.ts';
import { journalAckToSign } from '@mortise/courier/journal-ack.ts';
import { NO_SESSION, SESSION_BYTES, type FromLockMessage, type ToLockType } from '@mortise/courier/link-message.ts';
import { decodeRelayFrame, encodeRelayFrame, type RelayFrame } from '@mortise/courier/relay-frame.ts';
import { timeBoundToSign } from '@mortise/courier/time-bound.ts';
import type { Crypto } from '@mortise/crypto/crypto.ts';
import { deriveKeyPair, type KeyPair } from '@mortise/crypto/entropy.ts';
import type { AdoptionError } from '@mortise/documents/adoption-message.ts';
import type { Offer } from '@mortise/documents/adoption-offer.ts';
import { ownerHello, ownerOffer, ownerReadAnswer, ownerReadDone, type Adopted as OwnersWord, type OwnerKeyed } from '@mortise/documents/adoption.ts';
import type { ToSign } from '@mortise/documents/cose.ts';
import { assembleOwnerSet, openOwnerSet, ownerSetPayload, ownerSetToSign, type OwnerSet, type OwnerSetFields } from '@mortise/documents/owner-set.ts';
import { rosterPayload, rosterToSign, type Policy, type RosterFields } from '@mortise/documents/roster.ts';
import { timeAnswerPayload, timeAnswerToSign, timeKeyPayload, timeKeyToSign, type TimeAnswer, type TimeKey } from '@mortise/documents/time.ts';
import { ALL_RIGHTS, sealTrusted, type TrustedEntry } from '@mortise/documents/trusted-entry.ts';
import type { Result } from '@mortise/base/result.ts';
import { mergeBatch, openBatch } from '@mortise/journal/batch.ts';
import { GENESIS, type ChainPoint, type Entry } from '@mortise/journal/chain.ts';
import { verifyReceipt, type Receipt } from '@mortise/journal/receipt.ts';
import { NearLink } from './near-link.conformance.ts';
import type { Mechanism } from './mechanism.ts';
import { PROFILES, type Profile } from './profile.ts';
import { RTC_MS, SETUP_SECRET, World } from './world.conformance.ts';

const POLICY: Policy = { relockDelayMs: 0, relockOnClose: false, jamTimeoutMs: 3000 };
/** One way between lock and hub, and between hub and phone, together. */
const LATENCY_MS = 20;

export type PhoneRun = {
  /** Of a run over the relay. */
  readonly session: Bytes;
  /** Every frame that the lock said to this phone, and that it said to the lock. */
  readonly heard: RelayFrame[];
  readonly said: RelayFrame[];
  outcome: DeviceOutcome | undefined;
  closed: string | undefined;
  receipt: Receipt | undefined;
  receiptError: string | undefined;
};

/** `documents`: what the phone has filed for its credential. `via`: the near link by which it asks; left out: over the relay. */
export type Ask = {
  readonly via?: NearLink;
  readonly verb: Verb; readonly phone?: KeyPair; readonly requestId?: Bytes; readonly command?: Bytes | null; readonly until?: number; readonly documents?: readonly StoredDocument[];
};

/** A lock that was just adopted, its link up, its clock set, and the site that owns it. `seed`: which lock of the site. */
export const ownedLock = (adoption: Parameters<Site['adopt']>[0] = {}, profile: Profile = 'powered', mechanism?: Mechanism, seed = 'a lock'): { readonly world: World; readonly site: Site } => {
  const world = new World(seed, profile, mechanism);
  const site = new Site(world);
  world.start();
  world.run(100);
  const word = site.adopt(adoption);
  assert.ok(word.ok, word.ok ? '' : word.error.code);
  world.run(500);
  return { world, site };
};

export class Site {
  readonly world: World;
  readonly crypto: Crypto;
  readonly owner: KeyPair;
  readonly phone: KeyPair;
  readonly issuer: KeyPair;
  readonly journalKey: KeyPair;
  readonly timeKey: KeyPair;
  readonly ownerSetBytes: Bytes;
  readonly ownerSet: OwnerSet;
  /** What the hub holds, verified. */
  readonly ingested: Entry[] = [];
  known: ChainPoint = GENESIS;
  acknowledges = true;
  tellsTime = true;
  /** What an attack does on the way; by default everything passes. `to`: who hears it. */
  carry: (frame: RelayFrame, to: 'lock' | 'phone', pass: (frame: RelayFrame) => void) => void = (frame, _to, pass) => pass(frame);
  readonly #listeners = new Map<string, (message: FromLockMessage) => void>();
  #count = 0;

  /** `owns`: whether the journal is for this site. */
  constructor(world: World, seed = 'a site', owns = true) {
    this.world = world;
    this.crypto = world.crypto;
    const entropy = this.crypto.sha256(utf8(seed));
    const key = (label: string): KeyPair => deriveKeyPair(this.crypto, entropy, label);
    [this.owner, this.phone, this.issuer, this.journalKey, this.timeKey] = [key('owner'), key('phone'), key('issuer'), key('journal'), key('time')];
    const fields = { keys: [this.owner.publicKey], threshold: 1, sequence: 1, previous: null, salt: entropy.slice(0, 16) };
    const payload = ownerSetPayload(this.crypto, fields);
    this.ownerSetBytes = assembleOwnerSet([this.sign(this.owner, ownerSetToSign(this.crypto, this.owner.publicKey, payload))]);
    const opened = openOwnerSet(this.crypto, this.ownerSetBytes);
    assert.ok(opened.ok);
    this.ownerSet = opened.value;
    const others = world.hear;
    world.hear = (message) => {
      others(message);
      if (owns || message.type === 'adopt' || message.type === 'relay') world.later(LATENCY_MS, () => this.#hear(message));
    };
  }

  /** Takes over what another hub of the same site holds. */
  takeOver(other: Site): void {
    this.#count = other.#count;
    this.ingested.push(...other.ingested);
    this.known = other.known;
  }

  /** 32 bytes that no one else has. */
  entropy(): Bytes {
    this.#count += 1;
    return this.crypto.sha256(concat(utf8('site'), this.owner.publicKey, uint(this.#count, 6)));
  }

  sign(key: KeyPair, { message, assemble }: ToSign): Bytes {
    return assemble(this.crypto.p256.sign(key.privateKey.reveal(), message));
  }

  /** A message to the lock, now. */
  say(type: ToLockType, body: Bytes, session: Bytes = NO_SESSION, expires = 0): void {
    this.world.link({ type, session, seq: 0, expires: expires === 0 ? 0 : instant(expires), body });
  }

  /** The hub says that it holds the journal up to `seq`. */
  acknowledge(seq: number, by: KeyPair = this.timeKey): void {
    this.say('journal-ack', this.ack(seq, this.now(), by));
  }

  /** The hub's signed word, to be carried by whoever. */
  ack(seq: number, at: Instant = this.now(), by: KeyPair = this.timeKey): Bytes {
    return this.sign(by, journalAckToSign(this.crypto, by.publicKey, { lockId: this.world.state.lockId, seq, instant: at }));
  }

  /** The true time, which the hub tells the lock. */
  now(): Instant {
    return instant(RTC_MS + 500_000 + this.world.nowMs);
  }

  /** The hub's signed word that an instant has passed. */
  timeBound(at: Instant, by: KeyPair = this.timeKey): Bytes {
    return this.sign(by, timeBoundToSign(this.crypto, by.publicKey, at));
  }

  /** A phone comes to the door. */
  connect(): NearLink {
    return new NearLink(this.world);
  }

  session(): Bytes {
    return this.entropy().slice(0, SESSION_BYTES);
  }

  /** What the roster says of a phone. */
  entry(phone: KeyPair, rights = ALL_RIGHTS): TrustedEntry {
    return { credentialKey: phone.publicKey, pseudonym: this.crypto.sha256(phone.publicKey).slice(0, 16), rights };
  }

  /** The owner set that follows the one that the lock holds: of `owners`, agreed to by `by`. */
  owners(owners: readonly KeyPair[], by: readonly KeyPair[] = [this.owner], fields: Partial<OwnerSetFields> = {}): Bytes {
    const { membership } = this.world.state;
    assert.ok(membership.kind === 'adopted');
    const { sequence, hash } = membership.ownerSet;
    const keys = owners.map(({ publicKey }) => publicKey);
    const payload = ownerSetPayload(this.crypto, { keys, threshold: 1, sequence: sequence + 1, previous: hash, salt: this.entropy().slice(0, 16), ...fields });
    return assembleOwnerSet(by.map((owner) => this.sign(owner, ownerSetToSign(this.crypto, owner.publicKey, payload))));
  }

  /** The signed roster and what it says; `fields` and `entries` differ from a first one with the phone. */
  roster(fields: Partial<RosterFields> = {}, entries?: readonly TrustedEntry[], by: KeyPair = this.owner): { readonly bytes: Bytes; readonly hash: Bytes } {
    const { lockId, keys } = this.world.state;
    const trusted = entries ?? [this.entry(this.phone)];
    const sealed = trusted.map((entry) => ({ kind: 'trusted', sealed: sealTrusted(this.crypto, keys.seal.publicKey, lockId, entry, this.entropy()) }) as const);
    const timeKeys = [this.certify(this.timeKey, { kind: 'hub' }, by)];
    const payload = rosterPayload(this.crypto, {
      siteId: this.ownerSet.siteId, lockId, version: 1, previous: null, entries: sealed, zone: 'Europe/Zurich', policy: POLICY,
      timeKeys, journalKey: this.journalKey.publicKey, groups: [], ...fields,
    });
    return { bytes: this.sign(by, rosterToSign(this.crypto, by.publicKey, payload)), hash: this.crypto.sha256(payload) };
  }

  readerCertificate(publicKey: Bytes, subject: string): Bytes {
    const tbs = certificateTbs({ publicKey, subject }, this.issuer.publicKey, this.crypto);
    return compressCertificate({ publicKey, subject }, this.crypto.p256.sign(this.issuer.privateKey.reveal(), tbs));
  }

  offer(keyed: OwnerKeyed, change: Partial<Offer> = {}, policy: Partial<Policy> = {}): Offer {
    return {
      ownerSets: [this.ownerSetBytes], readerIssuerKey: this.issuer.publicKey, linkCertificate: utf8('link certificate'), brokerCa: utf8('broker ca'),
      readerCertificate: this.readerCertificate(keyed.lock.readerKey, keyed.lockId),
      roster: this.roster({ policy: { ...POLICY, ...policy } }).bytes, ...change,
    };
  }

  /** The owner's word that a key may tell the time. */
  certify(key: KeyPair, fields: Partial<TimeKey> = {}, by: KeyPair = this.owner): Bytes {
    const timeKey: TimeKey = { key: key.publicKey, kind: 'ekey', driftPpm: 50, until: instant(RTC_MS + 10 ** 11), ...fields };
    return this.sign(by, timeKeyToSign(this.crypto, by.publicKey, timeKeyPayload(this.crypto, timeKey)));
  }

  /** What a time key answers to this lock. */
  answer(nonce: Bytes, by: KeyPair = this.timeKey, fields: Partial<TimeAnswer> = {}): Bytes {
    const at = fields.instant ?? this.now();
    const payload = timeAnswerPayload({ lockId: this.world.state.lockId, nonce, instant: at, errorMs: 100, lastSync: at, ...fields });
    return this.sign(by, timeAnswerToSign(this.crypto, by.publicKey, payload));
  }

  /**
   * The whole handshake over messages, by the hub or `via` a near link. `secret`: of the setup code that the owner typed; `change`: what the offer
   * holds instead.
   */
  adopt({ secret = SETUP_SECRET, change = {}, policy = {}, via }: { secret?: Bytes; change?: Partial<Offer>; policy?: Partial<Policy>; via?: NearLink } = {}): Result<OwnersWord, AdoptionError> {
    const session = via ?? this.session();
    const code = { lockIdPrefix: identifierBytes(this.world.state.lockId).slice(0, 12), secret: new Secret(secret) };
    const { message, state } = ownerHello(this.crypto, this.entropy());
    const answer = ownerReadAnswer(this.crypto, state, code, this.#ask(session, 1, message));
    if (!answer.ok) return answer;
    const offered = ownerOffer(this.crypto, answer.value, this.offer(answer.value, {}, policy));
    assert.ok(offered.ok);
    const changed = Object.keys(change).length === 0 ? offered : ownerOffer(this.crypto, answer.value, this.offer(answer.value, change, policy));
    assert.ok(changed.ok);
    return ownerReadDone(this.crypto, changed.value, this.#ask(session, 3, changed.value.message));
  }

  /** A phone asks; its frames go through `carry`. Let the world run to see what comes of it. */
  ask({ verb, phone = this.phone, requestId = this.entropy().slice(0, 16), until = 0, command, documents, via }: Ask): PhoneRun {
    const run: PhoneRun = { session: this.session(), heard: [], said: [], outcome: undefined, closed: undefined, receipt: undefined, receiptError: undefined };
    const { siteId } = this.ownerSet;
    const group = { groupIdentifier: identifierBytes(siteId), groupIdentifierKey: this.issuer.publicKey, credentialKey: phone.publicKey, ...(documents && { documents }) };
    const b2 = command === undefined ? encodeCommand({ verb, requestId, until }) : command;
    const config: DeviceConfig = {
      versions: [0x0100], interfaceByte: PROFILES[this.world.profile].interfaces[via === undefined ? 'relay' : 'near'], closing: 'exchange', maxCommand: 4096, maxResponse: 4096, groups: [group],
      expectSubject: () => this.world.state.lockId, ...(b2 === null ? {} : { command: b2 }),
    };
    const ephemeral = deriveKeyPair(this.crypto, this.entropy(), 'phone').privateKey.reveal();
    let device: DeviceSession = createUserDevice(config, { ephemeralPrivateKey: ephemeral });
    const feed = (input: DeviceInput): void => {
      const { session, effects } = stepUserDevice(this.crypto, device, input);
      device = session;
      for (const effect of effects) {
        if (effect.kind === 'respond') this.#toLock(run, { kind: 'apdu', apdu: effect.apdu }, via);
        if (effect.kind === 'sign') feed({ kind: 'signed', signature: this.crypto.p256.sign(phone.privateKey.reveal(), effect.message) });
        if (effect.kind === 'finished') run.outcome = effect.outcome;
      }
    };
    const hear = (frame: RelayFrame): void => {
      run.heard.push(frame);
      if (frame.kind === 'apdu') feed({ kind: 'command', apdu: frame.apdu });
      if (frame.kind === 'closed') run.closed = frame.code;
      if (frame.kind === 'receipt') this.#readReceipt(run, frame.receipt, requestId, phone);
    };
    if (via === undefined) this.#listeners.set(run.session.toHex(), ({ body }) => this.carry(required(decodeRelayFrame(body), 'the lock sends frames'), 'phone', hear));
    else via.hear = (frame) => this.carry(frame, 'phone', hear);
    this.#toLock(run, { kind: 'open' }, via);
    return run;
  }

  /** Asks, lets five seconds pass, and answers what the phone then knows. */
  askAndWait(ask: Ask): PhoneRun {
    const run = this.ask(ask);
    this.world.run(5000);
    return run;
  }

  #toLock(run: PhoneRun, frame: RelayFrame, via: NearLink | undefined): void {
    run.said.push(frame);
    this.carry(frame, 'lock', (passed) => {
      if (via === undefined) this.world.later(LATENCY_MS, () => this.say('relay', encodeRelayFrame(passed), run.session));
      else via.say(passed);
    });
  }

  // The transaction id is the lock's; the receipt names it, and the journal's decision of this request too.
  #readReceipt(run: PhoneRun, bytes: Bytes, requestId: Bytes, phone: KeyPair): void {
    const decision = this.world.records().findLast((record) => record.requestId !== undefined && equalBytes(record.requestId, requestId));
    const transactionId = decision?.transactionId ?? new Uint8Array(16);
    const expected = { requestId, transactionId, credential: this.crypto.sha256(phone.publicKey) };
    const receipt = verifyReceipt(this.crypto, this.world.keys.identityKey, this.world.state.lockId, bytes, expected);
    if (receipt.ok) run.receipt = receipt.value;
    else run.receiptError = receipt.error.code;
  }

  // One adoption message there and the answer back; empty when none comes.
  #ask(session: Bytes | NearLink, stepNumber: number, bytes: Bytes): Bytes {
    if (session instanceof NearLink) return session.adopt(stepNumber, bytes) ?? new Uint8Array(0);
    let answer: Bytes = new Uint8Array(0);
    this.#listeners.set(session.toHex(), ({ body }) => {
      answer = required(decodeAdoptBody(body), 'the lock sends adoption bodies').bytes;
    });
    this.say('adopt', encodeAdoptBody({ step: stepNumber, bytes }), session);
    this.world.run(200);
    return answer;
  }

  #hear(message: FromLockMessage): void {
    if (message.type === 'relay' || message.type === 'adopt') return this.#listeners.get(message.session.toHex())?.(message);
    if (message.type === 'journal') return this.#ingest(message.body);
    if (message.type === 'time-ask' && this.tellsTime) return this.#tellTime(required(decodeTimeAsk(message.body), 'the lock asks rightly'));
  }

  #ingest(body: Bytes): void {
    const batch = openBatch(this.crypto, this.journalKey.privateKey.reveal(), this.world.keys.identityKey, body);
    assert.ok(batch.ok, batch.ok ? '' : `${batch.error.code} at ${batch.error.seq}`);
    const merged = mergeBatch(this.known, batch.value);
    assert.equal(merged.kind, 'merged');
    if (merged.kind === 'merged') this.ingested.push(...merged.fresh);
    this.known = this.ingested.at(-1) ?? this.known;
    if (this.acknowledges) this.world.later(LATENCY_MS, () => this.acknowledge(this.known.seq));
  }

  #tellTime(nonce: Bytes): void {
    const answer = this.answer(nonce);
    this.world.later(LATENCY_MS, () => this.say('time-answer', answer));
  }
}
