// What an owner offers a lock at adoption, and the lock's check that its documents belong together and to this lock. The
// reader certificate and the link certificate are checked by those who know their formats.

import type { Bytes } from '@mortise/base/bytes.ts';
import { asBytes, decodeCbor, encodeCbor, type Cbor } from '@mortise/base/cbor.ts';
import type { LockId } from '@mortise/base/identifiers.ts';
import { ok, type Result } from '@mortise/base/result.ts';
import { PUBLIC_KEY_BYTES, type Crypto } from '@mortise/crypto/crypto.ts';
import type { KeyPair } from '@mortise/crypto/entropy.ts';
import { refuseAdoption, type AdoptionError } from './adoption-message.ts';
import { asBytesList, exactFieldsAnd } from './fields.ts';
import { MAX_NETWORK_BYTES, openNetworkSettings, type NetworkSettings } from './network-settings.ts';
import { MAX_OWNER_SETS, openOwnerSets, type OwnerSet } from './owner-set.ts';
import { MAX_ROSTER_BYTES, openRoster, type Roster } from './roster.ts';
import { openRosterEntries, type OpenedEntries } from './roster-credentials.ts';

/** The longest offer, before sealing: an adoption message holds it. */
export const MAX_OFFER_BYTES = 60_416;
export const MAX_CERTIFICATE_BYTES = 8_192;

export type Offer = {
  /** The site's whole history of owner sets, the first set first (1 to 64): without it the lock could not know its site. */
  readonly ownerSets: readonly Bytes[];
  /** The site's reader issuer key, 65 bytes. */
  readonly readerIssuerKey: Bytes;
  /** Aliro's compressed reader certificate for the lock's reader key. */
  readonly readerCertificate: Bytes;
  /** The lock's first roster. */
  readonly roster: Bytes;
  /** PEM, for the lock's link key. Empty: none; a lock with a link goes on with the certificate that it signed itself. */
  readonly linkCertificate: Bytes;
  /** PEM of the authority that the lock trusts for the broker. Empty: none, for a lock that has no link or knows it already. */
  readonly brokerCa: Bytes;
  /** How it reaches the hub (network-settings.ts), as signed; left out: as it does now. */
  readonly network?: Bytes;
};

/** The documents of an offer, found to belong together. */
export type OfferedDocuments = { readonly ownerSet: OwnerSet; readonly roster: Roster };
/** The same, with the roster's entries opened. */
export type CheckedOffer = OfferedDocuments & OpenedEntries & { readonly network: NetworkSettings | undefined };

const NAMES = ['ownerSets', 'readerIssuerKey', 'readerCertificate', 'roster', 'linkCertificate', 'brokerCa'] as const;

/** The offer's bytes; undefined when a part of it, or all together, is beyond its bound. */
export const encodeOffer = (crypto: Crypto, offer: Offer): Bytes | undefined => {
  const encoded = encodeCbor(new Map<string, Cbor>([...NAMES.map((name) => [name, offer[name]] as const), ...(offer.network === undefined ? [] : [['network', offer.network] as const])]));
  return decodeOffer(crypto, encoded) === undefined ? undefined : encoded;
};

export const decodeOffer = (crypto: Crypto, bytes: Bytes): Offer | undefined => {
  const read = exactFieldsAnd(decodeCbor(bytes, MAX_OFFER_BYTES), NAMES, 'network');
  if (read === undefined) return undefined;
  const ownerSets = asBytesList(read('ownerSets'), { maxItems: MAX_OWNER_SETS, minLength: 1, maxLength: MAX_OFFER_BYTES });
  const readerIssuerKey = asBytes(read('readerIssuerKey'), PUBLIC_KEY_BYTES);
  const roster = asBytesWithin(read('roster'), 1, MAX_ROSTER_BYTES);
  const readerCertificate = asBytesWithin(read('readerCertificate'), 1, MAX_CERTIFICATE_BYTES);
  const [linkCertificate, brokerCa] = (['linkCertificate', 'brokerCa'] as const).map((name) => asBytesWithin(read(name), 0, MAX_CERTIFICATE_BYTES));
  const network = read('network') === undefined ? 'none' : asBytesWithin(read('network'), 1, MAX_NETWORK_BYTES);
  if (ownerSets === undefined || readerIssuerKey === undefined || !crypto.p256.isPublicKey(readerIssuerKey)) return undefined;
  if (roster === undefined || readerCertificate === undefined || linkCertificate === undefined || brokerCa === undefined || network === undefined) return undefined;
  return { ownerSets, readerIssuerKey, readerCertificate, roster, linkCertificate, brokerCa, ...(network === 'none' ? {} : { network }) };
};

/**
 * What both sides can check: the history of owner sets holds, and the roster is this lock's first one, of that site and by
 * one of its present owners. Error: `document-refused`.
 */
export const openOfferedDocuments = (crypto: Crypto, lockId: LockId, offer: Offer): Result<OfferedDocuments, AdoptionError> => {
  const ownerSet = openOwnerSets(crypto, offer.ownerSets);
  if (!ownerSet.ok) return refuseAdoption('document-refused');
  const place = { siteId: ownerSet.value.siteId, lockId, ownerKeys: ownerSet.value.keys };
  const roster = openRoster(crypto, offer.roster, place, undefined);
  return roster.ok ? ok({ ownerSet: ownerSet.value, roster: roster.value }) : refuseAdoption('document-refused');
};

/** The lock's check: `openOfferedDocuments`, and every entry and the network settings open with its seal key. Error: `document-refused`. */
export const checkOffer = (
  crypto: Crypto,
  lock: { readonly lockId: LockId; readonly seal: KeyPair },
  offer: Offer,
): Result<CheckedOffer, AdoptionError> => {
  const documents = openOfferedDocuments(crypto, lock.lockId, offer);
  if (!documents.ok) return documents;
  const entries = openRosterEntries(crypto, lock.seal, documents.value.roster);
  const network = offer.network === undefined ? ok(undefined) : openNetworkSettings(crypto, offer.network, { ...lock, ownerKeys: documents.value.ownerSet.keys });
  return entries.ok && network.ok ? ok({ ...documents.value, ...entries.value, network: network.value }) : refuseAdoption('document-refused');
};

const asBytesWithin = (value: Cbor | undefined, minLength: number, maxLength: number): Bytes | undefined => {
  const bytes = asBytes(value);
  return bytes !== undefined && bytes.length >= minLength && bytes.length <= maxLength ? bytes : undefined;
};
