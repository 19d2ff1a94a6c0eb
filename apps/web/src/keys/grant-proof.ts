// Whether a lent key counts under these owners, by its document alone: not by what a hub tells of it.

import type { Grant } from '@mortise/api/grants.ts';
import { encodeDeviceResponse } from '@mortise/aliro/device-response.ts';
import { NO_MEMORIES } from '@mortise/aliro/issuer-memory.ts';
import { readDocuments } from '@mortise/access/known-document.ts';
import { fromBase64url } from '@mortise/base/bytes.ts';
import { nobleCrypto } from '@mortise/crypto/noble.ts';
import type { OwnerSet } from '@mortise/documents/owner-set.ts';

/** Signed by one of them, or by a link that one of them let sign, for the key that it names. When it holds is not looked at. */
export const countsUnder = ({ document, credentialKey, terms }: Pick<Grant, 'document' | 'credentialKey' | 'terms'>, owners: OwnerSet): boolean => {
  const [bytes, key] = [fromBase64url(document ?? ''), fromBase64url(credentialKey ?? '')];
  if (bytes === undefined || key === undefined) return false;
  const requests = [{ docType: 'aliro-a', elements: terms.places }] as const;
  const reading = { requests, credentialKey: key, authority: { owners, delegations: [] } };
  return readDocuments(nobleCrypto, encodeDeviceResponse([bytes]), reading, NO_MEMORIES).documents.length > 0;
};
