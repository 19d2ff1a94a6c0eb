// A door in Zurich, its owners, a hub that may issue, an invitation, and guests: everything from fixed names, signed as it would be.

import type { AccessData } from '@mortise/aliro/access-data.ts';
import { completeDocument, prepareAccessDocument, prepareRevocationDocument, type NewAccessDocument, type PreparedDocument } from '@mortise/aliro/build-document.ts';
import { encodeDeviceResponse } from '@mortise/aliro/device-response.ts';
import { keyIdentifierOf, type VendorHeaders } from '@mortise/aliro/issuer-auth.ts';
import type { RevocationData } from '@mortise/aliro/revocation-data.ts';
import { required } from '@mortise/base/assert.ts';
import { utf8, type Bytes } from '@mortise/base/bytes.ts';
import { identifierBytes, identifierOf, type DoorId, type GrantId, type GroupId, type SiteId } from '@mortise/base/identifiers.ts';
import { instant, type Instant } from '@mortise/base/instant.ts';
import type { KeyPair } from '@mortise/crypto/entropy.ts';
import type { Delegation, Invitation, IssuePower, StandingDelegation } from '@mortise/documents/delegation.ts';
import { exampleEntropy, exampleKey } from '@mortise/documents/example-site.ts';
import type { Place } from '@mortise/documents/place.ts';
import { delegationPayload, delegationToSign, type Owners } from '@mortise/documents/signed-delegation.ts';
import { assembleSigned } from '@mortise/documents/threshold.ts';
import { nodeCrypto } from '@mortise/node/crypto.ts';
import { zoneTableOf } from '@mortise/node/zone-table.ts';
import type { ZoneTable } from '@mortise/schedule/zone-table.ts';
import { decideDocuments, type DocumentOutcome } from './decide-documents.ts';
import { NO_DOCUMENT_MEMORY, type DocumentMemory } from './document-memory.ts';
import { documentRequests, REVOCATION_ELEMENT, type DocumentsRequest } from './documents-request.ts';
import { digestOfDocument, prepareStamp, type NewStamp } from './freshness.ts';
import { capabilitiesOf, grantDocument } from './grant-document.ts';
import type { GrantTerms } from './grant.ts';
import { delegationHeader, invitationOf } from './invitation.ts';

export const crypto = nodeCrypto;

const id = (name: string): Bytes => exampleEntropy(name).slice(0, 16);
export const SITE = identifierOf<SiteId>(id('site'));
export const DOOR: Place = { kind: 'door', id: identifierOf<DoorId>(id('front door')) };
export const BACK_DOOR: Place = { kind: 'door', id: identifierOf<DoorId>(id('back door')) };
export const GROUP: Place = { kind: 'group', id: identifierOf<GroupId>(id('all doors')) };
export const grantId = (name: string): GrantId => identifierOf<GrantId>(id(`grant ${name}`));

export const ANNA = exampleKey('owner Anna');
export const BEAT = exampleKey('owner Beat');
export const HUB = exampleKey('hub');
export const LINK = exampleKey('invitation link');
export const GUEST = exampleKey('guest');
export const SECOND_GUEST = exampleKey('second guest');
export const STRANGER = exampleKey('stranger');

export const SECOND = 1000;
export const MINUTE = 60_000;
export const HOUR = 3_600_000;
export const DAY = 86_400_000;
/** Monday, 1 June 2026, 10:00 in UTC, noon in Zurich. */
export const NOW = instant(Date.UTC(2026, 5, 1, 10));
export const at = (ms: number): Instant => instant(NOW + ms);

const made = zoneTableOf('Europe/Zurich', 2020, 2040);
export const ZURICH: ZoneTable = required(made.ok ? made.value : undefined, 'a table of Zurich');

export const OWNERS: Owners = { siteId: SITE, keys: [ANNA.publicKey, BEAT.publicKey], threshold: 1 };

/** Unlock and lock the front door, from yesterday for a week. */
export const TERMS: GrantTerms = {
  grantId: grantId('usual'), places: [DOOR], verbs: ['unlock', 'lock'], from: at(-DAY), until: at(7 * DAY), hours: [], userVerification: false, remote: false,
};

export const ISSUE: IssuePower = {
  places: [DOOR, GROUP], kinds: ['document'], capabilities: capabilitiesOf(['unlock', 'lock']), hours: [], longestS: (14 * DAY) / 1000, perDay: 2,
};
export const STANDING: StandingDelegation = {
  kind: 'standing', siteId: SITE, delegate: HUB.publicKey, until: at(30 * DAY), issue: ISSUE, freshness: true, revocation: true,
};
export const issuing = (changes: Partial<IssuePower>): StandingDelegation => ({ ...STANDING, issue: { ...ISSUE, ...changes } });

// ---- signing -----------------------------------------------------------------------------------------------------------------

const sign = (key: KeyPair, message: Bytes): Bytes => crypto.p256.sign(key.privateKey.reveal(), message);

export const completed = (prepared: PreparedDocument, key: KeyPair, headers?: VendorHeaders): Bytes => completeDocument(prepared, sign(key, prepared.toSign), headers);

let count = 0;
/** Never the same twice. */
export const fresh = (): Bytes => {
  count += 1;
  return crypto.sha256(utf8(`fresh ${count}`)).slice(0, 16);
};

export type Issuing = { readonly by?: KeyPair; readonly to?: KeyPair; readonly headers?: VendorHeaders; readonly validityIteration?: number };

/** The access document of these terms. */
export const issue = (terms: GrantTerms, { by = ANNA, to = GUEST, headers, ...more }: Issuing = {}): Bytes => {
  const randoms = terms.places.map(fresh);
  const document = grantDocument(crypto, terms, { deviceKey: to.publicKey, issuerKey: by.publicKey, signed: terms.from, randoms, ...more });
  return completed(prepareAccessDocument(crypto, document), by, headers);
};

/** A document for the guest that says whatever it is told about the front door. */
export const issueData = (data: AccessData, changes: Partial<NewAccessDocument> = {}): Bytes => {
  const usual = grantDocument(crypto, TERMS, { deviceKey: GUEST.publicKey, issuerKey: ANNA.publicKey, signed: TERMS.from, randoms: [fresh()] });
  const elements = usual.elements.map((element) => ({ ...element, data }));
  return completed(prepareAccessDocument(crypto, { ...usual, elements, ...changes }), ANNA);
};

export const signDelegation = (delegation: Delegation, signers: readonly KeyPair[] = [ANNA]): Bytes => {
  const payload = delegationPayload(crypto, delegation);
  return assembleSigned(signers.map((signer) => {
    const { message, assemble } = delegationToSign(crypto, signer.publicKey, payload);
    return assemble(sign(signer, message));
  }));
};

export const INVITED: GrantTerms = { ...TERMS, grantId: grantId('invited'), freshForS: (7 * DAY) / 1000 };
export const INVITATION: Invitation = invitationOf(INVITED, { siteId: SITE, delegate: LINK.publicKey });

export type Redeeming = { readonly terms?: GrantTerms; readonly delegation?: Bytes; readonly by?: KeyPair; readonly validityIteration?: number };

/** What a guest makes of an invitation. */
export const redeem = (to: KeyPair, { terms = INVITED, delegation = signDelegation(INVITATION), by = LINK, ...more }: Redeeming = {}): Bytes =>
  issue(terms, { by, to, headers: delegationHeader(delegation), ...more });

export const stamp = (document: Bytes, by: KeyPair = HUB, changes: Partial<NewStamp> = {}, headers?: VendorHeaders): Bytes => {
  const digest = required(digestOfDocument(crypto, document), 'a document');
  return completed(prepareStamp(crypto, { digest, issuerKey: by.publicKey, random: fresh(), issued: NOW, until: at(7 * DAY), ...changes }), by, headers);
};

export type Revoking = { readonly by?: KeyPair; readonly timeVerificationRequired?: boolean; readonly validityIteration?: number; readonly from?: Instant; readonly until?: Instant; readonly headers?: VendorHeaders };

export const revoke = (data: RevocationData, { by = ANNA, from = at(-DAY), until = at(365 * DAY), timeVerificationRequired = false, headers, ...more }: Revoking = {}): Bytes =>
  completed(prepareRevocationDocument(crypto, {
    issuer: { keyIdentifier: keyIdentifierOf(crypto, by.publicKey) }, validity: { signed: from, validFrom: from, validUntil: until, ...more }, timeVerificationRequired,
    elements: [{ identifier: REVOCATION_ELEMENT, random: fresh(), data }],
  }), by, headers);

export const revokeGrant = (grant: GrantId, more: Revoking = {}): Bytes => revoke({ change: 'append', add: [{ accessId: identifierBytes(grant) }] }, more);

// ---- asking ------------------------------------------------------------------------------------------------------------------

export const NFC = 0x5e;
export const RELAY = 0xf1;

export const REQUEST: DocumentsRequest = {
  requests: documentRequests(identifierOf<DoorId>(id('front door')), [id('all doors')], true),
  credentialKey: GUEST.publicKey,
  verb: 'unlock',
  interface: NFC,
  capabilities: ['unlock', 'lock', 'unlatch', 'holdUnlocked', 'endHold'],
  clock: { quality: 'synced', now: NOW },
  userVerified: false,
  authority: { owners: OWNERS, delegations: [STANDING] },
  place: { zone: 'Europe/Zurich', zoneTable: ZURICH, calendars: [] },
};

export type Changes = Omit<Partial<DocumentsRequest>, 'clock'> & { readonly now?: Instant; readonly quality?: 'synced' | 'held' | 'lost' };

export const requestOf = ({ now = NOW, quality = 'synced', ...changes }: Changes = {}): DocumentsRequest => ({ ...REQUEST, ...changes, clock: { quality, now } });

export const withDelegations = (...delegations: readonly StandingDelegation[]): Changes => ({ authority: { owners: OWNERS, delegations } });

/** Decides by these documents in one response. */
export const decide = (documents: readonly Bytes[], changes: Changes = {}, memory: DocumentMemory = NO_DOCUMENT_MEMORY): DocumentOutcome =>
  decideDocuments(crypto, encodeDeviceResponse(documents), requestOf(changes), memory);

/** The reason. */
export const say = (documents: readonly Bytes[], changes: Changes = {}, memory: DocumentMemory = NO_DOCUMENT_MEMORY): string => decide(documents, changes, memory).decision.reason;
