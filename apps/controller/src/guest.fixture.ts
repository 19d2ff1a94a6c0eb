// For tests: what an owner signs so that a guest gets in: the roster that says which door the lock is at, a grant with counted uses, an
// invitation that was redeemed.

import { completeDocument, prepareAccessDocument, type PreparedDocument } from '@mortise/aliro/build-document.ts';
import type { StoredDocument } from '@mortise/aliro/device-response.ts';
import type { VendorHeaders } from '@mortise/aliro/issuer-auth.ts';
import { digestOfDocument, prepareStamp } from '@mortise/access/freshness.ts';
import { grantDocument } from '@mortise/access/grant-document.ts';
import { delegationHeader, invitationOf } from '@mortise/access/invitation.ts';
import { assert, required } from '@mortise/base/assert.ts';
import type { Bytes } from '@mortise/base/bytes.ts';
import { identifierOf, type DoorId, type GrantId, type SiteId } from '@mortise/base/identifiers.ts';
import { instant } from '@mortise/base/instant.ts';
import { deriveKeyPair, type KeyPair } from '@mortise/crypto/entropy.ts';
import { openRoster, rosterPayload, rosterToSign, type RosterPlace } from '@mortise/documents/roster.ts';
import { delegationPayload, delegationToSign } from '@mortise/documents/signed-delegation.ts';
import { assembleSigned } from '@mortise/documents/threshold.ts';
import { nodeCrypto as crypto } from '@mortise/node/crypto.ts';
import { freshEntropy } from '@mortise/node/entropy.ts';
import { UTC } from '@mortise/schedule/zone-table.ts';
import { signedBy } from '@mortise/wallet/owner-signature.ts';

export const DOOR = identifierOf<DoorId>(crypto.sha256(freshEntropy()).slice(0, 16));
export const GRANT = identifierOf<GrantId>(crypto.sha256(freshEntropy()).slice(0, 16));

/** The roster after `first`, the one of the adoption, with the part for documents. */
export const rosterWithDoor = (owner: KeyPair, place: RosterPlace, first: Bytes): Bytes => {
  const opened = openRoster(crypto, first, place, undefined);
  assert(opened.ok, 'our own roster holds');
  const { hash, signer: _signer, ...fields } = opened.value;
  const access = { door: DOOR, zoneTable: UTC, calendars: [], delegations: [] };
  const payload = rosterPayload(crypto, { ...fields, version: fields.version + 1, previous: hash, access });
  return signedBy(crypto, owner, rosterToSign(crypto, owner.publicKey, payload));
};

/** Unlock the door so many times within an hour of now, from afar too. */
export const countedGrant = (owner: KeyPair, guest: KeyPair, uses: number): StoredDocument => {
  const now = Math.floor(Date.now() / 1000) * 1000;
  const [from, until] = [instant(now - 3_600_000), instant(now + 3_600_000)];
  const terms = { grantId: GRANT, places: [{ kind: 'door', id: DOOR }], verbs: ['unlock'], from, until, hours: [], userVerification: false, remote: true, uses } as const;
  const issue = { deviceKey: guest.publicKey, issuerKey: owner.publicKey, signed: from, randoms: [freshEntropy().slice(0, 16)] };
  return { docType: 'aliro-a', bytes: completed(prepareAccessDocument(crypto, grantDocument(crypto, terms, issue)), owner) };
};

/** What a guest has who redeemed an owner's invitation a moment ago: the document that the link's key signed, and a stamp about it. */
export const invitedDocuments = (owner: KeyPair, siteId: SiteId, guest: KeyPair): readonly StoredDocument[] => {
  const now = Math.floor(Date.now() / 1000) * 1000;
  const [from, until] = [instant(now - 3_600_000), instant(now + 3_600_000)];
  const link = deriveKeyPair(crypto, freshEntropy(), 'invitation-link');
  const grantId = identifierOf<GrantId>(freshEntropy().slice(0, 16));
  const terms = { grantId, places: [{ kind: 'door', id: DOOR }], verbs: ['unlock', 'lock'], from, until, hours: [], userVerification: false, remote: false, freshForS: 86_400 } as const;
  const payload = delegationPayload(crypto, invitationOf(terms, { siteId, delegate: link.publicKey }));
  const delegation = assembleSigned([signedBy(crypto, owner, delegationToSign(crypto, owner.publicKey, payload))]);
  const issue = { deviceKey: guest.publicKey, issuerKey: link.publicKey, signed: from, randoms: [freshEntropy().slice(0, 16)] };
  const document = completed(prepareAccessDocument(crypto, grantDocument(crypto, terms, issue)), link, delegationHeader(delegation));
  const digest = required(digestOfDocument(crypto, document), 'a document');
  const stamp = prepareStamp(crypto, { digest, issuerKey: owner.publicKey, random: freshEntropy().slice(0, 16), issued: instant(now), until });
  return [{ docType: 'aliro-a', bytes: document }, { docType: 'mortise-f', bytes: completed(stamp, owner) }];
};

const completed = (prepared: PreparedDocument, by: KeyPair, headers?: VendorHeaders): Bytes =>
  completeDocument(prepared, crypto.p256.sign(by.privateKey.reveal(), prepared.toSign), headers);
