// What this browser keeps while it is on the way to being an owner's: its key, which counts for nothing yet, and of which site the link was.
// The site stays known afterwards: by it the issuer key is taken from the owner who signed, once.

import { parseIdentifier, type SiteId } from '@mortise/base/identifiers.ts';
import type { Result } from '@mortise/base/result.ts';
import { asSigningKey, type SigningKey } from '@mortise/browser/signing-key.ts';
import type { StorageError } from '@mortise/browser/storage.ts';
import { readStored, writeStored } from './store.ts';

/** Keys in base64url; `ownerKey`: the public half. */
export type Joining = { readonly siteId: SiteId; readonly invitationKey: string; readonly ownerKey: string };

const JOINING = 'joining';
const keyName = (siteId: SiteId): string => `joining-key:${siteId}`;

const asJoining = (value: unknown): Joining | undefined => {
  if (typeof value !== 'object' || value === null || !('siteId' in value) || !('invitationKey' in value) || !('ownerKey' in value)) return undefined;
  const siteId = parseIdentifier<SiteId>(value.siteId);
  const { invitationKey, ownerKey } = value;
  return siteId === undefined || typeof invitationKey !== 'string' || typeof ownerKey !== 'string' ? undefined : { siteId, invitationKey, ownerKey };
};

/** The last that was asked here; undefined: none, or the storage failed. */
export const readJoining = async (): Promise<Joining | undefined> => {
  const stored = await readStored('values', JOINING);
  return stored.ok ? asJoining(stored.value) : undefined;
};

export const keepJoining = (joining: Joining, phone: SigningKey): Promise<Result<void, StorageError>> =>
  writeStored([{ store: 'values', name: JOINING, value: { ...joining } }, { store: 'keys', name: keyName(joining.siteId), value: phone }]);

/** The phone key that waits; undefined: none. */
export const joiningKey = async (siteId: SiteId): Promise<SigningKey | undefined> => {
  const stored = await readStored('keys', keyName(siteId));
  return stored.ok ? asSigningKey(stored.value) : undefined;
};

/** The key is the site's phone key from now on, and waits no more. */
export const forgetJoiningKey = (siteId: SiteId): Promise<Result<void, StorageError>> => writeStored([{ store: 'keys', name: keyName(siteId), value: undefined }]);
