// One browser socket, one lock, one session id: frames go through as they are. The hub chooses the id, keeps no content, and frees
// the session when the socket closes, the lock leaves, or nothing passed for a minute.

import { hex, type Bytes } from '@mortise/base/bytes.ts';
import type { LockId } from '@mortise/base/identifiers.ts';
import { err, ok, type Result } from '@mortise/base/result.ts';
import { SESSION_BYTES } from '@mortise/courier/link-message.ts';

export type SessionKind = 'relay' | 'adopt';
export type SessionEnd = 'lock-left' | 'idle';
export type SessionSide = { readonly receive: (body: Bytes) => void; readonly ended: (why: SessionEnd) => void };
export type Session = { readonly id: Bytes; readonly lockId: LockId; readonly kind: SessionKind; sent: number };

export type Sessions = {
  readonly open: (lockId: LockId, kind: SessionKind, side: SessionSide) => Result<Session, { readonly code: 'too-many-sessions' }>;
  /** Something passed from the browser; answers the message's number. */
  readonly passed: (session: Session) => number;
  readonly close: (session: Session) => void;
  /** From the lock; false when no such session is open with it. */
  readonly deliver: (lockId: LockId, kind: SessionKind, id: Bytes, body: Bytes) => boolean;
  readonly lockLeft: (lockId: LockId) => void;
  readonly count: () => number;
};

export const MAX_SESSIONS_PER_LOCK = 8;
export const MAX_SESSIONS = 512;
export const IDLE_MS = 60_000;

type Open = { readonly session: Session; readonly side: SessionSide; timer: NodeJS.Timeout };

export const createSessions = (random: (length: number) => Bytes): Sessions => {
  const open = new Map<string, Open>();
  const end = (entry: Open, why: SessionEnd | undefined): void => {
    if (!open.delete(hex(entry.session.id))) return;
    clearTimeout(entry.timer);
    if (why !== undefined) entry.side.ended(why);
  };
  const ofLock = (lockId: LockId): readonly Open[] => [...open.values()].filter(({ session }) => session.lockId === lockId);
  const touch = (entry: Open | undefined): void => { entry?.timer.refresh(); };
  return {
    open: (lockId, kind, side) => {
      if (open.size >= MAX_SESSIONS || ofLock(lockId).length >= MAX_SESSIONS_PER_LOCK) return err({ code: 'too-many-sessions' });
      const session: Session = { id: random(SESSION_BYTES), lockId, kind, sent: 0 };
      const timer = setTimeout(() => { end(entry, 'idle'); }, IDLE_MS).unref();
      const entry: Open = { session, side, timer };
      open.set(hex(session.id), entry);
      return ok(session);
    },
    passed: (session) => {
      touch(open.get(hex(session.id)));
      session.sent += 1;
      return session.sent;
    },
    close: (session) => {
      const entry = open.get(hex(session.id));
      if (entry !== undefined) end(entry, undefined);
    },
    deliver: (lockId, kind, id, body) => {
      const entry = open.get(hex(id));
      if (entry?.session.lockId !== lockId || entry.session.kind !== kind) return false;
      touch(entry);
      entry.side.receive(body);
      return true;
    },
    lockLeft: (lockId) => {
      for (const entry of ofLock(lockId)) end(entry, 'lock-left');
    },
    count: () => open.size,
  };
};
