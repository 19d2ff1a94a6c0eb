// The estate's authority and its hub's keys, and all that they sign: once, before the first day. In the world these keys lie in an owner's browser
// and on the hub; here one value holds both, and each part of the simulation takes only what its counterpart would have.

import { assert, required } from '@mortise/base/assert.ts';
import { identifierBytes, identifierOf, type DoorId, type GroupId, type LockId } from '@mortise/base/identifiers.ts';
import { instant, type Instant } from '@mortise/base/instant.ts';
import { Secret } from '@mortise/base/secret.ts';
import { EMPTY, type Bytes } from '@mortise/base/bytes.ts';
import type { Crypto } from '@mortise/crypto/crypto.ts';
import { deriveKeyPair, type KeyPair } from '@mortise/crypto/entropy.ts';
import type { AdoptionError } from '@mortise/documents/adoption-message.ts';
import { ownerHello, ownerReadAnswer, ownerReadDone } from '@mortise/documents/adoption.ts';
import { openRoster } from '@mortise/documents/roster.ts';
import { timeKeyPayload, timeKeyToSign } from '@mortise/documents/time.ts';
import { ok, type Result } from '@mortise/base/result.ts';
import { zoneTableOf } from '@mortise/node/zone-table.ts';
import { prepareOffer } from '@mortise/wallet/adopt.ts';
import { signHubDelegation } from '@mortise/wallet/hub-delegation.ts';
import { foundSite, type FoundedSite } from '@mortise/wallet/own.ts';
import { signedBy } from '@mortise/wallet/owner-signature.ts';
import { nextRoster } from '@mortise/wallet/roster-change.ts';
import type { Chance } from './chance.ts';

export const ZONE = 'Europe/Zurich';
const YEAR_MS = 366 * 86_400_000;
/** A hub's clock is set by its network. */
const HUB_DRIFT_PPM = 50;

export type HubKeys = { readonly time: KeyPair; readonly journal: KeyPair; readonly delegate: KeyPair };

/** Where a lock is: its door, and the groups that its roster names. */
export type LockPlace = { readonly door: DoorId; readonly groups: readonly GroupId[] };

/** One adoption message to the lock, and its answer. */
export type AskLock = (step: number, message: Bytes) => Bytes;

export class EstateSite {
  readonly crypto: Crypto;
  readonly founded: FoundedSite;
  readonly hub: HubKeys;
  readonly start: Instant;
  /** The hub's certificate as a time key. */
  readonly hubCertificate: Bytes;
  readonly #chance: Chance;
  readonly #delegation: Bytes;

  constructor(crypto: Crypto, chance: Chance, start: Instant) {
    this.crypto = crypto;
    this.start = start;
    this.#chance = chance;
    this.founded = foundSite(crypto, chance.entropy());
    const key = (label: string): KeyPair => deriveKeyPair(crypto, chance.entropy(), label);
    this.hub = { time: key('hub time'), journal: key('hub journal'), delegate: key('hub delegate') };
    this.hubCertificate = this.certify(this.hub.time.publicKey, 'hub', HUB_DRIFT_PPM);
    const { owner, ownerSet: { siteId } } = this.founded;
    this.#delegation = signHubDelegation(crypto, owner, { siteId, delegateKey: this.hub.delegate.publicKey, until: this.#yearsEnd(), issue: null });
  }

  /** An owner's certificate of a time key, for a year. */
  certify(key: Bytes, kind: 'hub' | 'ekey', driftPpm: number): Bytes {
    const { owner } = this.founded;
    const payload = timeKeyPayload(this.crypto, { key, kind, driftPpm, until: this.#yearsEnd() });
    return signedBy(this.crypto, owner, timeKeyToSign(this.crypto, owner.publicKey, payload));
  }

  /** The whole adoption of a lock, and then the roster by which it judges documents: answers that roster. */
  adopt(lock: { readonly lockId: LockId; readonly setupSecret: Secret; readonly place: LockPlace }, ask: AskLock): Result<Bytes, AdoptionError> {
    const { crypto } = this;
    const { message, state } = ownerHello(crypto, this.#chance.entropy());
    const code = { lockIdPrefix: identifierBytes(lock.lockId).slice(0, 12), secret: lock.setupSecret };
    const answer = ownerReadAnswer(crypto, state, code, ask(1, message));
    if (!answer.ok) return answer;
    const offer = prepareOffer(crypto, answer.value, this.#terms(), this.#chance.entropy());
    if (!offer.ok) return offer;
    const done = ownerReadDone(crypto, offer.value, ask(3, offer.value.message));
    if (!done.ok) return done;
    return ok(this.#accessRoster(lock.place, { lockId: lock.lockId, sealKey: answer.value.lock.sealKey, first: offer.value.roster }));
  }

  #terms(): Parameters<typeof prepareOffer>[2] {
    const { owner, issuer, document } = this.founded;
    return {
      ownerSets: [document], owner, issuer, phones: [{ credentialKey: deriveKeyPair(this.crypto, this.#chance.entropy(), 'owner phone').publicKey }], zone: ZONE,
      policy: { relockDelayMs: 0, relockOnClose: false, jamTimeoutMs: 3_000 }, journalKey: this.hub.journal.publicKey,
      timeKey: { key: this.hub.time.publicKey, driftPpm: HUB_DRIFT_PPM, until: this.#yearsEnd() },
      linkCertificate: EMPTY, brokerCa: EMPTY,
    };
  }

  #accessRoster({ door, groups }: LockPlace, lock: { readonly lockId: LockId; readonly sealKey: Bytes; readonly first: Bytes }): Bytes {
    const { owner, ownerSet } = this.founded;
    const { lockId, sealKey, first } = lock;
    const opened = openRoster(this.crypto, first, { siteId: ownerSet.siteId, lockId, ownerKeys: ownerSet.keys }, undefined);
    assert(opened.ok, 'the roster that we signed opens');
    const access = { door, zoneTable: zoneTable(this.start), calendars: [], delegations: [this.#delegation] };
    const next = nextRoster(this.crypto, opened.value, { owner, sealKey }, { kind: 'access', access, groups: groups.map(identifierBytes) }, this.#chance.entropy());
    assert(next.ok, 'a roster with an owner’s phone');
    return next.value;
  }

  #yearsEnd(): Instant {
    return instant(this.start + YEAR_MS);
  }
}

const zoneTable = (start: Instant) => {
  const year = new Date(start).getUTCFullYear();
  const made = zoneTableOf(ZONE, year - 1, year + 2);
  return required(made.ok ? made.value : undefined, 'a table of the estate’s zone');
};

export const newDoor = (chance: Chance): DoorId => identifierOf<DoorId>(chance.entropy().slice(0, 16));
export const newGroup = (chance: Chance): GroupId => identifierOf<GroupId>(chance.entropy().slice(0, 16));
