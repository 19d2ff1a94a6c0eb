// Freshness stamps (ADR 15): a key that the roster certifies for it says of one access document that its grant was not revoked at its
// time. Aliro's document form under doc type `mortise-f`, one element `fresh`, whose value is the SHA-256 of the access document's
// signed security object. A stamp alone opens nothing.

import { prepareStampDocument, type PreparedDocument } from '@mortise/aliro/build-document.ts';
import { decodeDocument } from '@mortise/aliro/device-response.ts';
import { keyIdentifierOf, readIssuerAuth } from '@mortise/aliro/issuer-auth.ts';
import type { VerifiedDocument } from '@mortise/aliro/verify-document.ts';
import type { Bytes } from '@mortise/base/bytes.ts';
import { asBytes, type Cbor } from '@mortise/base/cbor.ts';
import { instant, type Instant } from '@mortise/base/instant.ts';
import type { Crypto } from '@mortise/crypto/crypto.ts';

export const STAMP_ELEMENT = 'fresh';
/** A stamp counts from this long before it was issued, since a lock's clock may lag. Its age is counted from when it was issued. */
export const STAMP_LEAD_MS = 300_000;
const DIGEST_BYTES = 32;

/** `digest`: what it speaks of. `by`: whose word it is, 65 bytes. `from`, `until`: first and last instant at which it counts. */
export type Stamp = { readonly digest: Bytes; readonly by: Bytes; readonly issued: Instant; readonly from: Instant; readonly until: Instant };

/** `issuerKey`: 65 bytes. `random`: 16 fresh bytes. `issued`: a whole second, before `until`. */
export type NewStamp = { readonly digest: Bytes; readonly issuerKey: Bytes; readonly random: Bytes; readonly issued: Instant; readonly until: Instant };

/** What the certified key signs; aliro's `completeDocument` puts the signature in. */
export const prepareStamp = (crypto: Crypto, { digest, issuerKey, random, issued, until }: NewStamp): PreparedDocument =>
  prepareStampDocument(crypto, {
    issuer: { keyIdentifier: keyIdentifierOf(crypto, issuerKey) },
    validity: { signed: issued, validFrom: instant(Math.max(0, issued - STAMP_LEAD_MS)), validUntil: until },
    elements: [{ identifier: STAMP_ELEMENT, random, data: digest }],
  });

/** The stamp in a verified document of its kind. Undefined: it says something else. */
export const stampOf = ({ docType, issuer, validity, elements }: VerifiedDocument): Stamp | undefined => {
  const digest = asBytes(elements.find(({ identifier }) => identifier === STAMP_ELEMENT)?.value, DIGEST_BYTES);
  if (docType !== 'mortise-f' || digest === undefined) return undefined;
  return { digest, by: issuer, issued: validity.signed, from: validity.validFrom, until: validity.validUntil };
};

/**
 * The last instant until which one of the stamps about a document keeps it fresh; undefined when none does now. `byUntil`: the last
 * instant at which the word of a stamp's key counts, -1 for never.
 */
export const freshUntil = (stamps: readonly Stamp[], freshForS: number, byUntil: (key: Bytes) => number, now: Instant): number | undefined => {
  let end = -1;
  for (const { by, from, issued, until } of stamps) {
    // One that says to be issued later than a lagging clock explains was made in advance: it shows nothing of now.
    const hasBegun = now >= from && now >= issued - STAMP_LEAD_MS;
    if (hasBegun) end = Math.max(end, Math.min(until, issued + freshForS * 1000, byUntil(by)));
  }
  return now <= end ? end : undefined;
};

// ---- what a stamp speaks of --------------------------------------------------------------------------------------------------

/** SHA-256 of the payload of IssuerAuth: what the issuer signed, neither signature nor headers. */
export const digestOfAuth = (crypto: Crypto, issuerAuth: Cbor): Bytes | undefined => {
  const auth = readIssuerAuth(issuerAuth);
  return auth.ok ? crypto.sha256(auth.value.payload) : undefined;
};

/** The same of a whole Document; takes any bytes. What it says is not verified. */
export const digestOfDocument = (crypto: Crypto, bytes: Bytes): Bytes | undefined => {
  const received = decodeDocument(bytes);
  return received && digestOfAuth(crypto, received.issuerAuth);
};
