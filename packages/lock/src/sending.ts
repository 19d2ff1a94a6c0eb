// What the lock says, on its link and to phones at the door. While the link is down nothing is queued for the hub: the journal is sent
// again from the store, status is said anew, and a transaction that lost its link is over.

import type { Bytes } from '@mortise/base/bytes.ts';
import { encodeFromLock, NO_SESSION, type FromLockType } from '@mortise/courier/link-message.ts';
import { encodeAdoptBody } from '@mortise/courier/link-body.ts';
import { encodeNearFrame, type NearFrame } from '@mortise/courier/near-frame.ts';
import { encodeRelayFrame, type RelayFrame } from '@mortise/courier/relay-frame.ts';
import { changed, type Change } from './change.ts';
import { findConnection, isConnected, updateCarrying } from './near-connections.ts';
import type { Carrier, NearPeer, Peer } from './peer.ts';
import type { LockState, PendingSignature } from './state.ts';

/** One for each transaction and its receipt, a batch and a status for each carrier, one for each who adopts; more means that the shell does not sign. */
export const MAX_PENDING_SIGNATURES = 32;

export const send = (state: LockState, type: FromLockType, session: Bytes, body: Bytes): Change => {
  if (!state.link.isUp) return changed(state);
  const { seq } = state.link;
  const message = { type, session, seq, expires: 0, body } as const;
  return changed({ ...state, link: { ...state.link, seq: seq + 1 } }, { kind: 'send', message });
};

export const sendFrame = (state: LockState, peer: Peer, frame: RelayFrame): Change =>
  peer.kind === 'relay' ? send(state, 'relay', peer.session, encodeRelayFrame(frame)) : sendNear(state, peer, frame);

/** To a phone at the door, while it is there. */
export const sendNear = (state: LockState, { connection }: NearPeer, frame: NearFrame): Change =>
  isConnected(state, connection) ? changed(state, { kind: 'nearSend', connection, frame: encodeNearFrame(frame) }) : changed(state);

/** What is carried, to whoever carries it: a message that belongs to no browser socket. */
export const sayTo = (state: LockState, to: Carrier, type: FromLockType, body: Bytes): Change => {
  if (to.kind === 'hub') return send(state, type, NO_SESSION, body);
  const seq = findConnection(state, to)?.carrying?.seq;
  if (seq === undefined) return changed(state);
  const message = encodeFromLock({ type, session: NO_SESSION, seq, expires: 0, body });
  return sendNear(updateCarrying(state, to, { seq: seq + 1 }), to, { kind: 'carry', message });
};

/** To whoever adopts. At the door it goes into the frame that carries, whoever is there; nothing else does before a credential was proven. */
export const sendAdoption = (state: LockState, to: Peer, step: number, bytes: Bytes): Change => {
  const body = encodeAdoptBody({ step, bytes });
  if (to.kind === 'relay') return send(state, 'adopt', to.session, body);
  const seq = findConnection(state, to)?.adoptionMessages ?? 0;
  return sendNear(state, to, { kind: 'carry', message: encodeFromLock({ type: 'adopt', session: NO_SESSION, seq, expires: 0, body }) });
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
