// For tests: what an owner signs so that a guest gets in: the roster that says which door the lock is at, and a grant with counted uses.

import { completeDocument, prepareAccessDocument } from '@mortise/aliro/build-document.ts';
import type { StoredDocument } from '@mortise/aliro/device-response.ts';
import { grantDocument } from '@mortise/access/grant-document.ts';
import { assert } from '@mortise/base/assert.ts';
import type { Bytes } from '@mortise/base/bytes.ts';
import { identifierOf, type DoorId, type GrantId } from '@mortise/base/identifiers.ts';
import { instant } from '@mortise/base/instant.ts';
import type { KeyPair } from '@mortise/crypto/entropy.ts';
import { openRoster, rosterPayload, rosterToSign, type RosterPlace } from '@mortise/documents/roster.ts';
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
  const prepared = prepareAccessDocument(crypto, grantDocument(crypto, terms, issue));
  return { docType: 'aliro-a', bytes: completeDocument(prepared, crypto.p256.sign(owner.privateKey.reveal(), prepared.toSign)) };
};
