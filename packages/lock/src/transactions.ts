// A transaction, frame by frame, over the relay or at the door. Nothing that whoever is in between can see, hold back, repeat or change
// does more than end it: what a credential asks for comes proven out of Aliro's reader, and is decided in decisions.ts.

import type { ReaderInput } from '@mortise/aliro/reader.ts';
import type { Bytes } from '@mortise/base/bytes.ts';
import type { RelayFrame } from '@mortise/courier/relay-frame.ts';
import { changed, forEach, inTurn, type Change, type Moment } from './change.ts';
import { decideByDocuments, decideTransaction } from './decisions.ts';
import { hasRoomForRequest } from './journal-keeper.ts';
import type { Peer } from './peer.ts';
import { sendFrame } from './sending.ts';
import { inputReader, newReader } from './session-reader.ts';
import { abandonSession, findSession, isUndecided, MAX_SESSIONS, OPENED_MS, updateSession } from './sessions.ts';
import type { Adopted, LockState, Session } from './state.ts';

/** A frame from one peer of an adopted lock. */
export const onTransactionFrame = (moment: Moment, state: LockState, adopted: Adopted, peer: Peer, frame: RelayFrame): Change => {
  const known = findSession(state, peer);
  switch (frame.kind) {
    case 'open':
      return known === undefined ? openSession(moment, state, adopted, peer) : changed(state);
    case 'apdu':
      return known === undefined ? onStray(state, peer) : onResponse(moment, state, known, frame.apdu);
    case 'closed':
      return known !== undefined && isUndecided(known.stage) ? abandonSession(moment, state, known, 'aborted', 'protocol-error') : changed(state);
    case 'receipt':
      return changed(state);
  }
};

// Over the relay it may be that this lock has started anew. A near connection would have ended with that: there it is the last answer of
// a transaction whose receipt has overtaken it.
const onStray = (state: LockState, peer: Peer): Change => (peer.kind === 'relay' ? sendFrame(state, peer, { kind: 'closed', code: 'session-unknown' }) : changed(state));

/** The reader key's signature for a transaction has come. */
export const onReaderSigned = (moment: Moment, state: LockState, peer: Peer, signature: Bytes): Change =>
  advance(moment, state, peer, { kind: 'signed', signature });

/** The link is down: what came over it and is not decided is over. */
export const abandonUndecided = (moment: Moment, state: LockState): Change =>
  forEach(state, relayed(state).filter(({ stage }) => isUndecided(stage)), (current, session) =>
    abandonSession(moment, current, session, 'aborted', 'protocol-error'),
  );

const relayed = ({ sessions }: LockState): readonly Session[] => sessions.filter(({ peer }) => peer.kind === 'relay');

// Near connections are bounded, and have one session each.
const openSession = (moment: Moment, state: LockState, adopted: Adopted, peer: Peer): Change =>
  inTurn(
    state,
    (current) => (peer.kind === 'relay' ? makeRoom(moment, current) : changed(current)),
    (current) => {
      const isFull = peer.kind === 'relay' && relayed(current).length >= MAX_SESSIONS;
      if (isFull || !hasRoomForRequest(current)) return sendFrame(current, peer, { kind: 'closed', code: 'busy' });
      const opened = { ...current, sessions: [...current.sessions, newSession(moment, current, adopted, peer)] };
      return inputReader(moment, opened, peer, { kind: 'start' });
    },
  );

// The one that came first gives way, of those that have not proved anything yet.
const makeRoom = (moment: Moment, state: LockState): Change => {
  if (relayed(state).length < MAX_SESSIONS) return changed(state);
  const first = relayed(state).find(({ stage }) => isUndecided(stage));
  return first === undefined ? changed(state) : abandonSession(moment, state, first, 'replaced', 'protocol-error');
};

const newSession = (moment: Moment, state: LockState, adopted: Adopted, peer: Peer): Session => ({
  peer,
  reader: newReader(moment, state, adopted, peer),
  stage: 'opened',
  deadlineMs: moment.now.monotonicMs + OPENED_MS,
  wasAnswered: false,
});

// While a decision is being stored there is nothing that a credential could say.
const onResponse = (moment: Moment, state: LockState, session: Session, apdu: Bytes): Change => {
  if (session.stage === 'deciding') return changed(state);
  // An answer to SELECT asks for nothing: a finger that lets go before the ring is full leaves no record.
  const isFirst = session.stage !== 'opened' && !session.wasAnswered;
  return advance(moment, isFirst ? updateSession(state, session.peer, { wasAnswered: true }) : state, session.peer, { kind: 'response', apdu });
};

const advance = (moment: Moment, state: LockState, peer: Peer, input: ReaderInput): Change => {
  const change = inputReader(moment, state, peer, input);
  const { authenticated, documents } = change;
  const known = findSession(change.state, peer);
  if (known === undefined) return change;
  if (documents !== undefined) return inTurn(state, () => change, (current) => decideByDocuments(moment, current, known, documents));
  return authenticated === undefined ? change : inTurn(state, () => change, (current) => decideTransaction(moment, current, known, authenticated));
};
