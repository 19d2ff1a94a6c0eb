// The owner's side of adopting a lock, between the handshake's answer and its offer (documents: adoption.ts): the lock's
// first roster, its reader certificate and all that goes with them. `ownerReadDone` then checks the lock's statement.

import type { Bytes } from '@mortise/base/bytes.ts';
import type { LockId, SiteId } from '@mortise/base/identifiers.ts';
import type { Instant } from '@mortise/base/instant.ts';
import { err, ok, type Result } from '@mortise/base/result.ts';
import { compressCertificate, certificateTbs, type CertificateFields } from '@mortise/aliro/reader-certificate.ts';
import type { Crypto } from '@mortise/crypto/crypto.ts';
import type { KeyPair } from '@mortise/crypto/entropy.ts';
import { ownerOffer, type OwnerKeyed, type OwnerOffered } from '@mortise/documents/adoption.ts';
import type { AdoptionError } from '@mortise/documents/adoption-message.ts';
import { networkToSign, type NetworkSettings } from '@mortise/documents/network-settings.ts';
import { openOwnerSets } from '@mortise/documents/owner-set.ts';
import { rosterPayload, rosterToSign, type Policy } from '@mortise/documents/roster.ts';
import { timeKeyPayload, timeKeyToSign } from '@mortise/documents/time.ts';
import { signedBy } from './owner-signature.ts';
import { sealPhones, type Phone } from './phones.ts';

/** Who adopts, and what the lock shall be told. */
export type AdoptionTerms = {
  /** The site's whole history of owner sets, the first one first. */
  readonly ownerSets: readonly Bytes[];
  /** One of the site's owners. */
  readonly owner: KeyPair;
  /** The site's reader issuer. */
  readonly issuer: KeyPair;
  /** The owners' phones, 1 to 16. */
  readonly phones: readonly Phone[];
  /** IANA name. */
  readonly zone: string;
  readonly policy: Policy;
  /** From the hub: to whom the lock seals its records, and whose time it takes until when. */
  readonly journalKey: Bytes;
  readonly timeKey: { readonly key: Bytes; readonly driftPpm: number; readonly until: Instant };
  /** From the hub: PEM, for the lock's link key, and of the broker's authority. Empty: none; documents' adoption-offer.ts says what that means. */
  readonly linkCertificate: Bytes;
  readonly brokerCa: Bytes;
  /** How the lock reaches the hub; left out: as it does now, or not at all. */
  readonly network?: NetworkSettings;
};

/** What a new lock does until told otherwise: locks by itself after five minutes, and calls 3 s without an end a jam. */
export const HOUSEHOLD_POLICY: Policy = { relockDelayMs: 300_000, relockOnClose: false, jamTimeoutMs: 3_000 };

/** An offer on its way; `roster` is the signed document in it, which the hub is told once the lock has accepted. */
export type PreparedOffer = OwnerOffered & { readonly roster: Bytes };

/**
 * The offer to a lock that proved to be the setup code's. Error: `document-refused` when the site's owner sets do not hold or
 * `owner` is not in the newest; nothing is sent then.
 */
export const prepareOffer = (crypto: Crypto, keyed: OwnerKeyed, terms: AdoptionTerms, entropy: Bytes): Result<PreparedOffer, AdoptionError> => {
  const ownerSet = openOwnerSets(crypto, terms.ownerSets);
  if (!ownerSet.ok) return err({ code: 'document-refused' });
  const roster = firstRoster(crypto, ownerSet.value.siteId, keyed, terms, entropy);
  const network = terms.network && signNetwork(crypto, terms.owner, { lockId: keyed.lockId, sealKey: keyed.lock.sealKey }, terms.network, entropy);
  const offered = ownerOffer(crypto, keyed, {
    ownerSets: terms.ownerSets,
    readerIssuerKey: terms.issuer.publicKey,
    readerCertificate: readerCertificate(crypto, terms.issuer, keyed.lockId, keyed.lock.readerKey),
    roster,
    linkCertificate: terms.linkCertificate,
    brokerCa: terms.brokerCa,
    ...(network && { network }),
  });
  return offered.ok ? ok({ ...offered.value, roster }) : offered;
};

/** An owner's word to a lock of how it reaches the hub. The settings must be within their bounds; `entropy`: 32 fresh bytes. */
export const signNetwork = (crypto: Crypto, owner: KeyPair, lock: { readonly lockId: LockId; readonly sealKey: Bytes }, settings: NetworkSettings, entropy: Bytes): Bytes =>
  signedBy(crypto, owner, networkToSign(crypto, owner.publicKey, lock, settings, entropy));

/** Aliro's compressed certificate that the reader key (65 bytes) is this lock's: its subject is the lock's id. */
export const readerCertificate = (crypto: Crypto, issuer: KeyPair, lockId: LockId, readerKey: Bytes): Bytes => {
  const fields: CertificateFields = { publicKey: readerKey, subject: lockId };
  const tbs = certificateTbs(fields, issuer.publicKey, crypto);
  return compressCertificate(fields, crypto.p256.sign(issuer.privateKey.reveal(), tbs));
};

const firstRoster = (crypto: Crypto, siteId: SiteId, keyed: OwnerKeyed, terms: AdoptionTerms, entropy: Bytes): Bytes => {
  const { owner, phones, zone, policy, journalKey } = terms;
  const { lockId, lock } = keyed;
  const entries = sealPhones(crypto, { lockId, sealKey: lock.sealKey }, phones, entropy);
  const timeKeys = [hubTimeKey(crypto, owner, terms.timeKey)];
  const fields = { siteId, lockId, version: 1, previous: null, entries, zone, policy, timeKeys, journalKey, groups: [] };
  return signedBy(crypto, owner, rosterToSign(crypto, owner.publicKey, rosterPayload(crypto, fields)));
};

const hubTimeKey = (crypto: Crypto, owner: KeyPair, timeKey: AdoptionTerms['timeKey']): Bytes =>
  signedBy(crypto, owner, timeKeyToSign(crypto, owner.publicKey, timeKeyPayload(crypto, { ...timeKey, kind: 'hub' })));
