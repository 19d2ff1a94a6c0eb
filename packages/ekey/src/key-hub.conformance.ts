// For tests: the site of an electronic key. Its owner enrols keys, grants and certifies; its hub gives orders, tells the time, takes journals and
// acknowledges them. A courier between hub and key is honest here; tests that want another one change what it passes on.

import assert from 'node:assert/strict';
import { completeDocument, prepareAccessDocument, prepareRevocationDocument } from '@mortise/aliro/build-document.ts';
import { keyIdentifierOf } from '@mortise/aliro/issuer-auth.ts';
import { REVOCATION_ELEMENT } from '@mortise/access/documents-request.ts';
import { digestOfDocument, prepareStamp } from '@mortise/access/freshness.ts';
import { grantDocument } from '@mortise/access/grant-document.ts';
import type { GrantTerms } from '@mortise/access/grant.ts';
import { required } from '@mortise/base/assert.ts';
import { concat, hex, uint, utf8, type Bytes } from '@mortise/base/bytes.ts';
import { identifierOf, type GrantId, type GroupId, type LockId } from '@mortise/base/identifiers.ts';
import { instant, type Instant } from '@mortise/base/instant.ts';
import { journalAckToSign } from '@mortise/courier/journal-ack.ts';
import { decodeFromKey, decodePost, encodeEnrolment, encodePost, encodeToKey, encodeTook, type Enrolment, type FromKeyMessage, type ToKeyType } from '@mortise/courier/key-message.ts';
import { encodeKeyItem, keyOrdersToSign, type KeyItem, type KeyOrders } from '@mortise/courier/key-orders.ts';
import { openKeyStatus, type KeyStatus } from '@mortise/courier/key-status.ts';
import { decodeTimeAsk } from '@mortise/courier/link-body.ts';
import { encodeToLock, NO_SESSION, type ToLockType } from '@mortise/courier/link-message.ts';
import type { Crypto } from '@mortise/crypto/crypto.ts';
import { deriveKeyPair, type KeyPair } from '@mortise/crypto/entropy.ts';
import type { ToSign } from '@mortise/documents/cose.ts';
import { introductionToSign } from '@mortise/documents/introduction.ts';
import { keyEnrolmentToSign } from '@mortise/documents/key-enrolment.ts';
import { assembleOwnerSet, openOwnerSet, ownerSetPayload, ownerSetToSign, type OwnerSet } from '@mortise/documents/owner-set.ts';
import { timeAnswerPayload, timeAnswerToSign, timeKeyPayload, timeKeyToSign, type TimeKey } from '@mortise/documents/time.ts';
import { mergeBatch, openBatch } from '@mortise/journal/batch.ts';
import { GENESIS, type ChainPoint } from '@mortise/journal/chain.ts';
import { decodeRecord, type JournalRecord } from '@mortise/journal/record.ts';
import type { KeyWorld } from './world.conformance.ts';

const DAY_MS = 86_400_000;

/** Whose site it is: of its own, or that of a lock in its world. */
export type SiteKeys = { readonly owner: KeyPair; readonly issuer: KeyPair; readonly journalKey: KeyPair; readonly timeKey: KeyPair; readonly ownerSet: OwnerSet; readonly ownerSetBytes: Bytes };

export const siteNamed = (crypto: Crypto, name: string): SiteKeys => {
  const seed = crypto.sha256(utf8(name));
  const key = (label: string): KeyPair => deriveKeyPair(crypto, seed, label);
  const [owner, issuer, journalKey, timeKey] = [key('owner'), key('issuer'), key('journal'), key('time')];
  const payload = ownerSetPayload(crypto, { keys: [owner.publicKey], threshold: 1, sequence: 1, previous: null, salt: seed.slice(0, 16) });
  const { message, assemble } = ownerSetToSign(crypto, owner.publicKey, payload);
  const ownerSetBytes = assembleOwnerSet([assemble(crypto.p256.sign(owner.privateKey.reveal(), message))]);
  const opened = openOwnerSet(crypto, ownerSetBytes);
  assert.ok(opened.ok);
  return { owner, issuer, journalKey, timeKey, ownerSet: opened.value, ownerSetBytes };
};

export class KeyHub {
  readonly crypto: Crypto;
  readonly site: SiteKeys;
  readonly world: KeyWorld;
  /** The newest orders, and each item by its digest in hex. */
  orders: KeyOrders | undefined;
  readonly items = new Map<string, Bytes>();
  /** What the hub has of the key's journal. */
  readonly records: JournalRecord[] = [];
  known: ChainPoint = GENESIS;
  readonly fromLocks: { readonly lockId: LockId; readonly message: Bytes }[] = [];
  readonly forLocks: Bytes[] = [];
  readonly revocations: Bytes[] = [];
  readonly answers: string[] = [];
  readonly said: FromKeyMessage[] = [];
  status: (KeyStatus & { readonly keyId: LockId }) | undefined;
  /** What the courier does with a message on its way; by default it arrives. */
  pass: (message: Bytes, to: 'key' | 'hub') => readonly Bytes[] = (message) => [message];
  takes = true;
  acknowledges = true;
  /** Bytes both ways in this session. */
  carriedBytes = 0;
  readonly #now: () => Instant;
  #count = 0;
  #seq = 0;
  #session = 0;

  constructor(world: KeyWorld, site: SiteKeys, now: () => Instant) {
    [this.world, this.crypto, this.site] = [world, world.crypto, site];
    this.#now = now;
  }

  entropy(): Bytes {
    this.#count += 1;
    return this.crypto.sha256(concat(utf8('key hub'), this.site.owner.publicKey, uint(this.#count, 6)));
  }

  sign(key: KeyPair, { message, assemble }: ToSign): Bytes {
    return assemble(this.crypto.p256.sign(key.privateKey.reveal(), message));
  }

  group(name: string): GroupId {
    return identifierOf<GroupId>(this.crypto.sha256(utf8(name)).slice(0, 16));
  }

  /** A whole second, so long from now. */
  at(ms: number): Instant {
    return instant(Math.floor(this.#now() / 1000) * 1000 + ms);
  }

  // ---- what is signed --------------------------------------------------------------------------------------------------------

  timeKey(changes: Partial<TimeKey> = {}, by: KeyPair = this.site.owner): Bytes {
    const fields = { key: this.site.timeKey.publicKey, kind: 'hub', driftPpm: 50, until: this.at(400 * DAY_MS), ...changes } as const;
    return this.sign(by, timeKeyToSign(this.crypto, by.publicKey, timeKeyPayload(this.crypto, fields)));
  }

  /** The certificate of the key's own clock. */
  ownTimeKey(driftPpm = 20, by: KeyPair = this.site.owner): KeyItem {
    return { kind: 'time-key', bytes: this.timeKey({ key: this.world.identity.publicKey, kind: 'ekey', driftPpm }, by) };
  }

  enrolment(changes: Partial<Enrolment> = {}, keyId: LockId = this.world.state.keyId, owner: KeyPair = this.site.owner): Bytes {
    const { issuer, journalKey, ownerSet, ownerSetBytes } = this.site;
    const { siteId } = ownerSet;
    return encodeEnrolment({
      ownerSets: [ownerSetBytes],
      introduction: this.sign(owner, introductionToSign(this.crypto, owner.publicKey, { siteId, readerIssuerKey: issuer.publicKey })),
      enrolment: this.sign(owner, keyEnrolmentToSign(this.crypto, owner.publicKey, { siteId, keyId, journalKey: journalKey.publicKey })),
      timeKeys: [this.timeKey({}, owner)], ...changes,
    });
  }

  /** The next orders over these items: in force once the key has them all. */
  order(items: readonly KeyItem[], changes: Partial<KeyOrders> = {}): KeyOrders {
    const encoded = items.map(encodeKeyItem);
    const digests = encoded.map((item) => this.crypto.sha256(item));
    digests.forEach((digest, index) => this.items.set(hex(digest), required(encoded[index], 'an item')));
    const { keyId } = this.world.state;
    this.orders = { keyId, version: (this.orders?.version ?? 0) + 1, instant: this.#now(), revalidateBy: this.at(7 * DAY_MS), buffer: 'stop', pin: undefined, items: digests, ...changes };
    return this.orders;
  }

  signedOrders(orders: KeyOrders = required(this.orders, 'orders'), by: KeyPair = this.site.timeKey): Bytes {
    return this.sign(by, keyOrdersToSign(this.crypto, by.publicKey, orders));
  }

  grant(terms: Pick<GrantTerms, 'places'> & Partial<GrantTerms>, to: Bytes = this.world.credential.publicKey, owner: KeyPair = this.site.owner): KeyItem {
    const whole: GrantTerms = {
      grantId: identifierOf<GrantId>(this.entropy().slice(0, 16)), verbs: ['unlock', 'lock'], from: this.at(-DAY_MS), until: this.at(30 * DAY_MS), hours: [], userVerification: false, remote: false, ...terms,
    };
    const randoms = whole.places.map(() => this.entropy().slice(0, 16));
    const prepared = prepareAccessDocument(this.crypto, grantDocument(this.crypto, whole, { deviceKey: to, issuerKey: owner.publicKey, signed: whole.from, randoms }));
    return { kind: 'access', bytes: completeDocument(prepared, this.crypto.p256.sign(owner.privateKey.reveal(), prepared.toSign)) };
  }

  stamp({ bytes }: KeyItem): KeyItem {
    const { owner } = this.site;
    const digest = required(digestOfDocument(this.crypto, bytes), 'a document');
    const prepared = prepareStamp(this.crypto, { digest, issuerKey: owner.publicKey, random: this.entropy().slice(0, 16), issued: this.at(0), until: this.at(7 * DAY_MS) });
    return { kind: 'stamp', bytes: completeDocument(prepared, this.crypto.p256.sign(owner.privateKey.reveal(), prepared.toSign)) };
  }

  revoke(grants: readonly Bytes[], signed: Instant = this.at(0), by: KeyPair = this.site.owner): Bytes {
    const prepared = prepareRevocationDocument(this.crypto, {
      issuer: { keyIdentifier: keyIdentifierOf(this.crypto, by.publicKey) }, validity: { signed, validFrom: this.at(-DAY_MS), validUntil: this.at(365 * DAY_MS) }, timeVerificationRequired: false,
      elements: [{ identifier: REVOCATION_ELEMENT, random: this.entropy().slice(0, 16), data: { change: 'append', add: grants.map((accessId) => ({ accessId })) } }],
    });
    return completeDocument(prepared, this.crypto.p256.sign(by.privateKey.reveal(), prepared.toSign));
  }

  ack(lockId: LockId = this.world.state.keyId, seq: number = this.known.seq, at: Instant = this.#now()): Bytes {
    return this.sign(this.site.timeKey, journalAckToSign(this.crypto, this.site.timeKey.publicKey, { lockId, seq, instant: at }));
  }

  answerTime(nonce: Bytes, changes: { readonly at?: Instant; readonly by?: KeyPair } = {}): Bytes {
    const { at = this.#now(), by = this.site.timeKey } = changes;
    const payload = timeAnswerPayload({ lockId: this.world.state.keyId, nonce, instant: at, errorMs: 100, lastSync: at });
    return this.sign(by, timeAnswerToSign(this.crypto, by.publicKey, payload));
  }

  /** A message for a lock, to be posted. */
  post(lockId: LockId, type: ToLockType, body: Bytes): void {
    this.forLocks.push(encodePost({ lockId, message: encodeToLock({ type, session: NO_SESSION, seq: 0, expires: 0, body }) }));
  }

  // ---- the courier -----------------------------------------------------------------------------------------------------------

  /** Comes to the key and does what an honest courier with a network does. */
  link(): void {
    const session = (this.#session += 1);
    const { timeline } = this.world;
    this.world.hearUpdate = (message) => {
      this.carriedBytes += message.length;
      for (const passed of this.pass(message, 'hub')) timeline.later(3, () => (session === this.#session ? this.#hear(passed) : undefined));
    };
    this.world.input({ kind: 'linked' });
  }

  unlink(): void {
    this.#session += 1;
    this.world.input({ kind: 'unlinked' });
  }

  /** Gives the key a message. */
  say(type: ToKeyType, body: Bytes): void {
    this.#seq += 1;
    const session = this.#session;
    const bytes = encodeToKey({ type, session: NO_SESSION, seq: this.#seq, expires: 0, body });
    this.carriedBytes += bytes.length;
    for (const passed of this.pass(bytes, 'key')) this.world.timeline.later(3, () => (session === this.#session ? this.world.input({ kind: 'message', bytes: passed }) : undefined));
  }

  #hear(bytes: Bytes): void {
    const message = required(decodeFromKey(bytes), 'a key says link messages');
    this.said.push(message);
    switch (message.type) {
      case 'key-status':
        return this.#give(message.body);
      case 'time-ask':
        return this.say('time-answer', this.answerTime(required(decodeTimeAsk(message.body), 'a nonce')));
      case 'journal':
        return this.#take(message, () => this.#ingest(message.body));
      case 'post-from-lock':
        return this.#take(message, () => this.fromLocks.push(required(decodePost(message.body), 'a post')));
      case 'answer':
        this.answers.push(hex(message.body));
    }
  }

  #take({ seq }: FromKeyMessage, keep: () => void): void {
    keep();
    if (this.takes) this.say('took', encodeTook(seq));
    if (this.acknowledges && this.known.seq > 0) this.say('journal-ack', this.ack());
  }

  // What the key says that it has is not given again.
  #give(body: Bytes): void {
    const status = openKeyStatus(this.crypto, body);
    assert.ok(status.ok);
    this.status = status.value;
    const { orders } = this;
    const held = new Set(status.value.held.map(hex));
    if (status.value.siteId === undefined) return;
    for (const post of this.forLocks.splice(0)) this.say('post-for-lock', post);
    for (const revocation of this.revocations) this.say('revocation', revocation);
    if (orders === undefined || status.value.ordersVersion >= orders.version) return;
    if (status.value.stagedVersion < orders.version) this.say('orders', this.signedOrders(orders));
    for (const digest of orders.items) if (!held.has(hex(digest.slice(0, 16)))) this.say('item', required(this.items.get(hex(digest)), 'an item'));
  }

  #ingest(body: Bytes): void {
    const batch = openBatch(this.crypto, this.site.journalKey.privateKey.reveal(), this.world.keys.identityKey, body);
    assert.ok(batch.ok, batch.ok ? '' : batch.error.code);
    const merged = mergeBatch(this.known, batch.value);
    assert.equal(merged.kind, 'merged', `${merged.kind} after ${this.known.seq}`);
    for (const entry of merged.kind === 'merged' ? merged.fresh : []) {
      this.records.push(required(decodeRecord(entry.record), 'records decode'));
      this.known = { seq: entry.seq, head: entry.head };
    }
  }
}
