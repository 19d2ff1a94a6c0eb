// For tests: the guests of a site. Its owner says which door the lock is at and whom he lets issue; grants, invitations, stamps and
// revocations are signed as they would be, and what a phone shows is what its wallet would have filed.

import assert from 'node:assert/strict';
import { completeDocument, prepareAccessDocument, prepareRevocationDocument, type PreparedDocument } from '@mortise/aliro/build-document.ts';
import type { StoredDocument } from '@mortise/aliro/device-response.ts';
import { keyIdentifierOf, type VendorHeaders } from '@mortise/aliro/issuer-auth.ts';
import { REVOCATION_ELEMENT } from '@mortise/access/documents-request.ts';
import { digestOfDocument, prepareStamp } from '@mortise/access/freshness.ts';
import { capabilitiesOf, grantDocument } from '@mortise/access/grant-document.ts';
import type { GrantTerms } from '@mortise/access/grant.ts';
import { delegationHeader, invitationOf } from '@mortise/access/invitation.ts';
import { required } from '@mortise/base/assert.ts';
import { utf8, type Bytes } from '@mortise/base/bytes.ts';
import { identifierBytes, identifierOf, type DoorId, type GrantId, type GroupId } from '@mortise/base/identifiers.ts';
import { instant, type Instant } from '@mortise/base/instant.ts';
import { deriveKeyPair, type KeyPair } from '@mortise/crypto/entropy.ts';
import type { Delegation, IssuePower, StandingDelegation } from '@mortise/documents/delegation.ts';
import type { Place } from '@mortise/documents/place.ts';
import type { RosterAccess } from '@mortise/documents/roster-access.ts';
import { delegationPayload, delegationToSign } from '@mortise/documents/signed-delegation.ts';
import { assembleSigned } from '@mortise/documents/threshold.ts';
import type { JournalRecord } from '@mortise/journal/record.ts';
import { UTC } from '@mortise/schedule/zone-table.ts';
import type { Profile } from './profile.ts';
import { ownedLock, type Ask, type PhoneRun, type Site } from './site.conformance.ts';
import type { World } from './world.conformance.ts';

export const MINUTE_MS = 60_000;
export const HOUR_MS = 3_600_000;
export const DAY_MS = 86_400_000;

export type Issuing = { readonly by?: KeyPair; readonly to?: KeyPair; readonly headers?: VendorHeaders; readonly validityIteration?: number };

/** The last decision, the bolt and the phone's receipt, in a few words. */
export type Told = { readonly run: PhoneRun; readonly decision: JournalRecord; readonly drives: number };

export class Guests {
  readonly world: World;
  readonly site: Site;
  readonly guest: KeyPair;
  readonly second: KeyPair;
  readonly hub: KeyPair;
  readonly link: KeyPair;
  readonly door: Place;
  readonly otherDoor: Place;
  readonly group: Place;
  #count = 0;

  constructor(site: Site) {
    [this.world, this.site] = [site.world, site];
    const seed = site.crypto.sha256(utf8('guests'));
    const key = (label: string): KeyPair => deriveKeyPair(site.crypto, seed, label);
    [this.guest, this.second, this.hub, this.link] = [key('guest'), key('second guest'), key('hub'), key('invitation')];
    this.door = { kind: 'door', id: identifierOf<DoorId>(this.id('front door')) };
    this.otherDoor = { kind: 'door', id: identifierOf<DoorId>(this.id('back door')) };
    this.group = { kind: 'group', id: identifierOf<GroupId>(this.id('all doors')) };
  }

  id(name: string): Bytes {
    return this.site.crypto.sha256(utf8(name)).slice(0, 16);
  }

  grantId(name: string): GrantId {
    return identifierOf<GrantId>(this.id(name));
  }

  /** A whole second, so long from now by the true time. */
  at(ms: number): Instant {
    return instant(Math.floor(this.site.now() / 1000) * 1000 + ms);
  }

  /** The owner's next roster: the lock is at the front door, one of all doors; the hub has its standing delegation. */
  welcome(changes: Partial<RosterAccess> = {}, by: KeyPair = this.site.owner): void {
    const { membership } = this.world.state;
    assert.ok(membership.kind === 'adopted');
    const { version } = membership.roster;
    this.site.say('roster', this.roster(changes, by));
    this.world.run(100);
    assert.equal(this.world.state.membership.kind === 'adopted' && this.world.state.membership.roster.version, version + 1);
  }

  /** The roster that `welcome` sends: the one after what the lock holds. */
  roster(changes: Partial<RosterAccess> = {}, by: KeyPair = this.site.owner): Bytes {
    const { membership } = this.world.state;
    assert.ok(membership.kind === 'adopted');
    assert.ok(this.door.kind === 'door');
    const access = { door: this.door.id, zoneTable: UTC, calendars: [], delegations: [this.sign(this.standing(), by)], ...changes };
    const { version, hash } = membership.roster;
    return this.site.roster({ version: version + 1, previous: hash, zone: 'UTC', groups: [identifierBytes(this.group.id)], access }, undefined, by).bytes;
  }

  // ---- what is signed --------------------------------------------------------------------------------------------------------

  /** Unlock and lock the front door, from afar too, from yesterday for a week. */
  terms(changes: Partial<GrantTerms> = {}): GrantTerms {
    return {
      grantId: this.grantId('grant'), places: [this.door], verbs: ['unlock', 'lock'], from: this.at(-DAY_MS), until: this.at(7 * DAY_MS), hours: [],
      userVerification: false, remote: true, ...changes,
    };
  }

  /** What the owner, or who is said, issues to the guest, or whom is said. */
  issue(changes: Partial<GrantTerms> = {}, { by = this.site.owner, to = this.guest, headers, ...more }: Issuing = {}): StoredDocument {
    const terms = this.terms(changes);
    const randoms = terms.places.map(() => this.#fresh());
    const document = grantDocument(this.site.crypto, terms, { deviceKey: to.publicKey, issuerKey: by.publicKey, signed: terms.from, randoms, ...more });
    return { docType: 'aliro-a', bytes: this.#complete(prepareAccessDocument(this.site.crypto, document), by, headers) };
  }

  /** The hub's: front door, unlock and lock, two new credentials a day; it may stamp and revoke. */
  standing(changes: Partial<IssuePower> = {}): StandingDelegation {
    const issue = { places: [this.door], kinds: ['document'], capabilities: capabilitiesOf(['unlock', 'lock']), hours: [], longestS: 14 * 86_400, perDay: 2, ...changes } as const;
    return { kind: 'standing', siteId: this.site.ownerSet.siteId, delegate: this.hub.publicKey, until: this.at(30 * DAY_MS), issue, freshness: true, revocation: true };
  }

  sign(delegation: Delegation, by: KeyPair = this.site.owner): Bytes {
    const payload = delegationPayload(this.site.crypto, delegation);
    return assembleSigned([this.site.sign(by, delegationToSign(this.site.crypto, by.publicKey, payload))]);
  }

  /** What somebody who has the link makes of the owner's invitation. */
  redeem(to: KeyPair): StoredDocument {
    const changes = { grantId: this.grantId('invited'), remote: false, freshForS: 7 * 86_400 };
    const invitation = invitationOf(this.terms(changes), { siteId: this.site.ownerSet.siteId, delegate: this.link.publicKey });
    return this.issue(changes, { by: this.link, to, headers: delegationHeader(this.sign(invitation)) });
  }

  stamp({ bytes }: StoredDocument, by: KeyPair = this.hub, ageMs = 0): StoredDocument {
    const digest = required(digestOfDocument(this.site.crypto, bytes), 'a document');
    const stamp = prepareStamp(this.site.crypto, { digest, issuerKey: by.publicKey, random: this.#fresh(), issued: this.at(-ageMs), until: this.at(7 * DAY_MS) });
    return { docType: 'mortise-f', bytes: this.#complete(stamp, by) };
  }

  revoke(grant: Bytes, by: KeyPair = this.site.owner): StoredDocument {
    const [from, until] = [this.at(-DAY_MS), this.at(365 * DAY_MS)];
    const document = prepareRevocationDocument(this.site.crypto, {
      issuer: { keyIdentifier: keyIdentifierOf(this.site.crypto, by.publicKey) }, validity: { signed: from, validFrom: from, validUntil: until }, timeVerificationRequired: false,
      elements: [{ identifier: REVOCATION_ELEMENT, random: this.#fresh(), data: { change: 'append', add: [{ accessId: grant }] } }],
    });
    return { docType: 'aliro-r', bytes: this.#complete(document, by) };
  }

  // ---- at the door -----------------------------------------------------------------------------------------------------------

  /** The guest, or who is said, asks to unlock, or what is said, from the bolt thrown; five seconds pass. */
  ask(documents: readonly StoredDocument[], ask: Partial<Ask> = {}): Told {
    const { world, site } = this;
    const before = world.drives.length;
    const run = site.askAndWait({ verb: 'unlock', phone: this.guest, documents, ...ask });
    const decision = required(world.records().findLast(({ kind }) => kind === 'decision'), 'a decision is recorded');
    return { run, decision, drives: world.drives.length - before };
  }

  /** The power is off for so long; the real-time clock ran on. */
  sleep(ms: number): void {
    this.world.nowMs += ms;
    this.world.restart();
    this.world.run(500);
  }

  #complete(prepared: PreparedDocument, by: KeyPair, headers?: VendorHeaders): Bytes {
    return completeDocument(prepared, this.site.crypto.p256.sign(by.privateKey.reveal(), prepared.toSign), headers);
  }

  #fresh(): Bytes {
    this.#count += 1;
    return this.site.crypto.sha256(utf8(`fresh ${this.#count}`)).slice(0, 16);
  }
}

/** An adopted lock that opens to documents, its clock set. */
export const welcomingLock = (profile: Profile = 'powered'): Guests => {
  const guests = new Guests(ownedLock({}, profile).site);
  guests.welcome();
  return guests;
};
