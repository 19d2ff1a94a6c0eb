// Whether what somebody signed is what they said it is: an access document, an invitation, a revocation, an introduction. The hub stores
// nothing that no lock would take; that a lock takes it is still the lock's to decide.

import { decodeDocument, encodeDeviceResponse } from '@mortise/aliro/device-response.ts';
import { readRevocationData, type RevocationData } from '@mortise/aliro/revocation-data.ts';
import { verifyDocument, type VerifiedDocument } from '@mortise/aliro/verify-document.ts';
import { NO_MEMORIES } from '@mortise/aliro/issuer-memory.ts';
import { REVOCATION_ELEMENT } from '@mortise/access/documents-request.ts';
import { termsOfDocument } from '@mortise/access/grant-document.ts';
import type { GrantTerms } from '@mortise/access/grant.ts';
import { termsOfInvitation } from '@mortise/access/invitation.ts';
import { readDocuments, type KnownDocument } from '@mortise/access/known-document.ts';
import { isCertified, revocationName } from '@mortise/access/revocation-document.ts';
import { base64url, equalBytes, type Bytes } from '@mortise/base/bytes.ts';
import { ok, type Result } from '@mortise/base/result.ts';
import { elementOf } from '@mortise/documents/place.ts';
import { openIntroduction } from '@mortise/documents/introduction.ts';
import { openDelegation } from '@mortise/documents/signed-delegation.ts';
import { refuse, type Refusal } from '../http/refusal.ts';
import type { Hub } from '../hub.ts';
import type { SiteView } from '../site-view.ts';
import type { RevocationEntryRow } from '../store/revocation-store.ts';
import { isSameTerms, isWithinDates } from './terms.ts';

export type Crypto = Hub['crypto'];

const no = (what: string) => refuse('document-refused', `${what} Make and sign it again.`);

/** For whom a document must be, and what it must say. */
export type Expected = { readonly terms: GrantTerms; readonly credentialKey: Bytes };

/** An access document by a present owner that says these terms to the letter. Answers who signed. */
export const checkOwnersDocument = (crypto: Crypto, { set }: SiteView, bytes: Bytes, expected: Expected): Result<Bytes, Refusal> => {
  const known = readOne(crypto, { set }, bytes, expected);
  if (!known.ok) return known;
  const { issuer } = known.value.document;
  if (!set.keys.some((key) => equalBytes(key, issuer))) return no('The access document is not signed by an owner.');
  const terms = termsOfDocument(bytes);
  return terms !== undefined && isSameTerms(terms, expected.terms) ? ok(issuer) : no('The access document says other terms than were sent.');
};

/** What a guest made of an invitation: signed by the link's key, with the stored delegation, for no longer than that. Answers its dates. */
export const checkGuestsDocument = (crypto: Crypto, view: SiteView, bytes: Bytes, expected: Expected & { readonly linkKey: Bytes; readonly delegation: Bytes }): Result<Pick<GrantTerms, 'from' | 'until'>, Refusal> => {
  const known = readOne(crypto, view, bytes, expected);
  if (!known.ok) return known;
  const { document, delegation } = known.value;
  if (!equalBytes(document.issuer, expected.linkKey)) return no('The access document is not signed by the link’s key.');
  if (delegation === undefined || !equalBytes(delegation, expected.delegation)) return no('The access document carries another invitation than this link’s.');
  const terms = termsOfDocument(bytes);
  if (terms === undefined || !isWithinDates(terms, expected.terms)) return no('The access document says more than the invitation.');
  return ok({ from: terms.from, until: terms.until });
};

const readOne = (crypto: Crypto, { set }: Pick<SiteView, 'set'>, bytes: Bytes, { terms, credentialKey }: Expected): Result<KnownDocument, Refusal> => {
  if (decodeDocument(bytes) === undefined) return no('That is no access document.');
  const requests = [{ docType: 'aliro-a', elements: terms.places.map(elementOf) }] as const;
  const read = readDocuments(crypto, encodeDeviceResponse([bytes]), { requests, credentialKey, authority: { owners: set, delegations: [] } }, NO_MEMORIES);
  const [known] = read.documents;
  return known === undefined ? no(`The access document was refused (${read.fault?.code ?? 'document-missing'}).`) : ok(known);
};

/** An invitation to `linkKey` by the threshold of the present owners, with these terms to the letter. */
export const checkInvitation = (crypto: Crypto, { set }: SiteView, bytes: Bytes, expected: { readonly terms: GrantTerms; readonly linkKey: Bytes }): Result<undefined, Refusal> => {
  const opened = openDelegation(crypto, bytes, set);
  if (!opened.ok) return no(`The invitation was refused (${opened.error.code}).`);
  if (opened.value.kind !== 'invitation') return no('That is a delegation, and no invitation.');
  if (!equalBytes(opened.value.delegate, expected.linkKey)) return no('The invitation is for another link’s key.');
  const terms = termsOfInvitation(opened.value);
  if (terms === undefined || !isSameTerms(terms, expected.terms)) return no('The invitation says other terms than were sent.');
  return terms.remote || terms.freshForS === undefined ? no('An invitation holds near the door only, and must be confirmed now and then.') : ok(undefined);
};

/** The introduction by a present owner of the key that the site's vault names as its reader issuer. */
export const checkIntroduction = async ({ crypto, database }: Hub, { set }: SiteView, bytes: Bytes): Promise<Result<{ readonly signer: Bytes; readonly document: Bytes }, Refusal>> => {
  const opened = openIntroduction(crypto, bytes, set);
  if (!opened.ok) return no(`The introduction was refused (${opened.error.code}).`);
  const wrap = await database.selectFrom('issuer_wrap').select('issuer_key').limit(1).executeTakeFirst();
  if (wrap !== undefined && wrap.issuer_key !== base64url(opened.value.readerIssuerKey)) return no('The introduction names another reader issuer than this site’s.');
  return ok({ signer: opened.value.signer, document: bytes });
};

// ---- revocations -------------------------------------------------------------------------------------------------------------

/** `id`: as locks name it. */
export type CheckedRevocation = { readonly id: string; readonly issuer: string; readonly document: Bytes; readonly entries: readonly RevocationEntryRow[] };

/** How long a clock may be behind the owner's that signed. */
const CLOCK_LAG_MS = 300_000;
/** Of what never ends: as far as instants go. */
const NEVER = 253_402_300_799_999;
const MAX_ENTRY_S = 253_402_300_799;

/** A revocation document by a present owner that holds now, adds and nothing else, and lasts as long as each thing that it takes back. */
export const checkRevocation = (crypto: Crypto, { set }: SiteView, bytes: Bytes, now: number): Result<CheckedRevocation, Refusal> => {
  const received = decodeDocument(bytes);
  if (received?.docType !== 'aliro-r') return no('That is no revocation document.');
  if (isCertified(received)) return no('The revocation document is signed by way of a certificate.');
  const requests = [{ docType: 'aliro-r', elements: [REVOCATION_ELEMENT] }] as const;
  const verified = verifyDocument(crypto, received, requests, new Uint8Array(65), { issuers: set.keys });
  if (!verified.ok) return no(`The revocation document was refused (${verified.error.code}).`);
  const entries = entriesOf(verified.value);
  if (entries === undefined) return no('The revocation document must add access ids, and nothing else.');
  const { validity, timeVerificationRequired, issuer } = verified.value;
  if (timeVerificationRequired || validity.validFrom > now + CLOCK_LAG_MS) return no('The revocation document must count now, also for a lock without a clock.');
  if (entries.some(({ until }) => validity.validUntil + 999 < until)) return no('The revocation document ends before what it takes back.');
  return ok({ id: revocationName(crypto, bytes), issuer: base64url(issuer), document: bytes, entries });
};

const entriesOf = ({ elements }: VerifiedDocument): readonly RevocationEntryRow[] | undefined => {
  const [element, ...others] = elements;
  const data = element?.identifier === REVOCATION_ELEMENT ? readRevocationData(element.value) : undefined;
  return data?.ok === true && others.length === 0 ? addedIn(data.value) : undefined;
};

const addedIn = ({ change, add = [], remove = [] }: RevocationData): readonly RevocationEntryRow[] | undefined => {
  const entries = add.flatMap(({ accessId, expiryS }) => (accessId === undefined ? [] : [{ accessId: base64url(accessId), until: expiryS === undefined || expiryS > MAX_ENTRY_S ? NEVER : expiryS * 1000 + 999 }]));
  return change === 'append' && remove.length === 0 && entries.length > 0 && entries.length === add.length ? entries : undefined;
};

/** Whether each of these access ids is taken back until its end. */
export const takesBack = ({ entries }: Pick<CheckedRevocation, 'entries'>, all: readonly { readonly accessId: string; readonly until: number }[]): boolean =>
  all.every(({ accessId, until }) => entries.some((entry) => entry.accessId === accessId && entry.until >= until));
