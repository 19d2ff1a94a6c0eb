// From a proven credential to a movement: decide, write the decision down, and only when that is durable tell the credential
// and drive the bolt. The verb comes from B2, which the session keys cover; nothing else chooses an action (DESIGN §3.4, §3.8).

import type { Authenticated } from '@mortise/aliro/reader.ts';
import { decodeCommand, type Command } from '@mortise/aliro/vendor.ts';
import { clockQuality } from '@mortise/access/clock.ts';
import { decide } from '@mortise/access/decide.ts';
import type { DocumentDecision } from '@mortise/access/decide-documents.ts';
import { withProof } from '@mortise/access/second-factor.ts';
import { assert } from '@mortise/base/assert.ts';
import { hex, type Bytes } from '@mortise/base/bytes.ts';
import { isInstant, type Instant } from '@mortise/base/instant.ts';
import { REASONS, type Reason } from '@mortise/base/reasons.ts';
import type { Ask } from './bolt.ts';
import type { Sensed } from '@mortise/journal/record.ts';
import { changed, inTurn, type Change, type Moment } from './change.ts';
import { judgeDocuments, stepUpRequest, type Asking } from './document-desk.ts';
import { openEnrolment } from './finger-desk.ts';
import { hasRoomForRequest, mayLook, mayNoteUnproven, note, noteUnproven, type Beside, type Note } from './journal-keeper.ts';
import { endedHold } from './hold.ts';
import { endHold, isHoldTime, withHold } from './holding.ts';
import { ASK_OF } from './mechanism.ts';
import { beginOperation, endOperation, isThere } from './motion.ts';
import { withProven } from './near-connections.ts';
import type { Peer } from './peer.ts';
import { capabilitiesFor, interfaceOf, traitsOf } from './profile.ts';
import { NO_RELOCK } from './relock.ts';
import { noteRevocations } from './revocation-desk.ts';
import { askReceipt } from './receipts.ts';
import { boltSaid, hindranceOf } from './sensing.ts';
import { inputReader } from './session-reader.ts';
import { AFTERMATH_MS, closeSession, updateSession } from './sessions.ts';
import type { Actor, Adopted, AfterStored, LockState, Operation, ReceiptParts, Session } from './state.ts';

/** Requests of known credentials; a repeated one is refused. Restored from the journal. */
export const MAX_REQUEST_IDS = 256;

/** SPEC §7.1, tag 97: how the bolt stands. */
const STANDING: { readonly [B in Sensed['bolt']]: number } = { locked: 0x0100, unlocked: 0x0101, unlatched: 0x0101, moving: 0x0182, unknown: 0x0182 };
/** The same where it stands already as asked. */
const ALREADY: { readonly [A in Ask]: number } = { throw: 0x0100, withdraw: 0x0101, unlatch: 0x0101, hold: 0x0101 };

/**
 * The credential is proven: decides by the roster's entries, and records. One that the roster does not know is asked for its documents,
 * if it says that it has some.
 */
export const decideTransaction = (moment: Moment, state: LockState, session: Session, credential: Authenticated): Change => {
  const { membership } = state;
  if (membership.kind !== 'adopted' || !hasRoomForRequest(state)) return closeSession(state, session.peer, 'busy');
  const asking = askingOf(session.peer, credential);
  const decision = judge(moment, state, membership, asking);
  const request = decision.pseudonym === undefined && mayLook(moment, state) ? stepUpRequest(membership, asking) : undefined;
  if (request === undefined) return conclude(moment, state, session, { asking, decision, beside: {} });
  const asked = updateSession(state, session.peer, { stage: 'steppingUp', proven: credential });
  return inputReader(moment, asked, session.peer, { kind: 'stepUp', request });
};

/** The documents have come; takes any bytes. What is remembered of them is written with the decision, before anything moves. */
export const decideByDocuments = (moment: Moment, state: LockState, session: Session, response: Bytes): Change => {
  const { membership } = state;
  assert(session.proven !== undefined, 'only a proven credential is asked for documents');
  if (membership.kind !== 'adopted' || !hasRoomForRequest(state)) return closeSession(state, session.peer, 'busy');
  const asking = askingOf(session.peer, session.proven);
  const { access } = membership.roster;
  if (access === undefined) return conclude(moment, state, session, { asking, decision: judge(moment, state, membership, asking), beside: {} });
  const refusal = (): Reason | undefined => refusalOf(moment, state, asking);
  const { decision, memory, parts, revocations } = judgeDocuments(moment, state, membership, access, asking, response, refusal);
  const beside = Object.keys(parts).length === 0 ? {} : { memory: parts };
  return inTurn(
    { ...state, documents: memory },
    (current) => conclude(moment, current, session, { asking, decision, beside }),
    (current) => noteRevocations(moment, current, revocations),
  );
};

/** The grant is durable: if it still holds, the bolt is driven and the credential told; else it ends here, and is recorded. */
export const onGrantStored = (moment: Moment, state: LockState, operation: Operation): Change => {
  const refusal = hindranceOf(state, operation.ask) ?? (isStale(moment, state, operation) ? 'transaction-too-late' : undefined);
  return refusal === undefined ? carryOut(moment, state, operation) : refuseLate(moment, state, operation, refusal);
};

/** The credential may carry, and that is durable: it is told how the bolt stands, and gets the record as its receipt. Nothing moves. */
export const onSyncStored = (moment: Moment, state: LockState, { peer, receipt }: AfterStored & { readonly kind: 'synced' }): Change =>
  inTurn(
    state,
    (current) => tell(moment, current, peer, STANDING[boltSaid(current.sensors)], 'told'),
    (current) => askReceipt(moment, current, peer, receipt),
  );

/** The end of what was held is durable: it is over, and told as a sync is. */
export const onHoldEndStored = (moment: Moment, state: LockState, { peer, receipt }: AfterStored & { readonly kind: 'holdEnded' }): Change =>
  inTurn(
    state,
    (current) => endHold(moment, current),
    (current) => onSyncStored(moment, current, { kind: 'synced', peer, receipt }),
  );

/** The refusal is durable: the credential is told; one that this lock knows gets the record as its receipt. */
export const onRefusalStored = (moment: Moment, state: LockState, after: AfterStored & { readonly kind: 'refused' }): Change =>
  inTurn(
    state,
    (current) => changed(current, { kind: 'signal', what: 'refused' }),
    (current) => tell(moment, current, after.peer, after.status, after.receipt === undefined ? 'ending' : 'told'),
    (current) => (after.receipt === undefined ? changed(current) : askReceipt(moment, current, after.peer, after.receipt)),
  );

type Judged = { readonly asking: Asking; readonly decision: DocumentDecision; readonly beside: Beside };

// A request counts as seen once it was allowed, or came from a credential of the roster: strangers cannot push others' out of the list.
const conclude = (moment: Moment, state: LockState, session: Session, judged: Judged): Change => {
  const deciding = updateSession(state, session.peer, { stage: 'deciding', deadlineMs: moment.now.monotonicMs + AFTERMATH_MS });
  const { pseudonym, allowed } = judged.decision;
  if (pseudonym === undefined && !allowed) return refuseUnproven(moment, deciding, session, judged);
  return record(moment, withProven(remember(withPhone(moment, deciding, judged), judged.asking), session.peer), session, judged);
};

// A phone at the door may be the one factor of two, before a PIN, a card or a finger of the same person.
const withPhone = ({ now }: Moment, state: LockState, { decision: { allowed, pseudonym }, asking: { peer } }: Judged): LockState =>
  allowed && pseudonym !== undefined && peer.kind === 'near'
    ? { ...state, entries: { ...state.entries, proofs: withProof(state.entries.proofs, { factor: 'phone', pseudonym, atMs: now.monotonicMs, duress: false }) } }
    : state;

const askingOf = (peer: Peer, credential: Authenticated): Asking => {
  const { vendorExtension, transactionId } = credential;
  if (vendorExtension !== undefined) return { peer, credential, command: decodeCommand(vendorExtension), saidB2: true };
  // Near the door, who says nothing means the door's default; the lock's own transaction id is as good as a request's (CONTRACTS: B2).
  const command = peer.kind === 'near' ? { verb: 'unlock', requestId: transactionId, until: 0 } as const : undefined;
  return { peer, credential, command, saidB2: false };
};

const judge = (moment: Moment, state: LockState, { trusted, roster }: Adopted, asking: Asking): DocumentDecision => {
  const basis = { trusted, rosterVersion: roster.version, interface: interfaceOf(state, asking.peer), capabilities: capabilitiesFor(state, asking.peer) };
  const { credentialKey } = asking.credential;
  const decision = decide({ ...basis, credentialKey, verb: asking.command?.verb, clock: clockQuality(state.clock, moment.now) });
  const refusal = decision.allowed ? refusalOf(moment, state, asking) : undefined;
  return refusal === undefined ? decision : { ...decision, allowed: false, reason: refusal };
};

// What roster or grant allows may still not be the moment for.
const refusalOf = (moment: Moment, state: LockState, { command }: Asking): Reason | undefined => {
  if (command === undefined) return 'verb-missing';
  if (state.requestIds.includes(hex(command.requestId))) return 'request-repeated';
  if (command.verb === 'syncOnly' || command.verb === 'endHold') return undefined;
  if (command.verb === 'holdUnlocked') return holdRefusal(moment, state, command) ?? hindranceOf(state, 'hold');
  const ask = ASK_OF[command.verb];
  return ask === undefined ? 'verb-not-supported' : hindranceOf(state, ask);
};

// Until when is the asker's word, and only a clock that is known can keep it.
const holdRefusal = (moment: Moment, state: LockState, command: Command): Reason | undefined => {
  if (clockQuality(state.clock, moment.now) === 'lost') return 'clock-lost';
  const until = holdUntilOf(command);
  return until !== undefined && isHoldTime(moment, state, until) ? undefined : 'hold-refused';
};

const holdUntilOf = ({ verb, until }: Command): Instant | undefined => {
  const at = until * 1000;
  return verb === 'holdUnlocked' && until > 0 && isInstant(at) ? at : undefined;
};

// Not beyond what the key itself may: what it was granted by ends then.
const grantedHold = (command: Command, keyUntil: Instant | undefined): Instant | undefined => {
  const until = holdUntilOf(command);
  return until !== undefined && keyUntil !== undefined && keyUntil < until ? keyUntil : until;
};

const actorOf = ({ crypto }: Moment, state: LockState, { asking: { peer, credential, command }, decision }: Judged): Actor => ({
  interface: interfaceOf(state, peer),
  credential: crypto.sha256(credential.credentialKey),
  rule: decision.rule,
  transactionId: credential.transactionId,
  ...(command === undefined ? {} : { verb: command.verb, requestId: command.requestId }),
  ...(decision.pseudonym === undefined ? {} : { pseudonym: decision.pseudonym }),
  ...(decision.grant === undefined ? {} : { grant: decision.grant }),
});

const remember = (state: LockState, { command }: Asking): LockState =>
  command === undefined ? state : { ...state, requestIds: [...state.requestIds, hex(command.requestId)].slice(-MAX_REQUEST_IDS) };

const record = (moment: Moment, state: LockState, { peer, deadlineMs }: Session, judged: Judged): Change => {
  const { decision: { allowed, reason, until, grant }, asking: { command, credential: { credentialKey } }, beside } = judged;
  const actor = actorOf(moment, state, judged);
  const ask = command === undefined ? undefined : ASK_OF[command.verb];
  const written: Note = { ...actor, kind: 'decision', reason, allowed };
  if (!allowed) return note(moment, state, written, (receipt) => ({ kind: 'refused', peer, status: REASONS[reason].readerStatus, receipt }), beside);
  if (ask === undefined) return note(moment, state, written, (receipt) => ({ kind: command?.verb === 'endHold' ? 'holdEnded' : 'synced', peer, receipt }), beside);
  const holdUntil = command === undefined ? undefined : grantedHold(command, until);
  const operation = { ask, actor, reason, peer, validUntilMs: deadlineMs, ...(holdUntil !== undefined && { holdUntil, ...(grant && { holdBy: { credentialKey, grant } }) }) };
  return note(moment, state, written, () => ({ kind: 'granted', operation }), beside);
};

// A key that neither roster nor grant lets in is anybody's, or that of one whose grant has ended: bounded like all that proves nothing.
// Only who showed a grant that was truly issued gets a receipt.
const refuseUnproven = (moment: Moment, state: LockState, { peer }: Session, judged: Judged): Change => {
  const { decision: { reason, grant }, beside } = judged;
  const written: Note = { ...actorOf(moment, state, judged), kind: 'decision', reason, allowed: false };
  const after = (receipt: ReceiptParts): AfterStored =>
    ({ kind: 'refused', peer, status: REASONS[reason].readerStatus, receipt: grant === undefined ? undefined : receipt });
  const refused = noteUnproven(moment, state, written, after, beside);
  if (mayNoteUnproven(moment, state)) return refused;
  return inTurn(state, () => refused, (current) => turnAway(moment, current, peer, REASONS[reason].readerStatus));
};

// Nothing was written of it by which to answer. Where it was counted the reason is told all the same: whoever fills the ring with
// noise shall not leave the next one without it.
const turnAway = (moment: Moment, state: LockState, peer: Peer, status: number): Change =>
  traitsOf(state).storesMissed ? onRefusalStored(moment, state, { kind: 'refused', peer, status, receipt: undefined }) : closeSession(state, peer, 'busy');

// A transaction has its time; what the lock does by itself holds as long as nothing ended it while it was being stored.
const isStale = (moment: Moment, state: LockState, { own, validUntilMs }: Operation): boolean => {
  if (own === undefined) return moment.now.monotonicMs >= validUntilMs;
  return own === 'relock' ? state.relock.kind !== 'deciding' : state.hold.hours !== 'deciding';
};

// Nobody stands there who would have to be told.
const isOwn = ({ own }: Operation): boolean => own !== undefined;

const carryOut = (moment: Moment, state: LockState, operation: Operation): Change => {
  const { ask, peer, reason } = operation;
  const wasThere = isThere(state, ask);
  return inTurn(
    withHold(moment, { ...spending(state, ask), relock: NO_RELOCK }, operation),
    (current) => beginOperation(moment, current, operation),
    (current) => (isOwn(operation) ? changed(current) : changed(current, { kind: 'signal', what: 'granted' })),
    (current) => tell(moment, current, peer, wasThere ? ALREADY[ask] : REASONS[reason].readerStatus, 'told'),
    (current) => enrolBy(moment, current, operation),
  );
};

// Who was let in may say whose finger comes next: their own, or anybody's where an owner's phone is here.
const enrolBy = (moment: Moment, state: LockState, { vouches, peer, actor: { pseudonym } }: Operation): Change => {
  if (pseudonym === undefined) return changed(state);
  if (peer?.kind === 'near') return openEnrolment(moment, state, undefined);
  return vouches === true ? openEnrolment(moment, state, pseudonym) : changed(state);
};

// In reserve, openings are counted.
const spending = (state: LockState, ask: Ask): LockState => {
  const { levels, reserveSpent } = state.sensors;
  return ask === 'throw' || levels.main !== 'reserve' ? state : { ...state, sensors: { ...state.sensors, reserveSpent: reserveSpent + 1 } };
};

const refuseLate = (moment: Moment, state: LockState, operation: Operation, reason: Reason): Change =>
  inTurn(
    operation.own === 'hours' ? { ...state, hold: endedHold(state.hold) } : state,
    (current) => endOperation(moment, current, operation, reason),
    (current) => (isOwn(operation) ? changed(current) : changed(current, { kind: 'signal', what: 'refused' })),
    (current) => tell(moment, current, operation.peer, REASONS[reason].readerStatus, 'told'),
  );

const tell = (moment: Moment, state: LockState, peer: Peer | undefined, status: number, stage: 'told' | 'ending'): Change =>
  peer === undefined ? changed(state) : inputReader(moment, updateSession(state, peer, { stage }), peer, { kind: 'decide', status });
