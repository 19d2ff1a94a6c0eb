// "Would this key open this door at …?", of a key that was signed: the lock's own judgement (access/decide-documents.ts) of the very documents
// that the key shows, under the owners, the roster and the revocations that are shown with them. Nothing of it is believed that does not prove
// itself. What only the lock knows, how often and when the key was used, is taken as fresh, and its clock as set.

import { encodeDeviceResponse } from '@mortise/aliro/device-response.ts';
import { NO_MEMORIES, type IssuerMemories } from '@mortise/aliro/issuer-memory.ts';
import { INTERFACES } from '@mortise/aliro/vendor.ts';
import type { Authority } from '@mortise/access/authority.ts';
import { decideKnown } from '@mortise/access/decide-documents.ts';
import { NO_DOCUMENT_MEMORY } from '@mortise/access/document-memory.ts';
import { reasonOfFault } from '@mortise/access/document-reason.ts';
import { documentRequests, type DocumentsRequest } from '@mortise/access/documents-request.ts';
import { termsOfDocument } from '@mortise/access/grant-document.ts';
import type { GrantTerms } from '@mortise/access/grant.ts';
import { readDocuments, type Known, type KnownDocument } from '@mortise/access/known-document.ts';
import { applyRevocation } from '@mortise/access/revocation-document.ts';
import type { Bytes } from '@mortise/base/bytes.ts';
import type { SiteId } from '@mortise/base/identifiers.ts';
import type { Instant } from '@mortise/base/instant.ts';
import type { Reason } from '@mortise/base/reasons.ts';
import { err, ok, type Result } from '@mortise/base/result.ts';
import type { Crypto } from '@mortise/crypto/crypto.ts';
import type { DocumentErrorCode } from '@mortise/documents/document-error.ts';
import { openOwnerSets, type OwnerSet } from '@mortise/documents/owner-set.ts';
import type { Roster } from '@mortise/documents/roster.ts';
import type { RosterAccess } from '@mortise/documents/roster-access.ts';
import { openStanding } from '@mortise/documents/signed-delegation.ts';
import { proveGrantedLock } from './held-grants.ts';
import type { ClaimedLock, LockKeysError } from './lock-keys.ts';
import { nextOpening } from './next-opening.ts';
import type { Opening } from './would-open.ts';

/** A key as its bearer has it. `documents`: its access document, and a stamp where there is one. `revocations`: at most 64. */
export type ShownKey = { readonly siteId: SiteId; readonly ownerSets: readonly Bytes[]; readonly credentialKey: Bytes; readonly documents: readonly Bytes[]; readonly revocations: readonly Bytes[] };

/** A lock, and its newest roster as an owner signed it. */
export type ShownLock = { readonly claimed: ClaimedLock; readonly roster: Bytes };

/**
 * `remote`: through the hub, instead of at the door. `confirmed`: as if the hub had just confirmed the key, where the roster lets it; else what
 * was stamped is all there is.
 */
export type KeyQuestion = { readonly at: Instant; readonly remote: boolean; readonly confirmed: boolean };

/** `terms`: undefined when the document is not one grant of ours. `rosterVersion`: what the answer goes by. */
export type KeyOpening = { readonly opening: Opening; readonly reason: Reason; readonly terms: GrantTerms | undefined; readonly zone: string; readonly rosterVersion: number };

/** Which part does not prove itself, and why. */
export type ShownError = { readonly part: 'site' | 'lock'; readonly code: DocumentErrorCode | LockKeysError['code'] };

/** Takes any bytes. Errors: `site`: no history of owners of this site; `lock`: its keys or its roster are not by it and an owner. */
export const keyOpening = (crypto: Crypto, key: ShownKey, lock: ShownLock, question: KeyQuestion): Result<KeyOpening, ShownError> => {
  const owners = openOwnerSets(crypto, key.ownerSets);
  if (!owners.ok) return err({ part: 'site', code: owners.error.code });
  if (owners.value.siteId !== key.siteId) return err({ part: 'site', code: 'other-site' });
  const granted = proveGrantedLock(crypto, owners.value, lock.claimed, lock.roster);
  if (!granted.ok) return err({ part: 'lock', code: granted.error.code });
  return ok(openingBy(crypto, key, owners.value, granted.value.roster, question));
};

const openingBy = (crypto: Crypto, key: ShownKey, owners: OwnerSet, roster: Roster, question: KeyQuestion): KeyOpening => {
  const { access, zone, version: rosterVersion } = roster;
  const terms = key.documents.map(termsOfDocument).find((each) => each !== undefined);
  const about = { terms, zone, rosterVersion };
  // As the lock says to a key that is not in its roster, when that lets no document count.
  if (access === undefined) return { ...about, reason: 'credential-unknown', opening: { opens: false, reason: 'credential-unknown' } };
  const judge = judgeOf(crypto, key, placeOf(crypto, owners, roster, access), question);
  const { allowed, reason } = judge(question.at);
  if (allowed) return { ...about, reason, opening: { opens: true } };
  const next = terms && nextOpening({ ...terms, zoneTable: access.zoneTable }, question.at, (at) => judge(at).allowed);
  return { ...about, reason, opening: { opens: false, reason, ...(next !== undefined && { next }) } };
};

/** What the lock asks for and goes by at any time. */
type Place = Pick<DocumentsRequest, 'requests' | 'authority' | 'place'>;

const placeOf = (crypto: Crypto, owners: OwnerSet, { groups, zone }: Roster, { door, zoneTable, calendars, delegations }: RosterAccess): Place => ({
  requests: documentRequests(door, groups, true),
  authority: { owners, delegations: openStanding(crypto, delegations, owners) },
  place: { zone, zoneTable, calendars },
});

type Verdict = { readonly allowed: boolean; readonly reason: Reason };

// What was signed is verified once; each instant then is a question of its own.
const judgeOf = (crypto: Crypto, key: ShownKey, place: Place, { at, remote, confirmed }: KeyQuestion): ((at: Instant) => Verdict) => {
  const { credentialKey } = key;
  const { documents, memory, fault } = readShown(crypto, key, place, at);
  if (fault !== undefined) return () => ({ allowed: false, reason: reasonOfFault(fault.code) });
  return (now) => {
    const shown = confirmed ? documents.map((known) => confirmedAt(known, place.authority, now)) : documents;
    const request: DocumentsRequest = {
      ...place, credentialKey, verb: 'unlock', interface: remote ? INTERFACES.relay : INTERFACES.ble, capabilities: ['unlock', 'lock'],
      clock: { quality: 'synced', now }, userVerified: false,
    };
    return decideKnown(crypto, shown, request, { ...NO_DOCUMENT_MEMORY, issuers: memory }).decision;
  };
};

const readShown = (crypto: Crypto, { documents, revocations, credentialKey }: ShownKey, { requests, authority }: Place, now: Instant): Known => {
  const revoked = revocations.reduce<IssuerMemories>((memory, document) => applyRevocation(crypto, document, { authority, now }, memory).memory, NO_MEMORIES);
  return readDocuments(crypto, encodeDeviceResponse(documents), { requests, credentialKey, authority, now }, revoked);
};

/** With the word that whoever may confirm here would give at that time. */
const confirmedAt = (known: KnownDocument, { delegations }: Authority, now: Instant): KnownDocument => {
  const stamps = delegations.filter(({ freshness }) => freshness).map(({ delegate }) => ({ digest: known.digest, by: delegate, issued: now, from: now, until: now }));
  return { ...known, stamps: [...known.stamps, ...stamps] };
};
