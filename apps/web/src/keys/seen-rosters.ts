// What this browser remembers of the rosters of a site's locks: for each lock the newest one that it signed or saw, proven then. It shows
// that an owner of the site signed for the lock, at every later start too, and that an older one is not the newest.

import type { Bytes } from '@mortise/base/bytes.ts';
import type { LockId, SiteId } from '@mortise/base/identifiers.ts';
import { ok, type Result } from '@mortise/base/result.ts';
import type { StorageError } from '@mortise/browser/storage.ts';
import type { Roster } from '@mortise/documents/roster.ts';
import { asSeenRoster, seenOf, type SeenRoster } from '@mortise/wallet/lock-papers.ts';
import { readStored, writeStored } from './store.ts';

const nameOf = (siteId: SiteId, lockId: LockId): string => `roster:${siteId}:${lockId}`;

export const seenRoster = async (siteId: SiteId, lockId: LockId): Promise<Result<SeenRoster | undefined, StorageError>> => {
  const stored = await readStored('values', nameOf(siteId, lockId));
  return stored.ok ? ok(asSeenRoster(stored.value)) : stored;
};

/** Keeps a roster that was opened against the site's owners, unless a newer one is kept. */
export const rememberRoster = async (roster: Roster, document: Bytes): Promise<Result<void, StorageError>> => {
  const known = await seenRoster(roster.siteId, roster.lockId);
  if (!known.ok) return known;
  if (known.value !== undefined && known.value.version >= roster.version) return ok(undefined);
  return writeStored([{ store: 'values', name: nameOf(roster.siteId, roster.lockId), value: seenOf(roster, document) }]);
};
