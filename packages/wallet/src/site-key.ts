// What a person's wallet holds for a site: one credential for all its locks, and the key by which it knows them
// (CONTRACTS: reader keys). No lock is stored: each proves itself by a certificate of the site's reader issuer.

import type { ItemsRequest } from '@mortise/aliro/device-request.ts';
import type { StoredDocument } from '@mortise/aliro/device-response.ts';
import type { Bytes } from '@mortise/base/bytes.ts';
import type { SiteId } from '@mortise/base/identifiers.ts';

export type SiteKey = {
  readonly siteId: SiteId;
  /** The site's reader issuer key, 65 bytes: Aliro's group identifier key. Learned from an owner, never from a hub alone. */
  readonly readerIssuerKey: Bytes;
  /** This wallet's credential for the site, public half, 65 bytes. */
  readonly credentialKey: Bytes;
  /**
   * What the credential shows a lock that does not know it: access documents, stamps about them, revocations that it carries. At most
   * 8 (MAX_DOCUMENTS), since one answer holds no more: a wallet with more chooses those for the door.
   */
  readonly documents?: readonly StoredDocument[];
  /** For a wallet with more of them: chooses by what the lock asks for, at most 8. */
  readonly choose?: (requests: readonly ItemsRequest[]) => readonly StoredDocument[];
};
