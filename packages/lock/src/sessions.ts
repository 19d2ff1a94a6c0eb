// Sessions: one Aliro transaction each, with a browser socket behind the hub or a phone at the door. There are at most four over
// the relay, so that a hub can tire nobody but itself, and one for each near connection; each has a deadline.

import { changed, forEach, inTurn, type Change, type Moment } from './change.ts';
import { noteUnproven } from './journal-keeper.ts';
import { isSamePeer, type Peer } from './peer.ts';
import { interfaceOf } from './profile.ts';
import { sendFrame } from './sending.ts';
import type { Reason } from '@mortise/base/reasons.ts';
import type { Actor, LockState, Session, SessionStage } from './state.ts';

export const MAX_SESSIONS = 4;
/** From opening to the lock's AUTH0: the phone may still be waiting for its owner's finger. */
export const OPENED_MS = 30_000;
/** From the lock's AUTH0 to the answer that proves the credential (DESIGN §3.4). */
export const TRANSACTION_MS: { readonly [K in Peer['kind']]: number } = { relay: 5_000, near: 2_000 };
/** From the decision to the receipt: longer than any movement may take. */
export const AFTERMATH_MS = 60_000;

/** What the other side is told when a session ends; nothing is proved by it. */
export type ClosedCode = 'done' | 'refused' | 'aborted' | 'busy' | 'replaced' | 'too-late' | 'protocol-error' | 'session-unknown' | 'not-adopted';

export const findSession = (state: LockState, peer: Peer): Session | undefined => state.sessions.find((each) => isSamePeer(each.peer, peer));

export const updateSession = (state: LockState, peer: Peer, fields: Partial<Session>): LockState => ({
  ...state,
  sessions: state.sessions.map((each) => (isSamePeer(each.peer, peer) ? { ...each, ...fields } : each)),
});

/** The session is gone; nobody is told. */
export const forgetSession = (state: LockState, peer: Peer): LockState => ({
  ...state,
  sessions: state.sessions.filter((each) => !isSamePeer(each.peer, peer)),
  signatures: state.signatures.filter(({ after }) => after.kind !== 'reader' || !isSamePeer(after.peer, peer)),
});

/** The session is gone, and its other side is told so. */
export const closeSession = (state: LockState, peer: Peer, code: ClosedCode): Change => sendFrame(forgetSession(state, peer), peer, { kind: 'closed', code });

/** Before a decision a session can be ended by anybody; afterwards it waits for its receipt. */
export const isUndecided = (stage: SessionStage): boolean => stage === 'opened' || stage === 'authenticating' || stage === 'steppingUp';

/** Ends a session that proved no credential that this lock knows; recorded when the other side had answered AUTH0, or had answered with nonsense. */
export const abandonSession = (moment: Moment, state: LockState, session: Session, code: ClosedCode, reason: Reason): Change =>
  inTurn(
    state,
    (current) => (session.wasAnswered || code === 'protocol-error' ? noteAbandoned(moment, current, session, code, reason) : changed(current)),
    (current) => closeSession(current, session.peer, code),
  );

const noteAbandoned = (moment: Moment, state: LockState, session: Session, code: ClosedCode, reason: Reason): Change =>
  noteUnproven(moment, state, { ...provenBy(moment, session), kind: 'decision', interface: interfaceOf(state, session.peer), allowed: false, reason, rule: `closed:${code}` });

// Who was asked for documents and brought none is named.
const provenBy = ({ crypto }: Moment, { proven }: Session): Pick<Actor, 'credential' | 'transactionId'> =>
  proven === undefined ? {} : { credential: crypto.sha256(proven.credentialKey), transactionId: proven.transactionId };

/** Sessions past their deadline go. */
export const expireSessions = (moment: Moment, state: LockState): Change =>
  forEach(state, state.sessions, (current, session) => (moment.now.monotonicMs >= session.deadlineMs ? expireSession(moment, current, session) : changed(current)));

const expireSession = (moment: Moment, state: LockState, session: Session): Change =>
  isUndecided(session.stage) ? abandonSession(moment, state, session, 'too-late', 'transaction-too-late') : closeSession(state, session.peer, 'too-late');
