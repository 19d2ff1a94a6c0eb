// For tests: a site, a link, a guest, the terms of a key, and a lock's judgement of what the guest shows.

import { encodeDeviceResponse } from '@mortise/aliro/device-response.ts';
import { INTERFACES } from '@mortise/aliro/vendor.ts';
import { decideDocuments, type DocumentOutcome } from '@mortise/access/decide-documents.ts';
import { NO_DOCUMENT_MEMORY, type DocumentMemory } from '@mortise/access/document-memory.ts';
import { documentRequests } from '@mortise/access/documents-request.ts';
import type { GrantTerms } from '@mortise/access/grant.ts';
import type { Bytes } from '@mortise/base/bytes.ts';
import { identifierOf, type DoorId, type GrantId } from '@mortise/base/identifiers.ts';
import { instant, type Instant } from '@mortise/base/instant.ts';
import { nobleCrypto as crypto } from '@mortise/crypto/noble.ts';
import { exampleKey, exampleSite } from '@mortise/documents/example-site.ts';
import type { OwnerSet } from '@mortise/documents/owner-set.ts';
import { UTC } from '@mortise/schedule/zone-table.ts';

export const site = exampleSite();
export const link = exampleKey('link');
export const guest = exampleKey('guest');
export const DOOR = identifierOf<DoorId>(new Uint8Array(16).fill(7));
/** Monday 1 June 2026, 10:00. */
export const NOW = instant(Date.UTC(2026, 5, 1, 10));
export const DAY_MS = 86_400_000;

export const terms = (changes: Partial<GrantTerms> = {}): GrantTerms => ({
  grantId: identifierOf<GrantId>(new Uint8Array(16).fill(1)), places: [{ kind: 'door', id: DOOR }], verbs: ['unlock', 'lock'], from: NOW, until: instant(NOW + 7 * DAY_MS), hours: [],
  userVerification: false, remote: false, ...changes,
});

export type Asking = { readonly at?: Instant; readonly credentialKey?: Bytes; readonly owners?: OwnerSet; readonly memory?: DocumentMemory };

/** What a lock of the site says to a phone at the door that shows these. */
export const lockSays = (documents: readonly Bytes[], { at = NOW, credentialKey = guest.publicKey, owners = site.ownerSet, memory = NO_DOCUMENT_MEMORY }: Asking = {}): DocumentOutcome =>
  decideDocuments(crypto, encodeDeviceResponse(documents), {
    requests: documentRequests(DOOR, [], true), credentialKey, verb: 'unlock', interface: INTERFACES.ble, capabilities: ['unlock', 'lock'], clock: { quality: 'synced', now: at },
    userVerified: false, authority: { owners, delegations: [] }, place: { zone: 'UTC', zoneTable: UTC, calendars: [] },
  }, memory);
