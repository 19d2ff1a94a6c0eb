// What the lock says on its link. While the link is down nothing is queued: the journal is sent again from the store, status
// is asked for anew, and a transaction that lost its link is over.

import type { Bytes } from '@mortise/base/bytes.ts';
import { NO_SESSION, type FromLockType } from '@mortise/courier/link-message.ts';
import { encodeAdoptBody, encodeStatus, type StatusBody } from '@mortise/courier/link-body.ts';
import { encodeRelayFrame, type RelayFrame } from '@mortise/courier/relay-frame.ts';
import { isInstant, type Instant } from '@mortise/base/instant.ts';
import { changed, type Change, type Moment } from './change.ts';
import type { Reading } from './events.ts';
import { sensedOf, stampOf } from './sensing.ts';
import type { LockState, PendingSignature } from './state.ts';

/** One for each transaction and its receipt, one batch, one adoption; more means that the shell does not sign. */
export const MAX_PENDING_SIGNATURES = 32;

export const send = (state: LockState, type: FromLockType, session: Bytes, body: Bytes): Change => {
  if (!state.link.isUp) return changed(state);
  const { seq } = state.link;
  const message = { type, session, seq, expires: 0, body } as const;
  return changed({ ...state, link: { ...state.link, seq: seq + 1 } }, { kind: 'send', message });
};

export const sendFrame = (state: LockState, session: Bytes, frame: RelayFrame): Change =>
  send(state, 'relay', session, encodeRelayFrame(frame));

export const sendAdoption = (state: LockState, session: Bytes, step: number, bytes: Bytes): Change =>
  send(state, 'adopt', session, encodeAdoptBody({ step, bytes }));

export const sendStatus = (moment: Moment, state: LockState): Change =>
  send(state, 'status', NO_SESSION, encodeStatus(statusOf(state, moment.now)));

/** What the lock senses and holds, by its clock. */
export const statusOf = (state: LockState, now: Reading): StatusBody => ({
  ...sensedOf(state),
  adopted: state.membership.kind === 'adopted',
  rosterVersion: state.membership.kind === 'adopted' ? state.membership.roster.version : 0,
  since: shifted(state, now, state.sensors.boltSinceMs),
  seq: state.journal.last.seq,
  ...relockAtOf(state, now),
});

const relockAtOf = (state: LockState, now: Reading): Pick<StatusBody, 'relockAt'> => {
  if (state.relock.kind !== 'waiting') return {};
  return { relockAt: shifted(state, now, Math.max(now.monotonicMs, state.relock.dueMs)) };
};

// A monotonic time as an instant by the lock's clock as it stands now: a clock that is set later moves it too.
const shifted = (state: LockState, now: Reading, atMs: number): Instant => {
  const at = stampOf(state, now).instant + Math.round(atMs - now.monotonicMs);
  return isInstant(at) ? at : stampOf(state, now).instant;
};

/** Asks the shell for a signature; undefined when too many are open already. */
export const askSignature = (
  state: LockState,
  key: 'identity' | 'reader',
  message: Bytes,
  then: PendingSignature['after'],
): Change | undefined => {
  if (state.signatures.length >= MAX_PENDING_SIGNATURES) return undefined;
  const id = state.nextId;
  const signatures = [...state.signatures, { id, after: then }];
  return changed({ ...state, nextId: id + 1, signatures }, { kind: 'sign', id, key, message });
};
