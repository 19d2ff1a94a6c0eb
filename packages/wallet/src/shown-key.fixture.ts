// For tests: a key of the example site as its bearer shows it, a lock in Zurich with what an owner signed for it, and what that lock says.

import { encodeDeviceResponse } from '@mortise/aliro/device-response.ts';
import { completeDocument } from '@mortise/aliro/build-document.ts';
import { INTERFACES } from '@mortise/aliro/vendor.ts';
import { decideDocuments } from '@mortise/access/decide-documents.ts';
import { NO_DOCUMENT_MEMORY } from '@mortise/access/document-memory.ts';
import { documentRequests } from '@mortise/access/documents-request.ts';
import { digestOfDocument, prepareStamp } from '@mortise/access/freshness.ts';
import type { GrantTerms } from '@mortise/access/grant.ts';
import { required } from '@mortise/base/assert.ts';
import type { Bytes } from '@mortise/base/bytes.ts';
import { instant, type Instant } from '@mortise/base/instant.ts';
import { nobleCrypto as crypto } from '@mortise/crypto/noble.ts';
import { adoptionStatementToSign } from '@mortise/documents/adoption-statement.ts';
import { exampleEntropy, exampleKey, exampleLock, rosterFields, signRoster, signWith } from '@mortise/documents/example-site.ts';
import { reopenRoster, type RosterFields } from '@mortise/documents/roster.ts';
import type { RosterAccess } from '@mortise/documents/roster-access.ts';
import { delegationPayload, delegationToSign, openStanding } from '@mortise/documents/signed-delegation.ts';
import { assembleSigned } from '@mortise/documents/threshold.ts';
import type { ZoneTable } from '@mortise/schedule/zone-table.ts';
import type { KeyQuestion, ShownKey, ShownLock } from './key-opening.ts';
import { signGrant } from './lend.ts';
import { DOOR, guest, NOW, site, terms } from './lending.fixture.ts';
import { signTakeBack } from './take-back.ts';

/** Zurich in 2026. */
export const ZURICH: ZoneTable = { initialOffsetS: 3600, transitions: [{ fromS: Date.UTC(2026, 2, 29, 1) / 1000, offsetS: 7200 }, { fromS: Date.UTC(2026, 9, 25, 1) / 1000, offsetS: 3600 }], untilS: Date.UTC(2027, 0, 1) / 1000 };
export const WEEKDAYS = { startS: 9 * 3600, recurrence: { durationS: 8 * 3600, mask: 0b1_1111, pattern: 2, interval: 1, ordinal: 0 }, utc: false } as const;

const hub = exampleKey('hub');
const delegation = (): Bytes => {
  const payload = delegationPayload(crypto, { kind: 'standing', siteId: site.ownerSet.siteId, delegate: hub.publicKey, until: instant(Date.UTC(2026, 11, 1)), issue: null, freshness: true, revocation: true });
  return assembleSigned([signWith(site.owner, delegationToSign(crypto, site.owner.publicKey, payload))]);
};

/** What the roster says of access documents. The hub may confirm, to the end of November 2026. */
export const exampleAccess = (): RosterAccess => ({ door: DOOR, zoneTable: ZURICH, calendars: [], delegations: [delegation()] });

export const shownLock = (changes: Partial<RosterFields> = {}, name = 'lock'): ShownLock => {
  const lock = exampleLock(name);
  const { readerKey, sealKey, identityKey } = lock.introduction;
  const { siteId, hash } = site.ownerSet;
  const statement = signWith(lock.identity, adoptionStatementToSign(crypto, identityKey, { lockId: lock.lockId, siteId, ownerSetHash: hash, rosterHash: exampleEntropy('roster'), readerKey, sealKey, profile: 'powered' }));
  return { claimed: { lockId: lock.lockId, identityKey, readerKey, sealKey, statement }, roster: signRoster(site.owner, rosterFields(site, lock, { access: exampleAccess(), ...changes })) };
};

/** `stampedAt`: when the hub confirmed it, for a day. `revokedAt`: when the owner took it back. */
export type Showing = { readonly terms?: Partial<GrantTerms>; readonly stampedAt?: Instant; readonly revokedAt?: Instant };

export const shownKey = ({ terms: changes = {}, stampedAt, revokedAt }: Showing = {}): ShownKey => {
  const says = terms(changes);
  const document = signGrant(crypto, site.owner, says, { credentialKey: guest.publicKey, now: NOW }, exampleEntropy('shown'));
  return {
    siteId: site.ownerSet.siteId, ownerSets: [site.document], credentialKey: guest.publicKey,
    documents: [document, ...(stampedAt === undefined ? [] : [stamp(document, stampedAt)])],
    revocations: revokedAt === undefined ? [] : [takenBack(says, revokedAt)],
  };
};

const stamp = (document: Bytes, issued: Instant): Bytes => {
  const digest = required(digestOfDocument(crypto, document), 'a document');
  const prepared = prepareStamp(crypto, { digest, issuerKey: hub.publicKey, random: exampleEntropy('stamp').slice(0, 16), issued, until: instant(issued + 86_400_000) });
  return completeDocument(prepared, crypto.p256.sign(hub.privateKey.reveal(), prepared.toSign));
};

const takenBack = ({ grantId, until }: GrantTerms, now: Instant): Bytes => {
  const signed = signTakeBack(crypto, site.owner, { known: [], add: [{ accessId: grantId, until }], now }, exampleEntropy('taken back'));
  return required(signed.ok ? signed.value : undefined, 'a revocation');
};

/** What the lock itself decides by these documents, shown at once. */
export const lockDecides = ({ credentialKey, documents, revocations }: ShownKey, { claimed, roster }: ShownLock, { at, remote }: Omit<KeyQuestion, 'confirmed'>): string => {
  const owners = site.ownerSet;
  const opened = reopenRoster(crypto, roster, { siteId: owners.siteId, lockId: claimed.lockId, ownerKeys: owners.keys });
  const { access, groups, zone } = required(opened.ok ? opened.value : undefined, 'a roster');
  const { door, zoneTable, calendars, delegations } = required(access, 'it lets documents count');
  return decideDocuments(crypto, encodeDeviceResponse([...documents, ...revocations]), {
    requests: documentRequests(door, groups, true), credentialKey, verb: 'unlock', interface: remote ? INTERFACES.relay : INTERFACES.ble, capabilities: ['unlock', 'lock'],
    clock: { quality: 'synced', now: at }, userVerified: false, authority: { owners, delegations: openStanding(crypto, delegations, owners) }, place: { zone, zoneTable, calendars },
  }, NO_DOCUMENT_MEMORY).decision.reason;
};
