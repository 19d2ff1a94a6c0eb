// What the parts of a hub share. Clock and randomness come in here, so that tests can hold them.

import type { Bytes } from '@mortise/base/bytes.ts';
import type { LockId } from '@mortise/base/identifiers.ts';
import type { Instant } from '@mortise/base/instant.ts';
import type { ToLockType } from '@mortise/courier/link-message.ts';
import type { Crypto } from '@mortise/crypto/crypto.ts';
import type { HubKeys } from './hub-keys.ts';
import type { Live } from './live.ts';
import type { Log } from './log.ts';
import type { Presence } from './mqtt/presence.ts';
import type { Sessions } from './mqtt/sessions.ts';
import type { Outgoing } from './notify/outgoing.ts';
import type { OpenedRoster } from './opened-roster.ts';
import type { Database } from './store/open-store.ts';

export type Hub = {
  readonly database: Database;
  /** Takes what was deleted from the database off the disk. */
  readonly scrub: () => Promise<void>;
  readonly crypto: Crypto;
  readonly keys: HubKeys;
  readonly now: () => Instant;
  /** Fresh random bytes. */
  readonly random: (length: number) => Bytes;
  readonly log: Log;
  readonly live: Live;
  /** The identity keys of the locks that this site has adopted. Written by adoption.ts, after the store. */
  readonly adopted: Map<LockId, Bytes>;
  /** Those of them whose own certificate counts for their link: they were given none. Written likewise. */
  readonly uncertified: Set<LockId>;
  /** The locks for which the store holds a draft of an adoption. Written by adoption.ts, after the store. */
  readonly drafts: Set<LockId>;
  /** The locks that were asked to send again from before a gap: up to where this hub had their journal then, and when. Written by ingest.ts. */
  readonly askedAgain: Map<LockId, { readonly seq: number; readonly at: number }>;
  /** Rosters that were opened before. Written by site-view.ts. */
  readonly openedRosters: Map<LockId, OpenedRoster>;
  readonly outgoing: Outgoing;
  readonly presence: Presence;
  readonly sessions: Sessions;
  readonly link: LinkOut;
};

/** The way to the locks. */
export type LinkOut = {
  /** False when the lock is not on the link: then nothing was sent and nothing is kept. */
  readonly send: (lockId: LockId, message: { readonly type: ToLockType; readonly body: Bytes; readonly session?: Bytes; readonly seq?: number; readonly expiresInMs?: number }) => boolean;
  /** Ends the lock's connection. */
  readonly disconnect: (lockId: LockId) => void;
};
