// Phones at the door: connections come, speak and go, and anybody may come. So there are few; each has an end; the one that came
// first gives way to the next, first among those that ask for nothing, and of these among those that have proven nothing; and what is no frame, or out of turn, ends the connection.
// The hub's link has no part in it.

import type { Bytes } from '@mortise/base/bytes.ts';
import { decodeAdoptBody, type AdoptBody } from '@mortise/courier/link-body.ts';
import { decodeToLock } from '@mortise/courier/link-message.ts';
import { decodeNearFrame, sitePrefixOf, type NearFrame } from '@mortise/courier/near-frame.ts';
import type { RelayFrame } from '@mortise/courier/relay-frame.ts';
import { onAdoptionMessage } from './adoption-desk.ts';
import { changed, forEach, inTurn, type Change, type Moment } from './change.ts';
import { noteUnproven } from './journal-keeper.ts';
import { askTimeFirst, onCarried, onTook } from './near-carry.ts';
import { findConnection, isConnected, MAX_NEAR_NOISE, peerOf, updateConnection, withoutConnection } from './near-connections.ts';
import { isSamePeer, type NearPeer } from './peer.ts';
import { interfaceOf, traitsOf } from './profile.ts';
import { sendNear } from './sending.ts';
import { abandonSession, findSession, forgetSession, isUndecided, type ClosedCode } from './sessions.ts';
import { onTransactionFrame } from './transactions.ts';
import type { LockState, NearConnection } from './state.ts';

/** A connection without a transaction that says nothing for so long is closed. */
export const NEAR_IDLE_MS = 60_000;
/** Of one connection; a phone that wants more comes again. */
export const MAX_NEAR_TRANSACTIONS = 16;
export const MAX_NEAR_ADOPTION_MESSAGES = 16;

/** A phone has come: it is told which lock this is. */
export const onNearOpened = (moment: Moment, state: LockState, connection: number): Change => {
  if (isConnected(state, connection)) return changed(state);
  if (!state.isStarted) return changed(state, { kind: 'nearClose', connection });
  return inTurn(
    state,
    (current) => makeRoom(moment, current),
    (current) => (current.near.length >= traitsOf(current).nearConnections ? changed(current, { kind: 'nearClose', connection }) : greet(moment, current, connection)),
  );
};

/** A phone has said something; any bytes. */
export const onNearFrame = (moment: Moment, state: LockState, connection: number, bytes: Bytes): Change => {
  const known = findConnection(state, { kind: 'near', connection });
  if (known === undefined) return changed(state);
  const touched = updateConnection(state, peerOf(known), { touchedMs: moment.now.monotonicMs });
  const frame = decodeNearFrame(bytes);
  return frame === undefined ? dropConnection(moment, touched, known, 'protocol-error') : onFrame(moment, touched, known, frame);
};

/** What came is no frame of the wire beneath. Pins bounce when a key is put on, so that a little of it is nothing; more is nonsense, as a frame out of form is. */
export const onNearNoise = (moment: Moment, state: LockState, connection: number): Change => {
  const known = findConnection(state, { kind: 'near', connection });
  if (known === undefined) return changed(state);
  if (known.noise >= MAX_NEAR_NOISE) return dropConnection(moment, state, known, 'protocol-error');
  return changed(updateConnection(state, peerOf(known), { noise: known.noise + 1 }));
};

/** A phone has gone. What it asked for and is decided goes on; what is not decided is over. */
export const onNearClosed = (moment: Moment, state: LockState, connection: number): Change => {
  const known = findConnection(state, { kind: 'near', connection });
  return known === undefined ? changed(state) : endSession(moment, withoutConnection(state, peerOf(known)), known, 'aborted');
};

/** Connections that have been silent too long go. */
export const expireConnections = (moment: Moment, state: LockState): Change =>
  forEach(state, state.near, (current, each) => (moment.now.monotonicMs >= idleEndMs(current, each) ? dropConnection(moment, current, each, 'too-late') : changed(current)));

/** When to look at the connections again; sessions have deadlines of their own. */
export const idleMs = (state: LockState): number => state.near.reduce((earliest, each) => Math.min(earliest, idleEndMs(state, each)), Infinity);

const idleEndMs = (state: LockState, connection: NearConnection): number =>
  (state.sessions.length > 0 && findSession(state, peerOf(connection)) !== undefined ? Infinity : connection.touchedMs + NEAR_IDLE_MS);

const greet = (moment: Moment, state: LockState, connection: number): Change => {
  const { membership, lockId } = state;
  const met: NearConnection = { connection, touchedMs: moment.now.monotonicMs, transactions: 0, adoptionMessages: 0, noise: 0, isProven: false, carrying: undefined, opened: undefined };
  const sitePrefix = membership.kind === 'adopted' ? sitePrefixOf(membership.ownerSet.siteId) : undefined;
  return inTurn(
    { ...state, near: [...state.near, met] },
    (current) => sendNear(current, peerOf(met), { kind: 'hello', lockId, sitePrefix }),
    (current) => (membership.kind === 'adopted' && traitsOf(current).asksTimeFirst ? askTimeFirst(moment, current, peerOf(met)) : changed(current)),
  );
};

// Who waits for a decision that is being carried out stays. Of the others those go first that have begun no transaction and no adoption: phones that look for
// their locks come by all the time, and a carrier that has to go loses nothing, for whatever it carries can be carried again. Of
// these, again, those that have proven nothing. Of equals the one that came first goes: talking keeps nobody's place, and a newcomer has his until so
// many more have come.
const makeRoom = (moment: Moment, state: LockState): Change => {
  if (state.near.length < traitsOf(state).nearConnections) return changed(state);
  const [first] = state.near.filter((each) => isReplaceable(state, each)).toSorted((a, b) => Number(hasBegun(state, a)) - Number(hasBegun(state, b)) || Number(a.isProven) - Number(b.isProven));
  return first === undefined ? changed(state) : dropConnection(moment, state, first, 'replaced');
};

const hasBegun = ({ membership, ...state }: LockState, connection: NearConnection): boolean => {
  const peer = peerOf(connection);
  return findSession({ membership, ...state }, peer) !== undefined || (membership.kind === 'factory' && membership.handshakes.some((each) => isSamePeer(each.peer, peer)));
};

const isReplaceable = (state: LockState, connection: NearConnection): boolean => {
  const session = findSession(state, peerOf(connection));
  return session === undefined || isUndecided(session.stage);
};

const onFrame = (moment: Moment, state: LockState, known: NearConnection, frame: NearFrame): Change => {
  switch (frame.kind) {
    case 'carry':
      return onCarry(moment, state, known, frame.message);
    case 'took':
      return onTook(state, peerOf(known), frame.seq);
    case 'hello':
      return dropConnection(moment, state, known, 'protocol-error');
    default:
      return onTransaction(moment, state, known, frame);
  }
};

// Adoption is for whoever is there, also beside one who carries; all else for who has shown a key.
const onCarry = (moment: Moment, state: LockState, known: NearConnection, message: Bytes): Change => {
  const said = decodeToLock(message);
  const adoption = said?.type === 'adopt' ? decodeAdoptBody(said.body) : undefined;
  if (adoption !== undefined) return onAdoption(moment, state, known, adoption);
  const { membership } = state;
  const isCarried = said !== undefined && membership.kind === 'adopted' && known.carrying !== undefined;
  return (isCarried ? onCarried(moment, state, membership, known, known.carrying, said) : undefined) ?? dropConnection(moment, state, known, 'protocol-error');
};

const onAdoption = (moment: Moment, state: LockState, known: NearConnection, adoption: AdoptBody): Change => {
  if (known.adoptionMessages >= MAX_NEAR_ADOPTION_MESSAGES) return dropConnection(moment, state, known, 'busy');
  return onAdoptionMessage(moment, updateConnection(state, peerOf(known), { adoptionMessages: known.adoptionMessages + 1 }), peerOf(known), adoption);
};

const onTransaction = (moment: Moment, state: LockState, known: NearConnection, frame: RelayFrame): Change => {
  const { membership } = state;
  if (membership.kind !== 'adopted') return dropConnection(moment, state, known, 'not-adopted');
  if (frame.kind !== 'open') return onTransactionFrame(moment, state, membership, peerOf(known), frame);
  if (known.transactions >= MAX_NEAR_TRANSACTIONS) return dropConnection(moment, state, known, 'busy');
  return onTransactionFrame(moment, updateConnection(state, peerOf(known), { transactions: known.transactions + 1 }), membership, peerOf(known), frame);
};

const dropConnection = (moment: Moment, state: LockState, known: NearConnection, code: ClosedCode): Change => {
  const peer = peerOf(known);
  const session = findSession(state, peer);
  return inTurn(
    state,
    (current) => (session !== undefined && isUndecided(session.stage) ? endSession(moment, current, known, code) : endIdle(moment, current, peer, code)),
    (current) => changed(withoutConnection(current, peer), { kind: 'nearClose', connection: peer.connection }),
  );
};

const endIdle = (moment: Moment, state: LockState, peer: NearPeer, code: ClosedCode): Change =>
  inTurn(
    state,
    (current) => (code === 'protocol-error' && traitsOf(current).recordsNonsense ? noteNonsense(moment, current, peer, code) : changed(current)),
    (current) => sendNear(forgetSession(current, peer), peer, { kind: 'closed', code }),
  );

const noteNonsense = (moment: Moment, state: LockState, peer: NearPeer, code: ClosedCode): Change =>
  noteUnproven(moment, state, { kind: 'event', interface: interfaceOf(state, peer), reason: 'protocol-error', rule: `closed:${code}` });

const endSession = (moment: Moment, state: LockState, known: NearConnection, code: ClosedCode): Change => {
  const peer: NearPeer = peerOf(known);
  const session = findSession(state, peer);
  if (session === undefined) return changed(state);
  return isUndecided(session.stage) ? abandonSession(moment, state, session, code, 'protocol-error') : changed(forgetSession(state, peer));
};
