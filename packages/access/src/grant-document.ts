// A grant as an access document and back. One document is one grant: each place is an element, and all elements say the same. The dates
// are the document's own; verbs are capabilities of one rule, which the windows allow; the rest are access extensions.

import { accessDataCbor, readAccessData, type AccessData } from '@mortise/aliro/access-data.ts';
import { CAPABILITY } from '@mortise/aliro/access-schedule.ts';
import type { NewAccessDocument } from '@mortise/aliro/build-document.ts';
import { decodeDocument } from '@mortise/aliro/device-response.ts';
import { keyIdentifierOf, readIssuerAuth } from '@mortise/aliro/issuer-auth.ts';
import { readItem } from '@mortise/aliro/issuer-signed-item.ts';
import { readSecurityObject } from '@mortise/aliro/security-object.ts';
import { assert, required } from '@mortise/base/assert.ts';
import { equalBytes, type Bytes } from '@mortise/base/bytes.ts';
import { encodeCbor } from '@mortise/base/cbor.ts';
import { identifierBytes, identifierOf, IDENTIFIER_BYTES, type GrantId } from '@mortise/base/identifiers.ts';
import type { Instant } from '@mortise/base/instant.ts';
import type { Crypto } from '@mortise/crypto/crypto.ts';
import { elementOf, placeOf, type Place } from '@mortise/documents/place.ts';
import type { AccessVerb } from './decide.ts';
import { conditionExtensions, isGrantExtension, readConditions } from './grant-extension.ts';
import { assertTerms, GRANT_VERBS, type GrantTerms, type GrantVerb } from './grant.ts';

const CAPABILITY_OF: { readonly [V in GrantVerb]: number } = {
  unlock: CAPABILITY.unsecure,
  lock: CAPABILITY.secure,
  unlatch: CAPABILITY.momentaryUnsecure,
  hold: CAPABILITY.extendedMomentaryUnsecure,
};

// Who may open may carry.
const GRANT_VERB_OF: { readonly [V in AccessVerb]?: GrantVerb } = { unlock: 'unlock', lock: 'lock', unlatch: 'unlatch', holdUnlocked: 'hold', endHold: 'hold', syncOnly: 'unlock' };

/** The bit of Aliro's capabilities that the verb needs; undefined: no document gives it. */
export const capabilityOf = (verb: AccessVerb): number | undefined => {
  const grantVerb = GRANT_VERB_OF[verb];
  return grantVerb === undefined ? undefined : CAPABILITY_OF[grantVerb];
};

/** Aliro's capabilities of these verbs, as a sum. */
export const capabilitiesOf = (verbs: readonly GrantVerb[]): number => verbs.reduce((sum, verb) => sum | (1 << CAPABILITY_OF[verb]), 0);

/** What each element of the grant's document says. */
export const accessDataOf = (terms: GrantTerms): AccessData => {
  assertTerms(terms);
  const { grantId, verbs, hours } = terms;
  const accessExtensions = conditionExtensions(terms);
  return {
    id: identifierBytes(grantId),
    rules: [{ capabilities: capabilitiesOf(verbs), ...(hours.length > 0 && { allow: 2 ** hours.length - 1 }) }],
    ...(hours.length > 0 && { schedules: hours }),
    ...(accessExtensions && { accessExtensions }),
  };
};

/** Where and when, which an element does not say itself. */
export type Setting = Pick<GrantTerms, 'places' | 'from' | 'until'>;

/** The terms that `accessDataOf` wrote; undefined for what is no grant of ours: more rules, other capabilities, unknown extensions. */
export const termsOf = (data: AccessData, { places, from, until }: Setting): GrantTerms | undefined => {
  const { id, rules = [], schedules: hours = [], accessExtensions = [] } = data;
  const conditions = accessExtensions.every(isGrantExtension) ? readConditions(accessExtensions) : undefined;
  const verbs = GRANT_VERBS.filter((verb) => (((rules[0]?.capabilities ?? 0) >> CAPABILITY_OF[verb]) & 1) === 1);
  if (id?.length !== IDENTIFIER_BYTES || conditions === undefined || verbs.length === 0 || from >= until) return undefined;
  const terms = { grantId: identifierOf<GrantId>(id), places, verbs, from, until, hours, ...conditions };
  return isSameAccess(data, accessDataOf(terms)) ? terms : undefined;
};

/** Whether two say the same, however they were written. */
export const isSameAccess = (one: AccessData, other: AccessData): boolean =>
  equalBytes(encodeCbor(accessDataCbor(one)), encodeCbor(accessDataCbor(other)));

// ---- documents ---------------------------------------------------------------------------------------------------------------

/** `deviceKey`, `issuerKey`: 65 bytes. `randoms`: 16 fresh bytes for each place. `signed`: now, by the issuer's clock. */
export type Issue = {
  readonly deviceKey: Bytes;
  readonly issuerKey: Bytes;
  readonly signed: Instant;
  readonly randoms: readonly Bytes[];
  readonly validityIteration?: number;
};

/** What aliro's `prepareAccessDocument` makes a document of. A lock without a clock always refuses it. */
export const grantDocument = (crypto: Crypto, terms: GrantTerms, { deviceKey, issuerKey, signed, randoms, validityIteration }: Issue): NewAccessDocument => {
  const data = accessDataOf(terms);
  assert(randoms.length === terms.places.length, 'random bytes for each place');
  return {
    issuer: { keyIdentifier: keyIdentifierOf(crypto, issuerKey) },
    deviceKey,
    validity: { signed, validFrom: terms.from, validUntil: terms.until, ...(validityIteration !== undefined && { validityIteration }) },
    elements: terms.places.map((place, index) => ({ identifier: elementOf(place), random: required(randoms[index], 'random bytes'), data })),
  };
};

/**
 * The terms of a Document as a wallet stores it, in the words that were signed. Nothing is verified. Undefined: no document, or none
 * that is one grant of ours.
 */
export const termsOfDocument = (bytes: Bytes): GrantTerms | undefined => {
  const received = decodeDocument(bytes);
  const auth = received && readIssuerAuth(received.issuerAuth);
  const object = auth?.ok === true ? readSecurityObject(auth.value.payload) : undefined;
  const items = received?.items.get('aliro-a')?.map(readItem) ?? [];
  const elements = items.flatMap((item) => (item === undefined ? [] : [{ place: placeOf(item.identifier), read: readAccessData(item.value) }]));
  if (object === undefined || elements.length === 0 || elements.length !== items.length) return undefined;
  return termsOfElements(elements, { from: object.validity.validFrom, until: object.validity.validUntil });
};

type ReadElement = { readonly place: Place | undefined; readonly read: ReturnType<typeof readAccessData> };

const termsOfElements = (elements: readonly ReadElement[], times: Pick<GrantTerms, 'from' | 'until'>): GrantTerms | undefined => {
  const places = elements.map(({ place }) => place).filter((place) => place !== undefined);
  const all = elements.map(({ read }) => (read.ok ? read.value : undefined)).filter((data) => data !== undefined);
  const [first, ...others] = all;
  if (first === undefined || all.length !== elements.length || places.length !== elements.length) return undefined;
  const distinct = new Set(places.map(elementOf)).size === places.length;
  return distinct && others.every((data) => isSameAccess(first, data)) ? termsOf(first, { ...times, places }) : undefined;
};
