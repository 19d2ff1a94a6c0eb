// A phone that carries: one that an allowed key, or one of the roster, came from, once its transaction is over. The lock asks it for the
// time, says how it is, and gives it the journal batch by batch, the next when it says that it took the one before. It takes from
// it what it takes from the hub. A passive lock asks for the time before anything else, takes a roster from whoever is there, and hands on the
// revocations that it was shown.
// Nothing is dropped here but by the hub's signed word, so that a carrier may break off anywhere.

import { clockQuality, instantOf } from '@mortise/access/clock.ts';
import { hasExpired, type ToLockMessage } from '@mortise/courier/link-message.ts';
import type { Bytes } from '@mortise/base/bytes.ts';
import { pointOf } from '@mortise/journal/chain.ts';
import type { Sensed } from '@mortise/journal/record.ts';
import { changed, forEach, inTurn, type Change, type Moment } from './change.ts';
import { inForce } from './kept-revocations.ts';
import { onOwnerSet } from './owner-desk.ts';
import { findConnection, peerOf, updateCarrying, updateConnection } from './near-connections.ts';
import { onNetwork } from './network-desk.ts';
import { askBatch, batchBytes, entriesAfter, onAcknowledged, withSent } from './outbox.ts';
import type { NearPeer } from './peer.ts';
import { traitsOf } from './profile.ts';
import { onRevocation } from './revocation-desk.ts';
import { onRoster } from './roster-desk.ts';
import { sayTo } from './sending.ts';
import { stampOf } from './sensing.ts';
import { findSession } from './sessions.ts';
import { durableStatement } from './statement-desk.ts';
import { askStatusFor, statusOf } from './status-desk.ts';
import { askTimeBy, NO_QUESTION, onCertifiedTime, onTimeAnswer, onTimeBound } from './time-desk.ts';
import type { Adopted, AfterSigned, Carrying, LockState, NearConnection } from './state.ts';

/** Messages that one connection may bring: each costs the lock some signatures to check. */
export const MAX_CARRIED = 256;
/** Of these before a credential has proven itself. */
export const MAX_CARRIED_UNPROVEN = 4;

/** Whatever happened: what there is to say to each phone that carries. */
export const pumpCarriers = (moment: Moment, state: LockState): Change =>
  forEach(state, state.near, (current, each) => (mayCarry(state, each) ? pumpCarrier(moment, current, peerOf(each)) : changed(current)));

/** A link message from a phone that carries. Undefined: what it is not for this carrier to say now, or too much of it. */
export const onCarried = (moment: Moment, state: LockState, adopted: Adopted, known: NearConnection, { taken }: Carrying, message: ToLockMessage): Change | undefined => {
  if (!mayBring(state, known, message, taken)) return undefined;
  const from = peerOf(known);
  const counted = updateCarrying(state, from, { taken: taken + 1 });
  const { instant, clock } = stampOf(state, moment.now);
  return clock !== 'lost' && hasExpired(message, instant) ? changed(counted) : onMessage(moment, counted, adopted, from, message);
};

/** Before anything else: the time, from whoever is there. What else a carrier is told waits until it has proven itself. */
export const askTimeFirst = (moment: Moment, state: LockState, by: NearPeer): Change => askTimeBy(moment, withCarrying(state, by), by);

// Whoever has proven nothing brings nothing but the time that it was asked for, and a roster, which an owner signed for this lock: a key that the
// roster lets in may be the first to come by since. It costs one signature to check, and none while a transaction is under way.
const mayBring = (state: LockState, known: NearConnection, { type }: ToLockMessage, taken: number): boolean => {
  if (known.isProven) return taken < MAX_CARRIED;
  const provesItself = type === 'roster' && findSession(state, peerOf(known)) === undefined;
  return taken < MAX_CARRIED_UNPROVEN && (type === 'certified-time' || provesItself);
};

/** The phone holds the batch of this message. */
export const onTook = (state: LockState, from: NearPeer, seq: number): Change => {
  const batch = findConnection(state, from)?.carrying?.batch;
  return changed(batch?.kind === 'sent' && batch.seq === seq ? updateCarrying(state, from, { from: batch.to, batch: { kind: 'idle' } }) : state);
};

/** The batch for a phone is signed: off it goes, if it is still there. */
export const onCarriedBatchSigned = (moment: Moment, state: LockState, to: NearPeer, batch: AfterSigned & { readonly kind: 'batch' }, signature: Bytes): Change => {
  const carrying = findConnection(state, to)?.carrying;
  const [bytes, last] = [batchBytes(moment, state, batch, signature), batch.entries.at(-1)];
  if (carrying === undefined || bytes === undefined || last === undefined) return changed(state);
  const sent = updateCarrying(withSent(state, last.seq), to, { batch: { kind: 'sent', seq: carrying.seq, to: pointOf(last) } });
  return sayTo(sent, to, 'journal', bytes);
};

// While a transaction is under way nothing stands in its way.
const mayCarry = (state: LockState, connection: NearConnection): boolean =>
  connection.isProven && state.membership.kind === 'adopted' && findSession(state, peerOf(connection)) === undefined;

const pumpCarrier = (moment: Moment, state: LockState, peer: NearPeer): Change =>
  inTurn(
    state,
    (current) => (findConnection(current, peer)?.carrying === undefined ? askTimeFirst(moment, current, peer) : changed(current)),
    (current) => sayStatement(current, peer),
    (current) => handOnRevocations(moment, current, peer),
    (current) => pumpStatus(moment, current, peer),
    (current) => pumpBatch(moment, current, peer),
  );

const withCarrying = (state: LockState, peer: NearPeer): LockState => {
  const areRevocationsWanted = traitsOf(state).handsOnRevocations;
  const carrying: Carrying = { seq: 1, taken: 0, isStatementWanted: true, areRevocationsWanted, told: undefined, question: NO_QUESTION, from: state.journal.from, batch: { kind: 'idle' } };
  return updateConnection(state, peer, { carrying });
};

// Until a hub has acknowledged something, none may know this lock: whoever comes home then brings its word (ADR 35).
const sayStatement = (state: LockState, peer: NearPeer): Change => {
  const statement = durableStatement(state);
  const isWanted = findConnection(state, peer)?.carrying?.isStatementWanted === true && state.journal.acknowledged === 0;
  return isWanted && statement !== undefined ? sayTo(updateCarrying(state, peer, { isStatementWanted: false }), peer, 'statement', statement) : changed(state);
};

// Once, before all else: a key that breaks off early has these.
const handOnRevocations = ({ now }: Moment, state: LockState, peer: NearPeer): Change => {
  if (findConnection(state, peer)?.carrying?.areRevocationsWanted !== true) return changed(state);
  const at = clockQuality(state.clock, now) === 'lost' ? undefined : instantOf(state.clock, now);
  return forEach(updateCarrying(state, peer, { areRevocationsWanted: false }), inForce(state.keptRevocations, at), (current, { document }) =>
    sayTo(current, peer, 'revocation', document));
};

// Once, and again when the phone has brought a roster or owners: an answer proves nothing to the hub, the signed status does. And when the bolt has come
// to rest elsewhere: what the carrier brings home is how it was left.
const pumpStatus = (moment: Moment, state: LockState, peer: NearPeer): Change => {
  const { rosterVersion, ownerSequence, bolt } = statusOf(state, moment.now);
  const told = findConnection(state, peer)?.carrying?.told;
  const isTold = told?.rosterVersion === rosterVersion && told.ownerSequence === ownerSequence && (told.bolt === bolt || !isAtRest(bolt));
  return isTold ? changed(state) : (askStatusFor(moment, updateCarrying(state, peer, { told: { rosterVersion, ownerSequence, bolt } }), peer) ?? changed(state));
};

const isAtRest = (bolt: Sensed['bolt']): boolean => bolt !== 'moving' && bolt !== 'unknown';

const pumpBatch = (moment: Moment, state: LockState, peer: NearPeer): Change => {
  const carrying = findConnection(state, peer)?.carrying;
  if (carrying?.batch.kind !== 'idle') return changed(state);
  // What the hub has acknowledged meanwhile, by whatever way, is not said again.
  const from = carrying.from.seq >= state.journal.from.seq ? carrying.from : state.journal.from;
  const entries = entriesAfter(state, from);
  if (entries.length === 0) return changed(state);
  return askBatch(moment, updateCarrying(state, peer, { from, batch: { kind: 'signing' } }), peer, from, entries) ?? changed(state);
};

const onMessage = (moment: Moment, state: LockState, adopted: Adopted, from: NearPeer, { type, body }: ToLockMessage): Change | undefined => {
  switch (type) {
    case 'roster':
      return onRoster(moment, state, adopted, from, body);
    case 'owner-set':
      return onOwnerSet(moment, state, adopted, from, body);
    case 'revocation':
      return onRevocation(moment, state, adopted, body);
    case 'time-answer':
      return onTimeAnswer(moment, state, adopted, from, body);
    case 'time-bound':
      return onTimeBound(moment, state, adopted, body);
    case 'journal-ack':
      return onAcknowledged(moment, state, adopted, body);
    case 'network':
      return traitsOf(state).hasLink ? onNetwork(moment, state, adopted, from, body) : undefined;
    case 'certified-time':
      return traitsOf(state).asksTimeFirst ? onCertifiedTime(moment, state, adopted, from, body) : undefined;
    // An order to forget its owners comes by the link alone: who carries may be a guest, and has no business with it.
    case 'reset':
    case 'adopt':
    case 'relay':
    case 'status-ask':
      return undefined;
  }
};
