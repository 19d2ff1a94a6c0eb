// Taking keys back: an owner's revocation document, which says all that this owner took back and that has not ended, and one thing more. A
// lock keeps a union, so that what an older one said stays; but one document alone must do for a lock that hears only the newest.

import { completeDocument, prepareRevocationDocument } from '@mortise/aliro/build-document.ts';
import { decodeDocument } from '@mortise/aliro/device-response.ts';
import { ITEM_RANDOM_BYTES, readItem } from '@mortise/aliro/issuer-signed-item.ts';
import { keyIdentifierOf, readIssuerAuth } from '@mortise/aliro/issuer-auth.ts';
import { MAX_REVOCATION_ENTRIES, readRevocationData, type RevocationEntry } from '@mortise/aliro/revocation-data.ts';
import { REVOCATION_ELEMENT } from '@mortise/access/documents-request.ts';
import { equalBytes, hex, type Bytes } from '@mortise/base/bytes.ts';
import { identifierBytes, type GrantId } from '@mortise/base/identifiers.ts';
import { instant, type Instant } from '@mortise/base/instant.ts';
import { err, ok, type Result } from '@mortise/base/result.ts';
import type { Crypto } from '@mortise/crypto/crypto.ts';
import { derive, type KeyPair } from '@mortise/crypto/entropy.ts';
import { wholeSecond } from './lend.ts';

/** `until`: the end of the document that is taken back: it need not be remembered for longer. */
export type TakenBack = { readonly accessId: GrantId; readonly until: Instant };

/** `too-many`: more at once than a document says. */
export type TakeBackError = { readonly code: 'too-many' };

/** A lock's clock may lag: the document counts from before it was signed. */
const LEAD_MS = 3_600_000;

/**
 * The next revocation document of this owner. `known`: all that are in force, whoever's; those of others are left out. Their signatures are
 * the locks' to check: an entry that nobody signed would only take back something of ours.
 */
export const signTakeBack = (
  crypto: Crypto, owner: KeyPair, { known, add, now }: { readonly known: readonly Bytes[]; readonly add: readonly TakenBack[]; readonly now: Instant }, entropy: Bytes,
): Result<Bytes, TakeBackError> => {
  const issuer = keyIdentifierOf(crypto, owner.publicKey);
  const former = known.flatMap((bytes) => entriesBy(bytes, issuer)).filter(({ expiryS }) => expiryS === undefined || expiryS * 1000 >= now);
  const entries = union([...former, ...add.map(entryOf)]);
  if (entries.length > MAX_REVOCATION_ENTRIES) return err({ code: 'too-many' });
  const signed = wholeSecond(now);
  const prepared = prepareRevocationDocument(crypto, {
    issuer: { keyIdentifier: issuer },
    validity: { signed, validFrom: instant(Math.max(0, signed - LEAD_MS)), validUntil: endOf(entries, signed) },
    timeVerificationRequired: false,
    elements: [{ identifier: REVOCATION_ELEMENT, random: derive(crypto, entropy, 'revocation', ITEM_RANDOM_BYTES), data: { change: 'append', add: entries } }],
  });
  return ok(completeDocument(prepared, crypto.p256.sign(owner.privateKey.reveal(), prepared.toSign)));
};

const entryOf = ({ accessId, until }: TakenBack): RevocationEntry => ({ accessId: identifierBytes(accessId), expiryS: Math.ceil(until / 1000) });

const LAST_SECOND = 253_402_300_799;

/** Not before the end of any entry. */
const endOf = (entries: readonly RevocationEntry[], signed: Instant): Instant =>
  instant(Math.max(signed / 1000 + 1, ...entries.map(({ expiryS }) => expiryS ?? LAST_SECOND)) * 1000);

/** Of the same thing the later end counts. */
const union = (entries: readonly RevocationEntry[]): readonly RevocationEntry[] => {
  const byName = new Map<string, RevocationEntry>();
  for (const entry of entries) {
    const name = `${hex(entry.credential ?? new Uint8Array(0))}.${hex(entry.accessId ?? new Uint8Array(0))}`;
    const before = byName.get(name);
    if (before === undefined || (entry.expiryS ?? Infinity) > (before.expiryS ?? Infinity)) byName.set(name, entry);
  }
  return [...byName.values()];
};

/** What a revocation document by the owner of this key identifier adds; nothing for anything else. Takes any bytes. */
const entriesBy = (bytes: Bytes, keyIdentifier: Bytes): readonly RevocationEntry[] => {
  const received = decodeDocument(bytes);
  const auth = received?.docType === 'aliro-r' ? readIssuerAuth(received.issuerAuth) : undefined;
  if (auth?.ok !== true || auth.value.keyIdentifier === undefined || !equalBytes(auth.value.keyIdentifier, keyIdentifier)) return [];
  const items = received?.items.get('aliro-r')?.map(readItem) ?? [];
  return items.flatMap((item) => {
    const data = item?.identifier === REVOCATION_ELEMENT ? readRevocationData(item.value) : undefined;
    return data?.ok === true ? (data.value.add ?? []) : [];
  });
};
