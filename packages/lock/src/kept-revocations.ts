// The Revocation Documents that a passive lock keeps as they were signed, the newest of each issuer, to hand them on to the next key: so a
// list reaches locks that no network reaches, by people who never met (DESIGN §3.6). They stand in a part of the memory of their own. What they
// taught is remembered apart from them; losing one costs its passing on, no more.

import { describeRevocation, type AppliedRevocation, type RevocationFacts } from '@mortise/access/revocation-document.ts';
import { equalBytes, type Bytes } from '@mortise/base/bytes.ts';
import { asArray, asBytes, asList, decodeCbor, encodeCbor } from '@mortise/base/cbor.ts';
import type { Instant } from '@mortise/base/instant.ts';
import { MAX_LINK_BODY_BYTES } from '@mortise/courier/link-message.ts';
import type { Crypto } from '@mortise/crypto/crypto.ts';

/** More are not kept; the one that was signed longest ago goes. */
export const MAX_KEPT_ISSUERS = 8;
/** One that is longer travels by no link message, and is not kept. */
export const MAX_KEPT_REVOCATION_BYTES = MAX_LINK_BODY_BYTES;

export type KeptRevocation = RevocationFacts & { readonly document: Bytes };
type Kept = readonly KeptRevocation[];

/** With a document that counted, if it is the newest of its issuer; the same list, if it is not. */
export const keepRevocation = (crypto: Crypto, kept: Kept, { document: came, taught }: AppliedRevocation): Kept => {
  const document = came.slice();
  const facts = document.length > MAX_KEPT_REVOCATION_BYTES ? undefined : describeRevocation(crypto, document);
  if (facts === undefined) return kept;
  const former = kept.find(({ issuer }) => equalBytes(issuer, facts.issuer));
  if (former !== undefined && !isNewer(facts, former, taught)) return kept;
  const others = kept.filter((each) => each !== former);
  return [...others, { ...facts, document }].toSorted((a, b) => b.signed - a.signed).slice(0, MAX_KEPT_ISSUERS);
};

/** Those that are worth handing on at `now`; undefined: the clock is lost, and nobody can tell. */
export const inForce = (kept: Kept, now: Instant | undefined): Kept => kept.filter(({ until }) => now === undefined || now <= until);

/** The part `revocations` of the memory: CBOR [1, [document, …]]. */
export const encodeKept = (kept: Kept): Bytes => encodeCbor([VERSION, kept.map(({ document }) => document)]);

/** Takes any bytes. A store without the part keeps none; undefined: the part is not what was written. */
export const decodeKept = (crypto: Crypto, bytes: Bytes | undefined): Kept | undefined => {
  if (bytes === undefined) return [];
  const parts = asArray(decodeCbor(bytes, MAX_PART_BYTES), 2);
  if (parts?.length !== 2 || parts[0] !== VERSION) return undefined;
  return asList(parts[1], 0, MAX_KEPT_ISSUERS, (value) => {
    const document = asBytes(value);
    const facts = document && describeRevocation(crypto, document);
    return document === undefined || facts === undefined ? undefined : { ...facts, document };
  });
};

const VERSION = 1;
const MAX_PART_BYTES = MAX_KEPT_ISSUERS * (MAX_KEPT_REVOCATION_BYTES + 16);

// Of two that were signed in one second the one that says more is the newer.
const isNewer = (facts: RevocationFacts, former: KeptRevocation, taught: boolean): boolean =>
  facts.signed > former.signed || (facts.signed === former.signed && taught && facts.name !== former.name);
