// Which locks are on the link and what each said last. In memory only: after a restart a lock says it again.

import type { Bytes } from '@mortise/base/bytes.ts';
import type { LockId } from '@mortise/base/identifiers.ts';
import type { Instant } from '@mortise/base/instant.ts';
import type { Status } from '@mortise/courier/status.ts';

export type LinkKind = 'factory' | 'adopted';
/** `statement`: the status as the lock signed it. */
export type Heard = Status & { readonly statement: Bytes; readonly heardAt: Instant };
export type OnLink = { readonly lockId: LockId; readonly kind: LinkKind; readonly since: Instant };

export type Presence = {
  readonly joined: (lockId: LockId, kind: LinkKind, at: Instant) => void;
  readonly left: (lockId: LockId) => void;
  readonly heard: (lockId: LockId, status: Status, statement: Bytes, at: Instant) => void;
  /** What was heard before its signer was known is nobody’s word. */
  readonly forget: (lockId: LockId) => void;
  /** Undefined: not on the link. */
  readonly on: (lockId: LockId) => OnLink | undefined;
  readonly all: () => readonly OnLink[];
  /** What was heard last, also from a lock that has left since. */
  readonly last: (lockId: LockId) => Heard | undefined;
};

/** Statuses of locks that are not on the link are forgotten beyond this many. */
export const MAX_REMEMBERED = 10_000;

export const createPresence = (): Presence => {
  const online = new Map<LockId, OnLink>();
  const statuses = new Map<LockId, Heard>();
  return {
    joined: (lockId, kind, since) => { online.set(lockId, { lockId, kind, since }); },
    left: (lockId) => { online.delete(lockId); },
    forget: (lockId) => { statuses.delete(lockId); },
    heard: (lockId, status, statement, heardAt) => {
      statuses.delete(lockId);
      statuses.set(lockId, { ...status, statement, heardAt });
      if (statuses.size <= MAX_REMEMBERED) return;
      const oldest = statuses.keys().find((id) => !online.has(id));
      if (oldest !== undefined) statuses.delete(oldest);
    },
    on: (lockId) => online.get(lockId),
    all: () => [...online.values()],
    last: (lockId) => statuses.get(lockId),
  };
};
