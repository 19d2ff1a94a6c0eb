// What the hub signs with its delegate's key: documents, stamps, revocations. A lock takes each within what the owners let the hub, and no
// further; whether they did is asked before (powers.ts).

import { completeDocument, prepareAccessDocument, prepareRevocationDocument, type PreparedDocument } from '@mortise/aliro/build-document.ts';
import { keyIdentifierOf } from '@mortise/aliro/issuer-auth.ts';
import { REVOCATION_ELEMENT } from '@mortise/access/documents-request.ts';
import { digestOfDocument, prepareStamp, STAMP_LEAD_MS } from '@mortise/access/freshness.ts';
import { grantDocument } from '@mortise/access/grant-document.ts';
import type { GrantTerms } from '@mortise/access/grant.ts';
import { revocationName } from '@mortise/access/revocation-document.ts';
import { required } from '@mortise/base/assert.ts';
import { base64url, fromBase64url, type Bytes } from '@mortise/base/bytes.ts';
import { instant, type Instant } from '@mortise/base/instant.ts';
import type { Hub } from '../hub.ts';
import type { RevocationEntryRow } from '../store/revocation-store.ts';
import type { CheckedRevocation } from './check-document.ts';

const RANDOM_BYTES = 16;
/** One document stays short enough for couriers and credentials; beyond this it says what is new, and the ones before it go on counting. */
export const MAX_REVOKED_AT_ONCE = 512;

const complete = (hub: Hub, prepared: PreparedDocument): Bytes => completeDocument(prepared, hub.crypto.p256.sign(hub.keys.delegate.privateKey.reveal(), prepared.toSign));

const wholeSecond = (ms: number): Instant => instant(Math.floor(ms / 1000) * 1000);

export const issueDocument = (hub: Hub, terms: GrantTerms, credentialKey: Bytes): Bytes => {
  const randoms = terms.places.map(() => hub.random(RANDOM_BYTES));
  const issue = { deviceKey: credentialKey, issuerKey: hub.keys.delegate.publicKey, signed: wholeSecond(hub.now()), randoms };
  return complete(hub, prepareAccessDocument(hub.crypto, grantDocument(hub.crypto, terms, issue)));
};

export const issueStamp = (hub: Hub, document: Bytes, { issued, until }: { readonly issued: Instant; readonly until: Instant }): Bytes => {
  const digest = required(digestOfDocument(hub.crypto, document), 'stored documents were checked');
  return complete(hub, prepareStamp(hub.crypto, { digest, issuerKey: hub.keys.delegate.publicKey, random: hub.random(RANDOM_BYTES), issued, until }));
};

/** `standing`: what the hub has taken back before and that still matters. */
export const issueRevocation = (hub: Hub, fresh: readonly RevocationEntryRow[], standing: readonly RevocationEntryRow[]): CheckedRevocation => {
  const others = standing.filter(({ accessId }) => fresh.every((entry) => entry.accessId !== accessId));
  const entries = fresh.length + others.length > MAX_REVOKED_AT_ONCE ? fresh : [...others, ...fresh];
  const seconds = entries.map(({ accessId, until }) => ({ accessId: required(fromBase64url(accessId), 'an identifier'), expiryS: Math.ceil((until - 999) / 1000) }));
  const signed = wholeSecond(hub.now());
  const prepared = prepareRevocationDocument(hub.crypto, {
    issuer: { keyIdentifier: keyIdentifierOf(hub.crypto, hub.keys.delegate.publicKey) },
    validity: { signed, validFrom: instant(Math.max(0, signed - STAMP_LEAD_MS)), validUntil: instant(Math.max(...seconds.map(({ expiryS }) => expiryS)) * 1000) },
    timeVerificationRequired: false,
    elements: [{ identifier: REVOCATION_ELEMENT, random: hub.random(RANDOM_BYTES), data: { change: 'append', add: seconds } }],
  });
  const document = complete(hub, prepared);
  return { id: revocationName(hub.crypto, document), issuer: base64url(hub.keys.delegate.publicKey), document, entries: entries.map(({ accessId }, index) => ({ accessId, until: (seconds[index]?.expiryS ?? 0) * 1000 + 999 })) };
};
