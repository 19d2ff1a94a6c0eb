// What the lock says on its link. While the link is down nothing is queued: the journal is sent again from the store, status
// is said anew, and a transaction that lost its link is over.

import type { Bytes } from '@mortise/base/bytes.ts';
import type { FromLockType } from '@mortise/courier/link-message.ts';
import { encodeAdoptBody } from '@mortise/courier/link-body.ts';
import { encodeRelayFrame, type RelayFrame } from '@mortise/courier/relay-frame.ts';
import { changed, type Change } from './change.ts';
import type { LockState, PendingSignature } from './state.ts';

/** One for each transaction and its receipt, one batch, one status, one adoption; more means that the shell does not sign. */
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
