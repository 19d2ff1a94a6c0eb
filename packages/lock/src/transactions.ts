// A transaction over the relay, frame by frame. Nothing that the hub can see, hold back, repeat or change does more than end
// it: what a credential asks for comes proven out of Aliro's reader, and is decided in decisions.ts.

import type { ReaderInput } from '@mortise/aliro/reader.ts';
import type { Bytes } from '@mortise/base/bytes.ts';
import type { RelayFrame } from '@mortise/courier/relay-frame.ts';
import { changed, forEach, inTurn, type Change, type Moment } from './change.ts';
import { decideByDocuments, decideTransaction } from './decisions.ts';
import { hasRoomForRequest } from './journal-keeper.ts';
import { inputReader, newReader } from './relay-reader.ts';
import { sendFrame } from './sending.ts';
import { abandonSession, findSession, isUndecided, MAX_SESSIONS, OPENED_MS, updateSession } from './sessions.ts';
import type { Adopted, LockState, RelaySession } from './state.ts';

/** A frame from the hub for one relay session of an adopted lock. */
export const onRelayFrame = (moment: Moment, state: LockState, adopted: Adopted, session: Bytes, frame: RelayFrame): Change => {
  const known = findSession(state, session);
  switch (frame.kind) {
    case 'open':
      return known === undefined ? openSession(moment, state, adopted, session) : changed(state);
    case 'apdu':
      return known === undefined
        ? sendFrame(state, session, { kind: 'closed', code: 'session-unknown' })
        : onResponse(moment, state, known, frame.apdu);
    case 'closed':
      return known !== undefined && isUndecided(known.stage) ? abandonSession(moment, state, known, 'aborted', 'protocol-error') : changed(state);
    case 'receipt':
      return changed(state);
  }
};

/** The reader key's signature for a transaction has come. */
export const onReaderSigned = (moment: Moment, state: LockState, session: Bytes, signature: Bytes): Change =>
  advance(moment, state, session, { kind: 'signed', signature });

/** The link is down: what is not decided is over. */
export const abandonUndecided = (moment: Moment, state: LockState): Change =>
  forEach(state, state.sessions.filter(({ stage }) => isUndecided(stage)), (current, session) =>
    abandonSession(moment, current, session, 'aborted', 'protocol-error'),
  );

const openSession = (moment: Moment, state: LockState, adopted: Adopted, session: Bytes): Change =>
  inTurn(
    state,
    (current) => makeRoom(moment, current),
    (current) => {
      if (current.sessions.length >= MAX_SESSIONS || !hasRoomForRequest(current)) return sendFrame(current, session, { kind: 'closed', code: 'busy' });
      const opened = { ...current, sessions: [...current.sessions, newSession(moment, current, adopted, session)] };
      return inputReader(moment, opened, session, { kind: 'start' });
    },
  );

// The one that was silent longest gives way, if it has not proved anything yet.
const makeRoom = (moment: Moment, state: LockState): Change => {
  if (state.sessions.length < MAX_SESSIONS) return changed(state);
  const [oldest] = state.sessions.filter(({ stage }) => isUndecided(stage)).toSorted((a, b) => a.touchedMs - b.touchedMs);
  return oldest === undefined ? changed(state) : abandonSession(moment, state, oldest, 'replaced', 'protocol-error');
};

const newSession = (moment: Moment, state: LockState, adopted: Adopted, session: Bytes): RelaySession => ({
  session,
  reader: newReader(moment, state, adopted, session),
  stage: 'opened',
  touchedMs: moment.now.monotonicMs,
  deadlineMs: moment.now.monotonicMs + OPENED_MS,
  wasAnswered: false,
});

// While a decision is being stored there is nothing that a credential could say.
const onResponse = (moment: Moment, state: LockState, session: RelaySession, apdu: Bytes): Change => {
  if (session.stage === 'deciding') return changed(state);
  // An answer to SELECT asks for nothing: a finger that lets go before the ring is full leaves no record.
  const wasAnswered = session.stage !== 'opened';
  const touched = updateSession(state, session.session, { touchedMs: moment.now.monotonicMs, wasAnswered });
  return advance(moment, touched, session.session, { kind: 'response', apdu });
};

const advance = (moment: Moment, state: LockState, session: Bytes, input: ReaderInput): Change => {
  const change = inputReader(moment, state, session, input);
  const { authenticated, documents } = change;
  const known = findSession(change.state, session);
  if (known === undefined) return change;
  if (documents !== undefined) return inTurn(state, () => change, (current) => decideByDocuments(moment, current, known, documents));
  return authenticated === undefined ? change : inTurn(state, () => change, (current) => decideTransaction(moment, current, known, authenticated));
};
