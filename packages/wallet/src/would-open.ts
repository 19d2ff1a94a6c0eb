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
import { assert, required } from '@mortise/base/assert.ts';
import { utf8, type Bytes } from '@mortise/base/bytes.ts';
import { identifierOf, type SiteId } from '@mortise/base/identifiers.ts';
import { instant, isInstant, type Instant } from '@mortise/base/instant.ts';
import type { Reason } from '@mortise/base/reasons.ts';
import type { Crypto } from '@mortise/crypto/crypto.ts';
import { deriveKeyPair } from '@mortise/crypto/entropy.ts';
import type { Calendar } from '@mortise/documents/calendar.ts';
import { elementOf } from '@mortise/documents/place.ts';
import { DAY_S } from '@mortise/schedule/recurrence.ts';
import { localSecondsAt, type ZoneTable } from '@mortise/schedule/zone-table.ts';
import { signGrant } from './lend.ts';

/** The door's wall clock and days off, from its roster. */
export type DoorDays = { readonly zone: string; readonly zoneTable: ZoneTable; readonly calendars: readonly Calendar[] };

/** `next`: the next instant at which it opens; absent: none within `MAX_DAYS_AHEAD`. */
export type Opening = { readonly opens: true } | { readonly opens: false; readonly reason: Reason; readonly next?: Instant };

/** The terms, made into what a lock would be shown. Costs a signature; questions to it cost none. */
export type Question = { readonly terms: GrantTerms; readonly known: KnownDocument; readonly owner: Bytes; readonly credentialKey: Bytes; readonly days: DoorDays };

/** How far ahead the next opening is looked for. */
export const MAX_DAYS_AHEAD = 400;

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
  const next = nextAfter(crypto, question, at);
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

// ---- when next ---------------------------------------------------------------------------------------------------------------

// What keeps a key shut ends where the key begins, where a window begins, or where a day does: no other instant need be looked at.
const nextAfter = (crypto: Crypto, question: Question, at: Instant): Instant | undefined => {
  const { terms, days: { zoneTable } } = question;
  if (at < terms.from && reasonAt(crypto, question, terms.from) === undefined) return terms.from;
  const start = Math.max(at, terms.from);
  const today = localSecondsAt(zoneTable, instant(start));
  if (today === undefined) return undefined;
  const times = [0, ...terms.hours.map(({ startS }) => startS % DAY_S)].toSorted((a, b) => a - b);
  for (let day = 0; day <= MAX_DAYS_AHEAD; day += 1) {
    const midnight = (Math.floor(today / DAY_S) + day) * DAY_S;
    if ((midnight - today) * 1000 > terms.until - start + DAY_S * 1000) return undefined;
    const found = times.map((time) => atLocal(zoneTable, midnight + time)).find((each) => each !== undefined && each > start && reasonAt(crypto, question, each) === undefined);
    if (found !== undefined) return found;
  }
  return undefined;
};

/** The first instant at which the wall clock shows this, or has passed it; undefined where the table does not reach. */
const atLocal = ({ initialOffsetS, transitions, untilS }: ZoneTable, localS: number): Instant | undefined => {
  assert(Number.isSafeInteger(localS), 'whole seconds');
  const offsets = [initialOffsetS, ...transitions.map(({ offsetS }) => offsetS)];
  const table = { initialOffsetS, transitions, untilS };
  const shown = [...new Set(offsets)].map((offsetS) => (localS - offsetS) * 1000).filter(isInstant).filter((each) => localSecondsAt(table, each) === localS);
  if (shown.length > 0) return instant(Math.min(...shown));
  // A spring night leaves it out: the clock passes it where the offset changes.
  const passed = transitions.find(({ fromS, offsetS }, index) => fromS + offsetS > localS && fromS + (offsets[index] ?? initialOffsetS) <= localS);
  return passed === undefined ? undefined : instant(passed.fromS * 1000);
};
