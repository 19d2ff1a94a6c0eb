// What an owner signed for a lock, as somebody who is shown it by a hub may rely on it. A hub can make up locks, and keep a newer roster
// back to have an older one followed. Against the first stands the roster, signed by an owner of the site for this lock; against
// the second the memory of the newest one that was signed or seen here.

import { equalBytes, type Bytes } from '@mortise/base/bytes.ts';
import { err, type Result } from '@mortise/base/result.ts';
import type { Crypto } from '@mortise/crypto/crypto.ts';
import type { DocumentErrorCode } from '@mortise/documents/document-error.ts';
import { MAX_ROSTER_BYTES, reopenRoster, type Predecessor, type Roster, type RosterPlace } from '@mortise/documents/roster.ts';

/** The newest roster of a lock that was signed or seen here, and proven then. */
export type SeenRoster = Predecessor & { readonly document: Bytes };

/** As `reopenRoster`; `withheld`: older than one that was seen here; `fork`: another history than the one that was seen here. */
export type PapersError = { readonly code: DocumentErrorCode | 'withheld' | 'fork' };

/** The roster that the hub shows as the newest of a lock: signed by an owner, for this lock, and not behind what was seen. */
export const checkPapers = (crypto: Crypto, document: Bytes, place: RosterPlace, seen: SeenRoster | undefined): Result<Roster, PapersError> => {
  const roster = reopenRoster(crypto, document, place);
  if (!roster.ok || seen === undefined) return roster;
  const { version, hash, previous } = roster.value;
  if (version < seen.version) return err({ code: 'withheld' });
  const follows = version > seen.version + 1 || equalBytes(version === seen.version ? hash : (previous ?? hash), seen.hash);
  return follows ? roster : err({ code: 'fork' });
};

export const seenOf = ({ version, hash }: Roster, document: Bytes): SeenRoster => ({ version, hash, document });

const HASH_BYTES = 32;

/** What was kept of `seenOf`, from anything. */
export const asSeenRoster = (value: unknown): SeenRoster | undefined => {
  if (typeof value !== 'object' || value === null || !('version' in value) || !('hash' in value) || !('document' in value)) return undefined;
  const { version, hash, document } = value;
  if (typeof version !== 'number' || !Number.isSafeInteger(version) || version < 1) return undefined;
  if (!(hash instanceof Uint8Array) || hash.length !== HASH_BYTES) return undefined;
  return document instanceof Uint8Array && document.length <= MAX_ROSTER_BYTES ? { version, hash, document } : undefined;
};
