// Relay sessions: one Aliro transaction each, keyed by the link session that the hub chose. There are at most four, so that a
// hub can tire nobody but itself; each has a deadline.

import { equalBytes, type Bytes } from '@mortise/base/bytes.ts';
import { changed, inTurn, type Change, type Moment } from './change.ts';
import { noteUnproven } from './journal-keeper.ts';
import { sendFrame } from './sending.ts';
import { INTERFACES } from '@mortise/aliro/vendor.ts';
import type { Reason } from '@mortise/base/reasons.ts';
import type { Actor, LockState, RelaySession, SessionStage } from './state.ts';

export const MAX_SESSIONS = 4;
/** From opening to the lock's AUTH0: the phone may still be waiting for its owner's finger. */
export const OPENED_MS = 30_000;
/** From the lock's AUTH0 to the answer that proves the credential (DESIGN §3.4). */
export const TRANSACTION_MS = 5_000;
/** From the decision to the receipt: longer than any movement may take. */
export const AFTERMATH_MS = 60_000;

/** What the other side is told when a session ends; nothing is proved by it. */
export type ClosedCode = 'done' | 'refused' | 'aborted' | 'busy' | 'replaced' | 'too-late' | 'protocol-error' | 'session-unknown' | 'not-adopted';

export const findSession = (state: LockState, session: Bytes): RelaySession | undefined =>
  state.sessions.find((each) => equalBytes(each.session, session));

export const updateSession = (state: LockState, session: Bytes, fields: Partial<RelaySession>): LockState => ({
  ...state,
  sessions: state.sessions.map((each) => (equalBytes(each.session, session) ? { ...each, ...fields } : each)),
});

/** The session is gone, and whoever relays is told so. */
export const closeSession = (state: LockState, session: Bytes, code: ClosedCode): Change => {
  const sessions = state.sessions.filter((each) => !equalBytes(each.session, session));
  const signatures = state.signatures.filter(({ after }) => after.kind !== 'reader' || !equalBytes(after.session, session));
  return sendFrame({ ...state, sessions, signatures }, session, { kind: 'closed', code });
};

/** Before a decision a session can be ended by anybody; afterwards it waits for its receipt. */
export const isUndecided = (stage: SessionStage): boolean => stage === 'opened' || stage === 'authenticating' || stage === 'steppingUp';

/** Ends a session that proved no credential that this lock knows; recorded when the other side had answered AUTH0, or had answered with nonsense. */
export const abandonSession = (moment: Moment, state: LockState, session: RelaySession, code: ClosedCode, reason: Reason): Change =>
  inTurn(
    state,
    (current) => (session.wasAnswered || code === 'protocol-error' ? noteUnproven(moment, current, { ...provenBy(moment, session), kind: 'decision', interface: INTERFACES.relay, allowed: false, reason, rule: `closed:${code}` }) : changed(current)),
    (current) => closeSession(current, session.session, code),
  );

// Who was asked for documents and brought none is named.
const provenBy = ({ crypto }: Moment, { proven }: RelaySession): Pick<Actor, 'credential' | 'transactionId'> =>
  proven === undefined ? {} : { credential: crypto.sha256(proven.credentialKey), transactionId: proven.transactionId };

/** Sessions past their deadline go. */
export const expireSessions = (moment: Moment, state: LockState): Change =>
  inTurn(state, ...state.sessions.filter(({ deadlineMs }) => moment.now.monotonicMs >= deadlineMs).map((session) => (current: LockState) => expireSession(moment, current, session)));

const expireSession = (moment: Moment, state: LockState, session: RelaySession): Change =>
  isUndecided(session.stage) ? abandonSession(moment, state, session, 'too-late', 'transaction-too-late') : closeSession(state, session.session, 'too-late');
