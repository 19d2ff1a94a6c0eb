// What the hub shows of a guest's keys, as far as it proves itself: the site's owners by its id, the locks by an owner's word of how they are
// known, each door by what its lock and an owner signed. What does not is not asked to open.

import type { GrantedDoor, HeldGrant, HeldKeys } from '@mortise/api/keys.ts';
import { decodeDocument, type StoredDocument } from '@mortise/aliro/device-response.ts';
import { readIssuerAuth } from '@mortise/aliro/issuer-auth.ts';
import { readSecurityObject } from '@mortise/aliro/security-object.ts';
import { fromBase64url, type Bytes } from '@mortise/base/bytes.ts';
import { parseIdentifier, type LockId, type SiteId } from '@mortise/base/identifiers.ts';
import { err, ok, type Result } from '@mortise/base/result.ts';
import { nobleCrypto } from '@mortise/crypto/noble.ts';
import type { OwnerSet } from '@mortise/documents/owner-set.ts';
import { openSite, proveGrantedLock, type GrantedLock } from '@mortise/wallet/held-grants.ts';
import type { SiteKey } from '@mortise/wallet/site-key.ts';
import type { HeldDoor, HeldKey, HeldSite } from '../model/held.ts';

export type ProvenSite = { readonly held: HeldSite; readonly siteKey: SiteKey; readonly proven: readonly LockId[] };

export const bytesOf = (text: string): Bytes => fromBase64url(text) ?? new Uint8Array(0);

/** The lock of a granted door; undefined: nothing proves it. */
const lockOf = (ownerSet: OwnerSet, door: GrantedDoor): GrantedLock | undefined => {
  const lockId = parseIdentifier<LockId>(door.lockId);
  if (lockId === undefined) return undefined;
  const claimed = { lockId, identityKey: bytesOf(door.identityKey), readerKey: bytesOf(door.readerKey), sealKey: bytesOf(door.sealKey), statement: bytesOf(door.statement) };
  const proven = proveGrantedLock(nobleCrypto, ownerSet, claimed, bytesOf(door.roster));
  return proven.ok ? proven.value : undefined;
};

/** The last instant of a document, as it says itself. */
export const validUntilOf = (document: Bytes): number | undefined => {
  const received = decodeDocument(document);
  const auth = received === undefined ? undefined : readIssuerAuth(received.issuerAuth);
  return auth?.ok === true ? readSecurityObject(auth.value.payload)?.validity.validUntil : undefined;
};

const documentsOf = ({ document, stamp }: HeldGrant): readonly StoredDocument[] => [
  ...(document === null ? [] : [{ docType: 'aliro-a', bytes: bytesOf(document) } as const]),
  ...(stamp === null ? [] : [{ docType: 'mortise-f', bytes: bytesOf(stamp) } as const]),
];

/** Opens what the hub told; `not-vouched`: no owner of the site of this id signed it. */
export const provenSite = (siteId: SiteId, credentialKey: Bytes, keys: HeldKeys, at: number): Result<ProvenSite, 'not-vouched'> => {
  const site = openSite(nobleCrypto, siteId, { ownerSets: keys.ownerSets.map(bytesOf), introduction: bytesOf(keys.introduction ?? '') });
  if (!site.ok) return err('not-vouched');
  const { ownerSet, readerIssuerKey } = site.value;
  const proven = new Map<string, GrantedLock | undefined>();
  const doorOf = (door: GrantedDoor): HeldDoor => {
    if (!proven.has(door.lockId)) proven.set(door.lockId, lockOf(ownerSet, door));
    const lock = proven.get(door.lockId);
    const { id, name, lockId, online } = door;
    // The zone in which the lock itself keeps its hours, as an owner signed it.
    return { id, name, lockId, online, zone: lock?.roster.zone ?? door.zone, identityKey: lock?.lock.identityKey, calendars: lock?.roster.access?.calendars ?? [] };
  };
  const keyOf = (grant: HeldGrant): HeldKey => ({
    grant, doors: grant.doors.map(doorOf), documents: documentsOf(grant), stampUntil: grant.stamp === null ? undefined : validUntilOf(bytesOf(grant.stamp)),
  });
  const held = { siteId, siteName: keys.siteName, personName: keys.person.name, keys: keys.grants.map(keyOf), at };
  return ok({ held, siteKey: { siteId, readerIssuerKey, credentialKey }, proven: [...proven.values()].flatMap((lock) => (lock === undefined ? [] : [lock.lock.lockId])) });
};
