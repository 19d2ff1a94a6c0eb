// For tests: the real lock in its world of virtual time, its owner, a phone, and a hub that takes 40 ms each way; the phone may also come
// to the door.

import assert from 'node:assert/strict';
import { required } from '@mortise/base/assert.ts';
import { concat, uint, utf8, type Bytes } from '@mortise/base/bytes.ts';
import { instant, type Instant } from '@mortise/base/instant.ts';
import type { Result } from '@mortise/base/result.ts';
import { completeDocument, prepareAccessDocument, prepareRevocationDocument } from '@mortise/aliro/build-document.ts';
import type { StoredDocument } from '@mortise/aliro/device-response.ts';
import { keyIdentifierOf } from '@mortise/aliro/issuer-auth.ts';
import type { Verb } from '@mortise/aliro/vendor.ts';
import { REVOCATION_ELEMENT } from '@mortise/access/documents-request.ts';
import { grantDocument } from '@mortise/access/grant-document.ts';
import type { GrantTerms } from '@mortise/access/grant.ts';
import { identifierOf, type DoorId, type GrantId } from '@mortise/base/identifiers.ts';
import { decodeAdoptBody, decodeTimeAsk, encodeAdoptBody } from '@mortise/courier/link-body.ts';
import { NO_SESSION, SESSION_BYTES, type ToLockType } from '@mortise/courier/link-message.ts';
import { deriveKeyPair, type KeyPair } from '@mortise/crypto/entropy.ts';
import { ownerHello, ownerReadAnswer, ownerReadDone } from '@mortise/documents/adoption.ts';
import { openRoster, rosterPayload, rosterToSign, type Roster } from '@mortise/documents/roster.ts';
import { encodeSetupCode, parseSetupCode } from '@mortise/documents/setup-code.ts';
import { timeAnswerPayload, timeAnswerToSign } from '@mortise/documents/time.ts';
import { Secret } from '@mortise/base/secret.ts';
import { RTC_MS, SETUP_SECRET, World } from '@mortise/lock/world.conformance.ts';
import { UTC } from '@mortise/schedule/zone-table.ts';
import { HOUSEHOLD_POLICY, prepareOffer } from './adopt.ts';
import { startOperation, stepOperation, type OperationEffect, type OperationInput } from './operation.ts';
import type { OperationOutcome } from './operation-outcome.ts';
import { foundSite } from './own.ts';
import { signedBy } from './owner-signature.ts';
import { nextRoster, type RosterChange } from './roster-change.ts';
import type { SiteKey } from './site-key.ts';

export const DOOR = identifierOf<DoorId>(utf8('the front door, '));
const ONE_WAY_MS = 40;
export const ROUND_TRIP_MS = 2 * ONE_WAY_MS;
/** What the world's lock needs for one store and two signatures on the way to the bolt, and a beat between sensor readings. */
export const LOCK_MS = 12;

export const value = <T>(result: Result<T, { readonly code: string }>): T => {
  assert.ok(result.ok, result.ok ? '' : result.error.code);
  return result.value;
};

export type Ask = { readonly verb: Verb; readonly phone?: KeyPair; readonly documents?: readonly StoredDocument[]; readonly ringMs?: number; readonly lateMs?: (sent: number) => number };
export type Told = { readonly outcome: OperationOutcome; readonly sent: number; readonly openedMs: number; readonly ringMs: number; readonly drivenMs: number | undefined };

/** An adopted lock, its owner, a phone, and a hub that takes 40 ms each way. */
export class Home {
  #count = 0;
  readonly world = new World('wallet');
  readonly founded = foundSite(this.world.crypto, this.world.crypto.sha256(utf8('home')));
  readonly phone = deriveKeyPair(this.world.crypto, this.entropy(), 'phone');
  readonly hub = deriveKeyPair(this.world.crypto, this.entropy(), 'hub');
  roster: Roster;
  readonly #listeners = new Map<string, (body: Bytes) => void>();

  constructor() {
    this.world.start();
    this.world.hear = ({ session, body }) => this.world.later(ONE_WAY_MS, () => this.#listeners.get(session.toHex())?.(body));
    this.roster = this.#adopt();
  }

  entropy(): Bytes {
    this.#count += 1;
    return this.world.crypto.sha256(concat(utf8('home'), uint(this.#count, 4)));
  }

  /** The owner signs the next roster and sends it; what the lock then holds. */
  change(change: RosterChange): void {
    const { crypto, keys } = this.world;
    const document = value(nextRoster(crypto, this.roster, { owner: this.founded.owner, sealKey: keys.seal.publicKey }, change, this.entropy()));
    this.roster = value(openRoster(crypto, document, this.#place(), this.roster));
    this.#say('roster', NO_SESSION, document);
    this.world.run(500);
  }

  /** The owner says which door the lock is at: from then on it opens to documents. */
  welcome(): void {
    const { crypto } = this.world;
    const { owner } = this.founded;
    const { hash: _hash, signer: _signer, ...fields } = this.roster;
    const access = { door: DOOR, zoneTable: UTC, calendars: [], delegations: [] };
    const payload = rosterPayload(crypto, { ...fields, version: fields.version + 1, previous: this.roster.hash, access });
    const document = signedBy(crypto, owner, rosterToSign(crypto, owner.publicKey, payload));
    this.roster = value(openRoster(crypto, document, this.#place(), this.roster));
    this.#say('roster', NO_SESSION, document);
    this.#tellTime();
    this.world.run(500);
  }

  /** The owner takes a grant back: the document, as it is stored. */
  takeBack(grantId: Bytes): Bytes {
    const { crypto } = this.world;
    const { owner } = this.founded;
    const validity = { signed: this.second(-60), validFrom: this.second(-60), validUntil: this.second(86_400) };
    const prepared = prepareRevocationDocument(crypto, {
      issuer: { keyIdentifier: keyIdentifierOf(crypto, owner.publicKey) }, validity, timeVerificationRequired: false,
      elements: [{ identifier: REVOCATION_ELEMENT, random: this.entropy().slice(0, 16), data: { change: 'append', add: [{ accessId: grantId }] } }],
    });
    return completeDocument(prepared, crypto.p256.sign(owner.privateKey.reveal(), prepared.toSign));
  }

  /** What the phone's wallet holds for the site. */
  siteKey(phone: KeyPair, documents?: readonly StoredDocument[]): SiteKey {
    return { siteId: this.founded.ownerSet.siteId, readerIssuerKey: this.founded.issuer.publicKey, credentialKey: phone.publicKey, ...(documents && { documents }) };
  }

  /** The present second, or one that is so many from it. */
  second(later: number): Instant {
    return instant((Math.floor((RTC_MS + this.world.nowMs) / 1000) + later) * 1000);
  }

  /** What the owner lends: this door, for an hour, from afar too. */
  lend(to: KeyPair, changes: Partial<GrantTerms> = {}): StoredDocument {
    const { crypto } = this.world;
    const { owner } = this.founded;
    const now = this.second(0);
    const terms: GrantTerms = {
      grantId: identifierOf<GrantId>(utf8('a grant, 16 byte')), places: [{ kind: 'door', id: DOOR }], verbs: ['unlock'], from: now, until: this.second(3600), hours: [],
      userVerification: false, remote: true, ...changes,
    };
    const issue = { deviceKey: to.publicKey, issuerKey: owner.publicKey, signed: terms.from, randoms: terms.places.map(() => this.entropy().slice(0, 16)) };
    const prepared = prepareAccessDocument(crypto, grantDocument(crypto, terms, issue));
    return { docType: 'aliro-a', bytes: completeDocument(prepared, crypto.p256.sign(owner.privateKey.reveal(), prepared.toSign)) };
  }

  /** One operation; the ring is full `ringMs` after the touch. `lateMs`: how long the hub keeps the phone's frames beyond the way. */
  operate({ verb, phone = this.phone, documents, ringMs = 0, lateMs = () => 0 }: Ask): Told {
    const { world } = this;
    const { crypto } = world;
    const site = this.siteKey(phone, documents);
    const begun = startOperation(crypto, { site, lock: { identityKey: world.keys.identityKey }, command: { verb }, entropy: this.entropy() });
    const session = this.entropy().slice(0, SESSION_BYTES);
    const openedMs = world.nowMs;
    let [state, sent]: [typeof begun.state, number] = [begun.state, 0];
    let outcome: OperationOutcome | undefined;
    let drivenMs: number | undefined;
    world.watch = (_, event) => {
      if (event.kind === 'bolt' && event.position === 'between') drivenMs ??= world.nowMs;
    };
    const carryOut = (effect: OperationEffect): void => {
      if (effect.kind === 'send') this.#say('relay', session, effect.bytes, lateMs((sent += 1)));
      if (effect.kind === 'sign') put({ kind: 'signed', signature: crypto.p256.sign(phone.privateKey.reveal(), effect.message) });
      if (effect.kind === 'done') outcome = effect.outcome;
    };
    const put = (input: OperationInput): void => {
      const step = stepOperation(crypto, state, input);
      state = step.state;
      step.effects.forEach(carryOut);
    };
    this.#listeners.set(session.toHex(), (bytes) => put({ kind: 'frame', bytes }));
    begun.effects.forEach(carryOut);
    world.later(ringMs, () => put({ kind: 'ringFull' }));
    world.run(15_000);
    put({ kind: 'ended', code: 'timed-out' });
    return { outcome: required(outcome, 'an operation ends'), sent, openedMs, ringMs: openedMs + ringMs, drivenMs };
  }

  // Answers the lock's question for the time, by which it then knows it.
  #tellTime(): void {
    const { world, hub } = this;
    world.input({ kind: 'linkDown' });
    world.input({ kind: 'linkUp' });
    const asked = required(world.sent.findLast(({ type }) => type === 'time-ask'), 'the lock asks for the time');
    const at = instant(RTC_MS + world.nowMs);
    const payload = timeAnswerPayload({ lockId: world.state.lockId, nonce: required(decodeTimeAsk(asked.body), 'a nonce'), instant: at, errorMs: 100, lastSync: at });
    this.#say('time-answer', NO_SESSION, signedBy(world.crypto, hub, timeAnswerToSign(world.crypto, hub.publicKey, payload)));
  }

  #adopt(): Roster {
    const { crypto } = this.world;
    const session = this.entropy().slice(0, SESSION_BYTES);
    const { lockId } = this.world.state;
    const code = value(parseSetupCode(crypto, encodeSetupCode(crypto, { lockId, secret: new Secret(SETUP_SECRET) })));
    const greeted = ownerHello(crypto, this.entropy());
    const keyed = value(ownerReadAnswer(crypto, greeted.state, code, this.#ask(session, 1, greeted.message)));
    const offered = value(prepareOffer(crypto, keyed, this.#terms(), this.entropy()));
    value(ownerReadDone(crypto, offered, this.#ask(session, 3, offered.message)));
    return value(openRoster(crypto, offered.roster, this.#place(), undefined));
  }

  #terms(): Parameters<typeof prepareOffer>[2] {
    const { founded, phone } = this;
    const hub = this.hub.publicKey;
    return {
      ownerSets: [founded.document], owner: founded.owner, issuer: founded.issuer, phones: [{ credentialKey: phone.publicKey }],
      zone: 'Europe/Zurich', policy: { ...HOUSEHOLD_POLICY, relockDelayMs: 0 }, journalKey: hub,
      timeKey: { key: hub, driftPpm: 100, until: instant(RTC_MS + 10 ** 11) }, linkCertificate: utf8('certificate'), brokerCa: utf8('authority'),
    };
  }

  #place(): Parameters<typeof openRoster>[2] {
    const { siteId, keys } = this.founded.ownerSet;
    return { siteId, lockId: this.world.state.lockId, ownerKeys: keys };
  }

  #ask(session: Bytes, step: number, bytes: Bytes): Bytes {
    let answer: Bytes | undefined;
    this.#listeners.set(session.toHex(), (body) => {
      answer = required(decodeAdoptBody(body), 'an adoption body').bytes;
    });
    this.#say('adopt', session, encodeAdoptBody({ step, bytes }));
    this.world.run(500);
    return required(answer, 'the lock answers');
  }

  #say(type: ToLockType, session: Bytes, body: Bytes, lateMs = 0): void {
    this.world.later(ONE_WAY_MS + lateMs, () => this.world.link({ type, session, seq: 0, expires: 0, body }));
  }
}
