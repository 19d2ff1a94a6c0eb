// "Would this key open this door at …?", by the lock's own judgement (access/decide-documents.ts) over a document with these terms, by an
// owner of a site that exists for the question alone. What only the lock knows, how often and when a key was used, is taken as fresh; that
// it is confirmed, as given.

import { encodeDeviceResponse } from '@mortise/aliro/device-response.ts';
import { NO_MEMORIES } from '@mortise/aliro/issuer-memory.ts';
import { INTERFACES } from '@mortise/aliro/vendor.ts';
import { decideKnown } from '@mortise/access/decide-documents.ts';
import { NO_DOCUMENT_MEMORY } from '@mortise/access/document-memory.ts';
import type { DocumentsRequest } from '@mortise/access/documents-request.ts';
import type { GrantTerms } from '@mortise/access/grant.ts';
import { readDocuments, type KnownDocument } from '@mortise/access/known-document.ts';
import { required } from '@mortise/base/assert.ts';
import { utf8, type Bytes } from '@mortise/base/bytes.ts';
import { identifierOf, type SiteId } from '@mortise/base/identifiers.ts';
import type { Instant } from '@mortise/base/instant.ts';
import type { Reason } from '@mortise/base/reasons.ts';
import type { Crypto } from '@mortise/crypto/crypto.ts';
import { deriveKeyPair } from '@mortise/crypto/entropy.ts';
import type { Calendar } from '@mortise/documents/calendar.ts';
import { elementOf } from '@mortise/documents/place.ts';
import type { ZoneTable } from '@mortise/schedule/zone-table.ts';
import { signGrant } from './lend.ts';
import { nextOpening } from './next-opening.ts';

/** The door's wall clock and days off, from its roster. */
export type DoorDays = { readonly zone: string; readonly zoneTable: ZoneTable; readonly calendars: readonly Calendar[] };

/** `next`: the next instant at which it opens; absent: none that next-opening.ts finds. */
export type Opening = { readonly opens: true } | { readonly opens: false; readonly reason: Reason; readonly next?: Instant };

/** The terms, made into what a lock would be shown. Costs a signature; questions to it cost none. */
export type Question = { readonly terms: GrantTerms; readonly known: KnownDocument; readonly owner: Bytes; readonly credentialKey: Bytes; readonly days: DoorDays };

export const questionOf = (crypto: Crypto, terms: GrantTerms, days: DoorDays): Question => {
  const [owner, credential] = [deriveKeyPair(crypto, crypto.sha256(utf8('would-open')), 'owner'), deriveKeyPair(crypto, crypto.sha256(utf8('would-open')), 'credential')];
  const document = signGrant(crypto, owner, terms, { credentialKey: credential.publicKey, now: terms.from }, crypto.sha256(utf8('would-open')));
  const asked = { terms, owner: owner.publicKey, credentialKey: credential.publicKey, days };
  const request = requestOf(asked, terms.from);
  const read = readDocuments(crypto, encodeDeviceResponse([document]), request, NO_MEMORIES);
  return { ...asked, known: required(read.documents[0], 'the document that we signed is read') };
};

/** What the lock would say at `at`. */
export const wouldOpen = (crypto: Crypto, question: Question, at: Instant): Opening => {
  const reason = reasonAt(crypto, question, at);
  if (reason === undefined) return { opens: true };
  const next = nextOpening({ ...question.terms, zoneTable: question.days.zoneTable }, at, (each) => reasonAt(crypto, question, each) === undefined);
  return next === undefined ? { opens: false, reason } : { opens: false, reason, next };
};

const SITE = identifierOf<SiteId>(new Uint8Array(16));

const requestOf = ({ terms, owner, credentialKey, days }: Omit<Question, 'known'>, now: Instant): DocumentsRequest => ({
  requests: [{ docType: 'aliro-a', elements: terms.places.slice(0, 1).map(elementOf) }],
  credentialKey, verb: 'unlock', interface: INTERFACES.ble, capabilities: ['unlock'], clock: { quality: 'synced', now }, userVerified: true,
  authority: { owners: { siteId: SITE, keys: [owner], threshold: 1 }, delegations: [] },
  place: days,
});

/** Undefined: it opens. */
const reasonAt = (crypto: Crypto, question: Question, at: Instant): Reason | undefined => {
  const { known, owner } = question;
  const stamps = [{ digest: known.digest, by: owner, issued: at, from: at, until: at }];
  const { decision } = decideKnown(crypto, [{ ...known, stamps }], requestOf(question, at), NO_DOCUMENT_MEMORY);
  return decision.allowed ? undefined : decision.reason;
};
